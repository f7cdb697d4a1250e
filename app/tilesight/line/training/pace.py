"""How long a training takes on this computer: measured by a few real steps in its process, and remembered."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field

from bsdrd.data.splits import HELD_OUT_SHARE
from bsdrd.errors import TrainingError
from tilesight.line import saved
from tilesight.line.give_way import GiveWay
from tilesight.line.training import job as job_module
from tilesight.line.training.choosing import ChosenTile, TileSet
from tilesight.line.training.job import JobSettings, Preset

#: Teachers to choose from, as `bsdrd.model.teachers` names them (which is not imported here: it needs torch).
#: The first is the usual one; the weights of those without a package are fetched when they are first used.
TEACHERS: dict[str, bool] = {
    "efficientnet_lite2": True,
    "efficientnet_lite0": True,
    "mobilenet_v2": False,
    "resnet18": False,
    "resnet34": False,
    "wide_resnet50_2": False,
}
#: Steps of the presets from scratch and from a model, as `bsdrd.training.settings` has them.
STEPS: dict[str, dict[Preset, int]] = {
    "scratch": {"fast": 300, "balanced": 800, "best": 2400},
    "warm": {"fast": 100, "balanced": 267, "best": 800},
}
#: Presets that from scratch train another network than the usual one: they have a pace of their own.
OTHER_NETWORK: frozenset[Preset] = frozenset({"best"})
_EVERY, _BATCH = 100, 8
#: Share of the steps from scratch in which the teacher is adapted too; such a step takes longer.
_ADAPT_SHARE = 0.7
#: From scratch six of them are adapted and two are not; a warm start adapts nothing. The first ones do not
#: count: they wait for memory and compiled kernels, which later ones do not.
_PROBE_STEPS = {"scratch": 8, "warm": 4}
_FIRST = 2
#: The tiles of a probe make two full batches: a round is two steps, and what counts is whole rounds.
_PROBE_BATCHES, _HELD_OUT = 2, 4
#: What a probe says besides its steps, about.
_PROBE_MORE = 8
#: Sizes are alike when their areas differ by less than this factor.
_SIZE_STEP = 1.3
SCHEMA_VERSION = 2
Progress = Callable[[int, int], None]


class Pace(BaseModel):
    """What a probe measured, in seconds.

    Attributes:
        start: From the start of the process to the first step.
        adapted: A gradient step in which the teacher is adapted too; as long as `step` where none was.
        step: A gradient step with the teacher frozen.
        look: A look at held-out tiles, with its checkpoint.
        tile: Statistics and thresholds of one held-out tile.
        end: Export, its proof, and writing the model.
        measured_at: When.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: float = Field(ge=0)
    adapted: float = Field(ge=0)
    step: float = Field(ge=0)
    look: float = Field(ge=0)
    tile: float = Field(ge=0)
    end: float = Field(ge=0)
    measured_at: datetime

    def seconds(self, steps: int, adapted: int, every: int, pictures: int) -> float:
        """What a whole training takes at this pace.

        Args:
            steps: Gradient steps.
            adapted: How many of them adapt the teacher too.
            every: Steps between looks.
            pictures: Chosen pictures; a share of them is held out.
        """
        looks = math.ceil(steps / every)
        held = HELD_OUT_SHARE * pictures
        learning = adapted * self.adapted + (steps - adapted) * self.step
        return self.start + learning + looks * self.look + held * self.tile + self.end


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    format: Literal[2] = Field(default=SCHEMA_VERSION, alias="schema")
    paces: dict[str, Pace] = Field(default_factory=dict[str, Pace])


