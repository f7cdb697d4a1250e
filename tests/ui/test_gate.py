"""The gate in the window: the registry, frozen sets, both maps of a changed tile, shadow mode."""

# ruff: noqa: F811  (fixtures of another file are asked for by name)

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from tests.ui.test_train import WAIT, click, compare, freeze, live, model, train  # noqa: F401

from bsdrd.detector import open_detector
from bsdrd.result import Verdict
from tilesight.line.shadow import ShadowState
from tilesight.ui.train.gate_model import GateModel
from tilesight.ui.train.workspace import COMPARE, MODELS, RELEASE, SHADOW, TrainWorkspace


@pytest.fixture(name="open_detector")
def _real_detector():
    """The real detector, since shadow mode needs one beside it."""
    return lambda recipe: open_detector(Path(recipe.model), threads=1)


@pytest.fixture
def strict(program, train, qtbot, tmp_path) -> str:
    """A candidate that also finds the faint marks; its hash."""
    file = model(tmp_path / "strict.bsdrd", 4, 8, "strict")
    train.gate.add_model(file)
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    return train.gate.registry.others[0].sha256


def names(train: TrainWorkspace) -> list[tuple[str, str]]:
    table = train.models.table
    return [(table.item(row, 1).text(), table.item(row, 0).text()) for row in range(table.rowCount())]


def test_a_model_says_where_it_comes_from_and_keeps_a_note(qtbot, program, train, strict):
    train.show_step(MODELS)
    page = train.models
    assert names(train) == [("strict", "candidate")]
    facts = {page.facts._grid.itemAtPosition(row, 0).widget().text(): row for row in range(5)}
    assert {"Hash of the file", "Made", "Brought by", "Size"} <= set(facts)
    assert page.facts._grid.itemAtPosition(facts["Hash of the file"], 1).widget().text() == strict
    assert not page.keep_note.isEnabled()
    page.note.setText("for the spring light")
    click(qtbot, page.keep_note)
    qtbot.waitUntil(lambda: program.store.models.get(strict).note == "for the spring light", **WAIT)
    assert page.why.isHidden()


def test_a_model_is_exported_as_one_file_and_a_tampered_one_is_refused(qtbot, train, strict, tmp_path):
    train.show_step(MODELS)
    target = tmp_path / "out.bsdrd"
    train.models.export_to(target)
    qtbot.waitUntil(target.is_file, **WAIT)
    data = bytearray(target.read_bytes())
    data[len(data) // 2] ^= 1
    bad = tmp_path / "tampered.bsdrd"
    bad.write_bytes(data)
    train.models.add(bad)
    qtbot.waitUntil(lambda: not train.models.trouble.isHidden(), **WAIT)
    assert "tampered.bsdrd" in train.models.trouble.what.text()
    assert names(train) == [("strict", "candidate")]


def test_a_candidate_is_deleted_with_a_reason_and_the_live_model_cannot_be(
    qtbot,
    program,
    train,
    strict,
):
    compare(qtbot, train)
    qtbot.waitUntil(lambda: train.gate.registry.live is not None, **WAIT)
    train.show_step(MODELS)
    page = train.models
    assert [state.split(",")[0] for _, state in names(train)] == ["live", "candidate"]
    page.choose(train.gate.registry.live.sha256)
    assert not page.remove.isEnabled()
    assert not page.shadow.isEnabled()
    page.choose(strict)
    click(qtbot, page.remove)
    click(qtbot, page.remove)
    assert page.why.isHidden(), "a second click takes the question back"
    click(qtbot, page.remove)
    assert not page.sure.isEnabled()
    page.why.setText("no use")
    click(qtbot, page.sure)
    qtbot.waitUntil(lambda: len(names(train)) == 1, **WAIT)
    entry = next(one for one in program.store.audit.entries() if one.action == "model deleted")
    assert entry.why == "no use"


def test_a_deleted_model_is_still_named_among_the_promotions(qtbot, train, strict, tmp_path):
    compare(qtbot, train)
    train.show_step(RELEASE)
    train.release.reason.setText("a try")
    train.release.override.setText("nobody minds")
    click(qtbot, train.release.promote)
    qtbot.waitUntil(lambda: train.release.back.isVisible() and not train.gate.swapping, **WAIT)
    train.release.back_reason.setText("end of the try")
    click(qtbot, train.release.roll_back)
    qtbot.waitUntil(lambda: train.release.back.isHidden() and not train.gate.swapping, **WAIT)
    train.show_step(MODELS)
    train.models.choose(strict)
    click(qtbot, train.models.remove)
    train.models.why.setText("no use")
    click(qtbot, train.models.sure)
    qtbot.waitUntil(lambda: len(names(train)) == 1, **WAIT)
    said = [words.text() for words in train.models.promotions.findChildren(QLabel)]
    live = train.gate.registry.live.name
    assert f"{live} → strict" in said
    assert f"strict → {live}" in said


def test_the_live_model_has_one_button_to_be_compared_with(qtbot, train, strict):
    compare(qtbot, train)
    qtbot.waitUntil(lambda: train.gate.registry.live is not None, **WAIT)
    train.show_step(MODELS)
    train.models.choose(train.gate.registry.live.sha256)
    train.models.choose(strict)
    assert train.models.compare.isEnabled()
    assert train.models.compare_two.isHidden()


def test_a_tile_that_changes_is_shown_with_the_maps_of_both_models(qtbot, train, strict):
    compare(qtbot, train)
    page = train.compare.result
    assert page.changes.count() == 2
    assert "misses no more known defects than the live one" in page.verdict.text()
    assert not page.changes.item(0).text().startswith("good")
    page.changes.setCurrentRow(0)
    qtbot.waitUntil(lambda: not page.pair.pictures[2].pixmap().isNull(), **WAIT)
    shown = [picture.pixmap().toImage() for picture in page.pair.pictures]
    # The live model lets the mark pass and tints nothing; the new one tints it.
    assert shown[0] == shown[1]
    assert shown[2] != shown[0]
    assert page.pair.words[1].text().startswith("OK, score 5.0")
    assert page.pair.words[2].text().startswith("GREY, score 5.0")


def test_a_comparison_is_there_again_after_a_restart(qtbot, program, train, strict):
    compare(qtbot, train)
    again = GateModel(program.context)
    again.show_known(strict)
    qtbot.waitUntil(lambda: again.comparison is not None, **WAIT)
    assert again.comparison.new.sha256 == strict
    assert again.comparison.for_audit() == train.gate.comparison.for_audit()
    again.close()


def test_a_picture_that_was_changed_after_freezing_is_named(qtbot, program, train, strict):
    train.show_step(COMPARE)
    freeze(qtbot, train)
    frozen = train.gate.registry.sets[0]
    path = program.store.files.path(frozen.tiles[0]["record"], "picture")
    cv2.imwrite(str(path), np.zeros((64, 80), np.uint8))
    click(qtbot, train.compare.start)
    qtbot.waitUntil(lambda: not train.compare.trouble.isHidden(), **WAIT)
    assert f"{frozen.tiles[0]['name']} was changed" in train.compare.trouble.what.text()
    assert train.gate.comparison is None


def test_two_models_are_compared_and_nothing_can_be_promoted_by_that(
    qtbot,
    program,
    train,
    strict,
    tmp_path,
):
    train.gate.add_model(model(tmp_path / "third.bsdrd", 5, 7, "third"))
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 2, **WAIT)
    third = next(one.sha256 for one in train.gate.registry.others if one.name == "third")
    train.show_step(MODELS)
    train.models.choose(third)
    train.models.choose(strict)
    click(qtbot, train.models.compare_two)
    assert train.pages.currentIndex() == COMPARE
    freeze(qtbot, train)
    click(qtbot, train.compare.start)
    qtbot.waitUntil(lambda: train.model.comparison is not None and not train.model.busy, **WAIT)
    assert {train.model.comparison.live.name, train.model.comparison.new.name} == {"third", "strict"}
    assert train.compare.result.go_on.isHidden()
    train.show_step(RELEASE)
    assert train.release.gate.isHidden()


