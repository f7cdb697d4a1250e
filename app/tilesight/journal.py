"""What the program writes about itself: a log that rotates, and a report for every crash."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
import threading
import traceback
from collections import deque
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from bsdrd import __version__

_log = logging.getLogger(__name__)

_FORMAT = "%(asctime)s %(process)d %(levelname)s %(threadName)s %(name)s: %(message)s"
_BYTES = 2_000_000
_FILES = 5
_LAST_LINES = 200
#: An error that comes back with every frame must not fill the disk with reports.
_MOST_REPORTS = 5


class Journal:
    """Log and crash reports of this process.

    Args:
        folder: Where they go; made where needed. A folder that cannot be written is no reason to end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports: list[Path] = []
        self._tail = _Tail()
        self._handlers: list[logging.Handler] = []
        self._faults: IO[str] | None = None
        self._hooks = (sys.excepthook, threading.excepthook)

    @property
    def log_file(self) -> Path:
        """The log that is written now."""
        return self.folder / "tilesight.log"

    @property
    def _fault_file(self) -> Path:
        return self.folder / f"fault-{os.getpid()}.txt"

    def open(self) -> None:
        """Starts to log, and to catch what nobody else catches."""
        handler: logging.Handler
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                self.log_file, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8"
            )
        except OSError as error:
            handler = logging.StreamHandler()
            handler.setLevel(logging.WARNING)
            sys.stderr.write(f"tilesight: no log in {self.folder} ({error.strerror or error})\n")
        for one in (handler, self._tail):
            one.setFormatter(logging.Formatter(_FORMAT))
            logging.getLogger().addHandler(one)
            self._handlers.append(one)
        logging.getLogger().setLevel(logging.INFO)
        logging.captureWarnings(True)
        self._look_for_faults()
        self._watch_faults()
        sys.excepthook = self._on_error
        threading.excepthook = self._on_thread_error
        _log.info("Tilesight %s starts: %s", __version__, platform.platform())

    def close(self) -> None:
        """Ends the log; what nobody catches goes the usual way again."""
        sys.excepthook, threading.excepthook = self._hooks
        faulthandler.disable()
        if self._faults is not None:
            self._faults.close()
            self._faults = None
            with contextlib.suppress(OSError):
                if self._fault_file.stat().st_size == 0:
                    self._fault_file.unlink()
        _log.info("Tilesight ends")
        logging.captureWarnings(False)
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
        self._handlers.clear()

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str
    ) -> Path | None:
        """Writes a report of an error that nobody caught, and says on the terminal where it lies.

        Returns:
            The file; None where there are enough, or it cannot be written.
        """
        what = "".join(traceback.format_exception(kind, error, trace))
        _log.critical("not caught in %s:\n%s", where, what)
        if len(self.reports) >= _MOST_REPORTS:
            return None
        now = datetime.now(UTC)
        path = self.folder / f"crash-{now:%Y%m%dT%H%M%S}-{os.getpid()}-{len(self.reports) + 1}.txt"
        text = f"{_about(now)}\nIn {where}:\n{what}\nLast lines of the log:\n{self._tail.text()}\n"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as failed:
            sys.stderr.write(f"tilesight: {what}tilesight: no report could be written ({failed})\n")
            return None
        self.reports.append(path)
        sys.stderr.write(f"tilesight: {kind.__name__}: {error}\ntilesight: a report is in {path}\n")
        return path

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._hooks[0](kind, error, trace)
            return
        self.report(kind, error, trace, "the main thread")

    def _on_thread_error(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, SystemExit):
            return
        name = args.thread.name if args.thread is not None else "a thread"
        self.report(args.exc_type, args.exc_value, args.exc_traceback, f"thread {name}")

    def _watch_faults(self) -> None:
        """A crash in a library ends the process at once: only this can still write where it was."""
        try:
            self._faults = self._fault_file.open("w", encoding="utf-8")
            faulthandler.enable(self._faults)
        except (OSError, RuntimeError) as error:
            _log.warning("crashes in libraries will leave no report: %s", error)

    def _look_for_faults(self) -> None:
        """Says in the log, and by the name of the file, that an earlier run ended in a crash."""
        with contextlib.suppress(OSError):
            for left in self.folder.glob("fault-*.txt"):
                number = left.stem.removeprefix("fault-")
                if number.isdecimal() and _is_running(int(number)):
                    continue
                if left.stat().st_size == 0:
                    left.unlink()
                    continue
                report = left.rename(left.with_name(f"crash-earlier-{left.stem}.txt"))
                _log.error("an earlier run ended in a crash: %s", report)


class _Tail(logging.Handler):
    """The last lines of the log, for reports."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=_LAST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        with contextlib.suppress(Exception):
            self._lines.append(self.format(record))

    def text(self) -> str:
        """The lines, oldest first."""
        return "\n".join(self._lines)


def _about(now: datetime) -> str:
    versions = {"Tilesight": __version__, "Python": platform.python_version()}
    for module in ("PySide6", "onnxruntime", "numpy", "cv2"):
        found = sys.modules.get(module)
        if found is not None:
            versions[module] = str(getattr(found, "__version__", "?"))
    listed = ", ".join(f"{name} {number}" for name, number in versions.items())
    return f"Tilesight crash report, {now:%Y-%m-%d %H:%M:%S} UTC\n{listed}\n{platform.platform()}\n"


def _is_running(process: int) -> bool:
    import psutil  # only after a crash

    return process != os.getpid() and psutil.pid_exists(process)
