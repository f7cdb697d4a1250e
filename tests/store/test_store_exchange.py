"""Records and labels leave the store and come back, in every format, without loss; others' files come in."""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.store_making import everything, mask_of, new_record, region, tile, with_pictures

from bsdrd.data.images import read_mask
from bsdrd.data.layouts import load_dataset
from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Thresholds, Verdict
from tilesight.store.backup import Cancelled
from tilesight.store.canonical import file_sha256
from tilesight.store.errors import ExchangeError
from tilesight.store.exchange import FORMATS, Format, export_records, import_folder, recognise
from tilesight.store.exchange.rle import decode_rle, encode_rle
from tilesight.store.exchange.shapes import labelme_mask, polygon_mask
from tilesight.store.images import KEEP_ALL, KEEP_NONE
from tilesight.store.originals import picture_of, thumbnails_of
from tilesight.store.records import LabelKind, RecordFilter, RecordStore

GOOD, DEFECT, FALSE, MISSED, UNSURE = LabelKind


@pytest.fixture
def rich(store: RecordStore) -> RecordStore:
    """Tiles of every kind with labels of two people, region labels and overlapping masks."""
    made = [
        with_pictures(
            0, regions=(region(1), region(2, feature=())), recipe_name='Line, "1"', recipe_version=3
        ),
        with_pictures(1, verdict=Verdict.OK, pixels=tile(1, colour=True), serial=None, lot="=1+1"),
        with_pictures(2, pixels=tile(2, deep=True), name="räkning/3.png", timings_ms={"infer": 2.5}),
        with_pictures(
            3, verdict=Verdict.NOT_INSPECTED, reason="late;\nvery late", score=None, thresholds=None
        ),
        with_pictures(4, pose={"angle": -2.5}, mm_per_px=0.05),
        with_pictures(5, verdict=Verdict.GREY, path="/gone.png", file_sha256="ab" * 32, truth="crack"),
    ]
    ids = store.add(made, KEEP_ALL)
    labels = store.labels
    labels.label("ann", ids[0], DEFECT, defect_class="crack", comment='at the "edge",\nfaint')
    labels.label("bob", ids[0], GOOD)
    labels.label("ann", ids[1], GOOD)
    labels.label("ann", ids[2], MISSED, defect_class="Own Class / 2")
    labels.label("bob", ids[3], UNSURE)
    labels.label("bob", ids[5], DEFECT)
    labels.judge_region("ann", ids[0], 0, "accept", defect_class="crack")
    labels.judge_region("bob", ids[0], 1, "reject")
    labels.draw("ann", ids[2], mask_of(seed=1), defect_class="crack")
    labels.draw("ann", ids[2], mask_of(seed=2), defect_class="fray")
    labels.draw("bob", ids[2], mask_of(seed=2), defect_class="fray")
    labels.draw("bob", ids[4], mask_of(seed=3))
    # What was undone is no part of an export.
    labels.label("ann", ids[4], FALSE)
    labels.undo("ann")
    return store


def _state(store: RecordStore) -> list[Any]:
    """All that an exchange has to bring back, by uid."""
    found: list[Any] = []
    for number in sorted(store.ids().tolist(), key=lambda one: store.get(one).uid):
        record = store.get(number)
        fields = {
            name: getattr(record, name) for name in record.__dataclass_fields__ if name not in ("id", "maps")
        }
        labels = [
            (one.reviewer, one.kind, one.defect_class, one.comment, one.at)
            for one in store.labels.current(number)
        ]
        regions = [
            (one.reviewer, one.index, one.decision, one.defect_class, one.at)
            for one in store.labels.regions.current([number])
        ]
        masks = sorted(
            (one.reviewer, one.defect_class, one.at, one.mask.tobytes())
            for one in store.labels.regions.masks([number])
        )
        picture = store.files.picture(number)
        found.append((fields, labels, regions, masks, picture.dtype.name, picture.tobytes()))
    return found


