"""The training loop: knows the students, as they do not know it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bsdrd.data.batches import Batch, BatchSettings, epoch_order, make_batch
from bsdrd.data.dataset import Dataset
from bsdrd.data.streaks import streaks_run_across
from bsdrd.errors import BsdrdError, DeviceError, TrainingError
from bsdrd.model.graph import DetectorGraph, Students
from bsdrd.model.loss import head_loss, student_loss
from bsdrd.model.teachers import deeper_parameters, load_teacher
from bsdrd.training.checkpoint import Progress, load_checkpoint, restore, save_checkpoint
from bsdrd.training.events import Event, Finished, HeldOut, Saved, Started, Step
from bsdrd.training.finish import finish
from bsdrd.training.looks import HeldOutLook, save_samples
from bsdrd.training.machine import Machine, choose_machine
from bsdrd.training.settings import TrainSettings
from bsdrd.training.tiles import TrainingTiles, gather_tiles

STUDENTS = ("struct", "detail")
LEVELS = ("F1", "F2", "F3")
#: What the loss of the defect head is called among the losses of a step.
HEAD = "head"
_TELLING = 24  # pictures that say which way the streaks run
_WARM_UP = 50  # steps over which the learning rate rises
_GATE_WARM_UP = 0.1  # share of the steps over which the gate is warmed in
_LARGEST_GRADIENT, _LARGEST_TEACHER_GRADIENT = 5.0, 1.0
# A step once the teacher is frozen, as a share of one that adapts it: measured 1.1 s against 1.9 s.
_SETTLING_COST = 0.6


@dataclass(frozen=True, slots=True)
class Job:
    """What to train and where to put it.

    Attributes:
        out: The model file.
        name: Of the model.
        teacher_weights: A local weight file of the teacher.
        parent: A model file to start from, for a warm start.
        checkpoint: Where checkpoints go.
        resume: Whether to go on from `checkpoint`.
        skip_bad: Leave unreadable pictures out.
    """

    out: Path
    name: str
    checkpoint: Path
    teacher_weights: Path | None = None
    parent: Path | None = None
    resume: bool = False
    skip_bad: bool = False


def train(
    dataset: Dataset, settings: TrainSettings, job: Job, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Trains both students and writes the model file.

    The same data, settings and machine give the same model; so does a training that was cancelled or killed
    and resumed from its checkpoint.

    Args:
        dataset: As `load_dataset` gives it; only its good tiles are used.
        settings: How.
        job: Where from and where to.
        cancelled: Asked after every step; once it says yes, a checkpoint is written and training ends.

    Yields:
        Events; the last one is `Finished`.

    Raises:
        DataError: If pictures cannot be used.
        TeacherError: If the teacher's weights cannot be had.
        TrainingError: If the loss is not a number, a checkpoint does not fit or the disk is full.
        DeviceError: If the device is missing or its memory does not suffice.
    """
    try:
        yield from _train(dataset, settings, job, cancelled)
    except BsdrdError:
        raise
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _out_of_memory(job) from error
    except RuntimeError as error:
        if "memory" in str(error).lower():  # the CPU allocator raises a plain RuntimeError
            raise _out_of_memory(job) from error
        raise


