"""From alike false alarms in Review to a proposal in Tune, or to their tiles in Train."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle
from tests.ui.hand_made import THRESHOLDS
from tests.ui.review_store import MODEL, tile_record

from bsdrd.judge import judge
from bsdrd.result import Thresholds, Verdict
from tilesight.line.recipe import Recipe
from tilesight.store.images import KEEP_ALL
from tilesight.store.remedies import ExcludedArea, HigherThresholds, LargerRegions, Remedy
from tilesight.store.types import LabelKind
from tilesight.ui.context import Person, Role
from tilesight.ui.requests import TryRemedy
from tilesight.ui.review import workspace as review_workspace
from tilesight.ui.review.workspace import ReviewWorkspace
from tilesight.ui.train.workspace import TILES, TrainWorkspace
from tilesight.ui.tune.chart_card import PIXELS, SCORES
from tilesight.ui.tune.workspace import TuneWorkspace

LEFT = Qt.MouseButton.LeftButton
RECIPE = Recipe(name="MT starter", t1=THRESHOLDS.low, t2=THRESHOLDS.high, model_sha256=MODEL)


@pytest.fixture
def alike(program: Program) -> list[int]:
    """Eight tiles with alike false alarms, and a known crack that looks different."""
    program.context.set_person(Person("Anna", Role.ENGINEER))
    program.store.recipes.save(RECIPE.name, RECIPE.content(), actor="Anna", why="first")
    ids = program.store.add([tile_record(at) for at in range(8)], KEEP_ALL)
    crack = program.store.add([tile_record(8, peak=8.0, kind=1)], KEEP_ALL)
    program.store.labels.label("Ben", crack, LabelKind.DEFECT, defect_class="crack")
    program.context.set_recipe(RECIPE)
    return ids


def open_sheet(qtbot: QtBot, program: Program) -> ReviewWorkspace:
    """Review with the group of alike false alarms open."""
    program.window.open_workspace("review")
    review = program.window.workspaces["review"]
    assert isinstance(review, ReviewWorkspace)
    qtbot.waitUntil(lambda: review.model.item is not None, timeout=PATIENCE_MS)
    review.show_similar()
    qtbot.waitUntil(review.alike.sheet.isVisible, timeout=PATIENCE_MS)
    return review


def press(qtbot: QtBot, review: ReviewWorkspace, fits: Callable[[object], bool]) -> TryRemedy | None:
    """Presses the button of the remedy that fits."""
    card, request = next(pair for pair in review.alike.sheet.remedies if fits(pair[1]))
    qtbot.mouseClick(card.findChildren(QPushButton)[0], LEFT)
    return request


def tune_of(qtbot: QtBot, program: Program) -> TuneWorkspace:
    """Tune once it has read the records and judged what it must."""
    tune = program.window.workspaces["tune"]
    assert isinstance(tune, TuneWorkspace)
    qtbot.waitUntil(lambda: tune.model.ready and tune.model.is_changed, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not tune.model.rejudging.running, timeout=PATIENCE_MS)
    settle()
    return tune


@pytest.mark.parametrize("kind", [HigherThresholds, LargerRegions, ExcludedArea])
def test_tune_opens_with_the_chosen_remedy_proposed_and_nothing_in_force(
    qtbot: QtBot, program: Program, alike: list[int], kind: type[Remedy]
) -> None:
    review = open_sheet(qtbot, program)
    request = press(
        qtbot, review, lambda asked: isinstance(asked, TryRemedy) and isinstance(asked.remedy, kind)
    )
    assert request is not None
    tune = tune_of(qtbot, program)
    assert program.window.current == "tune"
    assert tune.charts.tabs.currentIndex() == (SCORES if kind is HigherThresholds else PIXELS)
    assert tune.charts.pixels.pane.record_id in alike
    assert "not in force" in tune.remedy.note.accessibleName()
    assert program.context.recipe == RECIPE
    assert tune.put_in_force.isEnabled()
    flips = tune.model.flips
    released = set(flips.table.about.ids[flips.released].tolist())
    assert released >= set(alike)
    assert len(alike) == request.clears
    # Whatever else it releases was named before: the crack that lies in the place to be masked.
    card = next(card for card, one in review.alike.sheet.remedies if one is request)
    assert ("no known" not in card.loses.text().lower()) == bool(released - set(alike))
    # What was proposed really clears them: their stored maps say so.
    rule = tune.model.rule(96, 128)
    verdicts = {judge(program.store.files.maps(number), rule).verdict for number in alike}
    assert verdicts == {Verdict.OK}
    tune.model.back_to_force()
    assert not tune.remedy.note.accessibleName()


def test_the_proposed_mask_is_a_step_that_can_be_undone(
    qtbot: QtBot, program: Program, alike: list[int]
) -> None:
    review = open_sheet(qtbot, program)
    press(
        qtbot, review, lambda asked: isinstance(asked, TryRemedy) and isinstance(asked.remedy, ExcludedArea)
    )
    tune = tune_of(qtbot, program)
    assert tune.model.pixels.mask is not None
    program.context.actions.trigger("tune.undo")
    assert tune.model.pixels.mask is None
    program.context.actions.trigger("tune.redo")
    assert tune.model.pixels.mask is not None


def test_an_earlier_proposal_is_kept_and_can_be_taken_back(
    qtbot: QtBot, program: Program, alike: list[int]
) -> None:
    program.window.open_workspace("tune")
    tune = program.window.workspaces["tune"]
    assert isinstance(tune, TuneWorkspace)
    qtbot.waitUntil(lambda: tune.model.ready, timeout=PATIENCE_MS)
    tune.model.propose(Thresholds(1.5, 2.5))
    remedy = LargerRegions(10_000)
    program.context.open_workspace("tune", TryRemedy(remedy, MODEL, alike[0], 8, 8))
    assert tune.model.pixels.min_area == 10_000
    assert tune.model.proposed == THRESHOLDS
    program.context.actions.trigger("tune.earlier")
    assert tune.model.proposed == Thresholds(1.5, 2.5)
    assert tune.model.pixels == RECIPE.pixel_rule()


def test_a_remedy_for_another_model_is_not_proposed_and_says_why(
    qtbot: QtBot, program: Program, alike: list[int]
) -> None:
    program.window.open_workspace("tune")
    tune = program.window.workspaces["tune"]
    assert isinstance(tune, TuneWorkspace)
    qtbot.waitUntil(lambda: tune.model.ready, timeout=PATIENCE_MS)
    program.context.open_workspace("tune", TryRemedy(LargerRegions(99), "ee" * 32, alike[0], 8, 8))
    assert not tune.model.is_changed
    assert "another model" in tune.remedy.note.accessibleName()


def test_train_opens_with_the_ticked_tiles(qtbot: QtBot, program: Program, alike: list[int]) -> None:
    review = open_sheet(qtbot, program)
    press(qtbot, review, lambda asked: asked is None)
    train = program.window.workspaces["train"]
    assert isinstance(train, TrainWorkspace)
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, timeout=PATIENCE_MS)
    assert program.window.current == "train"
    assert train.pages.currentIndex() == TILES
    tiles = train.model.tiles
    assert tiles is not None
    assert {tile.record_id for tile in tiles.tiles} == set(alike)


@pytest.mark.parametrize("name", ["run", "review", "tune", "records"])
def test_no_workspace_reaches_into_another_one(name: str) -> None:
    folder = Path(review_workspace.__file__).parents[1]
    others = {"run", "review", "tune", "records", "train"} - {name}
    forbidden = tuple(f"from tilesight.ui.{other}" for other in others)
    found = [
        f"{file.name}: {line}"
        for file in (folder / name).glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip().startswith(forbidden)
    ]
    assert not found
