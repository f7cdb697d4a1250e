"""A training as it lies on the disk: everything that a restarted program needs to go on with it.

The folder of a job, below `training/` of the store::

    job.json          what was asked for; written once
    state.json        how it stands; rewritten whenever that changes
    manifest.csv      the pictures with hash and group, as `bsdrd train` reads them
    tiles/            pictures of records, linked or copied: the store may remove its own
    events.jsonl      what the process said, over all its runs
    errors.txt        what it wrote to standard error
    model.bsdrd       the new model
    model.checkpoint  from where it goes on
"""

from __future__ import annotations

import csv
import logging
import os
import shutil
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal
from uuid import uuid4

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bsdrd.errors import DataError, TrainingError
from tilesight.line import saved
from tilesight.line.training.choosing import ChosenTile, TileSet
from tilesight.line.training.replay import held_out
from tilesight.store.canonical import file_sha256

_log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
Mode = Literal["scratch", "warm", "calibrate"]
Preset = Literal["fast", "balanced", "best"]


class Status(StrEnum):
    """How a job stands."""

    READY = "ready"  #: Never started.
    RUNNING = "running"  #: A process works on it, or did until it was killed.
    PAUSED = "paused"  #: Stopped on request, with a checkpoint.
    FAILED = "failed"  #: Stopped by itself; goes on from the checkpoint where there is one.
    FINISHED = "finished"  #: The model is there.
    CANCELLED = "cancelled"  #: Given up.


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class JobSettings(_Part):
    """How to train.

    Attributes:
        mode: From scratch, from the live model, or only new thresholds for the live model.
        preset: How long.
        teacher: Key of the teacher for training from scratch; None for the usual one.
        threads: Processor threads of the process.
        low_priority: Gives way to inspection.
        seed: Another number, another chance.
        steps: Steps instead of the preset's; None for those.
        every: Steps between checkpoints; None for the preset's.
        batch_size: Tiles in a step; None for the preset's.
        device: What it runs on.
    """

    mode: Mode = "warm"
    preset: Preset = "balanced"
    teacher: str | None = None
    threads: int = Field(default=1, ge=1, le=256)
    low_priority: bool = True
    seed: int = Field(default=0, ge=0)
    steps: int | None = Field(default=None, ge=1)
    every: int | None = Field(default=None, ge=1)
    batch_size: int | None = Field(default=None, ge=1, le=256)
    device: Literal["auto", "cpu", "cuda"] = "auto"


class TrainingJob(_Part):
    """What was asked for.

    Attributes:
        format: Format number of the file.
        id: Name of its folder.
        name: Of the model.
        recipe: The recipe whose model it is to become.
        settings: How to train.
        parent: The model file to start from; "" for training from scratch.
        parent_sha256: Its hash.
        pictures: How many pictures.
        tiles: How many different tiles they show.
        old_pictures: How many pictures of before are mixed in.
        created_at: When it was asked for.
        created_by: By whom.
    """

    format: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    id: str = Field(pattern="^[0-9A-Za-z-]{1,64}$")
    name: str = Field(min_length=1, max_length=80)
    recipe: str = ""
    settings: JobSettings = Field(default_factory=JobSettings)
    parent: str = ""
    parent_sha256: str = ""
    pictures: int = Field(ge=0)
    tiles: int = Field(ge=0)
    old_pictures: int = Field(default=0, ge=0)
    created_at: datetime
    created_by: str = ""


class JobState(_Part):
    """How a job stands.

    Attributes:
        format: Format number of the file.
        status: How it stands.
        pid: Number of the process that works on it; 0 for none.
        process_started: When that process began, in seconds since 1970: numbers are used again.
        model_sha256: Hash of the new model, once there is one.
        problem: Why it failed, in words.
    """

    format: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    status: Status = Status.READY
    pid: int = 0
    process_started: float = 0.0
    model_sha256: str = ""
    problem: str = ""


