"""Train, driven as a person drives it: tiles, a training that is paused and killed, the gate, back again."""

import json
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from PySide6.QtCore import Qt
from tests.line.tiny_model import write_tiny_model

from bsdrd.bundle import read_bundle, with_calibration, write_bundle
from bsdrd.errors import TrainingError
from bsdrd.result import Thresholds, Verdict
from tilesight.line.recipe import Recipe
from tilesight.line.training import job as job_module
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing_thresholds import Way
from tilesight.line.training.job import Status
from tilesight.store.images import RetentionRule
from tilesight.store.types import LabelKind, NewRecord
from tilesight.ui.train.workspace import (
    COMPARE,
    MODELS,
    RELEASE,
    SETTINGS,
    SHADOW,
    TILES,
    TRAINING,
    TrainWorkspace,
)

WAIT = {"timeout": 60_000}

#: Stands in for `bsdrd train`: says what that says, at the pace of a test, and leaves a real model file.
CHILD = """
import json, os, shutil, signal, sys, time
from pathlib import Path
import numpy as np
args = sys.argv[1:]
out = Path(args[args.index("--out") + 1]); checkpoint = out.with_suffix(".checkpoint")
resumed = "--resume" in args
def say(event, **values):
    print(json.dumps({"event": event, **values}), flush=True)
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
def save(step):
    checkpoint.write_text(str(step))
    samples = []
    for n in range(4):
        path = out.parent / "model-samples" / f"step_{step:06d}_{n}.npz"
        path.parent.mkdir(exist_ok=True)
        fused = np.ones((16, 20), np.float32); fused[4:8, 4:8] = 6 * (n % 2) + 1
        np.savez(path, pixels=np.full((64, 80), 120, np.uint8), fused=fused)
        samples.append(str(path))
    say("checkpoint", step=step, path=str(checkpoint), samples=samples)
first = int(checkpoint.read_text()) if resumed else 0
names = [f"{s}/F{n}" for s in ("struct", "detail") for n in (1, 2, 3)]
say("started", steps=30, step=first, train_tiles=9, held_out_tiles=3, device="cpu", threads=1,
    notes=["Only 9 different tiles to train on."], skipped=[])
for step in range(first + 1, 31):
    losses = {name: (1 + i) / step for i, name in enumerate(names)}
    say("step", step=step, steps=30, losses=losses, loss=sum(losses.values()), learning_rate=1e-3,
        images_per_second=8.0, seconds_left=30.0 - step)
    if step == 3:
        say("held_out", step=3, struct=0.4, detail=0.3, drawn_auroc=0.87, best=True); save(3)
    while step == 5 and not resumed and not stopped:
        time.sleep(0.01)
    if stopped:
        save(step); say("summary", reason="cancelled", steps=step, exit_code=1); sys.exit(1)
shutil.copy(os.environ["NEW_MODEL"], out)
say("summary", reason="done", model=str(out), sha256="", steps=30, seconds=42.0, metrics={}, exit_code=0)
"""


def picture(patch: int | None, seed: int) -> np.ndarray:
    pixels = np.random.default_rng(seed).integers(118, 123, (64, 80)).astype(np.uint8)
    if patch is not None:
        pixels[16:32, 16:32] = patch
    return pixels


def model(path: Path, low: float, high: float, name: str, grey: float = 120.0) -> Path:
    base = read_bundle(write_tiny_model(path, name, grey))
    write_bundle(path, with_calibration(base, Thresholds(low, high), {}))
    return path


@pytest.fixture
def good_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "new supplier"
    folder.mkdir()
    for seed in range(12):
        cv2.imwrite(str(folder / f"t{seed}.png"), picture(None, 500 + seed))
    return folder


def label(program, tiles: list[np.ndarray], kind: LabelKind, defect_class: str = "") -> None:
    """Records of these tiles, labelled."""
    now = datetime(2026, 11, 2, tzinfo=UTC)
    first = program.store.count()
    new = [
        NewRecord(
            captured_at=now,
            inspected_at=now,
            source="camera",
            frame_id=n,
            name=f"frame {n}",
            verdict=Verdict.NG,
            score=9.0,
            pixels=tile,
        )
        for n, tile in enumerate(tiles, first)
    ]
    ids = program.store.add(new, RetentionRule("all", "none", None))
    program.store.labels.label("Ada", ids, kind, defect_class=defect_class)