class PaceBook:
    """What was measured on this computer, kept with the jobs of a store.

    Args:
        store_folder: The folder of the store.
    """

    def __init__(self, store_folder: Path) -> None:
        self._file = store_folder / "training" / "pace.json"

    def find(self, settings: JobSettings, tiles: TileSet, teacher: str) -> Pace | None:
        """What was measured with this network, batch, device, threads and tiles of about this size.

        A training from scratch has steps of both kinds, so that what it takes tells of a warm start too.
        """
        paces, mode = self._read().paces, settings.mode
        own = paces.get(_key(settings, tiles, teacher, mode))
        return own or (paces.get(_key(settings, tiles, teacher, "scratch")) if mode == "warm" else None)

    def keep(self, settings: JobSettings, tiles: TileSet, teacher: str, pace: Pace) -> None:
        """Remembers it.

        Raises:
            SavedFileError: If the disk does not take it.
        """
        paces = {**self._read().paces, _key(settings, tiles, teacher, settings.mode): pace}
        saved.save(self._file, _Kept(paces=paces))

    def _read(self) -> _Kept:
        try:
            return saved.load(self._file, _Kept, SCHEMA_VERSION)
        except saved.SavedFileError:
            return _Kept()


def expected_seconds(pace: Pace, settings: JobSettings, tiles: TileSet, old: int = 0) -> float:
    """How long a training with these settings takes at this pace.

    Args:
        pace: Measured with this network and tiles of about this size.
        settings: From scratch or a warm start.
        tiles: The chosen tiles.
        old: Old pictures that are mixed in.
    """
    steps = settings.steps or STEPS[settings.mode][settings.preset]
    return pace.seconds(steps, _adapted(settings, steps), settings.every or _EVERY, len(tiles.tiles) + old)


def _adapted(settings: JobSettings, steps: int) -> int:
    """How many of the steps adapt the teacher: the first ones, up to a share of all."""
    return math.ceil(_ADAPT_SHARE * steps) if settings.mode == "scratch" else 0


@dataclass(frozen=True, slots=True)
class _Heard:
    at: float
    event: dict[str, Any]


def measure_pace(
    tiles: TileSet,
    settings: JobSettings,
    parent: Path | None,
    progress: Progress | None = None,
    give_way: GiveWay | None = None,
) -> Pace:
    """Trains a few steps on some of the tiles, to the end, in a folder that is thrown away.

    Args:
        tiles: What was chosen.
        settings: Mode, teacher, preset, batch, device and threads count.
        parent: The live model's file; needed unless training is from scratch.
        progress: Told how far it is; may raise to stop, which ends the process.
        give_way: As for the training: beside a running line both stand still for its inspections.

    Raises:
        TrainingError: If the process fails, with its own words.
    """
    batch = settings.batch_size or _BATCH
    train = _train_tiles(len(tiles.tiles) - _HELD_OUT, batch)
    step = max(1, len(tiles.tiles) // (train + _HELD_OUT))
    some = tiles.tiles[::step][: train + _HELD_OUT]
    with TemporaryDirectory(prefix="tilesight-pace-") as name:
        folder = Path(name)
        steps = _PROBE_STEPS[settings.mode]
        command = _command(folder, some, settings, steps, parent)
        heard = _run(command, folder, steps, progress, give_way if settings.low_priority else None)
    return _pace_of(heard, min(batch, train), _adapted(settings, steps))


def _train_tiles(there: int, batch: int) -> int:
    """As many tiles as make two full batches, or one; all of them where there are fewer."""
    return next((many * batch for many in (_PROBE_BATCHES, 1) if many * batch <= there), max(1, there))


def _command(
    folder: Path, tiles: tuple[ChosenTile, ...], settings: JobSettings, steps: int, parent: Path | None
) -> list[str]:
    manifest = folder / "manifest.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "class", "group", "split"))
        for number, tile in enumerate(tiles):
            # Names of their own: here only the time counts, and four held-out tiles are enough for it.
            split = "calibration" if number < _HELD_OUT else "train"
            writer.writerow((tile.path.resolve().as_posix(), "good", f"tile {number}", split))
    command = [*job_module.program(), "train", str(manifest), "--out", str(folder / "probe.bsdrd"), "--json"]
    command += ["--steps", str(steps), "--every", str(steps), "--skip-bad"]
    command += ["--threads", str(settings.threads), "--device", settings.device]
    command += ["--low-priority"] if settings.low_priority else []
    command += ["--batch-size", str(settings.batch_size)] if settings.batch_size is not None else []
    if settings.mode == "warm":
        return [*command, "--from", str(parent)]
    command += ["--preset", settings.preset]
    return [*command, "--teacher", settings.teacher] if settings.teacher is not None else command


def _run(
    command: list[str], folder: Path, steps: int, progress: Progress | None, give_way: GiveWay | None
) -> list[_Heard]:
    of = steps + _PROBE_MORE
    heard = [_Heard(time.perf_counter(), {"event": "begun"})]
    errors = folder / "errors.txt"
    with (
        errors.open("wb") as err,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            encoding="utf-8",
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ) as process,
    ):
        assert process.stdout is not None
        if give_way is not None:
            with contextlib.suppress(psutil.Error):  # it has ended already: its words say why
                give_way.add(psutil.Process(process.pid))
        try:
            for line in process.stdout:
                event = json.loads(line)
                heard.append(_Heard(time.perf_counter(), event))
                if progress is not None:
                    progress(min(len(heard), of), of)
        finally:
            if give_way is not None:
                give_way.remove(process.pid)
            # Where somebody has lost interest it must not go on.
            process.kill()
    last = heard[-1].event
    if last["event"] != "summary" or not last.get("model"):
        said = next((one.event for one in heard if one.event["event"] == "error"), {})
        lines = errors.read_text("utf-8", "replace").strip().splitlines() if not said else []
        raise TrainingError(
            str(said.get("what") or (lines[-1] if lines else "The training process ended without a word.")),
            kept="Nothing was changed.",
            do_next=str(said.get("do_next") or "Try again, or start the training without measuring."),
        )
    return heard