def _train(
    dataset: Dataset, settings: TrainSettings, job: Job, cancelled: Callable[[], bool]
) -> Iterator[Event]:
    began = time.perf_counter()
    machine = choose_machine(settings)
    tiles = gather_tiles(
        dataset,
        channels=settings.spec.channels,
        held_out_share=settings.held_out_share,
        seed=settings.seed,
        skip_bad=job.skip_bad,
    )
    settings = _with_streaks_of(tiles, settings, job.parent)
    teacher = load_teacher(settings.spec.teacher, weights=job.teacher_weights)
    torch.manual_seed(settings.seed)
    graph = DetectorGraph(settings.spec, teacher, Students(settings.spec))
    if job.parent is not None:
        _start_from(graph, settings, job.parent)
    graph.to(machine.device)
    graph.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    network, optimiser = _trainable(graph, settings)
    progress = Progress()
    if job.resume:
        progress = restore(load_checkpoint(job.checkpoint), network, optimiser, settings, tiles.fingerprint)
        began -= progress.seconds  # what earlier runs took counts too
    yield Started(
        settings.steps,
        progress.step,
        len(tiles.train),
        len(tiles.held_out),
        machine.device.type,
        str(machine.dtype).removeprefix("torch."),
        machine.threads,
        tiles.skipped,
        tiles.notes,
    )
    run = _Run(settings, job, machine, tiles, graph, network, optimiser, progress, began)
    reason = yield from run.steps(cancelled)
    if reason == "cancelled":
        yield Finished(progress.step, reason, None, "", time.perf_counter() - began)
        return
    if progress.best_state is not None:
        network.load_state_dict(progress.best_state)
    yield from finish(graph.eval(), settings, job, machine, tiles, progress, reason, began)