@pytest.mark.parametrize("kind", FORMATS)
def test_a_round_trip_loses_nothing(rich: RecordStore, tmp_path: Path, kind: Format) -> None:
    report = export_records(rich, tmp_path / "out", kind)
    assert (report.tiles, report.labels, report.masks, report.without_picture) == (6, 6, 4, ())
    assert recognise(tmp_path / "out") == kind
    with RecordStore.open(tmp_path / "other") as other:
        done = import_folder(other, tmp_path / "out", actor="eve")
        assert (done.added, done.known, done.masks, done.problems) == (6, 0, 4, [])
        assert _state(other) == _state(rich)
        assert "eve" not in other.labels.reviewers()


@pytest.mark.parametrize("kind", FORMATS)
def test_importing_twice_or_into_the_same_store_changes_nothing(
    rich: RecordStore, tmp_path: Path, kind: Format
) -> None:
    export_records(rich, tmp_path / "out", kind)
    before, steps = _state(rich), rich.labels.steps("ann")
    done = import_folder(rich, tmp_path / "out", actor="eve")
    assert (done.added, done.known, done.labels, done.masks, done.problems) == (0, 6, 0, 0, [])
    assert _state(rich) == before
    assert rich.labels.steps("ann") == steps


@pytest.mark.parametrize("kind", FORMATS)
def test_an_old_export_does_not_overrule_newer_labels(
    rich: RecordStore, tmp_path: Path, kind: Format
) -> None:
    export_records(rich, tmp_path / "out", kind)
    rich.labels.label("ann", [1, 2], FALSE)
    before = _state(rich)
    import_folder(rich, tmp_path / "out", actor="eve")
    assert _state(rich) == before


def test_an_import_can_be_undone(rich: RecordStore, tmp_path: Path) -> None:
    export_records(rich, tmp_path / "out", "coco")
    with RecordStore.open(tmp_path / "other") as other:
        import_folder(other, tmp_path / "out", actor="eve")
        for reviewer in ("ann", "bob"):
            action = other.labels.undo(reviewer)
            assert action is not None
            assert action.what == "import of out"
        assert other.label_counts()[None] == 6
        assert other.labels.regions.masks(other.ids().tolist()) == []


def test_records_without_a_picture_are_named_and_csv_takes_them_along(
    store: RecordStore, tmp_path: Path
) -> None:
    ids = store.add([new_record(0), with_pictures(1)])
    report = export_records(store, tmp_path / "coco", "coco")
    assert (report.tiles, report.without_picture) == (1, (ids[0],))
    report = export_records(store, tmp_path / "csv", "csv")
    assert (report.tiles, report.without_picture) == (2, (ids[0],))
    with RecordStore.open(tmp_path / "other") as other:
        assert import_folder(other, tmp_path / "csv", actor="eve").added == 2
        assert [other.get(number).picture for number in (1, 2)] == ["never", "kept"]
        assert other.get(1).score == 5.0


def test_the_file_that_a_record_was_made_from_stands_in_for_a_picture_not_kept(
    store: RecordStore, tmp_path: Path
) -> None:
    original = tmp_path / "tile.png"
    cv2.imwrite(str(original), tile(5))
    same = {"path": str(original), "file_sha256": file_sha256(original)}
    store.add([new_record(0, **same), new_record(1, **{**same, "file_sha256": "0" * 64})], KEEP_NONE)
    report = export_records(store, tmp_path / "out", "labelme")
    assert (report.tiles, report.without_picture) == (1, (2,))
    (picture,) = (tmp_path / "out").glob("*.png")
    assert picture.read_bytes() == original.read_bytes()


