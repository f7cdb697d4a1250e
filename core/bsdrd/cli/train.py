"""`bsdrd train`: a model from good tiles."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from bsdrd.cli.options import DeviceChoice, DeviceOption, JsonOption, ThreadsOption
from bsdrd.cli.output import DONE, SOME_FAILED, Output
from bsdrd.data.layouts import load_dataset
from bsdrd.errors import TrainingError

#: Takes an event as it goes to `--json`: plain values with the kind under "event".
Tell = Callable[[dict[str, Any]], None]


class PresetChoice(StrEnum):
    """How long to train."""

    FAST = "fast"
    BALANCED = "balanced"
    BEST = "best"


def command(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="A folder of good tiles, or a data set in a known layout.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="The new model file.", show_default=False)],
    teacher: Annotated[
        str | None, typer.Option("--teacher", help="Pre-trained network to learn from.", show_default=False)
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="A local weight file of that teacher.")
    ] = None,
    preset: Annotated[
        PresetChoice, typer.Option("--preset", help="How long to train.")
    ] = PresetChoice.BALANCED,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another number, another chance.")] = 0,
    resume: Annotated[Path | None, typer.Option("--resume", help="Checkpoint to go on from.")] = None,
    parent: Annotated[Path | None, typer.Option("--from", help="Model to start from (warm start).")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Of the model.")] = None,
    colour: Annotated[bool, typer.Option("--colour", help="Train on colour, not on grey values.")] = False,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Instead of the preset's.")] = None,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", min=1, max=256, help="Tiles a step.")
    ] = None,
    every: Annotated[
        int | None,
        typer.Option("--every", min=1, help="Steps between checkpoints, with a look at held-out tiles."),
    ] = None,
    low_priority: Annotated[bool, typer.Option("--low-priority", help="Give way to other programs.")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Train without unreadable pictures.")] = False,
    device: DeviceOption = DeviceChoice.AUTO,
    threads: ThreadsOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Train a model on good tiles. Ctrl+C stops and keeps a checkpoint to go on from."""
    with Output(as_json=as_json, task="Training") as output:

        def tell(event: dict[str, Any]) -> None:
            output.tell(event)
            if as_json:
                return
            if event["event"] == "step":
                output.tell({"event": "progress", "done": event["step"], "of": event["steps"]})
            elif event["event"] == "started":
                for note in event["notes"]:
                    output.tell({"event": "warning", "text": note})
                for text in event["skipped"]:
                    output.tell({"event": "failed", "file": "", "error": text})

        summary = run_train(
            data,
            out,
            teacher=teacher,
            weights=weights,
            preset=preset.value,
            seed=seed,
            resume=resume,
            parent=parent,
            name=name,
            colour=colour,
            steps=steps,
            batch_size=batch_size,
            every=every,
            device=device.value,
            threads=threads,
            low_priority=low_priority,
            skip_bad=skip_bad,
            tell=tell,
        )
        if summary["reason"] == "cancelled":
            output.say(f"Stopped after {summary['steps']} steps. Go on with --resume {summary['checkpoint']}")
            output.finish(summary, SOME_FAILED)
        output.say(f"Model: {summary['model']} ({summary['steps']} steps, {summary['seconds']:.0f} s)")
        output.finish(summary, SOME_FAILED if summary["failed"] else DONE)


