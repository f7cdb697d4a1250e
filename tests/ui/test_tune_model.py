from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, settle
from tests.ui.tune_records import RECIPE, T, filled_store, new_record

from bsdrd.judge import judge
from bsdrd.result import AnomalyMaps, Thresholds
from tilesight.line.recipe import Recipe
from tilesight.store.images import RetentionRule
from tilesight.store.records import RecordStore
from tilesight.store.tuning.evidence import load_evidence
from tilesight.store.tuning.mask import InspectionMask, Stroke, StrokeKind
from tilesight.store.tuning.rule import SENTENCES, PixelRule
from tilesight.store.tuning.table import Selection
from tilesight.ui.tune import words
from tilesight.ui.tune.model import Line, TuneModel

RIGHT_HALF = InspectionMask(strokes=(Stroke(kind=StrokeKind.RECTANGLE, points=((0.5, 0), (1, 1))),))
Load = Callable[..., TuneModel]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with filled_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def load(store: RecordStore) -> Iterator[Load]:
    model = TuneModel()

    def run(recipe: Recipe = RECIPE, in_force: Thresholds = T) -> TuneModel:
        evidence = load_evidence(store, name=recipe.name, in_force=recipe.content(), model_sha256=None)
        model.load(evidence, recipe, in_force, store.files)
        return model

    yield run
    model.close()


def rejudged(qtbot: QtBot, model: TuneModel) -> None:
    qtbot.waitUntil(lambda: not model.rejudging.running, timeout=PATIENCE_MS)


def test_the_proposal_begins_at_what_is_in_force_and_flips_nothing(load: Load) -> None:
    model = load()
    assert model.proposed == T
    assert not model.is_changed
    assert model.outcome.flips == 0
    assert model.proposed_recipe() == RECIPE


@pytest.mark.parametrize(
    ("line", "value", "push", "expected"),
    [
        ("low", 4.0, False, (4.0, 5.0)),
        ("low", 7.0, False, (5.0, 5.0)),
        ("low", 7.0, True, (7.0, 7.0)),
        ("high", 1.0, False, (3.0, 3.0)),
        ("high", 1.0, True, (1.0, 1.0)),
    ],
)
def test_a_line_stops_at_the_other_one_or_pushes_it(
    load: Load, line: Line, value: float, push: bool, expected: tuple[float, float]
) -> None:
    model = load()
    model.move(line, value, push=push)
    assert (model.proposed.low, model.proposed.high) == expected


def test_many_moves_in_one_frame_are_worked_out_once(qtbot: QtBot, load: Load) -> None:
    model = load()
    moved: list[float] = []
    worked_out: list[float] = []
    model.thresholds_changed.connect(lambda: moved.append(model.proposed.low))
    model.outcome_changed.connect(lambda: worked_out.append(model.outcome.thresholds.low))
    for step in range(50):
        model.move("low", 3.0 + step / 50)
    assert worked_out == []
    qtbot.waitUntil(lambda: len(worked_out) == 1, timeout=PATIENCE_MS)
    settle(40)
    assert len(moved) == 49
    assert worked_out == [3.98]


@pytest.mark.parametrize("upwards", [True, False])
def test_moving_past_the_next_record_changes_exactly_one_verdict(load: Load, upwards: bool) -> None:
    model = load()
    below = model.what.table.below
    for _ in range(5):
        before = below(model.proposed.low)
        model.move_past_next("low", upwards)
        assert below(model.proposed.low) == before + (1 if upwards else -1)


def test_moving_past_the_last_record_stays(load: Load) -> None:
    model = load()
    model.move("low", 0.0, push=True)
    model.move_past_next("low", False)
    assert model.proposed.low == 0.0
    model.move("high", 20.0, push=True)
    model.move_past_next("high", True)
    assert model.proposed.high == 20.0


def test_another_pixel_rule_judges_every_stored_map_again(
    qtbot: QtBot, load: Load, store: RecordStore
) -> None:
    model = load()
    model.set_pixels(PixelRule(mask=RIGHT_HALF, edge_band_px=3))
    assert model.rejudging.running
    rejudged(qtbot, model)
    table = model.what.table
    assert (model.rejudging.done, model.rejudging.without_maps, model.rejudging.failed) == (40, 0, 0)
    for row in (0, 20, 39):
        maps = store.files.maps(int(table.about.ids[row]))
        expected = judge(maps, model.rule(maps.height, maps.width)).score
        assert table.scores[row] == pytest.approx(expected, rel=2e-3)
    # The hills of the defects lie in the half that is left out.
    assert model.outcome.counts[2] == 0
    assert model.flips.released.size == model.outcome.flips > 0
    assert model.outcome_now.flips == 0
    model.back_to_force()
    assert model.outcome.flips == 0


def test_only_the_newest_pixel_rule_counts(qtbot: QtBot, load: Load) -> None:
    model = load()
    for band in (1, 2, 30):
        model.set_pixels(PixelRule(edge_band_px=band))
    rejudged(qtbot, model)
    assert model.rejudging.failed == 0
    assert model.outcome.counts == (40, 0, 0)


