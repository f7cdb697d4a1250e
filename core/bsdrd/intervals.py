"""95 % intervals of rates and quantiles that count tiles, not pictures.

Pictures of one tile (its exposures or views) resemble each other, so a hundred pictures of ten tiles know
less than a hundred tiles. Every interval here therefore uses the *effective* number of tiles:
n / (1 + (m - 1) r), where m is the mean number of pictures that a picture's tile has and r the correlation
of the scores' ranks within a tile (one-way analysis of variance). Rates get Clopper-Pearson intervals with
that number (Korn and Graubard 1998), thresholds the scores at the matching quantiles (Woodruff 1952).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Lower and upper end of an interval; None where the tiles cannot give one.
Interval: TypeAlias = tuple[float | None, float | None]

_TAIL = 0.025  # of a two-sided 95 % interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A counted rate and its 95 % interval.

    Attributes:
        count: Pictures for which it happened.
        of: Pictures among which it was counted.
        value: count / of, 0..1.
        low: Lower end of the interval, 0..1.
        high: Upper end, 0..1.
    """

    count: int
    of: int
    value: float
    low: float
    high: float


def effective_count(scores: ArrayLike, groups: Sequence[object] | NDArray[Any]) -> float:
    """How many independent tiles a set of scores is worth.

    Args:
        scores: n scores.
        groups: For each the tile it shows.

    Returns:
        From 1 to n (see the module's text); 0 where there is none.
    """
    values = np.asarray(scores, dtype=np.float64)
    names, inverse = np.unique(np.asarray(groups).astype(str), return_inverse=True)
    n, k = values.size, names.size
    if k == n or n == 0:
        return float(n)
    if k == 1:
        return 1.0
    _, first, counts = np.unique(np.sort(values), return_index=True, return_counts=True)
    ranks = (first + (counts - 1) / 2)[np.searchsorted(np.unique(values), values)]
    sizes = np.bincount(inverse).astype(np.float64)
    means = np.bincount(inverse, weights=ranks) / sizes
    between = float((sizes * (means - ranks.mean()) ** 2).sum()) / (k - 1)
    within = float(((ranks - means[inverse]) ** 2).sum()) / (n - k)
    typical = (n - float((sizes**2).sum()) / n) / (k - 1)
    spread = between + (typical - 1) * within
    correlation = min(1.0, max(0.0, (between - within) / spread)) if spread > 0 else 1.0
    size = float((sizes**2).sum()) / n  # Kish: of a picture's group, so large groups weigh more
    return n / (1 + (size - 1) * correlation)


def rate(count: int, of: int, effective: float | None = None) -> Rate:
    """A rate with its Clopper-Pearson interval.

    Args:
        count: Pictures for which it happened.
        of: Pictures counted, at least 1.
        effective: Effective number of tiles among them; None: `of`.
    """
    value = count / of
    low, high = _clopper_pearson(value, of if effective is None else effective)
    return Rate(count=int(count), of=int(of), value=value, low=low, high=high)


def quantile_interval(ascending: NDArray[np.float64], quantile: float, effective: float) -> Interval:
    """95 % interval of a quantile of the scores.

    Args:
        ascending: n scores, sorted.
        quantile: 0..1.
        effective: Effective number of tiles among them.

    Returns:
        Lower and upper end; None for an end beyond the outermost score, which so few tiles cannot give.
    """
    if ascending.size == 0:
        return (None, None)
    low, high = _clopper_pearson(quantile, effective)
    below = quantile > 0 and (1 - quantile) ** effective <= _TAIL
    above = quantile < 1 and quantile**effective <= _TAIL
    return (
        float(np.quantile(ascending, low, method="lower")) if below else None,
        float(np.quantile(ascending, high, method="higher")) if above else None,
    )


def tiles_needed(rate: float) -> int:
    """Independent tiles needed before a rate this small can be told from zero with 95 % confidence.

    Args:
        rate: Above 0, below 1.
    """
    return math.ceil(math.log(_TAIL) / math.log1p(-rate))


def _clopper_pearson(value: float, n: float) -> tuple[float, float]:
    from scipy.special import betaincinv  # a tenth of a second that only calibration pays

    x = value * n
    low = float(betaincinv(x, n - x + 1, _TAIL)) if x > 1e-9 else 0.0
    high = float(betaincinv(x + 1, n - x, 1 - _TAIL)) if n - x > 1e-9 else 1.0
    return low, high
