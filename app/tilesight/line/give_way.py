"""Background processes give way to the line: they are suspended while a picture is inspected.

A low priority alone does not keep a training away from the inspection on a small computer: it still has the
other core, the caches and the memory bandwidth (docs/decisions/0017-giving-way.md has the figures)::

             add()                 begin(), the first one
    unknown ───────▶ GOING ON ───────────────────────────────▶ SUSPENDED
                      ▲   ▲        end(), the last one          │     │
             remove() │   ╰─────────────────────────────────────╯     │
             close()  ▼                                               │
                     LEFT ALONE ◀─────────────────────────────────────╯ remove(), close(): it goes on first

Nothing may stay suspended for ever. On POSIX each process has a guard, a shell that waits for the end of this
program, however it ends, and then continues the process. Elsewhere, `add` in the next program does it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque

import psutil

_log = logging.getLogger(__name__)

#: Over this time `held_share` is counted.
WINDOW_S = 60.0


class GiveWay:
    """Suspends processes while the line inspects; thread-safe, and nearly free while there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: dict[int, _Process] = {}
        self._tickets = itertools.count()
        self._inspections: set[int] = set()
        self._added_at = 0.0
        self._held_since: float | None = None
        self._spans: deque[tuple[float, float]] = deque()
        self._closed = False

    def add(self, process: psutil.Process) -> None:
        """Lets a process give way from now on; one that an earlier program left suspended goes on."""
        with self._lock:
            known = self._processes.get(process.pid)
            if self._closed or (known is not None and known.process == process):
                return
        if known is not None:
            self.remove(process.pid)  # it has ended, and its number is used again
        try:
            made = _Process(process)
        except psutil.Error:
            return  # it has ended
        with self._lock:
            if self._closed or process.pid in self._processes:
                made.close()
                return
            if not self._processes:
                self._added_at = time.monotonic()
                self._spans.clear()
            self._processes[process.pid] = made
            if not self._inspections:
                self._go_on([made])

    def remove(self, pid: int) -> None:
        """Leaves a process alone from now on; it goes on."""
        with self._lock:
            one = self._processes.pop(pid, None)
            if one is not None:
                self._go_on([one])
                self._note_end()
        if one is not None:
            one.close()

    def begin(self) -> int:
        """An inspection begins.

        Returns:
            What `end` needs.
        """
        with self._lock:
            ticket = next(self._tickets)
            self._inspections.add(ticket)
            if len(self._inspections) == 1 and self._processes:
                self._suspend()
            return ticket

    def end(self, ticket: int) -> None:
        """An inspection has ended, or is given up as lost; twice is fine."""
        with self._lock:
            if ticket not in self._inspections:
                return
            self._inspections.remove(ticket)
            if not self._inspections and self._processes:
                self._go_on(list(self._processes.values()))
                self._note_end()
                for one in self._processes.values():
                    one.guard.renew()  # here it does not delay an inspection

    def close(self) -> None:
        """Lets all go on and suspends nothing any more."""
        with self._lock:
            self._closed = True
            pids = list(self._processes)
        for pid in pids:
            self.remove(pid)

    @property
    def held_share(self) -> float:
        """For how much of the last minute, or since there is a process, processes were suspended, 0..1."""
        now = time.monotonic()
        with self._lock:
            if not self._processes:
                return 0.0
            start = max(now - WINDOW_S, self._added_at)
            spans = [*self._spans] if self._held_since is None else [*self._spans, (self._held_since, now)]
        held = sum(max(0.0, end - max(begin, start)) for begin, end in spans)
        return min(1.0, held / max(now - start, 1e-3))

    # -- with the lock held ------------------------------------------------------------------------

    def _suspend(self) -> None:
        for one in list(self._processes.values()):
            try:
                one.suspend()
            except (psutil.Error, OSError) as error:
                self._lose(one, error)
        if self._processes:
            self._held_since = time.monotonic()

    def _go_on(self, processes: list[_Process]) -> None:
        for one in processes:
            try:
                if one.held:
                    one.resume()
            except (psutil.Error, OSError) as error:
                self._lose(one, error)

    def _lose(self, one: _Process, error: Exception) -> None:
        """Forgets a process that has ended, or that this user may not suspend."""
        if not isinstance(error, psutil.NoSuchProcess | ProcessLookupError):
            _log.warning("process %d cannot give way to the line: %s", one.process.pid, error)
        self._processes.pop(one.process.pid, None)
        one.close()

    def _note_end(self) -> None:
        if any(one.held for one in self._processes.values()):
            return
        now = time.monotonic()
        if self._held_since is not None:
            self._spans.append((self._held_since, now))
            self._held_since = None
        while self._spans and self._spans[0][1] < now - WINDOW_S:
            self._spans.popleft()


class _Guard:
    """Continues a process once this program has ended, also where it was killed; POSIX only.

    It reads from a pipe whose other end only this program holds: the system closes that with the program.
    Waking a process that is not suspended does nothing, so it need not know.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._shell: subprocess.Popen[bytes] | None = None
        self.renew()

    def renew(self) -> None:
        """Starts the shell where none runs."""
        if sys.platform == "win32" or (self._shell is not None and self._shell.poll() is None):
            return
        self.dismiss()
        try:
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", 'read -r _; kill -s CONT "$1"', "tilesight-guard", str(self._pid)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # What is sent to the program's terminal is not meant for it.
                start_new_session=True,
            )
        except OSError as error:
            # Then it is the next start of the program that continues what was left suspended.
            _log.warning("process %d has no guard: %s", self._pid, error)

    def dismiss(self) -> None:
        """Ends the shell without a word."""
        shell, self._shell = self._shell, None
        if shell is None:
            return
        shell.kill()
        if shell.stdin is not None:
            with contextlib.suppress(OSError):
                shell.stdin.close()
        shell.wait()


class _Process:
    """A process that gives way.

    On Linux a file descriptor stands for it, so that a signal needs no look at whether its number is used
    again: that would read files, and give Python's lock to other threads, at the start of every inspection.

    Raises:
        psutil.NoSuchProcess: If it has ended.
    """

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self._descriptor: int | None = None
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # an old kernel
                self._descriptor = os.pidfd_open(process.pid)
        try:
            if not process.is_running():
                raise psutil.NoSuchProcess(process.pid)
        except psutil.Error:
            self._forget()
            raise
        #: Whether it may be suspended; not asked for, because an earlier program may do it at this moment.
        self.held = True
        self.guard = _Guard(process.pid)

    def suspend(self) -> None:
        """Stops it where it is."""
        if sys.platform == "linux" and self._descriptor is not None:
            signal.pidfd_send_signal(self._descriptor, signal.SIGSTOP)
        else:
            self.process.suspend()
        self.held = True

    def resume(self) -> None:
        """Lets it go on."""
        if sys.platform == "linux" and self._descriptor is not None:
            signal.pidfd_send_signal(self._descriptor, signal.SIGCONT)
        else:
            self.process.resume()
        self.held = False

    def close(self) -> None:
        """Forgets it."""
        self.guard.dismiss()
        self._forget()

    def _forget(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
