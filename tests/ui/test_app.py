"""The program as a whole, in this process: start, end of a finite source, what it finds again, refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.line.tiny_model import write_tiny_model
from tests.ui.conftest import PATIENCE_MS
from tests.ui.simple_detector import SimpleDetector

from bsdrd.errors import BsdrdError, ModelFileError
from bsdrd.result import Verdict
from tilesight.command import Options
from tilesight.line.inspecting import TileDetector
from tilesight.line.news import EngineState
from tilesight.line.recipe import DEMO, Recipe
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.settings import Folders, Settings, load_settings
from tilesight.store.errors import StoreUnavailable
from tilesight.store.records import RecordStore
from tilesight.ui import app as app_module
from tilesight.ui.app import CrashNote, Program, refuse
from tilesight.ui.start_error import StartErrorWindow
from tilesight.ui.theme import Theme
from tilesight.ui.unattended import DONE, NOT_STARTED, SOME_NOT_INSPECTED, Unattended

NOTHING = Options(
    source=None, model=None, recipe=None, store=None, device=None, exit_when_done=False, offscreen=True
)
Make = Callable[..., Program]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "config", tmp_path / "data", tmp_path / "logs")


@pytest.fixture
def make(qapp: QApplication, folders: Folders, theme: Theme) -> Iterator[Make]:
    """Makes programs; each is closed at the end."""
    made: list[Program] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def one(
        options: Options = NOTHING,
        settings: Settings | None = None,
        open_detector: Callable[[Recipe], TileDetector] | None = None,
    ) -> Program:
        opener = open_detector or (lambda recipe: SimpleDetector())
        made.append(Program(qapp, options, folders, settings or Settings(tour_done=True), opener))
        return made[-1]

    yield one
    for program in made:
        program.window.close_now()
        program.window.deleteLater()
        program.theme.deleteLater()
        program.deleteLater()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def counts_of(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_finite_source_is_inspected_to_its_end(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))
    assert program.run() == DONE
    counts = counts_of(capsys)
    assert (counts["frames"], counts["ok"], counts["ng"], counts["saved"]) == (3, 2, 1, 3)


def test_a_frame_that_was_not_inspected_is_told_by_the_exit_code(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tiles_folder / "torn.png").write_bytes(b"\x89PNG torn")
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))
    assert program.run() == SOME_NOT_INSPECTED
    assert counts_of(capsys)["not_inspected"] == 1


def test_a_source_that_is_not_there_did_not_start(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = make(replace(NOTHING, source=str(tmp_path / "nowhere"), exit_when_done=True))
    assert program.run() == NOT_STARTED
    assert "nowhere" in capsys.readouterr().err


def test_a_model_that_cannot_be_opened_did_not_start(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(recipe: Recipe) -> TileDetector:
        raise ModelFileError("The model is damaged.")

    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True), open_detector=fail)
    assert program.run() == NOT_STARTED
    assert "damaged" in capsys.readouterr().err


def test_a_start_that_the_store_refuses_ends_with_the_code_of_a_failed_start(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))

    def refuse_version(*args: object, **named: object) -> object:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(program.store.recipes, "save", refuse_version)
    assert program.run() == NOT_STARTED
    said = capsys.readouterr()
    assert "The disk is full." in said.err
    assert json.loads(said.out)["frames"] == 0


def test_an_engine_that_takes_no_command_ends_with_the_code_of_a_failed_start(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))
    broken: Future[None] = Future()
    broken.set_exception(RuntimeError("can't start new thread"))
    monkeypatch.setattr(program.engine, "start", lambda *given: broken)
    assert program.run() == NOT_STARTED
    assert "can't start new thread" in capsys.readouterr().err


def test_a_store_that_goes_on_failing_ends_the_run_and_its_tiles_count_as_unsaved(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "Unattended", partial(Unattended, patience_s=0.3))
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))

    def full(*args: object, **named: object) -> list[int]:
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(program.store, "add", full)
    assert program.run() == SOME_NOT_INSPECTED
    said = capsys.readouterr()
    counts = json.loads(said.out)
    assert (counts["saved"], counts["unsaved"]) == (0, counts["total"])
    assert counts["unsaved"] > 0
    assert "The disk is full." in counts["reason"]
    assert "The disk is full." in said.err


def test_a_store_that_takes_records_again_in_time_loses_nothing(
    make: Make, tiles_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make(replace(NOTHING, source=str(tiles_folder), exit_when_done=True))
    real, tries = program.store.add, iter(range(2))

    def full_at_first(*args: Any, **named: Any) -> list[int]:
        if next(tries, None) is not None:
            raise StoreUnavailable("The disk is full.")
        return real(*args, **named)

    monkeypatch.setattr(program.store, "add", full_at_first)
    assert program.run() == DONE
    assert counts_of(capsys)["saved"] == 3


def test_a_run_that_is_cut_short_is_not_called_done(make: Make, capsys: pytest.CaptureFixture[str]) -> None:
    program = make(replace(NOTHING, source="demo:tiles?count=5000&rate=20", exit_when_done=True))
    line = program.session.line

    def close() -> None:
        if line.snapshot.counts.total:
            program.window.close_now()

    line.snapshot_changed.connect(close)
    assert program.run() == SOME_NOT_INSPECTED
    counts = counts_of(capsys)
    assert counts["saved"] == counts["total"]
    assert counts["reason"]


def test_the_first_start_without_any_file_runs_the_demo_line(qtbot: QtBot, make: Make) -> None:
    program = make()
    program.session.start()
    program.window.show()
    assert program.context.recipe == DEMO
    line = program.session.line
    qtbot.waitUntil(lambda: line.snapshot.counts.total > 2, timeout=PATIENCE_MS)
    assert line.snapshot.source is not None
    assert line.snapshot.source.kind == "demo"
    assert line.shown is not None
    assert line.shown.verdict is not Verdict.NOT_INSPECTED


def test_options_win_over_what_was_saved(make: Make, folders: Folders, tiles_folder: Path) -> None:
    book = RecipeBook(folders.recipes)
    book.save(Recipe(name="Mine", source=str(tiles_folder), device="cpu", t1=1.0, t2=2.0))
    assert make(settings=Settings(recipe="Mine")).context.recipe == book.load("Mine")
    options = replace(NOTHING, recipe="Mine", source="demo", device="auto", model="/models/new.bsdrd")
    second = make(replace(options, store=str(folders.data / "other")))
    recipe = second.context.recipe
    assert recipe is not None
    assert (recipe.name, recipe.source, recipe.device) == ("Mine", "demo", "auto")
    assert recipe.model == "/models/new.bsdrd"


def test_a_saved_recipe_that_is_damaged_never_stops_the_start(make: Make, folders: Folders) -> None:
    folders.recipes.mkdir(parents=True)
    RecipeBook(folders.recipes).path("Mine").write_text("{")
    program = make(settings=Settings(recipe="Mine"))
    assert program.context.recipe == DEMO
    assert [banner.key for banner in program.window.banners.banners] == ["recipe"]


def test_a_recipe_that_was_asked_for_and_is_not_there_is_refused(make: Make) -> None:
    with pytest.raises(BsdrdError, match="no recipe"):
        make(replace(NOTHING, recipe="Nobody's"))


def test_what_was_set_is_found_again_at_the_next_start(make: Make, folders: Folders) -> None:
    first = make()
    first.context.change_settings(operator="Ada", theme="light")
    first.context.remember("person", {"role": "admin"})
    first.window.close_now()
    settings, problem = load_settings(folders.settings_file)
    assert problem == ""
    second = make(settings=settings)
    assert (second.context.person.name, second.context.person.role.value) == ("Ada", "admin")
    assert not second.theme.colours.dark


def test_the_recipe_used_last_is_remembered(make: Make, folders: Folders) -> None:
    program = make()
    book = program.context.recipes
    assert book is not None
    mine = DEMO.changed(name="Mine")
    book.save(mine)
    program.context.set_recipe(mine)
    assert load_settings(folders.settings_file)[0].recipe == "Mine"


def test_a_store_in_use_is_refused_and_the_other_program_goes_on(
    make: Make, folders: Folders, qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    with RecordStore.open(folders.store) as store:
        with pytest.raises(BsdrdError) as refused:
            make()
        assert refuse(qapp, refused.value, Settings(), quiet=True) == NOT_STARTED
        assert "tilesight:" in capsys.readouterr().err
        assert store.count() == 0


def test_a_refusal_is_said_in_a_window_where_somebody_looks(
    qapp: QApplication, capsys: pytest.CaptureFixture[str], theme: Theme
) -> None:
    seen: list[str] = []

    def look() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, StartErrorWindow) and widget.isVisible():
                seen.append(widget.state.head.text())
                widget.state.button.click()

    QTimer.singleShot(50, look)
    error = BsdrdError("Another Tilesight has this store open.", do_next="Close it first.")
    assert refuse(qapp, error, Settings(), quiet=False) == NOT_STARTED
    qapp.setQuitOnLastWindowClosed(False)
    assert seen == ["Another Tilesight has this store open."]
    assert "Another Tilesight" in capsys.readouterr().err


def test_settings_that_cannot_be_saved_are_a_banner_and_no_end(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make()

    def full(path: Path, settings: Settings) -> None:
        raise BsdrdError("The disk is full.")

    monkeypatch.setattr(app_module, "save_settings", full)
    program.context.change_settings(operator="Ada")
    assert [banner.text for banner in program.window.banners.banners] == ["The disk is full."]
    assert program.context.settings.operator == "Ada"


def test_a_signal_from_outside_ends_the_program_in_order(make: Make, tiles_folder: Path) -> None:
    program = make(replace(NOTHING, source="demo:tiles?rate=20"))
    line = program.session.line

    def interrupt() -> None:
        if line.snapshot.counts.total > 1:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            QTimer.singleShot(50, interrupt)

    QTimer.singleShot(50, interrupt)
    assert program.run() == DONE
    with RecordStore.open(program.store.folder) as again:
        assert again.count() >= 2
    assert line.snapshot.state in (EngineState.RUNNING, EngineState.STOPPING, EngineState.STOPPED)


def test_importing_the_window_imports_neither_torch_nor_plots() -> None:
    code = (
        "import sys, tilesight.ui.app, tilesight.ui.run.workspace;"
        "heavy = {'torch', 'torchvision', 'matplotlib', 'pyqtgraph', 'sklearn', 'pandas'};"
        "print(heavy & set(sys.modules)); sys.exit(bool(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_error_in_the_window_is_said_and_the_line_goes_on(
    qtbot: QtBot, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append(kind))
    program = make()
    note = CrashNote(program.context, tmp_path / "logs")
    try:
        raise ZeroDivisionError("a slot divided by zero")
    except ZeroDivisionError as error:
        sys.excepthook(ZeroDivisionError, error, error.__traceback__)
    banner = program.window.banners.banners[0]
    assert "divided by zero" in banner.text
    assert str(tmp_path / "logs") in banner.text
    assert seen == [ZeroDivisionError], "the report is written as before"
    note.close()


def test_a_promotion_that_a_killed_program_did_not_bring_to_the_line_is_finished_at_the_start(
    make: Make, folders: Folders, tmp_path: Path
) -> None:
    live, new = (write_tiny_model(tmp_path / f"{name}.bsdrd", name) for name in ("live", "new"))
    recipe = Recipe(name="Line 1", model=str(live), source=str(tmp_path / "nothing here"))
    RecipeBook(folders.recipes).save(recipe)
    with RecordStore.open(folders.store) as store:
        store.recipes.save("Line 1", recipe.content(), actor="Ada", why="")
        for file in (live, new):
            sha256 = store.models.add(file, actor="Ada").sha256
            path = str(store.models.path(sha256))
            changed = recipe.changed(model=path, model_sha256=sha256)
            content = recipe.content() if file is live else changed.content()
            store.models.promote(sha256, "Line 1", actor="Ada", why="better", content=content)
    program = make(settings=Settings(tour_done=True, recipe="Line 1"))
    in_force = program.context.recipe
    assert in_force is not None
    assert in_force.model_sha256 == program.store.models.live("Line 1").sha256  # type: ignore[union-attr]
    assert RecipeBook(folders.recipes).load("Line 1") == in_force
    assert program.store.audit.entries(limit=1)[0].action == "release finished"
    program.window.close_now()
    again = make(settings=Settings(tour_done=True, recipe="Line 1"))
    assert again.context.recipe == in_force
    finished = [one for one in again.store.audit.entries() if one.action == "release finished"]
    assert len(finished) == 1