def run_train(
    data: Path,
    out: Path,
    *,
    teacher: str | None = None,
    weights: Path | None = None,
    preset: str = "balanced",
    seed: int = 0,
    resume: Path | None = None,
    parent: Path | None = None,
    name: str | None = None,
    colour: bool = False,
    steps: int | None = None,
    batch_size: int | None = None,
    every: int | None = None,
    device: str = "auto",
    threads: int = 0,
    low_priority: bool = False,
    skip_bad: bool = False,
    tell: Tell,
) -> dict[str, Any]:
    """Trains a model and writes its file. Ctrl+C, SIGTERM or Ctrl+Break stop after a step, with a checkpoint.

    Tells the events of `bsdrd.training.events` on the way: started, step, held_out, checkpoint, phase.

    Args:
        data: A data set in any layout; its good tiles are used.
        out: The model file.
        teacher: A key of the table of teachers; None: the default, or that of `parent`.
        weights: A local weight file of the teacher.
        preset: "fast", "balanced" or "best".
        seed: Fixes everything that is left to chance.
        resume: Checkpoint to go on from.
        parent: Model file to start from (warm start).
        name: Of the model; None: the file's name.
        colour: Train a colour model (3 channels).
        steps: Gradient steps instead of the preset's.
        batch_size: Tiles in a step instead of the preset's.
        every: Steps between checkpoints, each with a look at held-out tiles; None: the preset's.
        device: "auto", "cpu" or "cuda".
        threads: Processor threads; 0: all.
        low_priority: Give way to other programs.
        skip_bad: Leave unreadable pictures out instead of refusing.
        tell: Takes the events.

    Returns:
        The `summary` event: model, sha256, reason ("done", "early", "cancelled"), steps, seconds, metrics,
        checkpoint, and `failed`, the pictures that were left out.

    Raises:
        BsdrdError: If training cannot be done.
    """
    from bsdrd.bundle import read_bundle
    from bsdrd.model.spec import ModelSpec
    from bsdrd.model.teachers import DEFAULT_TEACHER, teacher_entry
    from bsdrd.training import preset as settings_of
    from bsdrd.training import train
    from bsdrd.training.events import Finished, Saved, Started, as_json
    from bsdrd.training.loop import Job
    from bsdrd.training.machine import keep_freed_memory, lower_priority
    from bsdrd.training.settings import HEAD_WIDTHS

    if parent is not None:
        spec = read_bundle(parent, graph=False, weights=False).spec
        if teacher not in (None, spec.teacher):
            raise TrainingError(
                f"{parent} was trained with the teacher {spec.teacher}, not {teacher}.",
                do_next="Leave --teacher out, or train from scratch.",
            )
    else:
        spec = ModelSpec(teacher=teacher or DEFAULT_TEACHER, channels=3 if colour else 1)
        spec = replace(spec, head_width=HEAD_WIDTHS.get(preset, spec.head_width))
    teacher_entry(spec.teacher)
    changes: dict[str, Any] = {"spec": spec, "seed": seed, "device": device, "threads": threads}
    wanted = {"steps": steps, "batch_size": batch_size, "every": every}
    changes |= {key: value for key, value in wanted.items() if value is not None}
    settings = settings_of(preset, warm=parent is not None, **changes)
    checkpoint = resume or out.with_suffix(".checkpoint")
    job = Job(out, name or out.stem, checkpoint, weights, parent, resume is not None, skip_bad)
    keep_freed_memory()
    if low_priority:
        lower_priority()
    dataset = load_dataset(data)
    for warning in dataset.warnings:
        tell({"event": "warning", "text": warning})
    summary: dict[str, Any] = {"event": "summary", "failed": [], "checkpoint": ""}
    with _stop_politely() as stopped:
        for event in train(dataset, settings, job, stopped):
            values = as_json(event)
            if isinstance(event, Finished):
                summary |= {
                    "model": "" if event.path is None else str(event.path),
                    "sha256": event.sha256,
                    "reason": event.reason,
                    "steps": event.step,
                    "seconds": event.seconds,
                    "metrics": event.metrics,
                }
                continue
            if isinstance(event, Started):
                summary["failed"] = list(event.skipped)
            elif isinstance(event, Saved):
                summary["checkpoint"] = str(event.path)
            tell(values)
    return summary


@contextmanager
def _stop_politely() -> Generator[Callable[[], bool]]:
    """Turns Ctrl+C, SIGTERM and, on Windows, Ctrl+Break into a request; a second Ctrl+C stops at once."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set  # signals reach the main thread only
        return
    # A process without a console of its own can be asked on Windows by Ctrl+Break only.
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
