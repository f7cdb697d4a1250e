"""Cameras by number and streams by address (RTSP, MJPEG over HTTP), through OpenCV.

A thread of the source's own takes the pictures, so that the newest is there when the line asks and a device
that hangs never hangs the line: a loss is said within two seconds even if the driver does not return::

    open() ──▶ grabber thread: VideoCapture, then read, read, read ──▶ waiting frames (few, newest win)
                    │ fails, or says nothing for too long                    │
                    ▼                                                        ▼
               SourceLost from read(); open() starts a new grabber         read()
"""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cv2
from numpy.typing import NDArray

from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.sources.base import CameraSettings, EndOfSource, Overflow, SourceInfo, SourceLost
from tilesight.line.sources.camera_controls import CaptureControls
from tilesight.line.sources.video import as_rgb

#: Triggered pictures that may wait: each stands for a tile.
_TRIGGERED = 64

#: How OpenCV is asked for a device: a capture that is open, or not.
OpenCapture = Callable[[], "cv2.VideoCapture"]


class _Grabber(threading.Thread):
    """Takes pictures from one connection until that ends or it is told to stop.

    Args:
        connect: Opens the device; slow, therefore called in the thread.
        title: For the thread's name.
        number: Gives each picture its frame id, also those that nobody takes.
        waiting: How many pictures wait at most; the oldest goes first.
        controls: What is to be set at the device meanwhile, and which pictures are wanted.
    """

    def __init__(
        self,
        connect: OpenCapture,
        title: str,
        number: Callable[[], int],
        waiting: int,
        controls: CaptureControls | None = None,
    ) -> None:
        # A driver may never return: it must not keep the program from ending.
        super().__init__(name=f"grabber {title}", daemon=True)
        self._connect = connect
        self._number = number
        self._waiting = waiting
        self._controls = controls
        self._news = threading.Condition()
        self._pictures: deque[tuple[int, datetime, NDArray[Any]]] = deque()
        self._told_to_end = False
        self.connected = False
        self.lost = ""
        self.last_sign = time.monotonic()

    def run(self) -> None:
        """Connects and reads; says in `lost` why it ended."""
        try:
            capture = self._connect()
        except Exception as error:
            self._end(f"it cannot be opened ({error})")
            return
        try:
            if not capture.isOpened():
                self._end("it does not answer")
                return
            if self._controls is not None:
                self._controls.attach(capture)
            self._read_on(capture)
        except Exception as error:
            self._end(f"reading failed ({error})")
        finally:
            capture.release()

    def _read_on(self, capture: cv2.VideoCapture) -> None:
        controls = self._controls
        while not self._told_to_end:
            early = False
            if controls is not None:
                controls.serve(capture)
                early = controls.waits_for_trigger
            there, picture = capture.read()
            if self._told_to_end:
                return
            if not there:
                self._end("no picture comes any more")
                return
            taken = datetime.now(UTC)
            wanted = controls is None or (not early and controls.take_trigger())
            # OpenCV may fill the same memory again.
            mine = as_rgb(picture) if wanted else None
            with self._news:
                self.connected = True
                self.last_sign = time.monotonic()
                if mine is not None:
                    self._pictures.append((self._number(), taken, mine))
                triggered = controls is not None and controls.triggered
                while len(self._pictures) > (_TRIGGERED if triggered else self._waiting):
                    self._pictures.popleft()
                self._news.notify_all()

    def _end(self, why: str) -> None:
        with self._news:
            self.lost = why
            self._news.notify_all()

    def stop(self) -> None:
        """Asks the thread to end and wakes whoever waits for a picture."""
        with self._news:
            self._told_to_end = True
            self._news.notify_all()

    def next(self, timeout_s: float) -> tuple[int, datetime, NDArray[Any]] | None:
        """The oldest waiting picture, or None after `timeout_s`, at a loss, or when stopped."""
        with self._news:
            self._news.wait_for(lambda: self._pictures or self.lost or self._told_to_end, timeout_s)
            return self._pictures.popleft() if self._pictures and not self._told_to_end else None

    def wait_connected(self, timeout_s: float) -> bool:
        """Whether a first picture came within `timeout_s`."""
        with self._news:
            self._news.wait_for(lambda: self.connected or self.lost or self._told_to_end, timeout_s)
            return self.connected


