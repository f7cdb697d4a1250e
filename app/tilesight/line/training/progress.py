"""What a training process says, as one immutable state: made line by line from its JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

#: The defect head's loss, as the process names it; models without a head have none.
HEAD = "head"
#: Students and levels that have a loss each, as the process names them, and the defect head.
LOSSES = (*(f"{student}/{level}" for student in ("struct", "detail") for level in ("F1", "F2", "F3")), HEAD)
_LINES_KEPT = 400


@dataclass(frozen=True, slots=True)
class StepPoint:
    """One gradient step.

    Attributes:
        step: Steps done.
        losses: In the order of `LOSSES`; NaN where the process did not say.
        loss: Their sum.
        learning_rate: That was used.
    """

    step: int
    losses: tuple[float, ...]
    loss: float
    learning_rate: float


@dataclass(frozen=True, slots=True)
class LookPoint:
    """One look at held-out good tiles.

    Attributes:
        step: Steps done.
        struct: Mean distance of the struct student.
        detail: Likewise of the detail student.
        drawn_auroc: How well drawn defects are told from the same tiles without, 0.5..1.
    """

    step: int
    struct: float
    detail: float
    drawn_auroc: float


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a process stopped.

    Attributes:
        what: What happened.
        kept: What was kept.
        do_next: What a person can do.
    """

    what: str
    kept: str = ""
    do_next: str = ""


@dataclass(frozen=True, slots=True)
class TrainingState:
    """Everything that a process has said so far.

    Attributes:
        phase: "starting", "training", "statistics", "thresholds", "export", "saving", or "ended".
        done: How much of the phase is done; steps while training.
        of: Of how much; 0 where that is unknown.
        steps: Steps of the whole training; 0 while that is unknown. Stays when the steps are done.
        points: All steps, rising.
        looks: All looks at held-out tiles, rising.
        learning_rate: Of the last step.
        images_per_second: Over the last steps.
        seconds_left: Estimate of training; None where unknown.
        train_tiles: Pictures that are trained on.
        held_out_tiles: Pictures kept for statistics and thresholds.
        device: What it runs on; "" before it says so.
        threads: Processor threads.
        checkpoint_step: Steps that the last checkpoint holds; 0 for none.
        samples: Archives of sample maps by step, rising (`bsdrd.training.looks.save_samples`).
        log: The last lines for people.
        reason: Why it ended by itself: "done", "early", "cancelled"; "" while it runs or where it failed.
        model: The model file; "" where there is none.
        model_sha256: Its hash.
        metrics: Measured on held-out tiles.
        thresholds: T1 and T2 of a calibration.
        seconds: Wall time of the training, with that of earlier runs up to their checkpoint.
        failure: Why it stopped; None where it did not.
        exit_code: That it announced; None before its end.
    """

    phase: str = "starting"
    done: int = 0
    of: int = 0
    steps: int = 0
    points: tuple[StepPoint, ...] = ()
    looks: tuple[LookPoint, ...] = ()
    learning_rate: float = 0.0
    images_per_second: float = 0.0
    seconds_left: float | None = None
    train_tiles: int = 0
    held_out_tiles: int = 0
    device: str = ""
    threads: int = 0
    checkpoint_step: int = 0
    samples: tuple[tuple[int, tuple[Path, ...]], ...] = ()
    log: tuple[str, ...] = ()
    reason: str = ""
    model: str = ""
    model_sha256: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    thresholds: tuple[float, float] | None = None
    seconds: float = 0.0
    failure: Failure | None = None
    exit_code: int | None = None

    @property
    def steps_done(self) -> int:
        """Steps that were made, also once something else is done."""
        return max(self.points[-1].step if self.points else 0, self.checkpoint_step)

    @property
    def ended(self) -> bool:
        """Whether the process has said its last word."""
        return self.exit_code is not None

    def after(self, lines: Iterable[str]) -> TrainingState:
        """The state once the process has also said these lines; what is no event of it is skipped."""
        state = self
        points = list(self.points)
        for line in lines:
            event = _event(line)
            if event is None:
                continue
            if event["event"] == "step":
                points.append(_step(event))
                state = _stepped(state, event)
                continue
            if event["event"] == "started":
                # After a kill the process goes on from its checkpoint: what lay behind that is done again.
                begun = _whole(event, "step")
                points = [point for point in points if point.step <= begun]
            state = _after(state, event)
        return replace(state, points=tuple(points))


def _event(line: str) -> dict[str, Any] | None:
    try:
        event: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _step(event: Mapping[str, Any]) -> StepPoint:
    losses: Any = event.get("losses")
    parts: Mapping[str, Any] = losses if isinstance(losses, dict) else {}
    return StepPoint(
        _whole(event, "step"),
        tuple(_number(parts, name) for name in LOSSES),
        _number(event, "loss"),
        _number(event, "learning_rate", 0.0),
    )


def _stepped(state: TrainingState, event: Mapping[str, Any]) -> TrainingState:
    left = _number(event, "seconds_left")
    return replace(
        state,
        phase="training",
        done=_whole(event, "step"),
        of=_whole(event, "steps"),
        steps=_whole(event, "steps"),
        learning_rate=_number(event, "learning_rate", 0.0),
        images_per_second=_number(event, "images_per_second", 0.0),
        seconds_left=left if math.isfinite(left) else None,
    )