@pytest.mark.parametrize(
    ("pose", "whole"),
    [
        ({"x": 44.5, "y": 34.5, "angle_deg": 0.0, "width": 90.0, "height": 70.0}, True),
        ({"x": 44.5, "y": 34.5, "angle_deg": 180.0, "width": 90.0, "height": 70.0}, False),
        ({"x": 20.0, "y": 20.0, "angle_deg": 0.0, "width": 40.0, "height": 30.0}, False),
    ],
)
def test_only_a_tile_that_is_the_whole_file_as_it_lies_there_is_shown_by_that_file(
    store: RecordStore, tmp_path: Path, pose: dict[str, float], whole: bool
) -> None:
    original = tmp_path / "tile.png"
    cv2.imwrite(str(original), tile(5))
    same = {"path": str(original), "file_sha256": file_sha256(original), "pose": pose}
    (number,) = store.add([new_record(0, **same)], KEEP_NONE)
    pixels = picture_of(store, store.get(number))
    assert (number in thumbnails_of(store, [number])) == whole
    assert (pixels is not None) == whole
    assert pixels is None or (pixels == tile(5)).all()
    original.write_bytes(original.read_bytes() + b" ")
    assert picture_of(store, store.get(number)) is None
    original.unlink()
    assert thumbnails_of(store, [number, 99]) == {}


def test_only_what_was_asked_for_is_exported(rich: RecordStore, tmp_path: Path) -> None:
    assert (
        export_records(rich, tmp_path / "a", "csv", which=RecordFilter(labels=frozenset({GOOD}))).tiles == 2
    )
    assert export_records(rich, tmp_path / "b", "csv", ids=np.array([3, 1])).tiles == 2


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cancelled_export_leaves_nothing_and_a_used_folder_is_refused(
    rich: RecordStore, tmp_path: Path, kind: Format
) -> None:
    with pytest.raises(Cancelled):
        export_records(rich, tmp_path / "out", kind, progress=lambda done, _total: done < 3)
    assert not (tmp_path / "out").exists()
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "letter.txt").write_text("mine")
    with pytest.raises(ExchangeError, match="not empty"):
        export_records(rich, tmp_path / "used", kind)
    assert everything(tmp_path / "used") == {"letter.txt": b"mine"}


def test_a_cancelled_import_keeps_what_it_has(rich: RecordStore, tmp_path: Path) -> None:
    rich.add([with_pictures(n) for n in range(10, 70)], KEEP_ALL)
    export_records(rich, tmp_path / "out", "csv")
    with RecordStore.open(tmp_path / "other") as other:
        done = import_folder(other, tmp_path / "out", actor="eve", progress=lambda *_: False)
        assert done.cancelled
        assert 0 < done.added == other.count() < 66


# -- what other programs see and do ----------------------------------------------------------------


def test_the_mvtec_layout_can_be_trained_on_and_keeps_a_tile_on_one_side(
    store: RecordStore, tmp_path: Path
) -> None:
    ids = store.add([with_pictures(n, serial=f"S{n // 2}") for n in range(40)], KEEP_ALL)
    store.labels.label("ann", ids[:36], GOOD)
    store.labels.label("ann", ids[36:39], DEFECT, defect_class="Crack")
    for number in ids[36:39]:
        store.labels.draw("ann", number, mask_of(seed=number))
    export_records(store, tmp_path / "out", "mvtec")
    dataset = load_dataset(tmp_path / "out")
    assert dataset.kind == "mvtec"
    by_class = {cls: sum(one.cls == cls for one in dataset.tiles) for cls in ("good", "crack")}
    assert by_class == {"good": 36, "crack": 3}
    assert all(one.mask is not None for one in dataset.tiles if one.cls == "crack")
    sides: dict[str, set[str]] = {}
    for one in dataset.tiles:
        uid = re.findall(r"[0-9a-f]{32}", one.path.name)[0]
        serial = next(row.serial for row in store.query(limit=100).rows if row.uid == uid)
        sides.setdefault(str(serial), set()).add(one.split)
    assert all(len(side) == 1 for side in sides.values())
    assert {side for some in sides.values() for side in some} == {"train", "test"}
    assert len(list((tmp_path / "out" / "unlabelled").iterdir())) == 1


