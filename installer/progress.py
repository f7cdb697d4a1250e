"""Runs a command with one line that says how far it is, and keeps its whole output in a log file."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

# Without a terminal (a build server) a line is printed this often, so that nobody thinks it hangs.
QUIET_SECONDS = 15.0
LIVE_SECONDS = 0.1


class Ticker:
    """One line of progress: rewritten in place on a terminal, repeated now and then elsewhere."""

    def __init__(self, title: str, out: TextIO) -> None:
        self._title = title
        self._out = out
        self._live = out.isatty()
        self._start = time.monotonic()
        self._last = self._start
        self._width = 0
        self._write(f"{title} ...", end="" if self._live else "\n")

    def update(self, detail: str) -> None:
        """Show how far it is."""
        now = time.monotonic()
        seconds = now - self._start
        if now - self._last < (LIVE_SECONDS if self._live else QUIET_SECONDS):
            return
        self._last = now
        text = f"{self._title}: {detail} ({seconds:.0f} s)"
        # Longer than a line, "\r" would not come back to its start.
        self._write(f"\r{text[:78]}" if self._live else text, end="" if self._live else "\n")

    def end(self, word: str) -> None:
        """Close the line."""
        seconds = time.monotonic() - self._start
        start = "\r" if self._live else ""
        self._write(f"{start}{self._title}: {word} ({seconds:.0f} s)", end="\n")

    def _write(self, text: str, end: str) -> None:
        # A shorter text must cover the longer one before it.
        padded = text.ljust(self._width) if self._live else text
        self._width = len(text) if self._live and not end else 0
        self._out.write(padded + end)
        self._out.flush()


def run_with_progress(
    command: Sequence[str],
    *,
    title: str,
    log: Path,
    detail: Callable[[str], str | None],
    environment: Mapping[str, str] | None = None,
    failure: str = "failed",
    out: TextIO | None = None,
) -> tuple[int, list[str]]:
    """Run a command to its end.

    Args:
        command: Program and arguments.
        title: What is being done, for the person who waits.
        log: File that the output is appended to.
        detail: Turns a line of output into the detail to show, or None to keep the one before.
        environment: Variables of the command; None for our own.
        failure: Word to show when the command fails.
        out: Where progress is shown; None for standard output.

    Returns:
        The exit code and the lines of output.

    Raises:
        KeyboardInterrupt: The person pressed Ctrl+C; the command has ended.
    """
    ticker = Ticker(title, out or sys.stdout)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=dict(environment) if environment is not None else None,
    )
    lines: list[str] = []
    news: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process, news), name="output reader", daemon=True)
    reader.start()
    shown = "starting"
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n")
            while True:
                try:
                    line = news.get(timeout=1.0)
                except queue.Empty:
                    ticker.update(shown)
                    continue
                if line is None:
                    break
                file.write(line + "\n")
                lines.append(line)
                shown = detail(line) or shown
                ticker.update(shown)
        code = process.wait()
    except BaseException:
        _stop(process)
        reader.join(10)
        ticker.end("stopped")
        raise
    reader.join()
    ticker.end("done" if code == 0 else failure)
    return code, lines


def _read(process: subprocess.Popen[str], news: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            news.put(line.rstrip("\r\n"))
    news.put(None)


def _stop(process: subprocess.Popen[str]) -> None:
    """End a command that we no longer wait for; as after Ctrl+C, so that it tidies up (pip: gigabytes)."""
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
