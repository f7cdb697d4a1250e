"""A video file as a source: every frame, in order, at the pace of the inspection."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.sources.base import EndOfSource, Overflow, SourceError, SourceInfo

#: File name endings that are taken for videos, lower case.
VIDEO_EXTENSIONS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts")


class VideoSource:
    """Every frame of a video file.

    A file that ends before the number of frames that it announces brings one `FailedFrame` in place of the
    missing ones, because they may have shown tiles. Containers often announce an estimate, so that a
    shortage of up to two frames or 1 % is taken for its error.

    Args:
        path: The file.
    """

    controls = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._video: cv2.VideoCapture | None = None
        self._next = 0
        self._ended = False
        self._announced: int | None = None
        self._info = SourceInfo("video", path.name, finite=True, live=False, overflow=Overflow.WAIT)

    @property
    def info(self) -> SourceInfo:
        """What it is; the number of frames is not certain before the end and is None until then."""
        return self._info

    def open(self) -> None:
        """Opens the file.

        Raises:
            SourceError: If it is missing or no video that can be decoded.
            EndOfSource: If it was closed.
        """
        self._check_open()
        if not self._path.is_file():
            raise SourceError(f"There is no video file {self._path}.", do_next="Check the path.")
        video = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not video.isOpened():
            video.release()
            raise SourceError(
                f"{self._path.name} cannot be read as a video.",
                do_next="It may be damaged or of an unknown kind: play it elsewhere, or convert it to MP4.",
            )
        announced = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        with self._lock:
            self._release()
            self._video, self._next, self._ended = video, 0, False
            self._announced = announced if announced > 0 else None

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        """The next frame; `timeout_s` is not needed, because decoding does not wait."""
        del timeout_s
        with self._lock:
            self._check_open()
            if self._video is None or self._ended:
                raise EndOfSource
            there, picture = self._video.read()
            frame_id = self._next
            info = FrameInfo(frame_id, self._info.title, f"frame {frame_id}", path=self._path)
            if there:
                self._next += 1
                return Frame(info, as_rgb(picture))
            self._ended = True
            self._release()
            return self._at_end(info)

    def close(self) -> None:
        """Lets go of the file."""
        self._closed.set()
        with self._lock:
            self._release()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise EndOfSource

    def _release(self) -> None:
        if self._video is not None:
            self._video.release()
            self._video = None

    def _at_end(self, info: FrameInfo) -> FailedFrame:
        """One failed frame for missing ones; raises EndOfSource where nothing is missing."""
        missing = (self._announced or 0) - self._next
        if missing <= max(2, (self._announced or 0) // 100):
            self._info = replace(self._info, count=self._next)
            raise EndOfSource
        self._info = replace(self._info, count=self._next + 1)
        return FailedFrame(
            info,
            f"{self._path.name} announces {self._announced} frames, but only the first {self._next} can be "
            "decoded. The file is cut off or damaged: copy or record it again.",
        )


def as_rgb(picture: NDArray[Any]) -> NDArray[Any]:
    """OpenCV's BGR or grey as RGB or grey; memory of its own, because OpenCV reuses its buffer."""
    if picture.ndim == 3 and picture.shape[2] == 1:
        return picture[..., 0].copy()
    return np.ascontiguousarray(picture[..., ::-1]) if picture.ndim == 3 else picture.copy()
