"""How long to wait before trying again: longer each time, and never in step with others."""

from __future__ import annotations

import random


class Backoff:
    """Waiting times that double up to a limit, with jitter.

    Jitter keeps several stations from calling on one camera or server at the same moment after a power cut.

    Args:
        first_s: The first waiting time in seconds.
        limit_s: The longest.
        jitter: Part of the time that chance adds or takes away, 0 to 1.
        chance: Source of chance; tests give a seeded one.
    """

    def __init__(
        self,
        first_s: float = 0.25,
        limit_s: float = 5.0,
        jitter: float = 0.25,
        chance: random.Random | None = None,
    ) -> None:
        if not (0 < first_s <= limit_s and 0 <= jitter < 1):
            raise ValueError("a back-off needs 0 < first <= limit and 0 <= jitter < 1")
        self._first = first_s
        self._limit = limit_s
        self._jitter = jitter
        self._chance = chance or random.Random()
        self._tries = 0

    def next_s(self) -> float:
        """The next waiting time in seconds, at most `limit_s * (1 + jitter)`."""
        plain = min(self._first * 2.0 ** min(self._tries, 32), self._limit)
        self._tries += 1
        return plain * (1 + self._jitter * self._chance.uniform(-1, 1))

    def reset(self) -> None:
        """Starts from the first waiting time again: it worked."""
        self._tries = 0