@pytest.fixture
def live(program, tmp_path) -> Path:
    """The recipe's live model, and labelled records: ten good, three cracks, two faint ones it misses."""
    file = model(tmp_path / "live.bsdrd", 6, 8, "live")
    program.context.set_recipe(Recipe(name="Line 1", model=str(file)))
    kinds = [(None, 10), (255, 3), (190, 2)]
    tiles = [picture(patch, 40 + n) for patch, count in kinds for n in range(count)]
    tiles = [np.ascontiguousarray(np.roll(tile, n, axis=1)) for n, tile in enumerate(tiles)]
    label(program, tiles[:10], LabelKind.GOOD)
    label(program, tiles[10:13], LabelKind.DEFECT, "crack")
    label(program, tiles[13:], LabelKind.MISSED, "faint")
    return file


@pytest.fixture
def train(program, live) -> TrainWorkspace:
    program.context.open_workspace("train")
    found = program.window.workspaces["train"]
    assert isinstance(found, TrainWorkspace)
    return found


@pytest.fixture
def child(monkeypatch, tmp_path):
    monkeypatch.setattr(job_module, "program", lambda: [sys.executable, "-c", CHILD])
    monkeypatch.setenv("NEW_MODEL", str(model(tmp_path / "new.bsdrd", 4, 8, "new light")))


def click(qtbot, button) -> None:
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose_tiles(qtbot, train: TrainWorkspace, folder: Path) -> None:
    train.tiles.folders.set_folders([folder])
    click(qtbot, train.tiles.look)
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)


def start(qtbot, train: TrainWorkspace, folder: Path) -> None:
    choose_tiles(qtbot, train, folder)
    click(qtbot, train.tiles.go_on)
    click(qtbot, train.settings.start)
    qtbot.waitUntil(lambda: train.model.run is not None and train.model.run.state.done == 5, **WAIT)


def finish(qtbot, train: TrainWorkspace, folder: Path) -> None:
    """A training to its end, by way of a pause, since the child waits for one."""
    start(qtbot, train, folder)
    click(qtbot, train.training.pause)
    qtbot.waitUntil(lambda: train.model.run.status is Status.PAUSED, **WAIT)
    click(qtbot, train.training.resume)
    qtbot.waitUntil(lambda: train.model.run.status is Status.FINISHED, **WAIT)
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)


def freeze(qtbot, train: TrainWorkspace) -> None:
    """Freezes all labelled records as an evaluation set, as the page asks for where there is none."""
    builder = train.compare.builder
    click(qtbot, builder.look)
    qtbot.waitUntil(lambda: not builder.freeze.isHidden() and builder.freeze.isEnabled(), **WAIT)
    click(qtbot, builder.freeze)
    qtbot.waitUntil(lambda: train.compare.sets.count() == 1 and train.compare.start.isEnabled(), **WAIT)


def compare(qtbot, train: TrainWorkspace) -> None:
    train.show_step(COMPARE)
    freeze(qtbot, train)
    click(qtbot, train.compare.start)
    qtbot.waitUntil(lambda: train.model.comparison is not None and not train.model.busy, **WAIT)


def test_at_first_each_step_says_what_it_lacks(train):
    assert [says.text() for says in train.list.says] == [
        "Choose good tiles",
        "Needs tiles",
        "Nothing trained yet",
        "Needs a new model",
        "Let a candidate judge beside the live model",
        "Needs a comparison",
        "None yet",
    ]
    assert not train.tiles.look.isEnabled()
    assert not train.settings.start.isEnabled()
    assert not train.compare.start.isEnabled()
    assert not train.release.promote.isEnabled()
    assert train.release.back.isHidden()