def _with_streaks_of(tiles: TrainingTiles, settings: TrainSettings, parent: Path | None) -> TrainSettings:
    """The settings for the way in which the streaks of these tiles run; a warm start keeps its model's."""
    from bsdrd.bundle import read_bundle

    if parent is not None:
        across = read_bundle(parent, graph=False, weights=False).spec.streaks_across
    else:
        count = len(tiles.train)
        some = [tiles.train.load(i) for i in range(0, count, max(1, count // _TELLING))]
        across = streaks_run_across([np.clip(tile, 0, 255).astype(np.uint8).squeeze() for tile in some])
    return settings.model_copy(update={"spec": replace(settings.spec, streaks_across=across)})


def _trainable(graph: DetectorGraph, settings: TrainSettings) -> tuple[nn.Module, torch.optim.Optimizer]:
    """All that learns, for checkpoints, and its optimiser, whose second group is the teacher."""
    groups: list[dict[str, Any]] = [{"params": list(graph.students.parameters())}]
    network = nn.ModuleDict({"students": graph.students})
    # The teacher learns with the defect head, from drawn defects.
    if settings.adapts:
        groups.append({"params": deeper_parameters(graph.teacher)})
        network["teacher"] = graph.teacher
    return network, torch.optim.AdamW(groups, lr=settings.learning_rate, weight_decay=settings.weight_decay)


def _start_from(graph: DetectorGraph, settings: TrainSettings, parent: Path) -> None:
    from safetensors.torch import load

    from bsdrd.bundle import read_bundle

    bundle = read_bundle(parent, graph=False)
    bundle.spec.require_current()
    if bundle.spec != settings.spec:
        raise TrainingError(
            f"The model {parent} has another architecture than the one to be trained.",
            do_next="Train with the architecture of that model, or from scratch.",
        )
    weights = load(bundle.weights)
    for name, part in (("students.", graph.students), ("teacher.", graph.teacher)):
        part.load_state_dict({k.removeprefix(name): v for k, v in weights.items() if k.startswith(name)})


def _out_of_memory(job: Job) -> DeviceError:
    return DeviceError(
        "Memory ran out during training.",
        kept=f"The last checkpoint is {job.checkpoint}." if job.checkpoint.exists() else "",
        do_next="Choose a smaller batch size or a smaller max_side, or close other programs.",
    )


@dataclass(slots=True)
class _Run:
    settings: TrainSettings
    job: Job
    machine: Machine
    tiles: TrainingTiles
    graph: DetectorGraph
    network: nn.Module
    optimiser: torch.optim.Optimizer
    progress: Progress
    began: float

    def steps(self, cancelled: Callable[[], bool]) -> Iterator[Event]:
        """Steps until the end; returns why training ended."""
        settings, progress = self.settings, self.progress
        look = HeldOutLook(self.tiles.held_out, settings, self.machine)
        clock = _Clock()
        for indices in self._remaining():
            if cancelled():
                yield self._save()
                return "cancelled"
            losses = self._step(indices)
            progress.step += 1
            speed = clock.tick(len(indices))
            total = sum(losses.values())
            yield Step(
                progress.step,
                settings.steps,
                losses,
                total,
                self.optimiser.param_groups[0]["lr"],
                speed,
                steps_left(settings, progress.step) * settings.batch_size / speed,
            )
            if progress.step % settings.every == 0 or progress.step == settings.steps:
                seen = self._look(look)
                yield seen
                yield self._save()
                clock.restart()
                if settings.patience and progress.stale >= settings.patience:
                    return "early"
        return "done"

    def _remaining(self) -> Iterator[list[int]]:
        """The batches from the current step on, as an uninterrupted run would see them."""
        shapes = self.tiles.train.shapes
        size = self.settings.batch_size
        per_epoch = math.ceil(len(shapes) / size)
        epoch, skip = divmod(self.progress.step, per_epoch)
        left = self.settings.steps - self.progress.step
        while left > 0:
            for indices in epoch_order(shapes, size, self.settings.seed, epoch)[skip:]:
                if left == 0:
                    return
                yield indices
                left -= 1
            epoch, skip = epoch + 1, 0

    def _step(self, indices: Sequence[int]) -> dict[str, float]:
        settings, step = self.settings, self.progress.step
        batch = self._batch(indices, np.random.default_rng([settings.seed, 2, step]))
        torch.manual_seed(settings.seed * 1_000_003 + step)  # dropout
        own, *others = self.optimiser.param_groups
        own["lr"] = learning_rate(settings, step)
        for group in others:
            group["lr"] = teacher_learning_rate(settings, step)
            for parameter in group["params"]:
                parameter.requires_grad_(group["lr"] > 0)
        self.graph.students.train()
        losses = self._losses(batch, strength=min(1.0, step / max(1.0, _GATE_WARM_UP * settings.steps)))
        total = torch.stack(list(losses.values())).sum()
        if not bool(torch.isfinite(total)):
            raise TrainingError(
                f"The loss is not a number at step {step}.",
                kept=f"The last checkpoint is {self.job.checkpoint}." if self.job.checkpoint.exists() else "",
                do_next="Train with a smaller learning rate or with precision float32.",
            )
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        for part in self.graph.students.children():
            nn.utils.clip_grad_norm_(part.parameters(), _LARGEST_GRADIENT)
        for group in others:
            nn.utils.clip_grad_norm_(group["params"], _LARGEST_TEACHER_GRADIENT)
        self.optimiser.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _batch(self, indices: Sequence[int], rng: np.random.Generator) -> Batch:
        settings = self.settings
        chosen = [self.tiles.train.load(i) for i in indices]
        donors = [self.tiles.train.load(int(i)) for i in rng.integers(len(self.tiles.train), size=2)]
        how = BatchSettings(
            settings.batch_size,
            settings.drawn_share,
            settings.exposure,
            settings.marked_share,
            settings.max_side,
            settings.spec.streaks_across,
        )
        return make_batch(chosen, donors, rng, how)

    def _losses(self, batch: Batch, strength: float) -> dict[str, Tensor]:
        clean, drawn = self._put(batch.clean), self._put(batch.drawn)
        count = drawn.shape[0]
        students, valid = self.graph.students, torch.from_numpy(batch.valid).to(clean.device)
        # Where a defect was drawn the student sees it, and is asked for the tile without it.
        shown = torch.cat([drawn, clean[count:]]) if count else clean
        with self.machine.arithmetic():
            found = self._features(shown)
            answer = students.head(found).float() if students.head is not None else None
            seen = [f.detach() for f in found]  # the teacher learns from the head only
            with torch.no_grad():
                plain = self._features(clean[:count]) if count else [f[:0] for f in seen]
            predicted = [[p.float() for p in levels] for levels in students(seen)]
        target = [torch.cat([p, s[count:]]) for p, s in zip(plain, seen, strict=True)]
        losses: dict[str, Tensor] = {}
        for name, levels in zip(STUDENTS, predicted, strict=True):
            parts = student_loss(target, levels, valid, self.settings.loss, strength)
            losses |= {f"{name}/{level}": part for level, part in zip(LEVELS, parts, strict=True)}
        if answer is not None:
            defect = valid.new_zeros(valid.shape[0], 2, *valid.shape[1:])
            defect[:count] = torch.from_numpy(batch.defect).to(valid.device)
            losses[HEAD] = head_loss(answer, defect, valid)
        return losses

    def _features(self, pixels: Tensor) -> list[Tensor]:
        return [f.float() for f in self.graph.see(pixels)]

    def _put(self, pixels: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(pixels).to(self.machine.device).contiguous(memory_format=torch.channels_last)

    def _look(self, look: HeldOutLook) -> HeldOut:
        progress = self.progress
        struct, detail, auroc = look(self.graph.eval())
        best = struct + detail < progress.best_loss * 0.999
        if best:
            progress.best_loss, progress.best_step, progress.stale = struct + detail, progress.step, 0
            if self.settings.patience:
                state = self.network.state_dict()
                progress.best_state = {k: v.detach().cpu().clone() for k, v in state.items()}
        else:
            progress.stale += 1
        return HeldOut(progress.step, struct, detail, auroc, best)

    def _save(self) -> Saved:
        path = self.job.checkpoint
        self.progress.seconds = time.perf_counter() - self.began
        save_checkpoint(
            path, self.network, self.optimiser, self.progress, self.settings, self.tiles.fingerprint
        )
        samples = save_samples(self.graph.eval(), self.tiles.held_out, path, self.progress.step)
        return Saved(self.progress.step, path, samples)


def learning_rate(settings: TrainSettings, step: int) -> float:
    """One cycle: a linear rise over the first steps, then a cosine down to a hundredth of the peak.

    Args:
        settings: Peak and number of steps.
        step: Steps done.
    """
    rise = min(1.0, (step + 1) / min(_WARM_UP, max(1, settings.steps // 4)))
    fall = 0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * step / settings.steps))
    return settings.learning_rate * rise * fall


def teacher_learning_rate(settings: TrainSettings, step: int) -> float:
    """That of the teacher's deeper layers: its own cycle, down to 0 where the teacher is frozen.

    Args:
        settings: Peak, share of it and share of the steps.
        step: Steps done.
    """
    last = settings.adapt_share * settings.steps
    if step >= last:
        return 0.0
    rise = min(1.0, (step + 1) / min(_WARM_UP, max(1, settings.steps // 4)))
    return settings.learning_rate * settings.adapt * rise * 0.5 * (1.0 + math.cos(math.pi * step / last))


def steps_left(settings: TrainSettings, step: int) -> float:
    """How long the rest takes, in units of the step taken last; those after the adaptation take less.

    Args:
        settings: How many steps, and how many of them adapt the teacher.
        step: Steps done.
    """
    left = settings.steps - step
    if not settings.adapts or teacher_learning_rate(settings, max(0, step - 1)) <= 0:
        return left
    settling = min(left, int((1.0 - settings.adapt_share) * settings.steps))
    return left - settling + _SETTLING_COST * settling


class _Clock:
    """Pictures a second over the last steps; looks and checkpoints do not count."""

    def __init__(self, window: int = 20) -> None:
        self.window = window
        self.marks: list[tuple[float, int]] = [(time.perf_counter(), 0)]

    def tick(self, count: int) -> float:
        self.marks.append((time.perf_counter(), count))
        self.marks = self.marks[-self.window - 1 :]
        seconds = self.marks[-1][0] - self.marks[0][0]
        return sum(n for _, n in self.marks[1:]) / max(seconds, 1e-6)

    def restart(self) -> None:
        # Keep the pace known so far, move it to now.
        shift = time.perf_counter() - self.marks[-1][0]
        self.marks = [(at + shift, n) for at, n in self.marks]