def _after(state: TrainingState, event: Mapping[str, Any]) -> TrainingState:
    match event["event"]:
        case "started":
            return _started(state, event)
        case "held_out":
            look = LookPoint(
                _whole(event, "step"),
                _number(event, "struct"),
                _number(event, "detail"),
                _number(event, "drawn_auroc"),
            )
            return _logged(
                replace(state, looks=(*state.looks, look)),
                f"Step {look.step}: drawn defects told apart with AUROC {look.drawn_auroc:.3f}",
            )
        case "checkpoint":
            step = _whole(event, "step")
            paths = tuple(Path(str(path)) for path in _several(event, "samples"))
            samples = (*state.samples, (step, paths)) if paths else state.samples
            state = replace(state, checkpoint_step=step, samples=samples)
            return _logged(state, f"Step {step}: checkpoint written")
        case "phase":
            phase, done = str(event.get("phase", "")), _whole(event, "done")
            fresh = phase != state.phase
            state = replace(state, phase=phase, done=done, of=_whole(event, "of"), seconds_left=None)
            return _logged(state, _phase_in_words(phase)) if fresh else state
        case "progress":
            return replace(state, phase="thresholds", done=_whole(event, "done"), of=_whole(event, "of"))
        case "warning":
            return _logged(state, str(event.get("text", "")))
        case "failed":
            return _logged(state, f"Left out: {event.get('error', '')}")
        case "error":
            what, kept, do_next = (str(event.get(key) or "") for key in ("what", "kept", "do_next"))
            return _logged(replace(state, failure=Failure(what, kept, do_next)), what)
        case "summary":
            return _ended(state, event)
        case _:
            return state


def _started(state: TrainingState, event: Mapping[str, Any]) -> TrainingState:
    begun = _whole(event, "step")
    notes = [str(note) for note in _several(event, "notes")]
    notes += [f"Left out: {one}" for one in _several(event, "skipped")]
    state = replace(
        state,
        phase="training",
        done=begun,
        of=_whole(event, "steps"),
        steps=_whole(event, "steps"),
        looks=tuple(look for look in state.looks if look.step <= begun),
        samples=tuple(one for one in state.samples if one[0] <= begun),
        checkpoint_step=begun,
        train_tiles=_whole(event, "train_tiles"),
        held_out_tiles=_whole(event, "held_out_tiles"),
        device=str(event.get("device", "")),
        threads=_whole(event, "threads"),
        seconds_left=None,
        reason="",
        failure=None,
        exit_code=None,
    )
    return _logged(state, _beginning_in_words(state, begun), *notes)


def _beginning_in_words(state: TrainingState, begun: int) -> str:
    train, held, device, threads = state.train_tiles, state.held_out_tiles, state.device, state.threads
    if begun:
        return (
            f"Goes on after step {begun}: {train} pictures to learn from, {held} held out "
            f"({device}, processor threads: {threads})"
        )
    return f"Begins: {train} pictures to learn from, {held} held out ({device}, processor threads: {threads})"


def _phase_in_words(phase: str) -> str:
    if phase == "statistics":
        return "Learning what is usual on held-out tiles"
    if phase == "thresholds":
        return "Finding T1 and T2 on held-out tiles"
    if phase == "export":
        return "Exporting, and proving that the export says the same"
    if phase == "saving":
        return "Writing the model file"
    return f"{phase.capitalize()} ..."


def _ended(state: TrainingState, event: Mapping[str, Any]) -> TrainingState:
    code = _whole(event, "exit_code")
    failure = state.failure
    if code >= 2 and failure is None:
        failure = Failure(str(event.get("error") or "The training was refused."))
    raw: Any = event.get("metrics")
    metrics = {
        str(key): float(value)
        for key, value in (raw if isinstance(raw, dict) else {}).items()
        if isinstance(value, int | float)
    }
    low, high = _number(event, "threshold_low"), _number(event, "threshold_high")
    calibrated = math.isfinite(low) and math.isfinite(high)
    reason = "" if failure else str(event.get("reason") or ("done" if calibrated else ""))
    state = replace(
        state,
        phase="ended",
        reason=reason,
        model=str(event.get("model") or ""),
        model_sha256=str(event.get("sha256") or event.get("model_sha256") or ""),
        metrics=metrics,
        thresholds=(low, high) if calibrated else None,
        seconds=_number(event, "seconds", 0.0),
        seconds_left=None,
        failure=failure,
        exit_code=code,
    )
    said = {
        "done": "The model is ready",
        "early": "The model is ready: held-out tiles no longer improved",
        "cancelled": f"Stopped after step {state.done}",
    }
    return _logged(state, said[reason]) if reason in said else state


def _logged(state: TrainingState, *lines: str) -> TrainingState:
    return replace(state, log=(*state.log, *(line for line in lines if line))[-_LINES_KEPT:])


def _whole(event: Mapping[str, Any], key: str) -> int:
    value = event.get(key)
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def _number(event: Mapping[str, Any], key: str, otherwise: float = math.nan) -> float:
    value = event.get(key)
    return float(value) if isinstance(value, int | float) else otherwise


def _several(event: Mapping[str, Any], key: str) -> list[Any]:
    value = event.get(key)
    return value if isinstance(value, list) else []