def test_chosen_tiles_are_counted_shown_and_can_be_left_out(qtbot, train, good_folder):
    choose_tiles(qtbot, train, good_folder)
    assert train.tiles.counts.text() == "12 pictures of 12 tiles"
    assert "88 more pictures" in train.tiles.notes.text()
    assert train.tiles.sheet.count() == 12
    qtbot.waitUntil(lambda: not train.tiles.sheet.item(11).icon().isNull(), **WAIT)
    train.tiles.sheet.item(0).setSelected(True)
    qtbot.keyClick(train.tiles.sheet, Qt.Key.Key_Delete)
    assert train.tiles.counts.text() == "11 pictures of 11 tiles"


def test_tiles_of_an_earlier_choice_are_named_so_and_not_trained_on_unnoticed(
    qtbot, train, good_folder, tmp_path
):
    choose_tiles(qtbot, train, good_folder)
    assert train.tiles.stale.isHidden()
    other = tmp_path / "second supplier"
    other.mkdir()
    cv2.imwrite(str(other / "t.png"), picture(None, 900))
    train.tiles.folders.set_folders([good_folder, other])
    assert "look at these tiles again" in train.tiles.stale.text()
    assert not train.tiles.stale.isHidden()
    assert not train.tiles.go_on.isEnabled()
    train.tiles.folders.set_folders([good_folder])
    assert train.tiles.stale.isHidden(), "the choice is that of the tiles again"
    assert train.tiles.go_on.isEnabled()
    train.tiles.folders.set_folders([good_folder, other])
    click(qtbot, train.tiles.look)
    qtbot.waitUntil(lambda: train.tiles.counts.text() == "13 pictures of 13 tiles", **WAIT)
    assert train.tiles.stale.isHidden()
    assert train.tiles.go_on.isEnabled()


def test_the_keyboard_stays_in_train_where_a_pressed_button_is_disabled(qtbot, program, train, good_folder):
    program.window.activateWindow()
    train.tiles.folders.set_folders([good_folder])
    train.tiles.look.setFocus()
    qtbot.keyClick(train.tiles.look, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)
    focus = program.window.focusWidget()
    assert focus is not None
    assert train.isAncestorOf(focus)


def test_labelled_records_can_be_learnt_from(qtbot, train):
    train.tiles.good.setChecked(True)
    click(qtbot, train.tiles.look)
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)
    assert len(train.model.tiles.tiles) == 10


def test_tiles_that_review_chose_are_looked_at_at_once(qtbot, program, train):
    train.show_step(SETTINGS)
    picked = tuple(number for number in program.store.ids().tolist() if number % 2)
    defective = [row.id for row in program.store.get_many(picked) if row.label.truth]
    program.context.open_workspace("train", {"records": picked})
    qtbot.waitUntil(lambda: train.model.tiles is not None and not train.model.busy, **WAIT)
    assert train.pages.currentIndex() == TILES
    assert {one.record_id for one in train.model.tiles.tiles} == set(picked) - set(defective)
    assert defective
    assert train.tiles.picked.isChecked()
    train.tiles.picked.setChecked(False)
    assert not train.tiles.look.isEnabled()


def test_a_folder_that_cannot_be_used_says_why(qtbot, train, tmp_path):
    train.tiles.folders.set_folders([tmp_path / "nowhere"])
    click(qtbot, train.tiles.look)
    qtbot.waitUntil(lambda: not train.tiles.trouble.isHidden(), **WAIT)
    assert "does not exist" in train.tiles.trouble.what.text()
    assert train.tiles.look.isEnabled()