class JobFolder:
    """A job on the disk.

    Args:
        path: Its folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.csv"
        self.events = path / "events.jsonl"
        self.errors = path / "errors.txt"
        self.model = path / "model.bsdrd"
        self.checkpoint = path / "model.checkpoint"

    def job(self) -> TrainingJob:
        """What was asked for.

        Raises:
            SavedFileError: If the file is missing, damaged or newer.
        """
        return saved.load(self.path / "job.json", TrainingJob, SCHEMA_VERSION)

    def state(self) -> JobState:
        """How it stands; READY where nothing says otherwise."""
        try:
            return saved.load(self.path / "state.json", JobState, SCHEMA_VERSION)
        except saved.SavedFileError:
            return JobState()

    def set_state(self, state: JobState) -> None:
        """Writes how it stands, whole or not at all.

        Raises:
            SavedFileError: If the disk does not take it.
        """
        saved.save(self.path / "state.json", state)

    @property
    def can_resume(self) -> bool:
        """Whether there is a checkpoint to go on from."""
        return self.checkpoint.is_file()

    def verify(self) -> None:
        """Checks that every picture is still the one that was chosen.

        Raises:
            DataError: If some are missing or changed; they are named.
        """
        wrong: list[str] = []
        for row in _rows(self.manifest):
            path = self.path / row["file"]
            try:
                if file_sha256(path) != row["sha256"]:
                    wrong.append(f"{path} was changed")
            except OSError:
                wrong.append(f"{path} is missing")
        if wrong:
            more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
            raise DataError(
                f"Pictures of this training are not as they were chosen: {'; '.join(wrong[:3])}{more}.",
                kept="The job and its checkpoint are kept.",
                do_next="Put the pictures back, or choose the tiles again.",
            )

    def command(self, *, resume: bool) -> list[str]:
        """The command line of the process.

        Args:
            resume: Whether to go on from the checkpoint.
        """
        job = self.job()
        settings = job.settings
        head = [*program(), "calibrate" if settings.mode == "calibrate" else "train"]
        if settings.mode == "calibrate":
            wanted = [job.parent, str(self.manifest), "--out", str(self.model), "--method", "good"]
            return [*head, *wanted, "--part", "all", "--threads", str(settings.threads), "--json"]
        wanted = [str(self.manifest), "--out", str(self.model), "--name", job.name]
        wanted += ["--preset", settings.preset, "--seed", str(settings.seed), "--skip-bad"]
        wanted += ["--threads", str(settings.threads), "--device", settings.device, "--json"]
        if settings.mode == "warm":
            wanted += ["--from", job.parent]
        elif settings.teacher is not None:
            wanted += ["--teacher", settings.teacher]
        given = (("steps", settings.steps), ("batch-size", settings.batch_size), ("every", settings.every))
        for option, value in given:
            wanted += [] if value is None else [f"--{option}", str(value)]
        wanted += ["--low-priority"] if settings.low_priority else []
        wanted += ["--resume", str(self.checkpoint)] if resume else []
        return [*head, *wanted]

    def discard(self) -> None:
        """Removes what only serves to go on; job, manifest and log stay."""
        self.checkpoint.unlink(missing_ok=True)
        for path in (self.path / "tiles", self.path / "model-samples"):
            shutil.rmtree(path, ignore_errors=True)


def program() -> list[str]:
    """How `bsdrd` is started: with this Python, or beside the packed program."""
    if getattr(sys, "frozen", False):
        name = "bsdrd.exe" if sys.platform == "win32" else "bsdrd"
        return [str(Path(sys.executable).with_name(name))]
    return [sys.executable, "-m", "bsdrd"]


class JobBook:
    """All jobs of a store.

    Args:
        store_folder: The folder of the store.
    """

    def __init__(self, store_folder: Path) -> None:
        self.folder = store_folder / "training"

    def create(
        self,
        tiles: TileSet,
        settings: JobSettings,
        *,
        name: str,
        recipe: str = "",
        parent: Path | None = None,
        actor: str = "",
        old: TileSet | None = None,
    ) -> JobFolder:
        """Writes a new job with a snapshot of its tiles.

        Args:
            tiles: What to train on.
            settings: How.
            name: Of the model.
            recipe: The recipe it is for.
            parent: The live model's file; needed unless training is from scratch.
            actor: Who asks for it.
            old: Good tiles of before that a warm start mixes in.

        Raises:
            DataError: If these tiles cannot be trained on.
            TrainingError: If the model to start from is missing, or the disk does not take the snapshot.
        """
        if not tiles.trainable:
            raise DataError(next(iter(tiles.notes), "Too few tiles."), do_next="Choose more good tiles.")
        if settings.mode != "scratch" and (parent is None or not parent.is_file()):
            raise TrainingError(
                "There is no model to start from.", do_next="Train from scratch, or choose a recipe's model."
            )
        started = parent if settings.mode != "scratch" else None
        stamp = datetime.now(UTC)
        folder = JobFolder(self.folder / f"{stamp:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}")
        try:
            folder.path.mkdir(parents=True)
            mixed = old if settings.mode == "warm" and old is not None else TileSet(())
            _write_manifest(folder, tiles, mixed, settings.seed)
            parent_file, parent_hash = "", ""
            if started is not None:
                # A copy: the file may be deleted or replaced while training is paused.
                shutil.copyfile(started, folder.path / "parent.bsdrd")
                parent_file = str(folder.path / "parent.bsdrd")
                parent_hash = file_sha256(folder.path / "parent.bsdrd")
            job = TrainingJob(
                id=folder.path.name,
                name=name,
                recipe=recipe,
                settings=settings,
                parent=parent_file,
                parent_sha256=parent_hash,
                pictures=len(tiles.tiles),
                tiles=tiles.groups,
                old_pictures=len(mixed.tiles),
                created_at=stamp,
                created_by=actor,
            )
            saved.save(folder.path / "job.json", job)
            folder.set_state(JobState())
        except (OSError, saved.SavedFileError) as error:
            shutil.rmtree(folder.path, ignore_errors=True)
            raise TrainingError(
                f"The training could not be prepared in {self.folder}: {error}",
                kept="Nothing was changed.",
                do_next="Free space on that disk, or check that it can be written.",
            ) from error
        return folder

    def all(self) -> list[JobFolder]:
        """Jobs that can be read, newest first."""
        try:
            paths = sorted((path for path in self.folder.iterdir() if path.is_dir()), reverse=True)
        except OSError:
            return []
        found: list[JobFolder] = []
        for path in paths:
            folder = JobFolder(path)
            try:
                folder.job()
            except saved.SavedFileError as error:
                _log.warning("a training is left alone: %s", error)
                continue
            found.append(folder)
        return found

    def newest(self) -> JobFolder | None:
        """The last job."""
        return next(iter(self.all()), None)


def _write_manifest(folder: JobFolder, new: TileSet, old: TileSet, seed: int) -> None:
    rows: list[tuple[str, ...]] = []
    for tiles, kind in ((new, ""), (old, "old ")):
        if not tiles.tiles:
            continue
        # New and old tiles are held out alike, so that thresholds fit both.
        out = held_out(tiles, seed) if tiles.groups > 1 else np.zeros(len(tiles.tiles), np.bool_)
        for tile, held in zip(tiles.tiles, out, strict=True):
            split = "calibration" if held else "train"
            rows.append((*_row(folder, tile, len(rows), kind), split))
    with folder.manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "class", "group", "sha256", "pixels_sha256", "origin", "split"))
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())


def _row(folder: JobFolder, tile: ChosenTile, number: int, kind: str) -> tuple[str, ...]:
    path = tile.path.resolve()
    if tile.record_id is not None:
        path = _keep(path, folder.path / "tiles" / f"{number:06d}{path.suffix}")
    origin = "folder" if tile.record_id is None else f"record {tile.record_id}"
    # Below the job's folder by a relative name, so that the store can be moved.
    file = path.relative_to(folder.path) if path.is_relative_to(folder.path) else path
    # Two sources may call different tiles alike.
    group = f"{kind}{tile.group}"
    return (file.as_posix(), "good", group, tile.sha256, tile.pixels_sha256, f"{kind}{origin}")


def _keep(source: Path, target: Path) -> Path:
    target.parent.mkdir(exist_ok=True)
    try:
        target.hardlink_to(source)  # costs nothing, and stays when the store removes its own name
    except OSError:
        shutil.copyfile(source, target)
    return target


def _rows(manifest: Path) -> list[dict[str, str]]:
    try:
        with manifest.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise DataError(f"{manifest} cannot be read: {error.strerror or error}.") from error
