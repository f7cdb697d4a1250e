"""After the last step: statistics, thresholds, export with its proof, and the model file."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from bsdrd import __version__
from bsdrd.calibration import ScoreSet, from_good
from bsdrd.model.graph import DetectorGraph
from bsdrd.training.checkpoint import Progress
from bsdrd.training.events import Event, Finished, Phase
from bsdrd.training.fitting import fit_statistics
from bsdrd.training.looks import HeldOutLook
from bsdrd.training.machine import Machine
from bsdrd.training.settings import TrainSettings
from bsdrd.training.tiles import TilePictures, TrainingTiles

if TYPE_CHECKING:
    from bsdrd.training.loop import Job

_LIBRARIES = ("torch", "torchvision", "onnx", "onnxruntime", "numpy", "opencv-python-headless", "PyWavelets")


def finish(
    graph: DetectorGraph,
    settings: TrainSettings,
    job: Job,
    machine: Machine,
    tiles: TrainingTiles,
    progress: Progress,
    reason: str,
    began: float,
) -> Iterator[Event]:
    """Turns trained students into a model file.

    Args:
        graph: In evaluation mode.
        settings: Of the training.
        job: Where to put it.
        machine: That trained.
        tiles: That were trained on and held out.
        progress: Where training ended.
        reason: Why it ended.
        began: `time.perf_counter` at its begin.

    Yields:
        `Phase` events, then `Finished`.
    """
    from bsdrd.bundle import read_bundle, write_bundle
    from bsdrd.export import make_bundle

    for done, of in fit_statistics(graph, tiles.held_out):
        yield Phase("statistics", done, of)
    # What is proved and shipped runs on the processor in float32.
    graph = graph.cpu().float()
    graph.to(memory_format=torch.contiguous_format)  # pyright: ignore[reportCallIssue]
    scores: list[float] = []
    for index in range(len(tiles.held_out)):
        scores.append(_score(graph, tiles.held_out, index))
        yield Phase("thresholds", index + 1, len(tiles.held_out))
    groups = [tile.group for tile in tiles.held_out.tiles]
    calibration = from_good(ScoreSet.of(scores, good_groups=groups))
    struct, detail, auroc = HeldOutLook(tiles.held_out, settings, machine)(graph)
    metrics = {
        "held_out_struct": struct,
        "held_out_detail": detail,
        "drawn_auroc": auroc,
        "held_out_false_reject": calibration.false_reject.value,
    }
    yield Phase("export")
    parent = read_bundle(job.parent, graph=False, weights=False).sha256 if job.parent is not None else ""
    bundle = make_bundle(
        graph,
        name=job.name,
        thresholds=calibration.thresholds,
        calibration=calibration.as_dict(),
        reference_scores=scores,
        provenance=_provenance(settings, tiles, progress, machine, metrics, time.perf_counter() - began),
        parent_sha256=parent,
    )
    yield Phase("saving")
    sha256 = write_bundle(job.out, bundle)
    yield Finished(progress.step, reason, job.out, sha256, time.perf_counter() - began, metrics)


@torch.no_grad()
def _score(graph: DetectorGraph, tiles: TilePictures, index: int) -> float:
    pixels = torch.from_numpy(np.array(tiles.load(index).transpose(2, 0, 1)))[None]
    return float(graph(pixels)[3])


def _provenance(
    settings: TrainSettings,
    tiles: TrainingTiles,
    progress: Progress,
    machine: Machine,
    metrics: dict[str, float],
    seconds: float,
) -> dict[str, Any]:
    """What a person needs to know where a model comes from; JSON values."""
    return {
        "program": f"bsdrd {__version__}",
        "teacher": settings.spec.teacher,
        "settings": settings.to_dict(),
        "steps": progress.step,
        "tiles": {
            "fingerprint": tiles.fingerprint,
            "train": tiles.train.hashes,
            "held_out": tiles.held_out.hashes,
            "groups": len({t.group for t in tiles.train.tiles}),
            "skipped": list(tiles.skipped),
            "notes": list(tiles.notes),
        },
        "machine": {
            "device": machine.device.type,
            "precision": str(machine.dtype).removeprefix("torch."),
            "threads": machine.threads,
            "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        },
        "seconds": round(seconds, 1),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "metrics": metrics,
    }