class CaptureSource:
    """A live source that OpenCV can open; `camera_source` and `stream_source` make them.

    Args:
        kind: "camera" or "stream".
        title: As a person reads it.
        connect: Opens the device.
        connect_s: Longest time from opening to the first picture, in seconds.
        silence_s: Longest time without a picture, in seconds.
        waiting: How many pictures may wait for the line.
        controls: What can be set, where it is a camera.
    """

    def __init__(
        self,
        kind: str,
        title: str,
        connect: OpenCapture,
        *,
        connect_s: float = 5.0,
        silence_s: float = 1.5,
        waiting: int = 2,
        controls: CaptureControls | None = None,
    ) -> None:
        self._info = SourceInfo(kind, title, finite=False, live=True, overflow=Overflow.DROP_OLDEST)
        self.controls = controls
        self._owed = 0
        self._connect = connect
        self._connect_s = connect_s
        self._silence_s = silence_s
        self._waiting = waiting
        self._lock = threading.Lock()
        self._grabber: _Grabber | None = None
        self._closed = False
        self._frames = 0

    @property
    def info(self) -> SourceInfo:
        """What it is; a triggered picture stands for a tile and is never let go."""
        triggered = self.controls is not None and self.controls.triggered
        return replace(self._info, overflow=Overflow.FAULT) if triggered else self._info

    def open(self) -> None:
        """Connects and waits for the first picture.

        Raises:
            SourceLost: If it does not answer within `connect_s` seconds.
            EndOfSource: If it was closed before or meanwhile.
        """
        self._wait_for_old_grabber()
        with self._lock:
            self._check_open()
            grabber = _Grabber(self._connect, self._info.title, self._number, self._waiting, self.controls)
            self._grabber = grabber
            grabber.start()
        connected = grabber.wait_connected(self._connect_s)
        with self._lock:
            self._check_open()
        if not connected:
            grabber.stop()
            raise SourceLost(f"{self._info.title}: {grabber.lost or 'it does not answer'}.")

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        """The oldest waiting picture, or None if none came within `timeout_s` seconds.

        Raises:
            EndOfSource: After `close`.
            SourceLost: If the connection ended or nothing came for `silence_s` seconds.
        """
        grabber = self._grabber
        if grabber is None:
            with self._lock:
                self._check_open()
            raise SourceLost(f"{self._info.title}: it was not opened.")
        until_silence = grabber.last_sign + self._silence_s - time.monotonic()
        picture = grabber.next(max(0.0, min(timeout_s, until_silence)))
        with self._lock:
            self._check_open()
        if picture is not None:
            frame_id, taken, pixels = picture
            info = FrameInfo(frame_id, self._info.title, f"frame {frame_id}", captured_at=taken)
            return Frame(info, pixels)
        silent = time.monotonic() - grabber.last_sign
        if grabber.lost or silent >= self._silence_s:
            grabber.stop()
            self._owed += self.controls.detach() if self.controls is not None else 0
            if self._owed:
                self._owed -= 1
                number = self._number()
                info = FrameInfo(number, self._info.title, f"frame {number}")
                return FailedFrame(info, "The camera was lost before it took this picture.")
            raise SourceLost(f"{self._info.title}: {grabber.lost or f'nothing came for {silent:.1f} s'}.")
        return None

    def close(self) -> None:
        """Ends a waiting `read` or `open`; the device is let go as soon as its driver returns."""
        with self._lock:
            self._closed = True
            grabber = self._grabber
        if grabber is not None:
            grabber.stop()
            grabber.join(self._silence_s)

    def _check_open(self) -> None:
        if self._closed:
            raise EndOfSource

    def _wait_for_old_grabber(self) -> None:
        """Lets the driver return first: two grabbers would fight for the device, and hung ones pile up."""
        grabber = self._grabber
        if grabber is None:
            return
        grabber.stop()
        end = time.monotonic() + self._connect_s
        while grabber.is_alive():
            with self._lock:
                self._check_open()
            if time.monotonic() > end:
                raise SourceLost(f"{self._info.title}: the driver has not returned since the loss.")
            grabber.join(0.1)

    def _number(self) -> int:
        number = self._frames
        self._frames += 1
        return number


def camera_source(index: int, settings: CameraSettings | None = None) -> CaptureSource:
    """A camera of this computer.

    Args:
        index: 0 is the first one.
        settings: What to set when it is opened, as far as its driver lets it.
    """
    title = f"Camera {index}"
    controls = CaptureControls(title, settings)
    return CaptureSource("camera", title, lambda: cv2.VideoCapture(index), controls=controls)


def stream_source(address: str, *, connect_s: float = 5.0, silence_s: float = 1.5) -> CaptureSource:
    """A stream by address: `rtsp://...`, or `http://...` for MJPEG.

    Args:
        address: With user and password where the camera wants them; they do not show in the title.
        connect_s: Longest time from opening to the first picture, in seconds.
        silence_s: Longest time without a picture, in seconds.
    """
    limits = [
        int(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC), int(connect_s * 1000),
        int(cv2.CAP_PROP_READ_TIMEOUT_MSEC), int(silence_s * 1000),
    ]  # fmt: skip
    return CaptureSource(
        "stream",
        without_password(address),
        lambda: cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits),
        connect_s=connect_s,
        silence_s=silence_s,
    )


def without_password(address: str) -> str:
    """The address as it may be shown and logged."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)
