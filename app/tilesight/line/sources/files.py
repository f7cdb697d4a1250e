"""Image files and folders as a source: natural order, nothing skipped without a word."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bsdrd.data.images import decode_image
from bsdrd.errors import BsdrdError
from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.sources.base import EndOfSource, Overflow, SourceError, SourceInfo
from tilesight.line.sources.listing import in_natural_order, walk_images, without_masks


def read_frame(path: Path, frame_id: int, source: str, taken_ns: int | None = None) -> Frame | FailedFrame:
    """One file as a frame, or the word why it is none; the hash is of the very bytes that were decoded.

    Args:
        path: The file.
        frame_id: Its place in the run of the source.
        source: Title of the source.
        taken_ns: When the picture was taken, in nanoseconds since 1970; None: now.
    """
    when = datetime.now(UTC) if taken_ns is None else datetime.fromtimestamp(taken_ns / 1e9, UTC)
    info = FrameInfo(frame_id, source, path.name, captured_at=when, path=path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"The file could not be read ({error.strerror or error}). Check that it is still there."
        return FailedFrame(info, reason)
    info = replace(info, file_sha256=hashlib.sha256(data).hexdigest())
    try:
        return Frame(info, decode_image(data, path.name))
    except BsdrdError as error:
        return FailedFrame(info, str(error))
    except MemoryError:
        return FailedFrame(info, "The picture is too large for this computer's memory. Crop or scale it.")


class FileSource:
    """Files and folders, in the order given; a folder's pictures (recursive) in natural order.

    Opening only lists names; a picture is read when it is asked for, so that ten thousand open at once.
    A file that was named explicitly and is missing or unreadable comes as a `FailedFrame`.

    Args:
        paths: Files and folders, at least one.
    """

    controls = None

    def __init__(self, paths: Sequence[Path]) -> None:
        if not paths:
            raise ValueError("a file source needs at least one path")
        self._roots = tuple(paths)
        self._closed = threading.Event()
        self._files: list[Path] = []
        self._next = 0
        only = self._roots[0] if len(self._roots) == 1 else None
        kind = "folder" if only is not None and only.is_dir() else "files"
        title = only.name or str(only) if only is not None else f"{len(self._roots)} files"
        self._info = SourceInfo(kind, title, finite=True, live=False, overflow=Overflow.WAIT)

    @property
    def info(self) -> SourceInfo:
        """What it is; the count is known after `open`."""
        return self._info

    def open(self) -> None:
        """Lists the files.

        Raises:
            SourceError: If a folder is missing or cannot be listed, or there is no picture at all.
            EndOfSource: If it was closed meanwhile.
        """
        self._check_open()
        files: list[Path] = []
        refused: list[str] = []
        masks = 0
        for root in self._roots:
            if root.is_dir():
                found, left_out = without_masks(self._list(root, refused), root)
                files += in_natural_order(found)
                masks += left_out
            elif len(self._roots) == 1 and not root.exists():
                raise SourceError(f"There is no file or folder {root}.", do_next="Check the path.")
            else:
                files.append(root)
        self._check_open()
        notes = [f"{masks} masks left out"] if masks else []
        notes += [f"{len(refused)} folders cannot be listed: {', '.join(refused[:3])}"] if refused else []
        if not files:
            raise SourceError(
                f"There is no picture in {self._info.title}{''.join(f' ({note})' for note in notes)}.",
                do_next="JPEG, PNG, BMP, TIFF, PGM/PPM and WebP files can be inspected.",
            )
        self._files, self._next = files, 0
        self._info = replace(self._info, count=len(files), note="; ".join(notes))

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        """The next picture; `timeout_s` is not needed, because a file is there or it is not."""
        del timeout_s
        self._check_open()
        if self._next >= len(self._files):
            raise EndOfSource
        frame_id = self._next
        self._next += 1
        return read_frame(self._files[frame_id], frame_id, self._info.title)

    def close(self) -> None:
        """Ends the listing and the reading."""
        self._closed.set()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise EndOfSource

    def _list(self, root: Path, refused: list[str]) -> list[Path]:
        try:
            return [Path(entry.path) for entry in walk_images(root, self._closed.is_set, refused)]
        except OSError as error:
            raise SourceError(
                f"The folder {root} cannot be listed ({error.strerror or error}).",
                do_next="Check that it is there and that you may read it.",
            ) from error