def test_a_tile_moved_to_another_folder_is_the_importing_persons_label(
    rich: RecordStore, tmp_path: Path
) -> None:
    export_records(rich, tmp_path / "out", "mvtec")
    (unlabelled, unsure) = sorted((tmp_path / "out" / "unlabelled").iterdir())
    (tmp_path / "out" / "train" / "good").mkdir(parents=True, exist_ok=True)
    shutil.move(unlabelled, tmp_path / "out" / "train" / "good" / unlabelled.name)
    (tmp_path / "out" / "test" / "break").mkdir()
    shutil.move(unsure, tmp_path / "out" / "test" / "break" / unsure.name)
    done = import_folder(rich, tmp_path / "out", actor="eve")
    assert (done.known, done.labels, done.problems) == (6, 2, [])
    said = {row.id: (row.label, row.label_class) for row in rich.query().rows if row.label_by == "eve"}
    assert sorted(said.values()) == [(DEFECT, "break"), (GOOD, "")]


def test_a_label_changed_in_a_spreadsheet_is_the_importing_persons(rich: RecordStore, tmp_path: Path) -> None:
    export_records(rich, tmp_path / "out", "csv")
    file = tmp_path / "out" / "records.csv"
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    rows[1].update(label="Defect", comment="seen later", **{"class": "crack"})
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert import_folder(rich, file, actor="eve").labels == 1
    (label,) = [one for one in rich.labels.current(2) if one.reviewer == "eve"]
    assert (label.kind, label.defect_class, label.comment) == (DEFECT, "crack", "seen later")
    assert rich.get(2).disagreement


def test_a_flag_ticked_and_a_shape_drawn_in_labelme_come_in(rich: RecordStore, tmp_path: Path) -> None:
    export_records(rich, tmp_path / "out", "labelme")
    uid = rich.get(5).uid
    (file,) = (tmp_path / "out").glob(f"*{uid}.json")
    content = json.loads(file.read_text())
    content["flags"]["defect"] = True
    content["shapes"].append(
        {"label": "crack", "points": [[10, 10], [30, 10], [30, 20]], "shape_type": "polygon"}
    )
    file.write_text(json.dumps(content))
    done = import_folder(rich, tmp_path / "out", actor="eve")
    assert (done.labels, done.masks, done.problems) == (1, 1, [])
    assert rich.get(5).label is DEFECT
    drawn = {one.reviewer: int(one.mask.sum()) for one in rich.labels.regions.masks([5])}
    assert drawn["bob"] == mask_of(seed=3).sum()
    assert drawn["eve"] == pytest.approx(100, abs=10)


def test_a_coco_file_that_lost_our_fields_still_finds_its_records_by_name(
    rich: RecordStore, tmp_path: Path
) -> None:
    export_records(rich, tmp_path / "out", "coco")
    file = tmp_path / "out" / "annotations.json"
    content = json.loads(file.read_text())
    for one in (*content["images"], *content["annotations"]):
        del one["tilesight"]
    content["images"] = content["images"][4:5]
    content["annotations"] = [
        {
            "id": 1,
            "image_id": content["images"][0]["id"],
            "category_id": 1,
            "segmentation": [[10, 10, 30, 10, 30, 20, 10, 20]],
        }
    ]
    file.write_text(json.dumps(content))
    done = import_folder(rich, file, actor="eve")
    assert (done.added, done.known, done.masks, done.problems) == (0, 1, 1, [])
    mask = next(one for one in rich.labels.regions.masks([5]) if one.reviewer == "eve")
    expected = np.zeros((70, 90), bool)
    expected[10:20, 10:30] = True
    np.testing.assert_array_equal(mask.mask, expected)


@pytest.fixture
def accepted(store: RecordStore) -> tuple[RecordStore, np.ndarray[Any, Any]]:
    """One tile judged by the detector's own rule, its larger region accepted; and that region's pixels."""
    fused = np.zeros((18, 23), np.float32)
    fused[4:8, 5:9], fused[12, 16] = 7.0, 5.0
    maps = AnomalyMaps(fused, fused.copy(), fused.copy(), 70, 90)
    rule = Rule(Thresholds(3.0, 4.5), map_threshold=2.5)
    found = judge(maps, rule)
    new = with_pictures(
        0, maps=maps, regions=found.regions, score=found.score, thresholds=rule.thresholds, map_threshold=2.5
    )
    (number,) = store.add([new], KEEP_ALL)
    store.labels.label("ann", number, DEFECT, defect_class="break")
    store.labels.judge_region("ann", number, 0, "accept", defect_class="break")
    store.labels.judge_region("ann", number, 1, "reject")
    pixels = maps.full("fused") >= 2.5
    pixels[40:] = False
    assert pixels.sum() == found.regions[0].area_px
    return store, pixels


