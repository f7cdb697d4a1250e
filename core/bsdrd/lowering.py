"""T1 lowered until no more defects pass than may, for a model whose own thresholds let more of them pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bsdrd.result import Thresholds

#: T1 stays so far below the defect that it must find, as a share of T1: more than two backends differ.
_MARGIN = 1e-3


def with_no_more_missed(thresholds: Thresholds, defective: ArrayLike, allowed: int) -> Thresholds | None:
    """Thresholds that differ as little as possible and let at most so many defective tiles pass.

    A defective tile passes below T1; GREY counts as found, because a person looks at it. So T1 alone decides,
    and T2 stays: what is stopped on top goes to a person and is not rejected. Only where nothing was GREY
    (T1 = T2) T2 goes down as well, since on such a line nobody looks at GREY tiles.

    T1 is never raised: who misses fewer defects than allowed keeps that.

    Args:
        thresholds: To begin with.
        defective: Of each defective tile the highest T1 that finds it, in any order: its score, where that
            does not depend on T1. Minus infinity: no T1 finds it.
        allowed: Tiles that may pass, 0 or more.

    Returns:
        None where no T1 does.
    """
    reach = np.sort(np.asarray(defective, dtype=np.float64).reshape(-1))
    if np.searchsorted(reach, thresholds.low) <= allowed:
        return thresholds
    needed = float(reach[allowed])  # the first that must be found
    if not np.isfinite(needed):
        return None
    margin = max(_MARGIN * max(abs(needed), abs(thresholds.low)), 1e-9)
    lower = reach[reach < needed]
    if lower.size:  # half way to the next one, where that is nearer
        margin = min(margin, (needed - float(lower[-1])) / 2)
    low = needed - margin
    return Thresholds(low, low if thresholds.low == thresholds.high else thresholds.high)
