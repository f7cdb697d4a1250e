"""The gate on a running line: frozen sets, swaps between two frames, and what a kill in the middle leaves."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.line.test_shadow import model, until
from tests.line.test_training_gate import picture

from bsdrd.detector import open_detector
from bsdrd.errors import DataError
from bsdrd.result import Verdict
from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe
from tilesight.line.shadow_terms import Limits
from tilesight.line.sources import open_source
from tilesight.line.training import evaluation
from tilesight.line.training.choosing import TileChoice, gather
from tilesight.line.training.comparing import compare
from tilesight.line.training.comparison_values import comparison_from, comparison_values
from tilesight.line.training.evaluation import EvaluationSet, freeze, gather_labelled, thaw
from tilesight.line.training.finishing import finish_release
from tilesight.line.training.gate import TwoModels, compare_on, known_comparison, shadow_terms, try_model
from tilesight.line.training.releasing import Who, add_candidate, promote, roll_back
from tilesight.store import originals
from tilesight.store.canonical import file_sha256
from tilesight.store.errors import ModelStateError, StoreError
from tilesight.store.filters import ALL
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind, NewRecord

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
ADA = Who("Ada", "engineer")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(tmp_path / "store") as made:
        yield made


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Ten good tiles, three cracks and two faint marks that the live model misses."""
    for name, patch, count in (("good", None, 10), ("crack", 255, 3), ("faint", 190, 2)):
        place = tmp_path / "labelled" / "test" / name
        place.mkdir(parents=True)
        for seed in range(count):
            cv2.imwrite(str(place / f"{name}{seed}.png"), picture(patch, 100 * len(name) + seed))
    (tmp_path / "labelled" / "train" / "good").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "labelled" / "train" / "good" / "t.png"), picture(None, 999))
    return tmp_path / "labelled"


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return model(tmp_path / "live.bsdrd", 6, 9, "live")


@pytest.fixture
def strict(tmp_path: Path) -> Path:
    return model(tmp_path / "strict.bsdrd", 4, 8, "strict")


@pytest.fixture
def tiles(labelled: Path) -> EvaluationSet:
    return gather_labelled(None, None, (labelled,))


# -- frozen sets -------------------------------------------------------------------------------------


def test_a_frozen_set_comes_back_as_it_was_after_a_restart(tmp_path, tiles):
    with RecordStore.open(tmp_path / "store") as store:
        made = freeze(store, "Spring", tiles, "Ada")
        assert freeze(store, "Spring", tiles, "Bob") == made, "the same set once more is no second one"
    with RecordStore.open(tmp_path / "store") as store:
        (found,) = store.evaluation.sets()
        assert (found.name, found.actor, found.sha256) == ("Spring", "Ada", tiles.sha256)
        again = thaw(store, found)
        assert again.tiles == tiles.tiles
        assert again.sha256 == tiles.sha256
        store.evaluation.remove(found.id)
        assert store.evaluation.sets() == []


def test_changed_and_missing_pictures_of_a_frozen_set_are_named(store, tiles, labelled):
    frozen = freeze(store, "Spring", tiles, "Ada")
    (labelled / "test" / "crack" / "crack1.png").unlink()
    cv2.imwrite(str(labelled / "test" / "good" / "good2.png"), picture(None, 4))
    with pytest.raises(DataError) as caught:
        thaw(store, frozen)
    assert "crack1.png is missing" in caught.value.what
    assert "good2.png was changed" in caught.value.what
    assert "Spring is not what was frozen" in caught.value.what
    assert "freeze a new set" in caught.value.do_next


def test_another_set_of_the_same_name_or_none_at_all_is_refused(store, tiles):
    freeze(store, "Spring", tiles, "Ada")
    with pytest.raises(StoreError, match="There is a set Spring already"):
        freeze(store, "Spring", EvaluationSet(tiles.tiles[:4]), "Ada")
    with pytest.raises(StoreError, match="needs a name"):
        freeze(store, "  ", tiles, "Ada")
    with pytest.raises(DataError, match="no labelled tiles"):
        freeze(store, "Empty", EvaluationSet(()), "Ada")


def test_records_in_a_frozen_set_keep_the_truth_that_they_had(store, tiles):
    made = [record(n) for n in range(3)]
    ids = store.add(made, RetentionRule("all", "none", None))
    store.labels.label("Ada", ids[:2], LabelKind.GOOD)
    store.labels.label("Ada", ids[2], LabelKind.DEFECT, defect_class="good")
    frozen = freeze(store, "Records", gather_labelled(store, ALL, ()), "Ada")
    assert {tile["record"] for tile in frozen.tiles} == set(ids)
    store.labels.label("Ada", ids[0], LabelKind.DEFECT, defect_class="crack")
    found = thaw(store, frozen)
    # A class that somebody calls "good" does not make a defect a good tile.
    assert found.classes == {"good": 2, "defect": 1}
    assert "1 tile was labelled otherwise" in " ".join(found.notes)


