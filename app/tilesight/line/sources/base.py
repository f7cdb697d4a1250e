"""What every source of frames promises: files, folders, videos, cameras, streams, the demo line.

A source is used by one thread, the engine's source thread; only `close` may come from any thread::

                 open()                  close(), any thread
    CREATED ───────────────▶ OPEN ─────────────────────────▶ CLOSED
       ▲   SourceError        │  ▲                             ▲
       │   (says why)         │  │ open(): connect again       │ close()
       └───────────────────── │  │                             │
                  SourceLost  ▼  │                             │
                             LOST ─────────────────────────────┘

A source never hides a frame: what it could not read comes as a `FailedFrame`, and what it had to let go
(because it is live and nobody took it in time) shows as a gap in `FrameInfo.frame_id`, which the engine
counts as dropped. Frame ids count on over a lost and regained connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bsdrd.errors import BsdrdError
from tilesight.line.frames import FailedFrame, Frame


class SourceError(BsdrdError):
    """A source cannot be opened, and trying again would not help: no such folder, not a video."""


class SourceLost(BsdrdError):  # noqa: N818 - the name says the state, as drawn above
    """A camera or stream that should deliver does not; the engine calls `open` again until it does.

    Args:
        reason: What happened, as a sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, do_next="Check power, cable and address; it reconnects by itself.")
        self.reason = reason

    def __reduce__(self) -> tuple[object, ...]:
        return (type(self), (self.reason,))


class EndOfSource(Exception):  # noqa: N818 - an end is no error
    """A finite source has delivered its last frame, or the source was closed."""


class Overflow(StrEnum):
    """What happens to a frame for which the queue has no room."""

    WAIT = "wait"  #: The source waits: files and folders, nothing is lost.
    DROP_OLDEST = "drop oldest"  #: The oldest waiting frame goes and is counted: free-running cameras.
    FAULT = "fault"  #: The frame is recorded as NOT INSPECTED: a trigger stands for a tile.


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What a source is.

    Attributes:
        kind: "files", "folder", "watched", "video", "camera", "stream" or "demo".
        title: As a person reads it, without passwords.
        finite: It ends by itself.
        live: Frames come when they come, taken or not.
        overflow: What to do with a frame for which there is no room.
        count: How many frames it will deliver; None where that is unknown or before `open`.
        note: What a person should know about it ("228 masks left out"); mostly empty.
    """

    kind: str
    title: str
    finite: bool
    live: bool
    overflow: Overflow
    count: int | None = None
    note: str = ""


class Trigger(StrEnum):
    """What makes a camera take a picture."""

    FREE_RUN = "free run"  #: Its own clock.
    SOFTWARE = "software"  #: `CameraControls.trigger`.
    HARDWARE = "hardware"  #: A line input, such as a light barrier.


@dataclass(frozen=True, slots=True)
class Limits:
    """Smallest and largest value that a device takes."""

    low: float
    high: float

    def clamp(self, value: float) -> float:
        """The nearest allowed value."""
        return min(max(value, self.low), self.high)


@dataclass(frozen=True, slots=True)
class CameraCapabilities:
    """What a camera can be told; a part that it cannot is empty or None, never a promise.

    Attributes:
        triggers: Ways to start a picture that it supports.
        exposure_us: Exposure time in microseconds.
        auto_exposure: It can choose the exposure itself.
        gain: Analogue gain, in `gain_unit`.
        gain_unit: "dB"; "" where the driver counts in steps of its own.
        pixel_formats: Names of the GenICam pixel format naming convention ("Mono8", "RGB8", "Mono12").
        device_timestamps: `FrameInfo.captured_at` comes from the device's clock; otherwise it is the time
            of arrival on this computer.
    """

    triggers: tuple[Trigger, ...] = (Trigger.FREE_RUN,)
    exposure_us: Limits | None = None
    auto_exposure: bool = False
    gain: Limits | None = None
    gain_unit: str = "dB"
    pixel_formats: tuple[str, ...] = ()
    device_timestamps: bool = False


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """What a camera is told, or what holds; None means untouched, or unknown.

    Attributes:
        trigger: What starts a picture.
        exposure_us: Exposure time in microseconds; ends automatic exposure.
        auto_exposure: Whether the camera chooses the exposure itself.
        gain: Analogue gain in the camera's unit, see `CameraCapabilities.gain_unit`.
        pixel_format: GenICam name.
    """

    trigger: Trigger | None = None
    exposure_us: float | None = None
    auto_exposure: bool | None = None
    gain: float | None = None
    pixel_format: str | None = None


@runtime_checkable
class CameraControls(Protocol):
    """The part of a source that is a camera; every method may come from any thread."""

    @property
    def capabilities(self) -> CameraCapabilities:
        """What this camera can be told; complete only after `Source.open`."""
        ...

    @property
    def held(self) -> CameraSettings:
        """What the device last said that holds."""
        ...

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Sets what is not None, keeps it over a reconnection, and returns what the device says holds.

        Raises:
            SourceError: If the camera cannot do what is asked; nothing was changed.
        """
        ...

    def trigger(self) -> None:
        """Takes one picture now (software trigger).

        Raises:
            SourceError: If the camera is not in software trigger mode.
        """
        ...


@runtime_checkable
class Source(Protocol):
    """Something that frames come from; the module's text draws its states."""

    @property
    def info(self) -> SourceInfo:
        """What it is; `count` may become known with `open`."""
        ...

    @property
    def controls(self) -> CameraControls | None:
        """What can be set, for a camera; None for everything that is no camera."""
        ...

    def open(self) -> None:
        """Makes ready to read; after `SourceLost`, connects again.

        Raises:
            SourceError: If it cannot be opened and trying again would not help.
            SourceLost: If it cannot be reached now.
            EndOfSource: If it was closed before or meanwhile.
        """
        ...

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        """The next frame, or None if none came within `timeout_s` seconds.

        Raises:
            EndOfSource: After the last frame, and after `close`.
            SourceLost: If the connection is gone, at most 2 s after it went.
        """
        ...

    def close(self) -> None:
        """Ends a running `read` or `open` soon and lets go of the device; may be called twice."""
        ...
