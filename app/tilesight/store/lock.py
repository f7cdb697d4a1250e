"""One writer a store: a lock that the operating system takes back when the program dies."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import IO

from tilesight.store.errors import StoreInUse, guarded

# Windows locks bytes against reading too; lock one far behind the text, so that the text can be read.
_LOCKED_BYTE = 1 << 20


class FolderLock:
    """Holds `store.lock` in a folder while it is open; a killed program's lock ends with it."""

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            StoreInUse: If another program (or another part of this one) holds it.
            StoreUnavailable: If the folder cannot be written.
        """
        self._path = folder / "store.lock"
        with guarded("opening the store"):
            self._file: IO[bytes] | None = self._path.open("a+b")
        if not _try_lock(self._file):
            holder = self._holder()
            self._file.close()
            self._file = None
            raise StoreInUse(
                f"The store {folder} is open in another program{holder}.",
                kept="It was left as it is.",
                do_next="Close that program, or choose another store folder.",
            )
        self._file.truncate(0)
        self._file.write(f"{os.getpid()} on {socket.gethostname()}".encode())
        self._file.flush()

    def _holder(self) -> str:
        try:
            text = self._path.read_text(errors="replace").strip()
        except OSError:
            return ""
        return f" (process {text})" if text else ""

    def release(self) -> None:
        """Give the lock back; twice is fine."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