def _pace_of(heard: list[_Heard], batch: int, adapted: int) -> Pace:
    """The pace of a probe.

    Args:
        heard: What it said.
        batch: Tiles in each of its steps.
        adapted: How many of its steps, the first ones, adapted the teacher.
    """

    def at(kind: str, phase: str = "") -> list[float]:
        return [
            one.at
            for one in heard
            if one.event["event"] == kind and (not phase or one.event.get("phase") == phase)
        ]

    steps, checkpoint = at("step"), at("checkpoint")[-1]
    thresholds, export, end = at("phase", "thresholds"), at("phase", "export")[0], heard[-1].at
    # By the clock of the process: its words may come late where the computer is busy.
    speeds = [float(one.event["images_per_second"]) for one in heard if one.event["event"] == "step"]
    clock = [number * batch / speed for number, speed in enumerate(speeds, 1)]
    lasted = [clock[0], *(later - earlier for earlier, later in itertools.pairwise(clock))]
    frozen = max(0.0, statistics.fmean(lasted[max(_FIRST, adapted) :]))
    first = max(0.0, statistics.fmean(lasted[_FIRST:adapted])) if adapted else frozen
    return Pace(
        start=max(0.0, steps[0] - heard[0].at - first),
        adapted=first,
        step=frozen,
        look=checkpoint - steps[-1],
        tile=(export - checkpoint) / max(1, len(thresholds)),
        end=end - export,
        measured_at=datetime.now(UTC),
    )


def _key(settings: JobSettings, tiles: TileSet, teacher: str, mode: str) -> str:
    areas = [tile.height * tile.width for tile in tiles.tiles] or [1]
    size = round(math.log(statistics.fmean(areas)) / math.log(_SIZE_STEP))
    batch = settings.batch_size or _BATCH
    # A warm start keeps the network of its model, whatever the preset.
    other = settings.mode == "scratch" and settings.preset in OTHER_NETWORK
    network = f"{teacher} {settings.preset}" if other else teacher
    return f"{mode} {network} batch {batch} size {size} {settings.device} threads {settings.threads}"