@pytest.mark.parametrize("kind", FORMATS)
def test_an_accepted_region_is_a_mask_for_others_and_stays_a_region_for_us(
    accepted: tuple[RecordStore, np.ndarray[Any, Any]], tmp_path: Path, kind: Format
) -> None:
    store, pixels = accepted
    assert export_records(store, tmp_path / "out", kind).masks == 0
    seen: Any = pixels
    if kind == "mvtec":
        (tile_there,) = load_dataset(tmp_path / "out").tiles
        assert tile_there.mask is not None
        seen = read_mask(tile_there.mask)
    elif kind == "coco":
        (one,) = json.loads((tmp_path / "out" / "annotations.json").read_text())["annotations"]
        seen = decode_rle(one["segmentation"]["counts"], 70, 90)
    elif kind == "labelme":
        (file,) = (tmp_path / "out").glob("*.json")
        (shape,) = json.loads(file.read_text())["shapes"]
        seen = labelme_mask(shape, 70, 90)
    np.testing.assert_array_equal(seen, pixels)
    with RecordStore.open(tmp_path / "other") as other:
        done = import_folder(other, tmp_path / "out", actor="eve")
        assert (done.added, done.masks, done.problems) == (1, 0, [])
        assert _state(other) == _state(store)


def test_an_accepted_region_that_was_edited_elsewhere_becomes_a_drawn_mask(
    accepted: tuple[RecordStore, np.ndarray[Any, Any]], tmp_path: Path
) -> None:
    store, pixels = accepted
    export_records(store, tmp_path / "out", "coco")
    file = tmp_path / "out" / "annotations.json"
    content = json.loads(file.read_text())
    edited = pixels.copy()
    edited[0:3, 0:3] = True
    content["annotations"][0]["segmentation"]["counts"] = encode_rle(edited)
    file.write_text(json.dumps(content))
    assert import_folder(store, tmp_path / "out", actor="eve").masks == 1
    (mask,) = store.labels.regions.masks([1])
    assert (mask.reviewer, mask.defect_class) == ("eve", "break")
    np.testing.assert_array_equal(mask.mask, edited)


# -- data sets of other programs -------------------------------------------------------------------


