"""Old good tiles beside the new ones: which are mixed in, and what is held out of both."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.line.tiny_model import write_tiny_model

from bsdrd.data.layouts import load_dataset
from bsdrd.result import Verdict
from tilesight.line.training.choosing import TileChoice, gather
from tilesight.line.training.job import JobBook, JobFolder, JobSettings
from tilesight.line.training.replay import OldTiles, gather_old, held_out
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind, NewRecord


def folder(path: Path, seeds: range, name: str = "t{}") -> Path:
    path.mkdir()
    for seed in seeds:
        pixels = np.random.default_rng(seed).integers(90, 130, (72, 80)).astype(np.uint8)
        cv2.imwrite(str(path / f"{name.format(seed)}.png"), pixels)
    return path


@pytest.fixture
def store(tmp_path: Path):
    with RecordStore.open(tmp_path / "store") as made:
        yield made


def good_records(store: RecordStore, count: int) -> list[int]:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    new = [
        NewRecord(
            captured_at=now,
            inspected_at=now,
            source="camera",
            frame_id=number,
            name=f"frame {number}",
            verdict=Verdict.OK,
            score=1.0,
            serial=f"S{number}",
            pixels=np.random.default_rng(900 + number).integers(0, 250, (72, 80)).astype(np.uint8),
        )
        for number in range(count)
    ]
    ids = store.add(new, RetentionRule("all", "none", None))
    store.labels.label("Ada", ids, LabelKind.GOOD)
    return ids


def rows(job: JobFolder) -> list[dict[str, str]]:
    with job.manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_as_many_old_pictures_as_new_ones_come_from_records_and_folders(store, tmp_path):
    good_records(store, 4)
    old = folder(tmp_path / "old", range(100, 120))
    new = gather(None, TileChoice(None, (folder(tmp_path / "new", range(6)),)))
    mixed = gather_old(store, OldTiles(True, (old,)), new)
    assert len(mixed.tiles) == 6
    assert gather_old(store, OldTiles(True, (old,)), new) == mixed
    assert len(gather_old(store, OldTiles(True, (old,), share=10), new).tiles) == 24
    assert not gather_old(store, OldTiles(False), new).tiles


def test_what_is_learnt_as_new_is_not_old_too_but_a_like_name_in_another_folder_is(store, tmp_path):
    ids = good_records(store, 4)
    chosen = folder(tmp_path / "new", range(6))
    new = gather(store, TileChoice(None, (chosen,), tuple(ids[:2])))
    like_named = folder(tmp_path / "old", range(500, 506), "t{}")
    for path in like_named.iterdir():
        path.rename(path.with_name(f"t{int(path.stem[1:]) - 500}.png"))
    mixed = gather_old(store, OldTiles(True, (chosen, like_named)), new)
    assert {tile.record_id for tile in mixed.tiles if tile.record_id is not None} == set(ids[2:])
    assert {tile.path.parent.name for tile in mixed.tiles if tile.record_id is None} == {"old"}


def test_many_views_of_a_tile_give_way_to_other_tiles(tmp_path):
    views = folder(tmp_path / "old", range(12), "a_exp{}")
    for seed in range(3):
        cv2.imwrite(str(views / f"other{seed}_exp1.png"), np.full((72, 80), 90 + seed, np.uint8))
    new = gather(None, TileChoice(None, (folder(tmp_path / "new", range(40, 44)),)))
    mixed = gather_old(None, OldTiles(False, (views,)), new)
    assert mixed.groups == 4


def test_the_manifest_of_a_warm_start_holds_out_whole_tiles_of_both_kinds(store, tmp_path):
    new = gather(None, TileChoice(None, (folder(tmp_path / "new", range(10)),)))
    old = gather(None, TileChoice(None, (folder(tmp_path / "old", range(50, 60)),)))
    live = write_tiny_model(tmp_path / "live.bsdrd")
    book = JobBook(store.folder)
    job = book.create(new, JobSettings(mode="warm"), name="m", parent=live, old=old)
    held = [row for row in rows(job) if row["split"] == "calibration"]
    assert {row["origin"] for row in held} == {"folder", "old folder"}
    assert len([row for row in held if row["origin"] == "folder"]) >= 2
    assert job.job().old_pictures == 10
    train, calibration = load_dataset(job.manifest).training_and_held_out()
    assert len(train) + len(calibration) == 20
    assert not {tile.group for tile in train} & {tile.group for tile in calibration}
    job.verify()
    scratch = book.create(new, JobSettings(mode="scratch"), name="m", old=old)
    assert len(rows(scratch)) == 10


def test_few_tiles_still_hold_two_pictures_out():
    """Thresholds need two; a sixth of five tiles would be one."""

    class Tile:
        def __init__(self, group: str) -> None:
            self.group = group

    class Few:
        tiles = tuple(Tile(str(number)) for number in range(5))

    assert held_out(Few(), 0).sum() == 2  # pyright: ignore[reportArgumentType]
