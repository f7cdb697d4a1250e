"""One set-up at a time: a second start waits for the first instead of working against it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO


def _try_lock(file: IO[bytes]) -> bool:
    """Take the lock if nobody has it. The system gives it back when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def only_one(path: Path) -> Generator[None]:
    """Hold the lock file ``path`` for the time of the block; waits for whoever holds it."""
    with path.open("ab") as file:
        if not _try_lock(file):
            print("Another set-up of this folder is at work; waiting for it ...", flush=True)
            while not _try_lock(file):
                time.sleep(0.5)
        yield
