"""What training says while it runs. Every event is a frozen dataclass that becomes one line of JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Started:
    """Training is about to begin (or to go on).

    Attributes:
        steps: Steps in all.
        step: Steps already done, in an earlier run.
        train_tiles: Pictures that are trained on.
        held_out_tiles: Pictures kept for statistics and thresholds.
        device: "cpu" or "cuda".
        precision: "float32" or "bfloat16".
        threads: Processor threads.
        skipped: Pictures that were left out, with the reason; only where that was asked for.
        notes: What a person should know of the tiles.
    """

    name: ClassVar[str] = "started"
    steps: int
    step: int
    train_tiles: int
    held_out_tiles: int
    device: str
    precision: str
    threads: int
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One gradient step was taken.

    Attributes:
        step: Steps done.
        steps: Steps in all.
        losses: "struct/F1" ... "detail/F3" to the loss of that student and level, "head" to the head's.
        loss: Their sum.
        learning_rate: That was used.
        images_per_second: Averaged over the last steps.
        seconds_left: Estimate from that average.
    """

    name: ClassVar[str] = "step"
    step: int
    steps: int
    losses: dict[str, float]
    loss: float
    learning_rate: float
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The students were looked at on held-out good tiles.

    Attributes:
        step: Steps done.
        struct: Mean distance of the struct student, all levels.
        detail: Likewise of the detail student.
        drawn_auroc: How well drawn defects are told from the same tiles without, 0.5..1.
        best: Whether this is the best look so far.
    """

    name: ClassVar[str] = "held_out"
    step: int
    struct: float
    detail: float
    drawn_auroc: float
    best: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint was written, from which training can go on.

    Attributes:
        step: Steps done.
        path: The checkpoint.
        samples: Pictures of maps of fixed held-out tiles: NumPy archives (`pixels`, `fused`).
    """

    name: ClassVar[str] = "checkpoint"
    step: int
    path: Path
    samples: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """What is being done after the last step: "statistics", "thresholds", "export", "saving"."""

    name: ClassVar[str] = "phase"
    phase: str
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """Training ended.

    Attributes:
        step: Steps done.
        reason: "done", "early" (held-out tiles did not improve) or "cancelled".
        path: The model file; None where training was cancelled.
        sha256: Its hash; empty likewise.
        seconds: Wall time, with that of the runs before where it was resumed.
        metrics: What was measured on held-out tiles.
    """

    name: ClassVar[str] = "finished"
    step: int
    reason: str
    path: Path | None
    sha256: str
    seconds: float
    metrics: dict[str, float] = field(default_factory=dict[str, float])


Event = Started | Step | HeldOut | Saved | Phase | Finished


def as_json(event: Event) -> dict[str, Any]:
    """The event as JSON values, with its name under "event"."""
    values = asdict(event)
    for key, value in values.items():
        if isinstance(value, Path):
            values[key] = str(value)
        elif isinstance(value, tuple):
            values[key] = [str(part) for part in value]
    return {"event": event.name, **values}
