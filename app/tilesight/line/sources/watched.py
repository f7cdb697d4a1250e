"""A watched folder as a source: each new picture once, as soon as it is completely written.

It looks at the folder in short intervals rather than asking the operating system for news, because news
does not come from network shares, where cameras and other stations mostly write.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.sources.base import EndOfSource, Overflow, SourceError, SourceInfo, SourceLost
from tilesight.line.sources.files import read_frame
from tilesight.line.sources.listing import in_natural_order, walk_images

_Stamp = tuple[int, int]  # size in bytes, time of change in nanoseconds


@dataclass(slots=True)
class _Candidate:
    """A file that was seen and not yet taken."""

    stamp: _Stamp
    settled_since: float
    tries: int = 0
    next_try: float = 0.0


class WatchedFolderSource:
    """Pictures as they appear in a folder or below it, the oldest first.

    A file is taken once its size and time of change have stayed the same for `settle_s`. One that cannot be
    read is tried again `tries` times and then comes as a `FailedFrame`. A file is taken once: neither a new
    time stamp on the same content nor a rename brings it again, nor the return of a share that was gone.

    Args:
        folder: The folder.
        existing: Also take the pictures that are there already when it is opened for the first time.
        settle_s: How long a file must stay unchanged, in seconds.
        poll_s: How often to look, in seconds; less often where looking takes long.
        tries: How often to try to read a file.
        retry_s: Seconds between tries.
        clock: Time in seconds that never goes back; tests give their own.
    """

    controls = None

    def __init__(
        self,
        folder: Path,
        *,
        existing: bool = False,
        settle_s: float = 0.5,
        poll_s: float = 0.2,
        tries: int = 6,
        retry_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._existing = existing
        self._settle_s = settle_s
        self._poll_s = poll_s
        self._tries = tries
        self._retry_s = retry_s
        self._clock = clock
        self._closed = threading.Event()
        self._opened = False
        self._frames = 0
        self._candidates: dict[Path, _Candidate] = {}
        self._taken: dict[Path, tuple[_Stamp, str | None]] = {}
        self._paths_of: dict[_Stamp, set[Path]] = {}
        self._ready: deque[Path] = deque()
        self._note = ""

    @property
    def info(self) -> SourceInfo:
        """What it is; it never ends by itself."""
        title = self._folder.name or str(self._folder)
        return SourceInfo("watched", title, finite=False, live=False, overflow=Overflow.WAIT, note=self._note)

    def open(self) -> None:
        """Looks at the folder for the first time, or again after it was gone.

        Raises:
            SourceError: If there is no such folder.
            SourceLost: If the folder was there before and is not now.
            EndOfSource: If it was closed.
        """
        self._check_open()
        if not self._opened and not self._folder.is_dir():
            raise SourceError(f"There is no folder {self._folder} to watch.", do_next="Check the path.")
        found = self._look()
        if not self._opened and not self._existing:
            for path, stamp in found.items():
                self._remember(path, stamp, None)
            self._note = f"{len(found)} older pictures left alone" if found else ""
        self._opened = True

    def read(self, timeout_s: float) -> Frame | FailedFrame | None:
        """The next completely written picture, waiting up to `timeout_s` seconds for one.

        Raises:
            EndOfSource: After `close`.
            SourceLost: If the folder is gone (share or stick removed).
        """
        until = self._clock() + timeout_s
        while True:
            self._check_open()
            started = self._clock()
            if not self._ready:
                self._settle(self._look())
            frame = self._take()
            if frame is not None:
                return frame
            took = self._clock() - started
            wait = min(max(self._poll_s, 4 * took), until - self._clock())
            if wait <= 0:
                return None
            self._closed.wait(wait)

    def close(self) -> None:
        """Ends a waiting `read`."""
        self._closed.set()

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise EndOfSource

    def _look(self) -> dict[Path, _Stamp]:
        """Every picture with its stamp; raises SourceLost where the folder cannot be listed."""
        found: dict[Path, _Stamp] = {}
        try:
            for entry in walk_images(self._folder, self._closed.is_set):
                path = Path(entry.path)
                stamp = _stamp(path)  # fresher than the entry's own, which Windows caches
                if stamp is not None:
                    found[path] = stamp
        except OSError as error:
            raise SourceLost(
                f"The folder {self._folder} cannot be reached ({error.strerror or error})."
            ) from error
        self._check_open()
        return found

    def _settle(self, found: dict[Path, _Stamp]) -> None:
        """Moves the files that have settled to the ready ones, oldest first."""
        now = self._clock()
        for path in [path for path in self._candidates if path not in found]:
            del self._candidates[path]
        for path, stamp in found.items():
            taken = self._taken.get(path)
            if taken is not None and taken[0] == stamp:
                self._candidates.pop(path, None)
                continue
            candidate = self._candidates.get(path)
            if candidate is None or candidate.stamp != stamp:
                self._candidates[path] = _Candidate(stamp, now)
        due = [path for path, candidate in self._candidates.items() if self._is_due(candidate, now)]
        ordered = in_natural_order(due)
        ordered.sort(key=lambda path: self._candidates[path].stamp[1])
        self._ready.extend(ordered)

    def _is_due(self, candidate: _Candidate, now: float) -> bool:
        return now - candidate.settled_since >= self._settle_s and now >= candidate.next_try

    def _take(self) -> Frame | FailedFrame | None:
        while self._ready:
            path = self._ready.popleft()
            candidate = self._candidates.get(path)
            if candidate is None:
                continue
            frame = self._read(path, candidate)
            if frame is not None:
                return frame
        return None

    def _read(self, path: Path, candidate: _Candidate) -> Frame | FailedFrame | None:
        """The file as a frame; None where it must wait, was taken before or is gone."""
        frame = read_frame(path, self._frames, self.info.title, candidate.stamp[1])
        if _stamp(path) != candidate.stamp:
            del self._candidates[path]  # written to or taken away meanwhile: the next look sees it anew
            return None
        digest = frame.info.file_sha256
        if isinstance(frame, FailedFrame):
            candidate.tries += 1
            candidate.next_try = self._clock() + self._retry_s
            if candidate.tries < self._tries:
                return None
        elif self._was_taken(path, candidate.stamp, digest):
            self._remember(path, candidate.stamp, digest)
            return None
        self._remember(path, candidate.stamp, digest)
        self._frames += 1
        return frame

    def _remember(self, path: Path, stamp: _Stamp, digest: str | None) -> None:
        before = self._taken.get(path)
        if before is not None:
            self._paths_of[before[0]].discard(path)
        self._taken[path] = (stamp, digest)
        self._paths_of.setdefault(stamp, set()).add(path)
        self._candidates.pop(path, None)

    def _was_taken(self, path: Path, stamp: _Stamp, digest: str | None) -> bool:
        """Whether this is a file that was taken already: touched, or moved here from another name."""
        before = self._taken.get(path)
        if before is not None and before[1] == digest:
            return True
        return any(
            self._taken[other][1] in (None, digest) and not other.exists()
            for other in self._paths_of.get(stamp, ())
        )


def _stamp(path: Path) -> _Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_size, stat.st_mtime_ns)