def _png(path: Path, pixels: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


def _foreign_mvtec(root: Path) -> None:
    for n in range(2):
        _png(root / "train" / "good" / f"{n}.png", tile(n))
    _png(root / "test" / "good" / "0.png", tile(2))
    _png(root / "test" / "crack" / "0.png", tile(3))
    _png(root / "ground_truth" / "crack" / "0_mask.png", mask_of(seed=7).astype(np.uint8) * 255)


def _foreign_coco(root: Path) -> None:
    mask = mask_of(seed=7)
    images = [{"id": n, "file_name": f"{n}.png", "height": 70, "width": 90} for n in range(4)]
    for n in range(4):
        _png(root / "images" / f"{n}.png", tile(n))
    runs = {"size": [70, 90], "counts": encode_rle(mask)}
    annotations = [{"id": 9, "image_id": 3, "category_id": 4, "segmentation": runs, "bbox": [0, 0, 90, 70]}]
    content = {"images": images, "annotations": annotations, "categories": [{"id": 4, "name": "crack"}]}
    (root / "instances.json").write_text(json.dumps(content))


def _foreign_labelme(root: Path) -> None:
    root.mkdir()
    for n in range(4):
        shapes: list[Any] = []
        if n == 3:
            cut = base64.b64encode(
                cv2.imencode(".png", mask_of(seed=7).astype(np.uint8))[1].tobytes()
            ).decode()
            shapes = [{"label": "crack", "points": [[0, 0], [89, 69]], "shape_type": "mask", "mask": cut}]
        inside = base64.b64encode(cv2.imencode(".png", tile(n))[1].tobytes()).decode()
        content = {
            "version": "5.0.1",
            "flags": {},
            "shapes": shapes,
            "imagePath": f"..\\{n}.png",
            "imageData": inside,
        }
        (root / f"{n}.json").write_text(json.dumps(content))


def _foreign_csv(root: Path) -> None:
    lines = ["file,label,class"]
    for n in range(4):
        _png(root / f"{n}.png", tile(n))
        lines.append(f"{n}.png,{'defect,crack' if n == 3 else 'good,'}")
    (root / "list.csv").write_text("\n".join(lines))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (_foreign_mvtec, ""),
        (_foreign_coco, "instances.json"),
        (_foreign_labelme, ""),
        (_foreign_csv, "list.csv"),
    ],
)
def test_data_sets_of_other_programs_come_in_as_tiles_not_inspected_with_labels(
    store: RecordStore, tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    make(tmp_path / "in")
    done = import_folder(store, tmp_path / "in" / name if name else tmp_path / "in", actor="eve")
    assert (done.added, done.problems) == (4, [])
    rows = store.query().rows
    assert all((row.verdict, row.label_by) == (Verdict.NOT_INSPECTED, "eve") for row in rows)
    assert sorted(str(row.label) for row in rows) == ["defect", "good", "good", "good"]
    defect = next(row for row in rows if row.label is DEFECT)
    assert defect.label_class == "crack"
    np.testing.assert_array_equal(store.files.picture(defect.id), tile(3))
    if make is not _foreign_csv:
        (mask,) = store.labels.regions.masks([defect.id])
        np.testing.assert_array_equal(mask.mask, mask_of(seed=7))
    again = import_folder(store, tmp_path / "in" / name if name else tmp_path / "in", actor="eve")
    assert (again.added, again.known, again.labels, again.masks) == (0, 4, 0, 0)


def test_labels_of_files_that_were_inspected_go_to_their_records(store: RecordStore, tmp_path: Path) -> None:
    _foreign_csv(tmp_path / "in")
    digest = file_sha256(tmp_path / "in" / "3.png")
    (number,) = store.add([new_record(0, file_sha256=digest)], KEEP_NONE)
    done = import_folder(store, tmp_path / "in" / "list.csv", actor="eve")
    assert (done.added, done.known) == (3, 1)
    assert (store.get(number).label, store.get(number).label_class) == (DEFECT, "crack")


def test_what_cannot_be_imported_is_named_and_the_rest_comes_in(store: RecordStore, tmp_path: Path) -> None:
    _foreign_coco(tmp_path / "in")
    file = tmp_path / "in" / "instances.json"
    content = json.loads(file.read_text())
    (tmp_path / "in" / "images" / "0.png").unlink()
    (tmp_path / "in" / "images" / "1.png").write_bytes(b"no picture")
    content["annotations"][0]["segmentation"]["counts"][0] += 1
    content["images"].append({"id": 8})
    content["images"].append({"id": 9, "file_name": "2.png", "height": 70, "width": 90})
    file.write_text(json.dumps(content))
    done = import_folder(store, file, actor="eve")
    assert done.added == 1
    texts = "\n".join(done.problems)
    assert len(done.problems) == 5
    for part in ("0.png: Its picture is not there", "1.png", "do not fill", "without a name", "there twice"):
        assert part in texts, part


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "{", "none of the known"),
        ("a.json", '{"images": 3, "annotations": []}', "no COCO file"),
        ("a.csv", "x,y\n1,2\n", "neither a column"),
        ("a.csv", b"\xff\xfe\x00", "cannot be read as CSV"),
        ("a.txt", "?", "none of the known"),
    ],
)
def test_a_file_that_is_no_data_set_is_a_clear_error(
    store: RecordStore, tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ExchangeError, match=message):
        import_folder(store, tmp_path / name, actor="eve")
    assert recognise(tmp_path) is None or name.endswith("a.json")
    assert store.count() == 0