@pytest.mark.usefixtures("child")
def test_a_training_shows_curves_and_samples_is_paused_and_resumed_and_becomes_a_candidate(
    qtbot, program, train, good_folder
):
    start(qtbot, train, good_folder)
    assert train.pages.currentIndex() == TRAINING
    assert "Step 5 of 30" in train.training.head.text()
    assert "8.0 pictures/s" in train.training.facts.text()
    assert "AUROC 0.870" in train.training.facts.text()
    assert len(train.training.chart._curves["struct/F1"].getData()[0]) == 5
    qtbot.waitUntil(lambda: not train.training.pictures[3].pixmap().isNull(), **WAIT)
    assert "training is running" in program.window.reasons_to_stay()[0].lower()
    click(qtbot, train.training.pause)
    qtbot.waitUntil(lambda: train.model.run.status is Status.PAUSED, **WAIT)
    assert train.training.head.text() == "Paused after step 5 of 30"
    assert program.window.reasons_to_stay() == []
    click(qtbot, train.training.resume)
    qtbot.waitUntil(lambda: train.model.run.status is Status.FINISHED, **WAIT)
    assert len(train.training.chart._curves["detail/F3"].getData()[0]) == 30
    assert "pictures/s" not in train.training.facts.text()
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    stored = program.store.models.all()[0]
    assert (stored.name, stored.state) == ("new light", "candidate")
    click(qtbot, train.training.to_compare)
    assert train.pages.currentIndex() == COMPARE


@pytest.mark.usefixtures("child")
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_killed_training_says_so_keeps_its_checkpoint_and_goes_on(qtbot, train, good_folder):
    start(qtbot, train, good_folder)
    os.kill(train.model.run.folder.state().pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: train.model.run.status is Status.FAILED, **WAIT)
    assert "killed" in train.training.trouble.what.text()
    assert "checkpoint of step 3 is kept" in train.training.trouble.rest.text()
    assert not train.training.trouble.isHidden()
    click(qtbot, train.training.resume)
    qtbot.waitUntil(lambda: train.model.run.status is Status.FINISHED, **WAIT)
    assert train.training.trouble.isHidden()
    assert [point.step for point in train.model.run.state.points] == list(range(1, 31))


def status_of(run: TrainingRun) -> str:
    return psutil.Process(run.folder.state().pid).status()


@pytest.mark.usefixtures("child")
def test_the_panel_says_that_a_training_waits_for_the_line_and_it_can_be_paused_meanwhile(
    qtbot, program, train, good_folder
):
    start(qtbot, train, good_folder)
    assert train.training.waits.isHidden()
    program.session.give_way.begin()  # an inspection that takes long
    qtbot.waitUntil(lambda: train.training.waits.text().startswith("Waits for the line"), **WAIT)
    assert status_of(train.model.run) == psutil.STATUS_STOPPED
    assert train.training.head.text() == "Step 5 of 30"
    click(qtbot, train.training.pause)
    qtbot.waitUntil(lambda: train.model.run.status is Status.PAUSED, **WAIT)
    assert train.training.waits.isHidden()


@pytest.mark.usefixtures("child")
def test_a_training_of_an_earlier_start_goes_on_and_gives_way_before_anybody_looks_at_train(
    qtbot, program, train, good_folder
):
    start(qtbot, train, good_folder)
    run, session = train.model.run, program.session
    session.give_way.remove(run.folder.state().pid)
    psutil.Process(run.folder.state().pid).suspend()  # as a killed program leaves it where there is no guard
    qtbot.waitUntil(lambda: status_of(run) == psutil.STATUS_STOPPED, **WAIT)
    session.set_engine(program.context.engine)
    qtbot.waitUntil(lambda: status_of(run) != psutil.STATUS_STOPPED, **WAIT)
    session.give_way.begin()
    qtbot.waitUntil(lambda: status_of(run) == psutil.STATUS_STOPPED, **WAIT)
    session.close()
    qtbot.waitUntil(lambda: status_of(run) != psutil.STATUS_STOPPED, **WAIT)
    train.model.cancel()
    qtbot.waitUntil(lambda: train.model.run.status is Status.CANCELLED, **WAIT)


def test_who_wants_the_training_to_run_beside_inspections_can_say_so(train):
    assert train.settings.settings().low_priority
    train.settings.give_way.setChecked(False)
    assert not train.settings.settings().low_priority


