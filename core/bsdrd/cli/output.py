"""What the commands print: JSON lines for programs, tables and a progress bar for people."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from bsdrd.errors import BsdrdError

#: Exit codes of every command.
DONE, SOME_FAILED, WRONG_USE, REFUSED = 0, 1, 2, 3


class Output:
    """Where a command tells what happens. Results go to standard output, everything else to standard error.

    Args:
        as_json: JSON lines, one event each; the last is the summary.
        task: What the progress bar says.
    """

    def __init__(self, *, as_json: bool, task: str = "") -> None:
        self.as_json = as_json
        self._task = task
        self._console = Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        self._id: TaskID | None = None

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop_bar()

    def tell(self, event: dict[str, Any]) -> None:
        """Tells one event: `progress` (done, of), `warning` (text), `failed` (file, error) or any other.

        People see the first three; programs see all.
        """
        if self.as_json:
            print_json(event)
        elif event["event"] == "progress":
            self._show_progress(int(event["done"]), int(event["of"]))
        elif event["event"] == "warning":
            self._console.print(f"Note: {event['text']}", style="yellow", markup=False, soft_wrap=True)
        elif event["event"] == "failed":
            self._console.print(f"Not inspected: {event['error']}", style="red", markup=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Tells people a sentence on standard output."""
        if not self.as_json:
            self._stop_bar()
            typer.echo(text)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
        """Shows people a table on standard output; columns after the first are aligned right."""
        if self.as_json:
            return
        self._stop_bar()
        table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
        for index, heading in enumerate(headings):
            table.add_column(heading, justify="left" if index == 0 else "right", overflow="fold")
        for row in rows:
            table.add_row(*row)
        Console(highlight=False, markup=False).print(table)

    def finish(self, summary: dict[str, Any], code: int = DONE) -> None:
        """Ends the command: the summary as the last line for programs, and the exit code.

        Raises:
            typer.Exit: Always.
        """
        self._stop_bar()
        if self.as_json:
            print_json({**summary, "event": "summary", "exit_code": code})
        raise typer.Exit(code)

    def _show_progress(self, done: int, of: int) -> None:
        if self._bar is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._id = self._bar.add_task(self._task, total=of)
            self._bar.start()
        assert self._id is not None
        self._bar.update(self._id, completed=done, total=of)

    def _stop_bar(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def print_json(event: dict[str, Any]) -> None:
    """Prints one event as a line of strict JSON; what is not a number becomes null."""
    sys.stdout.write(json.dumps(_strict(event), ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def _strict(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _strict(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_error(error: BsdrdError, *, as_json: bool) -> None:
    """Says what went wrong, what was kept and what to do, without a traceback."""
    if as_json:
        parts = {"what": error.what, "kept": error.kept, "do_next": error.do_next}
        print_json({"event": "error", "kind": type(error).__name__, **parts})
        print_json({"event": "summary", "exit_code": REFUSED, "error": str(error)})
        return
    console = Console(stderr=True, highlight=False, markup=False)
    console.print(f"Error: {error.what}", style="bold red", soft_wrap=True)
    for text in (error.kept, error.do_next):
        if text:
            console.print(text, soft_wrap=True)
