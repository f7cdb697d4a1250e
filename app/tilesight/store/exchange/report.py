"""What an export did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: Called with (done, total); returns False to cancel.
Progress = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did.

    Attributes:
        tiles: How many tiles were written.
        labels: How many labels with them.
        masks: How many drawn masks with them.
        without_picture: Records left out because their picture is not kept (CSV leaves none out).
    """

    tiles: int
    labels: int
    masks: int
    without_picture: tuple[int, ...]