def test_a_full_disk_is_told_in_the_words_of_the_training(qtbot, train, good_folder, monkeypatch):
    error = {"event": "error", "what": "The disk is full.", "kept": "Step 3.", "do_next": "Free space."}
    lines = f"{json.dumps(error)}\n{json.dumps({'event': 'summary', 'exit_code': 3})}"
    monkeypatch.setattr(job_module, "program", lambda: [sys.executable, "-c", f"print({lines!r})"])
    choose_tiles(qtbot, train, good_folder)
    train.show_step(SETTINGS)
    click(qtbot, train.settings.start)
    qtbot.waitUntil(lambda: bool(train.model.run and train.model.run.status is Status.FAILED), **WAIT)
    assert train.training.trouble.what.text() == "The disk is full."
    assert train.training.trouble.rest.text() == "Step 3. Free space."
    assert train.training.resume.isEnabled()


def test_where_something_is_missing_one_button_leads_on(qtbot, train):
    assert train.tiles.go_on.isHidden()
    train.show_step(SHADOW)
    click(qtbot, train.shadow.to_models)
    assert train.pages.currentIndex() == MODELS
    train.show_step(RELEASE)
    click(qtbot, train.release.to_compare)
    assert train.pages.currentIndex() == COMPARE


def test_the_checklist_tells_of_suspicious_tiles(qtbot, train, good_folder):
    choose_tiles(qtbot, train, good_folder)
    assert "not looked at" in train.list.says[TILES].text()
    click(qtbot, train.tiles.suspects.start)
    qtbot.waitUntil(lambda: " decided" in train.list.says[TILES].text(), **WAIT)


@pytest.mark.usefixtures("child")
def test_giving_up_asks_first_and_the_question_can_be_taken_back(qtbot, train, good_folder):
    start(qtbot, train, good_folder)
    click(qtbot, train.training.cancel)
    assert train.model.run.running
    assert train.training.cancel.isHidden()
    click(qtbot, train.training.stay)
    assert train.training.sure.isHidden()
    assert train.training.stay.isHidden()
    click(qtbot, train.training.cancel)
    click(qtbot, train.training.sure)
    qtbot.waitUntil(lambda: train.model.run.status is Status.CANCELLED, **WAIT)
    assert not train.model.run.folder.can_resume
    assert train.settings.start.isEnabled()


@pytest.mark.usefixtures("child")
def test_a_better_model_is_compared_promoted_and_rolled_back(qtbot, program, train, live, good_folder):
    finish(qtbot, train, good_folder)
    compare(qtbot, train)
    found = train.model.comparison
    assert (found.live.missed, found.new.missed) == (2, 0)
    assert train.compare.result.changes.count() == 2
    train.compare.result.go_on.click()
    assert train.pages.currentIndex() == RELEASE
    assert train.release.override.isHidden()
    assert not train.release.promote.isEnabled()
    train.release.reason.setText("finds faint marks")
    click(qtbot, train.release.promote)
    qtbot.waitUntil(lambda: program.context.recipe.model != str(live), **WAIT)
    assert program.context.recipe.model_sha256 == found.new.sha256
    assert program.store.models.live("Line 1").sha256 == found.new.sha256
    qtbot.waitUntil(lambda: not train.release.back.isHidden(), **WAIT)
    assert train.release.back_text.text() == "Go back to live"
    toast, news = program.window.toast, train.release.news
    assert news.text() == "new light is live now for Line 1."
    assert toast.text.text() == f"{news.text()} Roll back in Release brings live back."
    assert train.release.missing.isHidden(), "what was done is not answered by what is missing"
    program.context.open_workspace("run")
    click(qtbot, toast.button)
    assert train.isVisible(), "the way back is one click away"
    assert train.pages.currentIndex() == RELEASE
    train.release.back_reason.setText("too many grey ones")
    click(qtbot, train.release.roll_back)
    qtbot.waitUntil(lambda: program.context.recipe.model == str(live), **WAIT)
    assert program.store.models.live("Line 1").sha256 == found.live.sha256
    qtbot.waitUntil(lambda: toast.text.text().startswith("live is live again for Line 1."), **WAIT)
    assert news.text() == "live is live again for Line 1."
    qtbot.waitUntil(lambda: train.compare.start.isEnabled() and not train.gate.swapping, **WAIT)
    train.show_step(COMPARE)
    click(qtbot, train.compare.start)
    qtbot.waitUntil(lambda: train.gate.comparison is not None and not train.model.busy, **WAIT)
    assert news.text() == "", "what was is not said beside the next comparison"
    assert program.store.audit.verify().intact


