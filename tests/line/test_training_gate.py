"""The gate: what a comparison says, when it blocks, and that promote and rollback leave nothing half done."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.line.tiny_model import write_tiny_model

from bsdrd.bundle import read_bundle, with_calibration, write_bundle
from bsdrd.data.images import read_image
from bsdrd.detector import open_detector
from bsdrd.errors import DataError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.recipe import Recipe
from tilesight.line.training.choosing_thresholds import Way, can_lower, rates, taken
from tilesight.line.training.comparing import Comparison, changed_recipe, compare, propose_thresholds
from tilesight.line.training.comparison_values import comparison_from, comparison_values
from tilesight.line.training.counting import MissedMore
from tilesight.line.training.evaluation import freeze, gather_labelled, learnt_by
from tilesight.line.training.gate import compare_on
from tilesight.line.training.releasing import Who, add_candidate, can_roll_back, promote, roll_back
from tilesight.store.errors import ModelStateError
from tilesight.store.filters import ALL
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.types import LabelKind, NewRecord

ADA = Who("Ada", "engineer")


def picture(patch: int | None, seed: int) -> np.ndarray:
    """Grey 120; the tiny model scores a patch of grey g as |g - 120| / 14."""
    pixels = np.random.default_rng(seed).integers(118, 123, (64, 80)).astype(np.uint8)
    if patch is not None:
        pixels[16:32, 16:32] = patch
    return pixels


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Ten good tiles, three cracks (score about 9.6) and two faint ones (about 5)."""
    root = tmp_path / "labelled"
    kinds = [("good", None, 10), ("crack", 255, 3), ("faint", 190, 2)]
    for name, patch, count in kinds:
        place = root / "test" / name
        place.mkdir(parents=True)
        for seed in range(count):
            path = place / f"{name}{seed}.png"
            cv2.imwrite(str(path), picture(patch, hash_of(name, seed)))
    (root / "train" / "good").mkdir(parents=True)
    cv2.imwrite(str(root / "train" / "good" / "t.png"), picture(None, 999))
    return root


def hash_of(name: str, seed: int) -> int:
    return sum(name.encode()) * 100 + seed


def model(path: Path, low: float, high: float, name: str, grey: float = 120.0) -> Path:
    """The tiny model with other thresholds, and so another file."""
    base = read_bundle(write_tiny_model(path, name, grey))
    write_bundle(path, with_calibration(base, Thresholds(low, high), {}))
    return path


def compared(live: Path, new: Path, folder: Path, recipe: Recipe | None = None) -> Comparison:
    tiles = gather_labelled(None, None, (folder,))
    with open_detector(live) as one, open_detector(new) as other:
        return compare(one, other, recipe or Recipe(name="Line 1", model=str(live)), tiles)


@pytest.fixture
def store(tmp_path: Path):
    with RecordStore.open(tmp_path / "store") as made:
        yield made


