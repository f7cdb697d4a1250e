"""What a source hands to the line: a frame, or the word that one could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FrameInfo:
    """Where a frame comes from.

    Attributes:
        frame_id: Counts up from 0 within one run of a source; a gap means that the source lost frames.
        source: Title of the source, as a person reads it.
        name: File name, or "frame 17".
        captured_at: When it was taken, in UTC.
        path: The file, where there is one.
        file_sha256: Hash of the file as it was read, where there is one.
        lot: Lot number, when known.
        serial: Serial number of the tile, when known.
        mm_per_px: Scale, when known.
        truth: What the demo line drew ("good" or a defect class); empty for every real source.
    """

    frame_id: int
    source: str
    name: str
    captured_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    path: Path | None = None
    file_sha256: str | None = None
    lot: str | None = None
    serial: str | None = None
    mm_per_px: float | None = None
    truth: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a source.

    Attributes:
        info: Where it comes from.
        pixels: H x W (grey) or H x W x 3 (RGB), uint8 or uint16, read-only.
    """

    info: FrameInfo
    pixels: NDArray[np.uint8] | NDArray[np.uint16]

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)


@dataclass(frozen=True, slots=True)
class FailedFrame:
    """A frame that the source should have produced and could not; it is recorded as NOT INSPECTED.

    Attributes:
        info: Where it comes from.
        reason: What happened and what to do, as a sentence.
    """

    info: FrameInfo
    reason: str