def test_cancelling_goes_back_to_the_rule_in_force(qtbot: QtBot, load: Load) -> None:
    model = load()
    model.set_pixels(PixelRule(mask=RIGHT_HALF))
    model.cancel_rejudging()
    assert model.pixels == RECIPE.pixel_rule()
    assert not model.rejudging.running
    settle(100)
    assert model.outcome.flips == 0


def test_a_size_filter_that_follows_t1_is_judged_again_when_t1_rests(qtbot: QtBot, load: Load) -> None:
    model = load()
    model.set_pixels(PixelRule(min_area=40))
    rejudged(qtbot, model)
    first = model.what.table.scores.copy()
    model.move("low", 1.5)
    # More pixels reach a lower outline, so more regions are large enough. Judging so few again may be over
    # between two looks, so only its result can be waited for.
    qtbot.waitUntil(lambda: not np.array_equal(first, model.what.table.scores), timeout=PATIENCE_MS)
    rejudged(qtbot, model)


def test_records_of_an_earlier_rule_are_judged_again_by_themselves(
    qtbot: QtBot, load: Load, store: RecordStore
) -> None:
    masked = RECIPE.changed(mask=RIGHT_HALF)
    store.recipes.save(masked.name, masked.content(), actor="ann", why="mask")
    late = store.add([new_record(39, masked, peak=1.0)], RetentionRule(pictures="all", maps="all"))
    model = load(masked)
    rejudged(qtbot, model)
    assert model.rejudging.total == 40
    assert model.evidence is not None
    assert not np.isin(late, model.evidence.judged_otherwise).any()
    assert not model.is_changed
    assert model.outcome.counts[2] == 0


def test_records_without_maps_keep_their_score_and_are_counted(
    qtbot: QtBot, load: Load, store: RecordStore
) -> None:
    store.add([new_record(39)], RetentionRule(pictures="none", maps="none"))
    model = load()
    model.set_pixels(PixelRule(mask=RIGHT_HALF))
    rejudged(qtbot, model)
    assert model.rejudging.without_maps == 1
    assert model.outcome.counts[2] == 1


def test_reading_again_keeps_the_proposal_and_another_recipe_drops_it(load: Load) -> None:
    model = load()
    model.move("low", 4.0)
    assert load().proposed == Thresholds(4.0, 5.0)
    other = RECIPE.changed(t1=2.0, t2=6.0)
    assert load(other, Thresholds(2.0, 6.0)).proposed == Thresholds(2.0, 6.0)


def test_reading_again_judges_only_the_new_records_again(
    qtbot: QtBot, load: Load, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load()
    model.set_pixels(PixelRule(mask=RIGHT_HALF))
    rejudged(qtbot, model)
    read: list[int] = []
    read_maps = store.files.maps

    def count(record_id: int) -> AnomalyMaps:
        read.append(record_id)
        return read_maps(record_id)

    monkeypatch.setattr(store.files, "maps", count)
    new = store.add([new_record(39)], RetentionRule(pictures="all", maps="all"))
    scores: list[float] = []
    model.records_changed.connect(lambda: scores.append(float(model.what.table.scores.max())))
    load()
    rejudged(qtbot, model)
    assert read == new
    assert (model.outcome.total, model.outcome.counts[2]) == (41, 0)
    # The records known already never jump back to their stored scores.
    stored = float(model.evidence.table.scores[-2]) if model.evidence is not None else 0.0
    assert sum(score >= stored for score in scores) <= 1


def test_the_models_own_thresholds_stay_the_models_until_a_line_moves(load: Load) -> None:
    own = Recipe(name="Line 2")
    model = load(own)
    model.set_pixels(PixelRule(edge_band_px=2))
    changed = model.proposed_recipe()
    assert changed is not None
    assert (changed.t1, changed.t2, changed.edge_band_px) == (None, None, 2)
    model.move("low", 2.5)
    moved = model.proposed_recipe()
    assert moved is not None
    assert (moved.t1, moved.t2) == (2.5, 5.0)


def test_a_selection_counts_only_its_records_and_keeps_new_scores(qtbot: QtBot, load: Load) -> None:
    model = load()
    model.set_pixels(PixelRule(mask=RIGHT_HALF))
    rejudged(qtbot, model)
    model.select(Selection(lots=frozenset({"L-1"})))
    assert model.outcome.total == 20
    assert model.outcome.counts[2] == 0
    assert model.outcome_of_all().total == 40


def test_reference_tiles_count_only_under_the_rule_they_were_judged_by(
    load: Load, store: RecordStore
) -> None:
    model = load()
    assert model.evidence is not None
    assert model.recipe is not None
    model.load(model.evidence, model.recipe, T, store.files, (1.0, 2.0))
    assert model.reference == (1.0, 2.0)
    model.set_pixels(replace(model.pixels, edge_band_px=2))
    assert model.reference == ()


def test_the_window_knows_every_sentence_of_the_rule() -> None:
    assert set(words.RULE_SENTENCES) == set(SENTENCES)


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.004, "0.40 %"), (0.125, "12.5 %"), (0.9999, "99.99 %")],
)
def test_a_share_is_told_from_nothing_and_from_all(share: float, said: str) -> None:
    assert words.percent(share) == said