@pytest.fixture
def models(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The live one, a stricter one, and one that lets everything through."""
    return (
        model(tmp_path / "live.bsdrd", 6, 8, "live"),
        model(tmp_path / "strict.bsdrd", 4, 8, "strict"),
        model(tmp_path / "blind.bsdrd", 20, 30, "blind"),
    )


def test_a_comparison_counts_misses_by_class_and_lists_the_worst_changes_first(models, labelled):
    live, strict, blind = models
    found = compared(live, blind, labelled)
    assert (found.live.missed, found.new.missed) == (2, 5)
    assert [(c.cls, c.tiles, c.live_wrong, c.new_wrong) for c in found.classes] == [
        ("good", 10, 0, 0),
        ("crack", 3, 0, 3),
        ("faint", 2, 2, 2),
    ]
    assert found.obstacle == "misses more"
    assert {one.tile.cls for one in found.changes} == {"crack"}
    better = compared(live, strict, labelled)
    assert (better.new.missed, better.obstacle) == (0, "")
    assert {(one.live, one.new) for one in better.changes} == {(Verdict.OK, Verdict.GREY)}
    assert better.live.auroc is not None
    assert better.live.auroc[0] == 1.0
    assert better.new.false_reject_at_equal_miss == 0.0


def test_tiles_that_a_model_has_learnt_do_not_decide(labelled):
    everything = gather_labelled(None, None, (labelled,))
    learnt = learnt_by({"tiles": {"train": [everything.tiles[0].sha256], "held_out": []}})
    rest = gather_labelled(None, None, (labelled,), learnt)
    assert (len(everything.tiles), len(rest.tiles), rest.learnt) == (15, 14, 1)
    assert "1 picture is left out because one of the models has learnt it" in " ".join(rest.notes)
    assert rest.sha256 != everything.sha256
    assert learnt_by({"tiles": "nonsense"}) == frozenset()


def test_labelled_records_take_part_with_their_class_and_unsure_ones_do_not(store):
    now = datetime(2026, 11, 2, tzinfo=UTC)
    new = [
        NewRecord(
            captured_at=now,
            inspected_at=now,
            source="camera",
            frame_id=n,
            name=f"frame {n}",
            verdict=Verdict.NG,
            score=9.0,
            pixels=picture(None, n),
        )
        for n in range(5)
    ]
    ids = store.add(new, RetentionRule("all", "none", None))
    store.labels.label("Ada", ids[0], LabelKind.FALSE_ALARM)
    store.labels.label("Ada", ids[1], LabelKind.MISSED, defect_class="crack")
    store.labels.label("Ada", ids[2], LabelKind.DEFECT)
    store.labels.label("Ada", ids[3], LabelKind.UNSURE)
    tiles = gather_labelled(store, ALL, ())
    assert tiles.classes == {"good": 1, "crack": 1, "defect": 1}


def test_too_few_good_tiles_are_refused(models, tmp_path):
    place = tmp_path / "bad" / "test" / "crack"
    place.mkdir(parents=True)
    cv2.imwrite(str(place / "a.png"), picture(255, 1))
    with pytest.raises(DataError, match="at least 2 tiles that are known to be good"):
        compared(models[0], models[1], tmp_path / "bad")


def test_a_worse_model_goes_live_only_with_a_written_reason_which_the_audit_log_keeps(
    store, models, labelled
):
    live, _, blind = models
    recipe = Recipe(name="Line 1", model=str(live))
    candidate = add_candidate(store, blind, ADA)
    found = compared(live, blind, labelled, recipe)
    with pytest.raises(ModelStateError, match="misses 5 known defects, the live model 2"):
        promote(store, recipe, found, ADA, "new light")
    assert store.models.live("Line 1") is None
    assert store.models.get(candidate.sha256).state == "candidate"
    promote(store, recipe, found, ADA, "new light", override="Faint marks are allowed from now on")
    entry = next(one for one in store.audit.entries() if "Faint marks are allowed" in str(one.new))
    assert entry.actor == "Ada"
    assert store.audit.verify().intact


def test_thresholds_that_miss_no_more_are_the_way_out_and_the_audit_log_says_which_were_taken(
    store, models, labelled
):
    live, _, blind = models
    recipe = Recipe(name="Line 1", model=str(live))
    add_candidate(store, blind, ADA)
    by_rule = compared(live, blind, labelled, recipe)
    assert (by_rule.obstacle, can_lower(by_rule)) == ("misses more", True)
    found = taken(by_rule, Way.NO_MORE_MISSED)
    assert (found.new.missed, found.obstacle) == (by_rule.live.missed, "")
    assert (found.new.thresholds.high, found.new.rejected) == (30, 0), "more goes to a person, not to NG"
    assert 9 < found.new.thresholds.low < min(one.new_score for one in found.tiles if one.tile.cls == "crack")
    assert [one.new_wrong for one in found.classes] == [0, 0, 2]
    assert {(one.live, one.new) for one in found.changes} == {(Verdict.NG, Verdict.GREY)}
    changed = promote(store, recipe, found, ADA, "new light")
    assert (changed.t1, changed.t2) == (found.new.thresholds.low, 30)
    assert Recipe.model_validate(dict(store.recipes.newest("Line 1").content)) == changed
    entry = next(
        one for one in store.audit.entries() if "missing no more than the live model" in str(one.new)
    )
    kept = json.loads(entry.new)
    assert "override" not in kept
    assert kept["comparison"]["new"]["missed"] == 2
    assert kept["comparison"]["new by the rule"]["missed"] == 5
    assert roll_back(store, changed, ADA, "too many grey ones") == recipe


def test_fewer_misses_of_one_kind_do_not_hide_more_of_another(store, tmp_path):
    live = model(tmp_path / "live.bsdrd", 5, 9, "live")
    new = model(tmp_path / "new.bsdrd", 5, 9, "new", grey=100)
    now = datetime(2026, 11, 2, tzinfo=UTC)
    # By the live model bright patches score 4.3 and dark ones 5.4, by the new one 5.7 and 3.9.
    kinds = [("good", None, 4), ("bright", 180, 3), ("dark", 45, 2)]
    for number, (cls, patch, count) in enumerate(kinds):
        records = [
            NewRecord(
                captured_at=now,
                inspected_at=now,
                source="camera",
                frame_id=10 * number + n,
                name=f"{cls} {n}",
                lot=f"L{number}",
                verdict=Verdict.NG,
                score=9.0,
                pixels=picture(patch, 10 * number + n),
            )
            for n in range(count)
        ]
        ids = store.add(records, RetentionRule("all", "none", None))
        if cls == "good":
            store.labels.label("Ada", ids, LabelKind.GOOD)
        else:
            store.labels.label("Ada", ids, LabelKind.DEFECT, defect_class=cls)
    add_candidate(store, new, ADA)
    frozen = freeze(store, "Kinds", gather_labelled(store, ALL, ()), "Ada")
    recipe = Recipe(name="Line 1", model=str(live))
    found = compare_on(store, recipe, frozen, read_bundle(new).sha256, who=ADA)
    assert (found.live.missed, found.new.missed, found.obstacle) == (3, 2, "")
    worse = (MissedMore("class", "dark", 0, 2), MissedMore("lot", "L2", 0, 2))
    assert found.missed_more == worse
    values = comparison_values(found)
    assert comparison_from(json.loads(json.dumps(values))).missed_more == worse
    for one in values["tiles"]:
        del one["tile"]["origin"]  # as it was kept before
    assert comparison_from(values).missed_more == worse[:1]
    promote(store, recipe, found, ADA, "finds bright ones")
    kept = [json.loads(entry.new) for entry in store.audit.entries() if "misses more of" in str(entry.new)]
    assert kept[0]["comparison"]["misses more of"] == [
        {"class": "dark", "live": 0, "new": 2},
        {"lot": "L2", "live": 0, "new": 2},
    ]


def test_folders_are_told_apart_where_defects_come_from_several(models, labelled, tmp_path):
    live, _, blind = models
    assert [one.what for one in compared(live, blind, labelled).missed_more] == ["class"]
    other = tmp_path / "other"
    (other / "test" / "good").mkdir(parents=True)
    (other / "test" / "faint").mkdir()
    (other / "train" / "good").mkdir(parents=True)
    for name, patch in (("test/good/g", None), ("test/faint/f", 190), ("train/good/t", None)):
        cv2.imwrite(str(other / f"{name}.png"), picture(patch, hash_of(name, 0)))
    tiles = gather_labelled(None, None, (labelled, other))
    with open_detector(live) as one, open_detector(blind) as two:
        found = compare(one, two, Recipe(name="Line 1", model=str(live)), tiles)
    assert found.missed_more == (
        MissedMore("class", "crack", 0, 3),
        MissedMore("folder", str(labelled), 2, 5),
    )


def test_the_recipes_rule_is_named_in_the_audit_log_where_it_was_taken(models, labelled):
    live, strict, _ = models
    found = taken(compared(live, strict, labelled), Way.RULE)
    assert found.lowered is None
    assert found.for_audit()["comparison"]["thresholds"] == "by the recipe's rule"
    assert "new by the rule" not in found.for_audit()["comparison"]
    with pytest.raises(ValueError, match="no lowered thresholds"):
        taken(found, Way.NO_MORE_MISSED)


def test_there_is_no_way_out_where_every_good_tile_would_be_stopped(models, labelled, tmp_path):
    _live, _, blind = models
    for seed in range(2):  # defects that look better than any good tile
        place = labelled / "test" / "hidden"
        place.mkdir(exist_ok=True)
        cv2.imwrite(str(place / f"h{seed}.png"), np.full((64, 80), 120 + seed, np.uint8))
    all_found = model(tmp_path / "all.bsdrd", 0, 8, "all")
    found = compared(all_found, blind, labelled)
    assert found.obstacle == "misses more"
    assert not can_lower(found)


def test_rates_of_both_sides_count_what_the_sides_count(models, labelled):
    by_rule = compared(models[0], models[2], labelled)
    for found in (by_rule, taken(by_rule, Way.NO_MORE_MISSED)):
        for side in (found.live, found.new):
            said = rates(found, side)
            assert (said.escape.count, said.escape.of) == (side.missed, 5)
            assert (said.false_reject.count, said.false_reject.of) == (side.rejected, 10)
            assert said.escape.low <= said.escape.value <= said.escape.high


def test_a_kept_comparison_offers_the_same_way_out(models, labelled):
    found = compared(models[0], models[2], labelled)
    again = comparison_from(comparison_values(found))
    assert again.lowered == found.lowered
    one, other = taken(again, Way.NO_MORE_MISSED), taken(found, Way.NO_MORE_MISSED)
    assert one.for_audit() == other.for_audit()


@pytest.mark.parametrize("min_area", [30, 200, 250])
@pytest.mark.parametrize("map_threshold", [None, 5.0])
def test_where_regions_must_be_large_the_recipe_judges_as_the_lowered_thresholds_promise(
    models, labelled, tmp_path, min_area, map_threshold
):
    live, blind = model(tmp_path / "all.bsdrd", 4, 8, "all"), models[2]
    recipe = Recipe(name="r", model=str(live), min_area=min_area, map_threshold=map_threshold)
    by_rule = compared(live, blind, labelled, recipe)
    assert by_rule.obstacle == "misses more"
    found = taken(by_rule, Way.NO_MORE_MISSED)
    assert found.new.missed <= found.live.missed
    changed = changed_recipe(recipe, blind, found)
    with open_detector(blind) as detector:
        for one in found.tiles:
            pixels = read_image(one.tile.path)
            rule = changed.rule_for(detector.info, *pixels.shape[:2])
            assert detector.inspect(pixels, rule).verdict is one.new
        # And a T1 that is a little higher would let more pass.
        higher = replace(rule, thresholds=Thresholds(1.01 * rule.thresholds.low, 30))
        bad = [read_image(one.tile.path) for one in found.tiles if one.tile.defective]
        passed = sum(detector.inspect(pixels, higher).verdict is Verdict.OK for pixels in bad)
        assert passed > found.live.missed


def test_promote_and_roll_back_change_registry_and_recipe_together(store, models, labelled):
    live, strict, _ = models
    recipe = Recipe(name="Line 1", model=str(live), edge_band_px=2)
    add_candidate(store, strict, ADA)
    found = compared(live, strict, labelled, recipe)
    assert can_roll_back(store, recipe) == ""
    changed = promote(store, recipe, found, ADA, "misses fewer")
    assert changed.model_sha256 == found.new.sha256
    assert (changed.t1, changed.t2, changed.edge_band_px) == (None, None, 2)
    assert store.models.live("Line 1").sha256 == found.new.sha256
    assert store.recipes.newest("Line 1").content == changed.content()
    assert can_roll_back(store, changed) == "live"
    back = roll_back(store, changed, ADA, "too many grey ones")
    assert back == recipe
    assert store.models.live("Line 1").sha256 == found.live.sha256
    assert store.models.get(found.new.sha256).state == "retired"
    assert can_roll_back(store, back) == ""
    with pytest.raises(ModelStateError, match="No model was live"):
        roll_back(store, back, ADA, "once more")


def test_a_comparison_with_a_model_that_is_no_longer_live_promotes_nothing(store, models, labelled):
    live, strict, blind = models
    add_candidate(store, strict, ADA)
    found = compared(live, strict, labelled)
    other = Recipe(name="Line 1", model=str(blind))
    with pytest.raises(ModelStateError, match="Another model went live"):
        promote(store, other, found, ADA, "late")


def test_own_thresholds_of_a_recipe_are_carried_over_by_the_share_of_good_tiles(models, labelled):
    live, strict, _ = models
    with open_detector(strict) as detector:
        info = detector.info
    recipe = Recipe(name="r", model=str(live), t1=2.5, t2=9.0)
    good = np.arange(1.0, 5.0)
    proposed, how = propose_thresholds(recipe, info, Thresholds(2.5, 9.0), good, 10 * good)
    assert how == "shares"
    assert proposed.low == 25.0
    assert proposed.high == pytest.approx(40 + 10 * 5)
    assert propose_thresholds(Recipe(name="r"), info, Thresholds(1, 2), good, good) == (
        info.thresholds,
        "model",
    )


SCORES = st.lists(st.floats(-5, 50), min_size=2, max_size=30)


@given(SCORES, SCORES, st.floats(-10, 60), st.floats(0, 30))
def test_carried_over_thresholds_reject_no_larger_share_of_good_tiles(before, now, low, gap):
    recipe = Recipe(name="r", t1=low, t2=low + gap)
    count = min(len(before), len(now))
    one, other = np.array(before[:count]), np.array(now[:count])
    proposed, _ = propose_thresholds(recipe, None, Thresholds(low, low + gap), one, other)
    assert proposed.low <= proposed.high
    if len(set(now[:count])) == count:
        assert (other >= proposed.high).sum() <= (one >= low + gap).sum()
