"""The process that trains: started beside the program, followed through its log file, stopped politely.

It writes to a file, not to a pipe, so it outlives the program that started it; a later start of the program
finds it by its number and follows it on.

::

            start             the process ends by itself
    READY ─────────▶ RUNNING ────────────────────────────▶ FINISHED
                     │  ▲ │ ╲ killed, disk full, bad tile
              pause  ▼  │ │  ╲───────────▶ FAILED ──start──▶ RUNNING
                   PAUSED │ start (goes on from the checkpoint)
                          ╰── cancel ──▶ CANCELLED (also from every other state but FINISHED)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil

from bsdrd.errors import TrainingError
from tilesight.line.give_way import GiveWay
from tilesight.line.saved import SavedFileError
from tilesight.line.training.job import JobBook, JobFolder, JobState, Status
from tilesight.line.training.progress import Failure, TrainingState

#: Less free room than this on the disk explains a process that ended without a word.
_NO_ROOM = 64 * 2**20
_READ_AT_ONCE = 4 * 2**20


class TrainingRun:
    """A job while somebody watches it; not thread-safe.

    Args:
        folder: The job. A process that still works on it is followed on; one that was killed meanwhile
            leaves the job FAILED, to go on from its last checkpoint.
        give_way: What lets the process stand still while a picture is inspected, unless the job wants no low
            priority; None where there is no line.
    """

    def __init__(self, folder: JobFolder, give_way: GiveWay | None = None) -> None:
        self.folder = folder
        self.job = folder.job()
        self._give_way = give_way if self.job.settings.low_priority else None
        self.state = TrainingState()
        self._status = folder.state()
        self._own: subprocess.Popen[bytes] | None = None
        self._at = 0
        self._rest = b""
        self._asked = ""
        self.poll()
        if self.status is Status.FAILED and self.state.failure is None:
            self.state = replace(self.state, failure=Failure(self._status.problem), phase="ended")
        if self.running:
            self._let_give_way()

    @property
    def status(self) -> Status:
        """How the job stands."""
        return self._status.status

    @property
    def running(self) -> bool:
        """Whether a process works on it."""
        return self.status is Status.RUNNING

    @property
    def asked(self) -> str:
        """What the running process was asked for and has not done yet: "pause", "cancel" or ""."""
        return self._asked if self.running else ""

    @property
    def can_start(self) -> bool:
        """Whether it can begin, or go on."""
        return self.status in (Status.READY, Status.PAUSED, Status.FAILED)

    def start(self) -> None:
        """Begins, or goes on from the checkpoint.

        Raises:
            TrainingError: If it runs or has ended, or the process cannot be started.
            DataError: If pictures were changed since they were chosen. The job is as it was.
        """
        if not self.can_start:
            raise TrainingError(f"This training is {self.status.value} and cannot be started.")
        self.folder.verify()
        command = self.folder.command(resume=self.folder.can_resume)
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        try:
            self._begin_on_a_new_line()
            with self.folder.events.open("ab") as out, self.folder.errors.open("ab") as err:
                self._own = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    env=environment,
                    # Ctrl+C in the program's terminal is not meant for it.
                    start_new_session=sys.platform != "win32",
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
        except OSError as error:
            raise TrainingError(
                f"The training process could not be started: {error}.",
                kept="The job is kept.",
                do_next="Check the disk and the installation, then start it again.",
            ) from error
        self.state = replace(self.state, phase="starting", failure=None, exit_code=None, reason="")
        self._asked = ""
        try:
            began = psutil.Process(self._own.pid).create_time()
        except psutil.Error:
            began = 0.0
        self._set(JobState(status=Status.RUNNING, pid=self._own.pid, process_started=began))
        self._let_give_way()

    def pause(self) -> None:
        """Asks the process to write a checkpoint and stop; `poll` sees it happen."""
        self._ask("pause")

    def cancel(self) -> None:
        """Gives the job up: stops the process, and removes checkpoint and pictures once it has stopped."""
        if self.running:
            self._ask("cancel")
        elif self.status not in (Status.FINISHED, Status.CANCELLED):
            self._give_up()

    def poll(self) -> bool:
        """Reads what was said meanwhile and sees whether the process still lives.

        Returns:
            Whether anything changed.
        """
        # Asked first: what it said before it ended is then surely in the file.
        lives = self.running and self._lives()
        read = self._read()
        if not self.running or lives:
            return read
        self._settle()
        return True

    # -- inside ------------------------------------------------------------------------------------

    def _ask(self, what: str) -> None:
        if not self.running:
            return
        self._asked = what
        self._leave_alone()  # a suspended process would not hear it, and nobody wants to wait for its end
        process = self._process()
        if process is None:
            return
        with contextlib.suppress(psutil.Error, OSError):
            if sys.platform == "win32":
                process.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                process.terminate()

    def _process(self) -> psutil.Process | None:
        """The process that works on the job, if it lives; another one with its number is none of ours."""
        return _process_of(self._status)

    def _let_give_way(self) -> None:
        process = self._process()
        if self._give_way is not None and process is not None:
            self._give_way.add(process)

    def _leave_alone(self) -> None:
        if self._give_way is not None:
            self._give_way.remove(self._status.pid)

    def _lives(self) -> bool:
        if self._own is not None:
            return self._own.poll() is None
        return self._process() is not None

    def _read(self) -> bool:
        try:
            with self.folder.events.open("rb") as file:
                file.seek(self._at)
                data = file.read(_READ_AT_ONCE)
        except OSError:
            return False
        if not data:
            return False
        self._at += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.state = self.state.after(line.decode("utf-8", "replace") for line in lines)
        if len(data) == _READ_AT_ONCE:
            self._read()
        return True

    def _begin_on_a_new_line(self) -> None:
        """A killed process may have left half a line, which must not swallow the next one."""
        if self._rest:
            with self.folder.events.open("ab") as file:
                file.write(b"\n")

    def _settle(self) -> None:
        """The process has ended: says how."""
        self._leave_alone()
        code = self._own.returncode if self._own is not None else None
        self._own = None
        state = self.state
        if self._asked == "cancel":
            self._give_up()
            return
        if state.ended and state.reason in ("done", "early") and self.folder.model.is_file():
            self._set(JobState(status=Status.FINISHED, model_sha256=state.model_sha256))
            shutil.rmtree(self.folder.path / "tiles", ignore_errors=True)
            self.folder.checkpoint.unlink(missing_ok=True)
            return
        if state.ended and state.reason == "cancelled":
            self._set(JobState(status=Status.PAUSED))
            return
        failure = state.failure if state.ended and state.failure else self._unsaid(code)
        self.state = replace(state, failure=failure, phase="ended")
        self._set(JobState(status=Status.FAILED, problem=failure.what))

    def _unsaid(self, code: int | None) -> Failure:
        """Why a process may have ended without saying so."""
        if self.folder.can_resume:
            step = self.state.checkpoint_step
            kept = f"The checkpoint of step {step} is kept." if step else "The last checkpoint is kept."
            again = "It goes on from there when you resume it."
        else:
            kept, again = "The choice of tiles is kept.", "Resume begins again."
        if self._asked == "pause":
            return Failure("The process ended before it could write a checkpoint.", kept, again)
        try:
            if shutil.disk_usage(self.folder.path).free < _NO_ROOM:
                return Failure("The disk is full.", kept, f"Free some space. {again}")
        except OSError:
            pass
        if code == -9:
            what = "The training process was killed, perhaps because memory ran out."
            return Failure(
                what, kept, f"Close other programs, or train anew with fewer tiles in a step. {again}"
            )
        last = _last_line(self.folder.errors)
        if code is not None and code > 0 and last:
            return Failure(f"The training process failed: {last}", kept, again)
        return Failure("The training process ended without a word; it may have been killed.", kept, again)

    def _give_up(self) -> None:
        self._set(JobState(status=Status.CANCELLED))
        self.folder.discard()

    def _set(self, status: JobState) -> None:
        self._status = status
        # A full disk must not hide what happened: the next start sees the dead process and settles it anew.
        with contextlib.suppress(SavedFileError):
            self.folder.set_state(status)


def give_way_again(store_folder: Path, give_way: GiveWay) -> None:
    """Lets a training that an earlier program has left running give way, and go on where it was suspended.

    For the start of the program: nobody may ever look at the training, and it must not stand still for that.
    """
    folder = JobBook(store_folder).newest()
    state = None if folder is None else folder.state()
    if folder is None or state is None or state.status is not Status.RUNNING:
        return
    process = _process_of(state)
    if process is not None and folder.job().settings.low_priority:
        give_way.add(process)


def _process_of(state: JobState) -> psutil.Process | None:
    """The process that works on a job, if it lives; another one with its number is none of ours."""
    try:
        process = psutil.Process(state.pid)
        if abs(process.create_time() - state.process_started) > 1.0:
            return None
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except (psutil.Error, ValueError):
        return None


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:300] if lines else ""
