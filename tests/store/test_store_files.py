"""Pictures and maps are kept by the rule, exactly as they were, and trouble with them is said clearly."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.store_making import anomaly_maps, files_below, mask_of, new_record, tile, with_pictures

from bsdrd.errors import ImageError
from bsdrd.result import Verdict
from tilesight.store.codecs import (
    THUMBNAIL_SIDE,
    maps_from,
    maps_to_npz,
    picture_from,
    picture_to_png,
    thumbnail_jpeg,
)
from tilesight.store.errors import StoredFileError, StoreUnavailable
from tilesight.store.images import KEEP_ALL, KEEP_NONE, Keep, RetentionRule
from tilesight.store.records import LabelKind, RecordFilter, RecordStore


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    colour=st.booleans(),
    deep=st.booleans(),
    seed=st.integers(0, 9),
)
def test_a_picture_comes_back_bit_for_bit(
    height: int, width: int, colour: bool, deep: bool, seed: int
) -> None:
    pixels = tile(seed, height, width, colour=colour, deep=deep)
    back = picture_from(picture_to_png(pixels))
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)
    assert not back.flags.writeable


def test_colours_stay_red_green_blue_for_other_programs() -> None:
    red = np.zeros((70, 70, 3), np.uint8)
    red[..., 0] = 255
    read: Any = cv2.imdecode(np.frombuffer(picture_to_png(red), np.uint8), cv2.IMREAD_COLOR)
    assert read[0, 0].tolist() == [0, 0, 255]  # OpenCV's order is blue, green, red


@given(height=st.integers(1, 60), width=st.integers(1, 60), seed=st.integers(0, 99))
def test_maps_come_back_within_half_a_tenth_of_a_percent(height: int, width: int, seed: int) -> None:
    maps = anomaly_maps(seed, height, width)
    back = maps_from(maps_to_npz(maps))
    assert (back.height, back.width) == (height, width)
    for name in ("struct", "detail", "fused"):
        np.testing.assert_allclose(getattr(back, name), getattr(maps, name), rtol=5e-4, atol=1e-7)


def test_values_beyond_the_range_of_a_stored_map_stay_finite() -> None:
    maps = anomaly_maps()
    huge = np.full_like(maps.fused, 1e9)
    back = maps_from(maps_to_npz(type(maps)(maps.struct, maps.detail, huge, maps.height, maps.width)))
    assert back.fused.max() == 65504.0


@pytest.mark.parametrize(
    "pixels", [tile(0, 300, 200), tile(0, 20, 30, deep=True), tile(0, 1, 900, colour=True)]
)
def test_a_thumbnail_keeps_the_shape_and_is_small(pixels: Any) -> None:
    found: Any = cv2.imdecode(np.frombuffer(thumbnail_jpeg(pixels), np.uint8), cv2.IMREAD_UNCHANGED)
    scale = min(1.0, THUMBNAIL_SIDE / max(pixels.shape[:2]))
    expected = [max(1, round(side * scale)) for side in pixels.shape[:2]]
    assert list(found.shape[:2]) == expected
    assert found.dtype == np.uint8


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4), np.uint8)]
)
def test_what_is_no_tile_is_refused(pixels: Any) -> None:
    with pytest.raises(ImageError, match="cannot be stored"):
        picture_to_png(pixels)


@pytest.mark.parametrize("data", [b"", b"not a picture", maps_to_npz(anomaly_maps())[:80]])
def test_damaged_bytes_are_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(ImageError):
        picture_from(data)
    with pytest.raises(ImageError):
        maps_from(data)


# -- the rule --------------------------------------------------------------------------------------


def _one_of_each() -> list[Any]:
    return [
        with_pictures(0, verdict=Verdict.OK),
        with_pictures(1, verdict=Verdict.GREY),
        with_pictures(2, verdict=Verdict.NG),
        with_pictures(3, verdict=Verdict.NOT_INSPECTED, reason="late", score=None),
    ]


@pytest.mark.parametrize(("keep", "kept"), [("all", 4), ("grey and ng", 3), ("none", 0)])
def test_the_rule_says_what_is_kept(store: RecordStore, keep: Keep, kept: int) -> None:
    ids = store.add(_one_of_each(), RetentionRule(pictures=keep, maps="none"))
    names = files_below(store.folder / "pictures") if kept else set[str]()
    assert len(names) == kept
    assert not (store.folder / "maps").exists()
    assert len(store.files.thumbnails(ids)) == kept
    assert [store.get(number).picture for number in ids].count("kept") == kept
    assert store.count(RecordFilter(with_picture=True)) == kept
    assert store.count(RecordFilter(with_maps=True)) == 0
    if keep == "grey and ng":
        with pytest.raises(StoredFileError, match="was not kept"):
            store.files.picture(ids[0])


def test_picture_maps_and_thumbnail_belong_to_their_record(store: RecordStore) -> None:
    ids = store.add(_one_of_each(), KEEP_ALL)
    for number, record_id in enumerate(ids):
        np.testing.assert_array_equal(store.files.picture(record_id), tile(number))
        assert store.files.maps(record_id).fused.max() == pytest.approx(
            anomaly_maps(number).fused.max(), rel=1e-3
        )
    assert not list((store.folder / "incoming").iterdir())
    usage = store.files.usage()
    on_disk = sum(
        (store.folder / top / name).stat().st_size
        for top in ("pictures", "maps")
        for name in files_below(store.folder / top)
    )
    assert (usage.pictures, usage.maps, usage.bytes, usage.labelled_bytes) == (4, 4, on_disk, 0)


def test_a_record_without_pixels_is_stored_all_the_same(store: RecordStore) -> None:
    (number,) = store.add([new_record()], KEEP_ALL)
    assert (store.get(number).picture, store.get(number).maps) == ("never", "never")


# -- the size cap ----------------------------------------------------------------------------------


def _size_of_one(store: RecordStore) -> int:
    (number,) = store.add([with_pictures(0)], KEEP_ALL)
    return sum(store.files.path(number, kind).stat().st_size for kind in ("picture", "maps"))


def test_the_oldest_go_first_and_what_a_person_labelled_stays(store: RecordStore) -> None:
    size = _size_of_one(store)
    ids = store.add([with_pictures(n) for n in range(1, 10)], KEEP_ALL)
    store.labels.label("ann", ids[0], LabelKind.DEFECT)
    store.labels.draw("ann", ids[1], mask_of())
    store.add([with_pictures(10)], RetentionRule("all", "all", cap_bytes=int(size * 8.2)))
    assert store.files.usage().bytes <= size * 8.2
    states = [store.get(number).picture for number in [1, *ids, ids[-1] + 1]]
    unprotected = [state for n, state in enumerate(states) if n not in (1, 2)]
    gone = unprotected.count("removed")
    assert gone >= 2
    assert unprotected == ["removed"] * gone + ["kept"] * (len(unprotected) - gone)
    assert states[1] == states[2] == "kept"
    with pytest.raises(StoredFileError, match="size cap"):
        store.files.picture(1)
    assert len(files_below(store.folder / "pictures")) == states.count("kept")


def test_a_removed_tile_keeps_its_thumbnail_unless_it_was_ok(store: RecordStore) -> None:
    ids = store.add([with_pictures(0, verdict=Verdict.OK), with_pictures(1)], KEEP_ALL)
    store.add([with_pictures(2)], RetentionRule("all", "all", cap_bytes=1))
    assert set(store.files.thumbnails([*ids, 3])) == {ids[1], 3}
    assert store.files.usage().pictures == 0


def test_labelled_pictures_alone_may_exceed_the_cap_and_the_store_says_so(
    store: RecordStore, caplog: pytest.LogCaptureFixture
) -> None:
    ids = store.add([with_pictures(n) for n in range(4)], KEEP_ALL)
    store.labels.label("ann", ids, LabelKind.GOOD)
    cap = RetentionRule("all", "all", cap_bytes=1)
    store.add([new_record(5)], cap)
    usage = store.files.usage()
    assert usage.bytes == usage.labelled_bytes > 1
    assert usage.pictures == 4
    assert "labelled pictures alone" in caplog.text
    # Looking for room that is not there does not repeat with every record.
    caplog.clear()
    store.add([new_record(6)], cap)
    assert caplog.text == ""


# -- trouble ---------------------------------------------------------------------------------------


def test_a_missing_a_damaged_and_a_swapped_file_are_each_said(store: RecordStore) -> None:
    missing, damaged, swapped = store.add([with_pictures(n) for n in range(3)], KEEP_ALL)
    store.files.path(missing, "picture").unlink()
    place = store.files.path(damaged, "picture")
    place.write_bytes(place.read_bytes()[:-7])
    shutil.copyfile(store.files.path(damaged, "maps"), store.files.path(swapped, "maps"))
    with pytest.raises(StoredFileError, match="missing"):
        store.files.picture(missing)
    with pytest.raises(StoredFileError, match="damaged"):
        store.files.picture(damaged)
    with pytest.raises(StoredFileError, match="damaged"):
        store.files.maps(swapped)
    assert store.get(missing).score == 5.0


def test_a_full_disk_stores_nothing_and_leaves_nothing_and_later_works_again(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_bytes
    written: list[int] = []

    def full(self: Path, data: Any) -> int:
        if "incoming" in self.parts and len(written) >= 2:
            real(self, data[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(1)
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StoreUnavailable, match="disk is full"):
        store.add([with_pictures(n) for n in range(3)], KEEP_ALL)
    assert store.count() == 0
    assert not list((store.folder / "incoming").iterdir())
    monkeypatch.undo()
    assert len(store.add([with_pictures(0)], KEEP_ALL)) == 1


def test_room_that_cannot_be_made_does_not_fail_the_records(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.add([with_pictures(0)], KEEP_ALL)
    monkeypatch.setattr(Path, "unlink", _refuse)
    assert len(store.add([new_record(1)], RetentionRule("all", "all", cap_bytes=1))) == 1
    assert "could not make room" in caplog.text


def _refuse(_self: Path, missing_ok: bool = False) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_a_check_names_what_is_missing_damaged_and_belongs_to_nothing(store: RecordStore) -> None:
    missing, damaged, going = store.add([with_pictures(n) for n in range(3)], KEEP_ALL)
    assert store.files.check().strays == store.files.check().missing == ()
    lost, broken = store.files.path(missing, "picture"), store.files.path(damaged, "maps")
    lost.unlink()
    broken.write_bytes(b"?")
    stray = store.folder / "pictures" / "old.png"
    stray.write_bytes(b"old")
    # One that is on its way into its folder is not missing.
    under_way = store.files.path(going, "maps")
    under_way.replace(store.folder / "incoming" / under_way.name)
    found = store.files.check()
    assert found.missing == (lost.relative_to(store.folder).as_posix(),)
    assert found.damaged == (broken.relative_to(store.folder).as_posix(),)
    assert (found.strays, found.checked, found.complete) == (("pictures/old.png",), 6, True)
    assert store.files.remove_strays(found) == 1
    assert not stray.exists()
    assert store.files.check().strays == ()
    assert not store.files.check(lambda done, _total: done < 2).complete


# -- after a kill ----------------------------------------------------------------------------------


def test_files_under_way_are_settled_when_the_store_is_opened_again(
    tmp_path: Path, empty_store: Path
) -> None:
    folder = shutil.copytree(empty_store, tmp_path / "store")
    with RecordStore.open(folder) as store:
        committed, removing = store.add([with_pictures(0), with_pictures(1)], KEEP_ALL)
        place = store.files.path(committed, "picture")
        going = store.files.path(removing, "maps")
        # Killed between the commit and the renaming, ...
        place.replace(folder / "incoming" / place.name)
        # ... before a commit, ...
        (folder / "incoming" / ("0" * 32 + ".png")).write_bytes(b"half a picture")
        (folder / "incoming" / "stranger.txt").write_text("?")
        # ... and between marking an old file and deleting it.
        with store.db.write() as connection:
            connection.exec_driver_sql(
                "UPDATE files SET state = 'removing', removed_us = 1 "
                f"WHERE record_id = {removing} AND kind = 'maps'"
            )
        # A picture that still lies in incoming/ can be seen already.
        np.testing.assert_array_equal(store.files.picture(committed), tile(0))
    with RecordStore.open(folder) as store:
        assert not list((folder / "incoming").iterdir())
        assert store.files.path(committed, "picture") == place
        np.testing.assert_array_equal(store.files.picture(committed), tile(0))
        assert not going.exists()
        assert store.get(removing).maps == "removed"
        np.testing.assert_array_equal(store.files.picture(removing), tile(1))


def test_pictures_of_a_transaction_that_was_undone_are_gone_at_the_next_start(
    tmp_path: Path, empty_store: Path
) -> None:
    folder = shutil.copytree(empty_store, tmp_path / "store")

    def fail(store: RecordStore) -> None:
        with store.db.write():
            store.add([with_pictures(1)], KEEP_ALL)
            raise RuntimeError("stop")

    with RecordStore.open(folder) as store:
        with pytest.raises(RuntimeError, match="stop"):
            fail(store)
        assert store.count() == 0
        assert not (folder / "pictures").exists()
    with RecordStore.open(folder):
        assert not list((folder / "incoming").iterdir())


def test_nothing_is_kept_where_the_rule_says_none(store: RecordStore) -> None:
    store.add(_one_of_each(), KEEP_NONE)
    assert files_below(store.folder) <= {
        *("tilesight.db", "tilesight.db-wal", "tilesight.db-shm"),
        *("store.lock", "audit.anchors"),
    }