def record_of(file: Path) -> NewRecord:
    """What inspecting a picture of a folder leaves behind."""
    now = datetime(2026, 11, 2, tzinfo=UTC)
    return NewRecord(
        captured_at=now,
        inspected_at=now,
        source="folder",
        frame_id=0,
        name=file.name,
        path=str(file),
        file_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        verdict=Verdict.OK,
        score=1.0,
        pixels=cv2.imread(str(file), cv2.IMREAD_GRAYSCALE),
    )


def record(n: int, **rest: Any) -> NewRecord:
    """What inspecting a frame of a camera leaves behind."""
    now = datetime(2026, 11, 2, tzinfo=UTC)
    return NewRecord(
        captured_at=now,
        inspected_at=now,
        source="camera",
        frame_id=n,
        name=f"frame {n}",
        verdict=Verdict.NG,
        score=9.0,
        pixels=picture(None, 50 + n),
        **rest,
    )


def test_a_record_without_a_kept_picture_takes_part_with_the_file_it_came_from(store, labelled, monkeypatch):
    file = labelled / "test" / "good" / "good2.png"
    (number,) = store.add([record_of(file)], RetentionRule("none", "none", None))
    store.labels.label("Ada", [number], LabelKind.GOOD)
    hashed: list[Path] = []
    for module in (originals, evaluation):
        monkeypatch.setattr(module, "file_sha256", lambda path: (hashed.append(path), file_sha256(path))[1])
    gathered = gather_labelled(store, ALL, ())
    assert hashed == [file], "a large set is read once"
    frozen = freeze(store, "Records", gathered, "Ada")
    assert [tile.path for tile in thaw(store, frozen).tiles] == [file]
    cv2.imwrite(str(file), picture(None, 4))
    with pytest.raises(DataError, match=r"good2\.png was changed"):
        thaw(store, frozen)
    rest = gather_labelled(store, ALL, ())
    assert (rest.tiles, rest.gone) == ((), 1), "another picture is not what the label speaks of"
    assert "1 labelled record is left out: its picture is gone" in " ".join(rest.notes)
    assert rest.without(frozenset()).gone == 1, "said as long as the set is looked at"
    file.unlink()
    with pytest.raises(DataError, match=r"good2\.png is missing"):
        thaw(store, frozen)


def test_a_kept_picture_that_was_removed_is_not_taken_for_a_changed_one(store, labelled):
    file = labelled / "good2.bmp"  # the store keeps it as a PNG file of its own
    cv2.imwrite(str(file), picture(None, 302))
    (number,) = store.add([record_of(file)], RetentionRule("all", "none", None))
    store.labels.label("Ada", [number], LabelKind.GOOD)
    kept = store.files.path(number, "picture")
    frozen = freeze(store, "Records", gather_labelled(store, ALL, ()), "Ada")
    kept.write_bytes(file.read_bytes())
    with pytest.raises(DataError, match=r"good2\.bmp was changed"):
        thaw(store, frozen)
    kept.unlink()
    with pytest.raises(DataError, match=r"good2\.bmp is no longer kept"):
        thaw(store, frozen)


def test_no_picture_of_a_tile_decides_that_a_model_knows_from_another_picture(store):
    made = [record(n, serial=f"T{n // 2}") for n in range(6)]
    ids = store.add(made, RetentionRule("all", "none", None))
    store.labels.label("Ada", ids, LabelKind.GOOD)
    everything = gather_labelled(store, ALL, ())
    learnt = frozenset({everything.tiles[3].sha256})
    rest = everything.without(learnt)
    assert [tile.record_id for tile in rest.tiles] == [ids[n] for n in (0, 1, 4, 5)]
    assert rest.learnt == 2
    assert "2 pictures are left out because one of the models has learnt them" in " ".join(rest.notes)
    assert gather_labelled(store, ALL, (), learnt) == rest
    assert thaw(store, freeze(store, "Records", everything, "Ada")).without(learnt).tiles == rest.tiles


def test_exposures_of_one_tile_are_one_tile_in_a_frozen_set_as_in_a_training(store, tmp_path):
    files = [tmp_path / f"{tile}_exp{view}.png" for tile in "ab" for view in range(3)]
    made = [
        *(record(n, path=str(file)) for n, file in enumerate(files)),
        *(record(10 + n, lot=f"L{n // 2}", serial="7") for n in range(4)),
        *(record(20 + n) for n in range(2)),
    ]
    ids = store.add(made, RetentionRule("all", "none", None))
    store.labels.label("Ada", ids, LabelKind.GOOD)
    gathered = gather_labelled(store, ALL, ())
    groups = [tile.group for tile in gathered.tiles]
    sizes = Counter(groups)
    # Two tiles by name, the same serial number in two lots, and two of which nothing is known.
    assert sorted(sizes.values()) == [1, 1, 2, 2, 3, 3]
    learnt = gather(store, TileChoice(ALL))
    assert {one.record_id: one.group for one in learnt.tiles} == {
        one.record_id: one.group for one in gathered.tiles
    }
    assert "2 records have no serial number: each is taken for a tile of its own." in gathered.notes
    frozen = freeze(store, "Views", gathered, "Ada")
    assert [tile.group for tile in thaw(store, frozen).tiles] == groups


