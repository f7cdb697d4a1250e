"""Regions that look alike are found, and a preview tells what clearing them would cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.store.store_making import MODEL, anomaly_maps, new_record, region, tile

from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Thresholds, Verdict
from tilesight.store.errors import StoreError
from tilesight.store.images import KEEP_ALL, KEEP_NONE
from tilesight.store.records import LabelKind, NewRecord, RecordStore
from tilesight.store.remedies import ExcludedArea, HigherThresholds, LargerRegions


def _unit(*values: float) -> tuple[float, ...]:
    vector = np.array(values) / np.linalg.norm(values)
    return tuple(float(value) for value in vector)


STAIN, CRACK = _unit(1, 0.1, 0, 0), _unit(0, 0, 1, 0.2)


def _tile(number: int, *found: Any, verdict: Verdict = Verdict.NG, **changes: Any) -> NewRecord:
    score = max((one.peak for one in found), default=1.0)
    return new_record(number, regions=tuple(found), score=score, verdict=verdict, **changes)


@pytest.fixture
def tiles(store: RecordStore) -> list[int]:
    """Oil stains at one place (records 1 to 4), cracks (5, 6), one of another model (7), a clean one (8)."""
    new = [
        _tile(
            number,
            region(
                0,
                feature=_unit(1, 0.1, 0.02 * number, 0),
                area_px=20 + number,
                peak=5.0,
                box=(10, 8 + number, 6, 6),
            ),
        )
        for number in range(4)
    ]
    new[3] = _tile(3, *new[3].regions, region(1, feature=CRACK, peak=6.0, area_px=90))
    new += [_tile(n, region(n, feature=CRACK, peak=4.8, area_px=15, box=(60, 50, 9, 9))) for n in (4, 5)]
    new.append(_tile(6, region(0, feature=STAIN), model_sha256="ff" * 32))
    new.append(_tile(7, verdict=Verdict.OK))
    ids = store.add(new, KEEP_NONE)
    store.labels.label("ann", ids[0], LabelKind.FALSE_ALARM)
    store.labels.label("ann", ids[4], LabelKind.DEFECT, defect_class="crack")
    return ids


def test_the_given_region_leads_and_only_alike_ones_of_the_same_model_follow(
    store: RecordStore, tiles: list[int]
) -> None:
    group = store.similar.find(tiles[1], 0)
    assert group.records[0] == tiles[1]
    assert set(group.record_ids.tolist()) == set(tiles[:4])
    assert (np.diff(group.similarity) <= 0).all()
    assert group.similarity[0] == 1.0
    assert (group.model_sha256, group.known_defects, group.with_picture) == (MODEL, 0, 0)
    assert group.tiles.id.tolist() == group.records.tolist()
    first = group.tiles.at(0)
    assert (first.record_id, first.index, first.area_px, first.peak) == (tiles[1], 0, 21, 5.0)
    labels = {number: group.tiles.at(at).label for at, number in enumerate(group.tiles.id.tolist())}
    assert labels[tiles[0]] is LabelKind.FALSE_ALARM
    # Record 4 also has a crack: the stain being harmless does not make the tile good.
    assert dict(zip(group.tiles.id.tolist(), group.tiles.more.tolist(), strict=True)) == {
        number: number == tiles[3] for number in tiles[:4]
    }
    assert set(store.similar.find(tiles[4], 0).record_ids.tolist()) == {tiles[3], tiles[4], tiles[5]}


def test_similarity_is_the_cosine_of_the_descriptors(store: RecordStore) -> None:
    new = [_tile(n, region(n)) for n in range(40)]
    ids = store.add(new, KEEP_NONE)
    group = store.similar.find(ids[3], 0, alike=-1.0)
    given = np.array(new[3].regions[0].feature)
    expected = {ids[n]: float(np.array(one.regions[0].feature) @ given) for n, one in enumerate(new)}
    assert len(group.records) == 40
    for number, similarity in zip(group.records.tolist(), group.similarity.tolist(), strict=True):
        assert similarity == pytest.approx(expected[number], abs=1e-5)


def test_new_records_and_new_labels_are_seen_at_once(store: RecordStore, tiles: list[int]) -> None:
    assert len(store.similar.find(tiles[0], 0).records) == 4
    (number,) = store.add([_tile(9, region(0, feature=STAIN, peak=5.0))], KEEP_ALL)
    assert len(store.similar.find(tiles[0], 0).records) == 5
    for kind, known in ((LabelKind.DEFECT, 1), (LabelKind.GOOD, 0)):
        store.labels.label("ann", number, kind)
        assert store.similar.find(tiles[0], 0).known_defects == known
    store.labels.undo("ann")
    assert store.similar.find(tiles[0], 0).known_defects == 1


def test_tiles_whose_picture_is_kept_are_counted(store: RecordStore) -> None:
    rule = {"pixels": tile(1), "maps": anomaly_maps(1)}
    ids = store.add([_tile(1, region(1), **rule), _tile(2, region(1))], KEEP_ALL)
    assert store.similar.find(ids[0], 0).with_picture == 1


def test_what_cannot_be_compared_is_said(store: RecordStore, tiles: list[int]) -> None:
    (bare,) = store.add([_tile(9, region(0, feature=()))], KEEP_NONE)
    for number, index, message in (
        (99, 0, "no record"),
        (tiles[0], 5, "no region 6"),
        (bare, 0, "without a desc"),
    ):
        with pytest.raises(StoreError, match=message):
            store.similar.find(number, index)
    # One without a descriptor is like nothing.
    assert bare not in store.similar.find(tiles[0], 0, alike=0.01).records


def test_a_higher_threshold_clears_the_group_and_names_the_defects_it_loses(
    store: RecordStore, tiles: list[int]
) -> None:
    group = store.similar.find(tiles[0], 0)
    found = store.similar.preview(group, HigherThresholds(Thresholds(5.5, 7.0)))
    assert found.cleared == tuple(tiles[:3])
    assert found.left == (tiles[3],)
    assert found.lost == (tiles[4],)
    assert found.others == (tiles[5],)


def test_a_region_filter_clears_small_regions_only(store: RecordStore, tiles: list[int]) -> None:
    group = store.similar.find(tiles[0], 0)
    found = store.similar.preview(group, LargerRegions(23))
    assert (found.cleared, found.left) == (tuple(tiles[:3]), (tiles[3],))
    assert (found.lost, found.others) == ((tiles[4],), (tiles[5],))
    assert store.similar.preview(group, LargerRegions(16)).cleared == ()
    assert store.similar.preview(group, LargerRegions(16)).lost == (tiles[4],)


def test_an_excluded_area_clears_what_lies_wholly_inside(store: RecordStore, tiles: list[int]) -> None:
    group = store.similar.find(tiles[0], 0)
    # The regions lie at x 10 to 16 of 90, y 8 to 17 of 70.
    found = store.similar.preview(group, ExcludedArea(0.1, 0.1, 0.2, 0.25))
    assert (found.cleared, found.left, found.lost) == (tuple(tiles[:3]), (tiles[3],), ())
    assert store.similar.preview(group, ExcludedArea(0.1, 0.1, 0.2, 0.15)).cleared == ()
    assert store.similar.preview(group, ExcludedArea(0.12, 0.1, 0.2, 0.25)).cleared == ()


def test_the_suggestions_just_clear_the_group(store: RecordStore, tiles: list[int]) -> None:
    group = store.similar.find(tiles[0], 0)
    larger, higher, area = store.similar.suggestions(group)
    assert larger == LargerRegions(24)
    assert isinstance(higher, HigherThresholds)
    assert 5.0 < higher.thresholds.low < 5.001
    assert isinstance(area, ExcludedArea)
    for remedy in (larger, higher, area):
        found = store.similar.preview(group, remedy)
        assert found.cleared == tuple(tiles[:3])
        # Record 4 also has a crack, which must go on alarming.
        assert found.left == (tiles[3],)
    cracks = store.similar.find(tiles[4], 0)
    store.labels.label("ann", [tiles[3], tiles[5]], LabelKind.DEFECT)
    assert store.similar.suggestions(cracks) == []


def test_a_preview_agrees_with_judging_the_maps_again(store: RecordStore) -> None:
    """Random maps with blobs, judged by the detector's own rule before and after."""
    rng = np.random.default_rng(3)
    rule = Rule(Thresholds(3.0, 5.0), map_threshold=2.5)
    new: list[NewRecord] = []
    kept: list[AnomalyMaps] = []
    for number in range(30):
        fused = np.zeros((18, 23), np.float32)
        for _ in range(3):
            y, x = rng.integers(1, 15), rng.integers(1, 20)
            size = rng.integers(1, 4)
            fused[y : y + size, x : x + size] = rng.uniform(2.6, 8.0)
        maps = AnomalyMaps(fused, fused.copy(), fused.copy(), 72, 92)
        found = judge(maps, rule)
        kept.append(maps)
        new.append(
            new_record(
                number,
                regions=tuple(region(0, **_fields(one)) for one in found.regions),
                score=found.score,
                verdict=found.verdict,
                thresholds=rule.thresholds,
                map_threshold=2.5,
            )
        )
    ids = store.add(new, KEEP_NONE)
    group = store.similar.find(ids[0], 0, alike=-1.0)
    for remedy, again in (
        (LargerRegions(80), Rule(rule.thresholds, 2.5, min_area_px=80)),
        (HigherThresholds(Thresholds(6.0, 7.0)), Rule(Thresholds(6.0, 7.0), 2.5)),
    ):
        expected = tuple(
            number
            for number, maps, before in zip(ids, kept, new, strict=True)
            if before.verdict is not Verdict.OK and judge(maps, again).verdict is Verdict.OK
        )
        assert expected
        found = store.similar.preview(group, remedy)
        assert found.cleared == expected
        assert len(found.cleared) + len(found.left) == sum(one.verdict is not Verdict.OK for one in new)


