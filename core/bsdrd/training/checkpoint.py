"""Checkpoints: everything from which training goes on as if it had not been interrupted."""

from __future__ import annotations

import os
import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bsdrd.errors import TrainingError
from bsdrd.training.settings import TrainSettings

VERSION = 2


@dataclass(slots=True)
class Progress:
    """How far training is.

    Attributes:
        step: Steps done.
        best_loss: Smallest held-out loss so far.
        best_step: When that was.
        stale: Looks since then.
        seconds: Wall time until the last checkpoint, in all runs.
        best_state: Weights at that time; only kept where training may end early.
    """

    step: int = 0
    best_loss: float = float("inf")
    best_step: int = 0
    stale: int = 0
    seconds: float = 0.0
    best_state: dict[str, torch.Tensor] | None = None


def save_checkpoint(
    path: Path,
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    progress: Progress,
    settings: TrainSettings,
    fingerprint: str,
) -> None:
    """Writes a checkpoint: whole or not at all; the one before stays until then.

    Raises:
        TrainingError: If the disk does not take it.
    """
    state = {
        "version": VERSION,
        "settings": settings.to_dict(),
        "fingerprint": fingerprint,
        "network": network.state_dict(),
        "optimiser": optimiser.state_dict(),
        "progress": {
            "step": progress.step,
            "best_loss": progress.best_loss,
            "best_step": progress.best_step,
            "stale": progress.stale,
            "seconds": progress.seconds,
            "best_state": progress.best_state,
        },
    }
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise TrainingError(
            f"The checkpoint {path} could not be written: {error}.",
            kept="The checkpoint before it, if there is one, is whole.",
            do_next="Free space on that disk or choose another folder, then resume.",
        ) from error


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Reads a checkpoint without executing anything in it.

    Raises:
        TrainingError: If it is missing, damaged or from a newer program.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        version = int(state["version"])
    except FileNotFoundError as error:
        raise TrainingError(f"There is no checkpoint {path}.", do_next="Train from the start.") from error
    except (
        OSError,
        RuntimeError,
        EOFError,
        KeyError,
        TypeError,
        ValueError,
        pickle.UnpicklingError,
    ) as error:
        raise TrainingError(
            f"The checkpoint {path} is damaged or is no checkpoint.",
            kept="It was left as it is.",
            do_next="Train from the start.",
        ) from error
    if version != VERSION:
        newer = version > VERSION
        raise TrainingError(
            f"The checkpoint {path} was written by {'a newer' if newer else 'an older'} version.",
            kept="It was left as it is.",
            do_next="Update Tilesight to resume it." if newer else "Train from the start.",
        )
    return state


def restore(
    state: dict[str, Any],
    network: nn.Module,
    optimiser: torch.optim.Optimizer,
    settings: TrainSettings,
    fingerprint: str,
) -> Progress:
    """Puts weights and optimiser back.

    Raises:
        TrainingError: If the checkpoint belongs to other settings or other tiles.
    """
    free = {"threads", "device", "every"}  # may differ between runs of one training
    theirs = {k: v for k, v in state["settings"].items() if k not in free}
    ours = {k: v for k, v in settings.to_dict().items() if k not in free}
    changed = sorted(k for k in ours if theirs.get(k) != ours[k])
    if changed or state["fingerprint"] != fingerprint:
        what = f"other settings ({', '.join(changed)})" if changed else "other tiles"
        raise TrainingError(
            f"The checkpoint belongs to {what}.",
            kept="It was left as it is.",
            do_next="Resume with what it was made with, or train from the start.",
        )
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    return Progress(**state["progress"])
