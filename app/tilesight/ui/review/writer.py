"""Writes labels in the order in which they were given, off the GUI thread; none is dropped at the end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from tilesight.ui.background import Background

_T = TypeVar("_T")


class LabelWriter:
    """One thread that writes; answers arrive in the GUI thread.

    Args:
        background: Delivers the answers.
    """

    def __init__(self, background: Background) -> None:
        self._background = background
        self._pool: ThreadPoolExecutor | None = None
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """How many changes are asked for and not answered yet."""
        return self._waiting

    def write(
        self,
        work: Callable[[], _T],
        done: Callable[[_T], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Does `work` after everything that was asked for before.

        Args:
            work: What to do; must not touch widgets.
            done: Takes the result, in the GUI thread.
            failed: Takes the exception, in the GUI thread.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="ui-labels")
        self._waiting += 1

        def finished(result: Any) -> None:
            self._waiting -= 1
            done(result)

        def broke(error: Exception) -> None:
            self._waiting -= 1
            failed(error)

        self._background.watch(self._pool.submit(work), finished, broke)

    def close(self) -> None:
        """Writes everything that waits, then ends the thread; it starts again when something is written."""
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None