# -- comparisons -------------------------------------------------------------------------------------


def test_a_comparison_is_kept_as_it_was_and_found_again_after_a_restart(tmp_path, live, strict, tiles):
    recipe = Recipe(name="Line 1", model=str(live), t1=6.0, t2=9.0)
    with RecordStore.open(tmp_path / "store") as store:
        candidate = add_candidate(store, strict, ADA)
        frozen = freeze(store, "Spring", tiles, "Ada")
        found = compare_on(store, recipe, frozen, candidate.sha256, who=ADA)
        assert store.models.live("Line 1").name == "live", "what judges is in the registry from now on"
    with RecordStore.open(tmp_path / "store") as store:
        again = known_comparison(store, recipe, candidate.sha256)
        assert again is not None
        assert comparison_values(again) == comparison_values(found)
        assert again.set_name == "Spring"
        assert np.array_equal(again.live.roc[0], found.live.roc[0])
        assert np.array_equal(again.new.roc[1], found.new.roc[1])
        # Another rule makes other verdicts: the comparison holds no longer.
        assert known_comparison(store, recipe.changed(edge_band_px=3), candidate.sha256) is None
        with pytest.raises(ModelStateError, match="was changed since the comparison"):
            promote(store, recipe.changed(edge_band_px=3), again, ADA, "late")
        assert promote(store, recipe, again, ADA, "in time").model_sha256 == candidate.sha256


def test_values_that_are_no_comparison_are_refused():
    for values in ({}, {"tiles": [1]}, {"tiles": [], "live": {}, "new": {}}):
        with pytest.raises(DataError, match="cannot be read"):
            comparison_from(values)


def test_two_models_that_are_not_live_are_compared_with_their_own_thresholds(
    store, live, strict, tiles, tmp_path
):
    third = add_candidate(store, model(tmp_path / "third.bsdrd", 5, 7, "third"), ADA)
    other = add_candidate(store, strict, ADA)
    frozen = freeze(store, "Spring", tiles, "Ada")
    recipe = Recipe(name="Line 1", model=str(live), t1=1.0, t2=2.0)
    found = compare_on(store, recipe, frozen, other.sha256, third.sha256, who=ADA)
    assert (found.live.name, found.live.thresholds.low) == ("third", 5)
    assert (found.new.name, found.new.thresholds.low) == ("strict", 4)
    assert store.evaluation.of_model(other.sha256) == [], "it says nothing about the live model"


def test_thresholds_for_the_shadow_come_from_the_comparison(store, live, strict, tiles):
    candidate = add_candidate(store, strict, ADA)
    plain = Recipe(name="Line 1", model=str(live))
    assert shadow_terms(store, plain, candidate.sha256).new == Limits()
    own = plain.changed(t1=6.0, t2=9.0)
    with pytest.raises(ModelStateError, match="thresholds of its own"):
        shadow_terms(store, own, candidate.sha256)
    frozen = freeze(store, "Spring", tiles, "Ada")
    found = compare_on(store, own, frozen, candidate.sha256, who=ADA)
    terms = shadow_terms(store, own, candidate.sha256)
    assert (terms.held.t1, terms.new.t1) == (6.0, found.new.thresholds.low)


def test_both_models_show_what_they_see_in_a_tile(live, strict, labelled):
    two = TwoModels(live, strict)
    pixels, first, second = two.look(labelled / "test" / "crack" / "crack0.png")
    assert pixels.shape == (64, 80)
    assert first.fused.shape == second.fused.shape == (16, 20)
    assert float(first.fused.max()) > 9
    two.close()
    two.close()


def test_a_model_that_the_line_could_not_open_is_found_out_before_it_is_promoted(tmp_path, live):
    broken = tmp_path / "broken.bsdrd"
    broken.write_bytes(live.read_bytes()[:-100])
    with pytest.raises(Exception, match=r"broken\.bsdrd"):
        try_model(broken, Recipe(name="r"))
    try_model(live, Recipe(name="r"))


# -- a running line ----------------------------------------------------------------------------------