def test_a_model_that_misses_more_is_blocked_until_a_reason_is_written(qtbot, program, train, tmp_path):
    blind = model(tmp_path / "blind.bsdrd", 20, 30, "blind")
    program.context.open_workspace("train", {"compare": str(blind)})
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    compare(qtbot, train)
    train.show_step(RELEASE)
    train.release.reason.setText("new light")
    assert not train.release.promote.isEnabled()
    assert train.release.thresholds.obstacle.text() == "It misses 5 known defects, the live model 2."
    assert train.release.thresholds.missed_more.text() == "Misses more of: crack (0 → 3)"
    train.release.override.setText("Faint marks are allowed from now on")
    click(qtbot, train.release.promote)
    sha256 = train.model.comparison.new.sha256
    qtbot.waitUntil(lambda: program.context.recipe.model_sha256 == sha256, **WAIT)
    said = [str(entry.new) for entry in program.store.audit.entries()]
    assert any("Faint marks are allowed" in text for text in said)


def test_who_promotes_a_model_that_misses_more_of_one_kind_reads_so_on_every_page(
    qtbot, program, train, tmp_path
):
    label(program, [picture(20, n) for n in range(2)], LabelKind.DEFECT, "pit")
    # It finds the two faint marks that the live model misses, and neither of the two pits, which are dark.
    swapped = model(tmp_path / "swapped.bsdrd", 6, 8, "swapped", grey=100)
    program.context.open_workspace("train", {"compare": str(swapped)})
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    compare(qtbot, train)
    assert (
        train.compare.result.verdict.text() == "The new model misses no more known defects than the live one."
    )
    assert train.compare.result.missed_more.text() == "Misses more of: pit (0 → 2)"
    assert not train.compare.result.missed_more.isHidden()
    train.show_step(RELEASE)
    page = train.release
    assert page.thresholds.missed_more.text() == "Misses more of: pit (0 → 2)"
    assert train.list.says[RELEASE].text() == "Ready, but misses more of some kinds"
    page.reason.setText("the light is better")
    sha256 = train.gate.proposal.new.sha256
    click(qtbot, page.promote)
    qtbot.waitUntil(lambda: program.context.recipe.model_sha256 == sha256, **WAIT)
    said = [str(entry.new) for entry in program.store.audit.entries()]
    assert any("misses more of" in text and '"pit"' in text for text in said)
    qtbot.waitUntil(lambda: not page.back.isHidden(), **WAIT)


def shown(train: TrainWorkspace) -> list[list[str]]:
    """The table of thresholds, row by row."""
    grid = train.release.thresholds.table._grid
    cells = [[grid.itemAtPosition(row, at) for at in range(4)] for row in range(grid.rowCount())]
    return [[cell.widget().text() for cell in row if cell is not None] for row in cells]