def test_a_preview_of_a_mask_never_claims_more_than_the_maps_and_hides_no_lost_defect(
    store: RecordStore,
) -> None:
    """Blobs anywhere, some cut by the mask: what it says is cleared is, and what is lost it says."""
    rng = np.random.default_rng(8)
    rule = Rule(Thresholds(3.0, 5.0), map_threshold=2.5)
    kept: list[AnomalyMaps] = []
    new: list[NewRecord] = []
    for number in range(60):
        fused = np.zeros((18, 24), np.float32)
        y, x = rng.integers(0, 13), rng.integers(0, 19)
        fused[y : y + 5, x : x + 5] = 2.8
        fused[y + rng.integers(0, 5), x + rng.integers(0, 5)] = 7.0
        kept.append(AnomalyMaps(fused, fused.copy(), fused.copy(), 72, 96))
        found = judge(kept[-1], rule)
        regions = tuple(region(0, **_fields(one)) for one in found.regions)
        made = _tile(number, *regions, thresholds=rule.thresholds, map_threshold=2.5, height=72, width=96)
        new.append(made)
    ids = store.add(new, KEEP_NONE)
    store.labels.label("ann", ids[::2], LabelKind.DEFECT)
    inspected = np.ones((72, 96), np.bool_)
    inspected[18:54, 24:72] = False
    after = {
        number: judge(maps, Rule(rule.thresholds, 2.5, mask=inspected)).verdict
        for number, maps in zip(ids, kept, strict=True)
    }
    ok = {number for number, verdict in after.items() if verdict is Verdict.OK}
    group = store.similar.find(ids[1], 0, alike=-1.0)
    found = store.similar.preview(group, ExcludedArea(0.25, 0.25, 0.75, 0.75))
    assert found.cleared
    assert set(found.cleared) <= ok
    assert ok & set(ids[::2]) <= set(found.lost)
    assert ok - set(found.cleared), "no region was cut: the test shows nothing"


def _fields(one: Any) -> dict[str, Any]:
    names = ("area_px", "box", "centroid", "peak", "peak_at", "fired")
    return {name: getattr(one, name) for name in names}