def test_promotion_and_rollback_fall_between_two_frames_of_the_running_demo_line(
    store, live, strict, tiles, no_leftover_threads
):
    candidate = add_candidate(store, strict, ADA)
    recipe = Recipe(name="Line 1", model=str(live), source="demo:tiles?rate=20&seed=5", threads=1)
    with open_detector(live) as one, open_detector(strict) as other:
        found = compare(one, other, recipe, tiles)
    engine = Engine(store)
    engine.start(open_source(recipe.source), recipe).result(PATIENCE_S)
    until(lambda: store.count() >= 3, "the first records")
    changed = promote(store, recipe, found, ADA, "finds faint marks")
    engine.swap_recipe(changed).result(PATIENCE_S)
    until(lambda: store.query(limit=1).rows[0].model_name == "strict", "the new model")
    back = roll_back(store, changed, ADA, "too many grey ones")
    engine.swap_recipe(back).result(PATIENCE_S)
    until(lambda: store.query(limit=1).rows[0].model_name == "live", "the old model")
    report = engine.stop().result(PATIENCE_S)
    engine.close()
    rows = sorted(store.query(limit=100_000).rows, key=lambda row: row.frame_id)
    frames = [row.frame_id for row in rows]
    # Every frame is a record, or was dropped and counted because the machine was slower than the camera.
    assert len(set(frames)) == len(frames) == report.counts.recorded
    assert report.counts.frames == report.counts.recorded + report.counts.dropped
    assert report.unsaved == 0
    names = [row.model_name for row in rows]
    changes = [at for at in range(1, len(names)) if names[at] != names[at - 1]]
    assert [names[0], *(names[at] for at in changes)] == ["live", "strict", "live"]
    assert {row.verdict for row in rows} <= {Verdict.OK, Verdict.GREY, Verdict.NG}
    assert store.models.get(candidate.sha256).state == "retired"
    said = [entry.action for entry in store.audit.entries()]
    assert {"model promoted", "model rolled back"} <= set(said)


# -- kill -9 -----------------------------------------------------------------------------------------


def kill_in(step: str, store: Path, live: Path, new: Path, labelled: Path) -> None:
    arguments = [sys.executable, "-m", "tests.line.killed_gate", store, live, new, labelled, step]
    with subprocess.Popen([str(one) for one in arguments], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"now\n"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(PATIENCE_S) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_kill_9_between_the_record_of_a_promotion_and_the_swap_is_made_good_at_the_next_start(
    tmp_path, live, strict, labelled
):
    kill_in("promote", tmp_path / "store", live, strict, labelled)
    as_found = Recipe(name="Line 1", model=str(live), threads=1, source="demo")
    with RecordStore.open(tmp_path / "store") as store:
        states = {one.name: one.state for one in store.models.all()}
        assert states == {"live": "retired", "strict": "live"}
        finished = finish_release(store, as_found)
        assert finished is not None
        assert finished.model_sha256 == store.models.live("Line 1").sha256
        assert finished.source == "demo", "all else stays as it was found"
        entry = store.audit.entries(limit=1)[0]
        assert (entry.action, entry.actor) == ("release finished", "Tilesight")
        assert store.audit.verify().intact
        assert finish_release(store, finished) is None, "once is enough"
        # The line takes it, and it can be rolled back as ever.
        with closing(Engine(store)) as engine:
            assert engine.swap_recipe(finished).result(PATIENCE_S).name == "strict"
        assert roll_back(store, finished, ADA, "trial").model == str(live)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_kill_9_during_a_comparison_leaves_everything_as_it_was(tmp_path, live, strict, labelled):
    kill_in("compare", tmp_path / "store", live, strict, labelled)
    recipe = Recipe(name="Line 1", model=str(live), threads=1)
    with RecordStore.open(tmp_path / "store") as store:
        assert {one.name: one.state for one in store.models.all()} == {"strict": "candidate"}
        assert store.models.promotions() == []
        assert known_comparison(store, recipe, store.models.all()[0].sha256) is None
        assert finish_release(store, recipe) is None
        (frozen,) = store.evaluation.sets()
        found = compare_on(store, recipe, frozen, store.models.all()[0].sha256, who=ADA)
        assert (found.live.missed, found.new.missed) == (2, 0)


def test_a_model_chosen_by_hand_after_a_promotion_is_not_taken_back_at_the_next_start(
    store, live, strict, tiles
):
    add_candidate(store, strict, ADA)
    recipe = Recipe(name="Line 1", model=str(live))
    with open_detector(live) as one, open_detector(strict) as other:
        found = compare(one, other, recipe, tiles)
    changed = promote(store, recipe, found, ADA, "better")
    assert finish_release(store, changed) is None
    by_hand = changed.changed(model="elsewhere.bsdrd", model_sha256=None)
    store.recipes.save("Line 1", by_hand.content(), actor="Ada", why="Use at once")
    assert finish_release(store, by_hand) is None
    assert finish_release(store, recipe) is None