def test_a_candidate_judges_in_the_shadow_until_it_is_ended(
    qtbot,
    program,
    train,
    strict,
    tmp_path,
):
    train.show_step(SHADOW)
    page = train.shadow
    assert page.state.text() == "No model is in the shadow"
    click(qtbot, page.start)
    qtbot.waitUntil(lambda: train.shadow_model.on, **WAIT)
    assert program.store.models.get(strict).state == "shadow"
    folder = tmp_path / "line"
    folder.mkdir()
    pixels = np.full((64, 80), 120, np.uint8)
    pixels[16:32, 16:32] = 190
    for at in range(3):
        cv2.imwrite(str(folder / f"t{at}.png"), np.roll(pixels, at, axis=1))
    shadow = program.session.shadow
    program.start(str(folder))

    def looked() -> bool:
        now = shadow.snapshot()
        return now.judged + now.busy + now.slow >= 3

    qtbot.waitUntil(looked, **WAIT)
    program.context.open_workspace("train")
    train.show_step(SHADOW)
    judged = shadow.snapshot().judged
    assert judged > 0, "the last tile of a folder has none behind it"
    qtbot.waitUntil(
        lambda: train.shadow_model.found is not None and train.shadow_model.found.summary.records == judged,
        **WAIT,
    )
    assert train.shadow_model.snapshot.state is ShadowState.JUDGING
    assert page.head.text().startswith(f"strict agrees on 0 of {judged} tiles")
    assert page.changes.count() == judged
    page.changes.setCurrentRow(0)
    qtbot.waitUntil(lambda: not page.pair.pictures[2].pixmap().isNull(), **WAIT)
    assert page.pair.words[2].text().startswith("GREY")
    verdicts = {row.verdict for row in program.store.query(limit=3).rows}
    assert verdicts == {Verdict.OK}, "the live model decides"
    click(qtbot, page.stop)
    qtbot.waitUntil(lambda: not train.shadow_model.on, **WAIT)
    assert program.store.models.get(strict).state == "candidate"
    assert not page.result.isHidden(), "what it found stays"


def test_shadow_mode_says_why_it_cannot_begin(qtbot, program, train, strict):
    program.context.set_recipe(program.context.recipe.changed(t1=6.0, t2=8.0))
    train.show_step(SHADOW)
    click(qtbot, train.shadow.start)
    qtbot.waitUntil(lambda: not train.shadow.trouble.isHidden(), **WAIT)
    assert "thresholds of its own" in train.shadow.trouble.what.text()
    assert "Compare the two models first" in train.shadow.trouble.rest.text()
    assert not train.shadow_model.on


def test_labelled_folders_are_found_again(train, tmp_path):
    train.compare.builder.folders.set_folders([tmp_path])
    state = json.loads(json.dumps(train.save_state()))
    train.compare.builder.folders.set_folders([])
    train.restore_state(state)
    assert train.compare.builder.folders.folders == (tmp_path,)


def test_keys_lead_to_every_step_of_the_gate(qtbot, program, train):
    for key, step in ((Qt.Key.Key_5, SHADOW), (Qt.Key.Key_7, MODELS), (Qt.Key.Key_6, RELEASE)):
        qtbot.keyClick(program.window, key, Qt.KeyboardModifier.AltModifier)
        assert train.pages.currentIndex() == step