def test_an_export_of_a_newer_program_is_refused_tile_by_tile(rich: RecordStore, tmp_path: Path) -> None:
    export_records(rich, tmp_path / "out", "labelme")
    for file in (tmp_path / "out").glob("*.json"):
        content = json.loads(file.read_text())
        content["tilesight"]["version"] = 99
        file.write_text(json.dumps(content))
    with RecordStore.open(tmp_path / "other") as other:
        done = import_folder(other, tmp_path / "out", actor="eve")
        assert (done.added, len(done.problems)) == (0, 6)
        assert "newer Tilesight" in done.problems[0]


# -- masks -----------------------------------------------------------------------------------------


@given(height=st.integers(1, 12), width=st.integers(1, 12), bits=st.integers(0))
def test_run_lengths_are_exact_and_as_coco_says(height: int, width: int, bits: int) -> None:
    flat = np.array([bits >> n & 1 for n in range(height * width)], dtype=bool)
    mask = flat.reshape(height, width)
    runs = encode_rle(mask)
    assert sum(runs) == mask.size
    assert all(run > 0 for run in runs[1:])
    np.testing.assert_array_equal(decode_rle(runs, height, width), mask)
    # Column by column, zeros first.
    flat_again = np.concatenate([np.full(run, n % 2) for n, run in enumerate(runs)])
    np.testing.assert_array_equal(flat_again.astype(bool), mask.T.ravel())


def test_compressed_run_lengths_of_other_programs_are_read() -> None:
    # From the reference implementation's own documentation: runs 6, 1, 40, 4, 5, 4, 5, 4, 21 of 9 x 10.
    runs = [6, 1, 40, 4, 5, 4, 5, 4, 21]
    text = _compressed(runs)
    assert text == "61X13mN000`0"
    np.testing.assert_array_equal(decode_rle(text, 9, 10), decode_rle(runs, 9, 10))


def _compressed(runs: list[int]) -> str:
    """COCO's text form, written from its description, for the test only."""
    text = ""
    for n, run in enumerate(runs):
        value = run - runs[n - 2] if n > 2 else run
        while True:
            part = value & 31
            value >>= 5
            more = value != (-1 if part & 16 else 0)
            text += chr(48 + (part | 32 if more else part))
            if not more:
                break
    return text


@pytest.mark.parametrize("runs", [[5], [50, 50], "zzzz\x7f", [-1, 13]])
def test_run_lengths_that_do_not_fit_are_refused(runs: Any) -> None:
    with pytest.raises(ExchangeError):
        decode_rle(runs, 3, 4)


def test_shapes_become_the_pixels_inside_them() -> None:
    def area(kind: str, points: list[list[float]]) -> int:
        return int(labelme_mask({"shape_type": kind, "points": points}, 50, 60).sum())

    assert area("rectangle", [[10, 5], [20, 15]]) == area("rectangle", [[20, 15], [10, 5]]) == 100
    assert area("polygon", [[10, 5], [20, 5], [20, 15], [10, 15]]) == 100
    assert area("circle", [[30, 25], [40, 25]]) == pytest.approx(np.pi * 100, rel=0.02)
    assert area("rectangle", [[-10, -10], [5, 5]]) == 25
    assert area("polygon", [[-5, -5], [5, -5], [5, 5], [-5, 5]]) == 25
    assert area("polygon", [[0, 0], [40, 0], [0, 40]]) == pytest.approx(800, abs=40)
    for kind, points in (("point", [[1, 1]]), ("linestrip", [[1, 1], [2, 2]]), ("polygon", [[1, 1], [2, 2]])):
        with pytest.raises(ExchangeError):
            area(kind, points)
    with pytest.raises(ExchangeError, match="three points"):
        polygon_mask([[1, 2, 3, 4]], 9, 9)
