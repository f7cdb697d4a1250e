"""Scores that stored maps got under one rule, remembered while that rule is looked at."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from tilesight.store.tuning.rejudge import News


class Judged:
    """What is known under one rule; another rule forgets it all.

    Reading the records again during a run then judges only the new ones.
    """

    def __init__(self) -> None:
        self._rule: Hashable = None
        self._scores: dict[int, float] = {}
        self._in_vain: set[int] = set()

    def choose(self, rule: Hashable) -> None:
        """Looks at a rule; what is known under another one is forgotten."""
        if rule != self._rule:
            self._rule = rule
            self._scores, self._in_vain = {}, set()

    def missing(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the records that were not judged under this rule yet: int64."""
        return np.array(
            [number for number in ids.tolist() if number not in self._scores and number not in self._in_vain],
            np.int64,
        )

    def add(self, asked: NDArray[np.int64], news: News) -> None:
        """Takes the last news of a request.

        Args:
            asked: int64: the records of the request.
            news: With the scores; records without one are not tried again.
        """
        self._scores.update(zip(news.ids.tolist(), news.scores.tolist(), strict=True))
        self._in_vain.update(number for number in asked.tolist() if number not in self._scores)

    def of(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Those of the records that have a score under this rule, and these scores: int64, float64."""
        known = [number for number in ids.tolist() if number in self._scores]
        return np.array(known, np.int64), np.array([self._scores[number] for number in known], np.float64)