def test_thresholds_with_which_it_misses_no_more_are_chosen_by_one_click(qtbot, program, train, tmp_path):
    blind = model(tmp_path / "blind.bsdrd", 20, 30, "blind")
    program.context.open_workspace("train", {"compare": str(blind)})
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    compare(qtbot, train)
    assert (
        "In Release there are thresholds with which it misses no more." in train.compare.result.about.text()
    )
    train.show_step(RELEASE)
    page, panel = train.release, train.release.thresholds
    assert panel.choice.value == "rule", "nothing is chosen by itself"
    offer = "With lower thresholds it misses 2 and stops 0 of 10 good tiles, the live model stops 0."
    assert panel.way_out.text().startswith(offer)
    assert train.list.says[RELEASE].text() == "Needs other thresholds or a reason"
    page.reason.setText("new light")
    page.override.setText("never mind")
    page.override.clear()
    assert not page.promote.isEnabled()
    table = shown(train)
    assert table[0] == ["Thresholds", "live now", "by the rule", "missing no more"]
    assert table[3][0] == "Known defects missed, of 5"
    assert [cell.split(" (")[0] for cell in table[3][1:]] == ["2", "5", "2"]
    assert table[2][1:] == ["8.00", "30.00", "30.00"]
    panel.show_comparison(replace(train.gate.comparison, lowered=None), Way.RULE)
    assert panel.choice.isHidden()
    assert panel.way_out.text().startswith("No thresholds help")
    panel.show_comparison(train.gate.comparison, Way.RULE)
    click(qtbot, panel.choice._buttons["no more missed"])
    assert page.override.isHidden()
    assert not panel.hint.isHidden()
    assert "the audit log will say so" in panel.way_out.text()
    assert "no more known defects" in panel.obstacle.text()
    assert panel.missed_more.isHidden(), "cracks are found again"
    assert train.list.says[RELEASE].text() == "Ready to promote"
    click(qtbot, panel.choice._buttons["rule"])
    assert not page.promote.isEnabled(), "back to the rule, back to the block"
    click(qtbot, panel.choice._buttons["no more missed"])
    lowered = train.gate.proposal.new.thresholds
    click(qtbot, page.promote)
    sha256 = train.model.comparison.new.sha256
    qtbot.waitUntil(lambda: program.context.recipe.model_sha256 == sha256, **WAIT)
    assert (program.context.recipe.t1, program.context.recipe.t2) == (lowered.low, lowered.high)
    kept = [
        json.loads(entry.new) for entry in program.store.audit.entries() if "comparison" in str(entry.new)
    ]
    assert kept[0]["comparison"]["thresholds"] == "missing no more than the live model"
    assert kept[0]["comparison"]["new"]["missed"] == 2
    assert "override" not in kept[0]
    qtbot.waitUntil(lambda: not page.back.isHidden(), **WAIT)


def test_where_the_rule_does_no_choice_is_asked_for(qtbot, program, train, tmp_path):
    strict = model(tmp_path / "strict.bsdrd", 4, 8, "strict")
    program.context.open_workspace("train", {"compare": str(strict)})
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    compare(qtbot, train)
    train.show_step(RELEASE)
    panel = train.release.thresholds
    assert panel.choice.isHidden()
    assert panel.obstacle.isHidden()
    assert shown(train)[0] == ["Thresholds", "live now", "then"]


def test_folders_and_step_are_found_again(train, good_folder):
    train.tiles.folders.set_folders([good_folder])
    train.settings.old_folders.set_folders([good_folder])
    train.show_step(COMPARE)
    state = train.save_state()
    train.tiles.folders.set_folders([])
    train.settings.old_folders.set_folders([])
    train.show_step(TILES)
    train.restore_state(json.loads(json.dumps(state)))
    assert train.tiles.folders.folders == (good_folder,)
    assert train.settings.old_folders.folders == (good_folder,)
    assert train.pages.currentIndex() == COMPARE
    train.restore_state({"step": "x", "folders": 3})
    assert train.pages.currentIndex() == COMPARE


def test_where_the_line_refuses_the_new_model_the_registry_goes_back_too(
    qtbot, program, train, live, tmp_path, monkeypatch
):
    strict = model(tmp_path / "strict.bsdrd", 4, 8, "strict")
    program.context.open_workspace("train", {"compare": str(strict)})
    qtbot.waitUntil(lambda: train.compare.candidate.count() == 1, **WAIT)
    compare(qtbot, train)
    train.show_step(RELEASE)
    train.release.reason.setText("finds faint marks")
    refusal = TrainingError("The device has no memory for it.")
    monkeypatch.setattr(program.context, "apply_recipe", lambda recipe, why, done, failed: failed(refusal))
    before, judging = program.context.recipe, train.model.comparison.live.sha256
    click(qtbot, train.release.promote)
    qtbot.waitUntil(lambda: len(program.store.models.promotions("Line 1")) == 3, **WAIT)
    assert train.release.trouble.what.text() == "The device has no memory for it."
    assert program.context.recipe is before
    assert program.store.models.live("Line 1").sha256 == judging
    assert program.store.recipes.newest("Line 1").content == before.content()
