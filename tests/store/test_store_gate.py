"""What the gate keeps: runs of shadow models, their evidence, frozen sets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.store.store_making import START, model_file, new_record, tile

from bsdrd.result import Thresholds, Verdict
from tilesight.store import shadow_evidence
from tilesight.store.records import RecordStore
from tilesight.store.shadow import ShadowResult, TileKey
from tilesight.store.shadow_evidence import Evidence, ShadowEvidence

LIMITS = Thresholds(3.0, 4.5)


def evidence(seed: int = 0) -> Evidence:
    maps = np.random.default_rng(seed).normal(0, 3, (18, 23)).astype(np.float32)
    return Evidence(tile(seed), maps, maps + 1)


@pytest.fixture
def two(store: RecordStore, tmp_path: Path) -> tuple[str, str]:
    for name in ("one", "two"):
        model_file(tmp_path / f"{name}.bsdrd", name=name)
        store.models.add(tmp_path / f"{name}.bsdrd", actor="eve")
    first, second = (model.sha256 for model in store.models.all())
    return first, second


def test_one_run_at_a_time_and_another_model_ends_it(store: RecordStore, two: tuple[str, str]) -> None:
    first, second = two
    assert store.shadow.current() is None
    store.shadow.begin(first, "Line 1", {"new": {"t1": 1.5}}, actor="eve")
    begun = store.shadow.begin(second, "Line 1", {}, actor="bob")
    assert store.shadow.current() == begun
    (ended,) = store.shadow.runs(first)
    assert ended.ended_at is not None
    assert ended.terms == {"new": {"t1": 1.5}}
    store.shadow.end(first)
    assert store.shadow.current() == begun, "it was not the shadow"
    store.shadow.end(second)
    assert store.shadow.current() is None


@pytest.mark.parametrize("how", ["retire", "remove", "promote", "off"])
def test_whatever_takes_a_model_out_of_the_shadow_ends_its_run(
    store: RecordStore, two: tuple[str, str], how: str
) -> None:
    first, _ = two
    store.models.set_shadow(first, True, actor="eve")
    store.shadow.begin(first, "Line 1", {}, actor="eve")
    match how:
        case "retire":
            store.models.retire(first, actor="eve")
        case "remove":
            store.models.remove(first, actor="eve", why="no use")
        case "promote":
            store.models.promote(first, "Line 1", actor="eve", why="better")
        case _:
            store.models.set_shadow(first, False, actor="eve")
    assert store.shadow.current() is None
    assert store.models.shadow() is None


def test_switching_off_what_is_no_shadow_changes_nothing(store: RecordStore, two: tuple[str, str]) -> None:
    first, second = two
    store.models.retire(first, actor="eve")
    store.models.set_shadow(second, True, actor="eve")
    before = len(store.audit.entries())
    assert store.models.set_shadow(first, False, actor="eve").state == "retired"
    assert store.models.get(second).state == "shadow"
    assert len(store.audit.entries()) == before


def test_the_record_of_a_tile_is_found_by_its_time_and_frame(store: RecordStore) -> None:
    at = START + timedelta(seconds=4)
    ids = store.add([new_record(4, inspected_at=at, tile_index=index) for index in (0, 1)])
    key = TileKey(at, "Camera 1", 4, 1)
    later = TileKey(at + timedelta(microseconds=1), "Camera 1", 4, 1)
    elsewhere = TileKey(at, "Camera 2", 4, 1)
    assert store.shadow.record_ids([key, later, elsewhere]) == [ids[1], None, None]


def test_coverage_counts_what_the_line_inspected_while_the_model_was_its_shadow(
    store: RecordStore, two: tuple[str, str]
) -> None:
    first, _ = two
    store.add([new_record(0)])
    run = store.shadow.begin(first, "Line 1", {}, actor="eve")
    at = run.started_at
    lost = {"verdict": Verdict.NOT_INSPECTED, "reason": "no light", "score": None}
    ids = store.add(
        [
            *(new_record(n, inspected_at=at + timedelta(microseconds=n)) for n in range(1, 4)),
            new_record(9, inspected_at=at + timedelta(microseconds=9), **lost),
        ]
    )
    store.shadow.add(first, [ShadowResult(ids[0], Verdict.OK, 1.0, LIMITS, 5.0)])
    found = store.shadow.summary(first)
    assert (found.records, found.line, found.would_release) == (1, 3, 1)
    store.shadow.end(first)
    store.add([new_record(12, inspected_at=at + timedelta(days=1))])
    assert store.shadow.summary(first).line == 3


def test_evidence_comes_back_as_it_was_and_damage_is_no_error(tmp_path: Path) -> None:
    place = ShadowEvidence(tmp_path)
    kept = evidence()
    assert place.keep("ab", 7, kept)
    found = place.get("ab", 7)
    assert found is not None
    assert np.array_equal(found.pixels, kept.pixels)
    assert found.live == pytest.approx(kept.live, rel=1e-3, abs=1e-3)
    assert found.shadow == pytest.approx(kept.shadow, rel=1e-3, abs=1e-3)
    (file,) = (tmp_path / "ab").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert place.get("ab", 7) is None
    assert place.get("ab", 8) is None
    place.remove("ab")
    assert not (tmp_path / "ab").exists()


def test_only_the_newest_evidence_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadow_evidence, "_FILES", 3)
    place = ShadowEvidence(tmp_path)
    for number in range(8, 14):
        place.keep("ab", number, evidence(number))
    assert [number for number in range(20) if place.get("ab", number)] == [11, 12, 13]
    monkeypatch.setattr(shadow_evidence, "_BYTES", 1)
    place.keep("ab", 14, evidence(14))
    assert [number for number in range(20) if place.get("ab", number)] == [14]


def test_a_disk_that_takes_no_evidence_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "ab").write_text("a file where the folder should be")
    assert not ShadowEvidence(tmp_path).keep("ab", 1, evidence())
