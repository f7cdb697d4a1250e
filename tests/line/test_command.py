from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.line.line_pictures import write_tile
from tests.line.tiny_model import write_tiny_model

from tilesight import command
from tilesight.command import CRASHED, DONE, NOT_STARTED, SOME_NOT_INSPECTED, Options, check, main, parse
from tilesight.journal import Journal
from tilesight.line.recipe import DEMO
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.settings import Folders
from tilesight.store.records import RecordStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny.bsdrd")


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    for number in range(4):
        write_tile(tmp_path / "tiles" / f"{number}.png", number, defect=number == 3)
    return tmp_path / "tiles"


def run_program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own, without a screen."""
    line = [sys.executable, "-m", "tilesight", "--exit-when-done", "--offscreen", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)


def test_a_folder_is_inspected_to_its_end_and_its_counts_are_printed(
    tiles: Path, model: Path, tmp_path: Path
) -> None:
    done = run_program("--source", tiles, "--model", model, "--store", tmp_path / "store")
    assert done.returncode == DONE, done.stderr
    (line,) = done.stdout.splitlines()
    counts = json.loads(line)
    assert {key: counts[key] for key in ("frames", "total", "ok", "ng", "not_inspected", "saved")} == {
        "frames": 4, "total": 4, "ok": 3, "ng": 1, "not_inspected": 0, "saved": 4,
    }  # fmt: skip
    with RecordStore.open(tmp_path / "store") as store:
        assert store.count() == 4
    assert "Tilesight ends" in (Folders.usual().logs / "tilesight.log").read_text()


def test_an_unreadable_picture_shows_in_the_exit_code_and_a_store_in_use_stops_the_start(
    tiles: Path, model: Path, tmp_path: Path
) -> None:
    (tiles / "broken.png").write_bytes(b"no picture")
    arguments = ("--source", tiles, "--model", model, "--store", tmp_path / "store")
    some = run_program(*arguments)
    assert some.returncode == SOME_NOT_INSPECTED, some.stderr
    assert json.loads(some.stdout)["not_inspected"] == 1
    with RecordStore.open(tmp_path / "store") as store:
        refused = run_program(*arguments)
        assert refused.returncode == NOT_STARTED
        assert "open in another program" in refused.stderr
        counts = json.loads(refused.stdout)
        assert (counts["frames"], counts["saved"]) == (0, 0), "whoever reads the line finds one"
        assert "open in another program" in counts["reason"]
        assert store.count() == 5


def test_options_are_what_the_command_line_says() -> None:
    assert parse([]) == Options(None, None, None, None, None, False, False)
    given = "--source camera:0 --model m.bsdrd --recipe Lot --store s --device cuda"
    said = parse([*given.split(), "--exit-when-done", "--offscreen"])
    assert said == Options("camera:0", "m.bsdrd", "Lot", "s", "cuda", True, True)


@pytest.mark.parametrize("wrong", ["--device tpu", "--sorce x", "--exit", "surplus"])
def test_a_wrong_option_ends_with_the_code_of_a_failed_start(
    wrong: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong.split())
    assert ended.value.code == NOT_STARTED
    assert "usage: tilesight" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("--source ftp://x/y", "ftp"),
        ("--source camera:front", "names no camera"),
        ("--source TILES --model gone.bsdrd", "no model file"),
        ("--recipe Unknown", "no recipe Unknown"),
        ("--source camera:0 --model MODEL", "never ends"),
        ("--source demo --model MODEL", "never ends"),
    ],
)
def test_what_cannot_start_is_said_before_anything_starts(
    arguments: str, problem: str, tiles: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = arguments.replace("TILES", str(tiles)).replace("MODEL", str(model)).split()
    assert main(["--exit-when-done", *words]) == NOT_STARTED
    assert problem in capsys.readouterr().err


def test_a_damaged_recipe_stops_a_run_that_asks_for_it_and_is_kept(tiles: Path, model: Path) -> None:
    book = RecipeBook(Folders.usual().recipes)
    book.save(DEMO.changed(name="Lot 7", model=str(model), source=str(tiles)))
    options = parse(["--recipe", "Lot 7", "--exit-when-done"])
    assert check(options) == ""
    book.path("Lot 7").write_bytes(b"{")
    assert "damaged" in check(options)
    assert len(list(book.folder.glob("*.bad"))) == 1


def test_with_a_window_the_window_says_what_is_wrong() -> None:
    assert check(parse(["--source", "ftp://x/y"])) == ""


def test_a_crash_writes_a_report_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(options: Options) -> int:
        logging.getLogger("somewhere").warning("the last thing before")
        raise ZeroDivisionError("deep inside")

    monkeypatch.setattr(command, "_window", crash)
    assert main([]) == CRASHED
    said = capsys.readouterr().err
    (report,) = Folders.usual().logs.glob("crash-*.txt")
    assert str(report) in said
    text = report.read_text()
    assert "ZeroDivisionError: deep inside" in text
    assert "test_command.py" in text
    assert "the last thing before" in text
    assert "Python" in text


def test_an_error_in_a_thread_or_a_slot_is_reported_and_a_flood_of_them_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = Journal(tmp_path / "logs")
    hooks = (sys.excepthook, threading.excepthook)
    journal.open()

    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail, name="worker 7")
    thread.start()
    thread.join()
    for _ in range(20):
        error = RuntimeError("in a slot")
        sys.excepthook(type(error), error, None)
    journal.close()
    assert (sys.excepthook, threading.excepthook) == hooks
    assert len(journal.reports) == 5
    assert "worker 7" in journal.reports[0].read_text()
    assert (tmp_path / "logs" / "tilesight.log").read_text().count("in a slot") >= 20


def test_the_log_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tilesight.journal._BYTES", 2_000)
    journal = Journal(tmp_path)
    journal.open()
    for number in range(200):
        logging.getLogger("flood").info("line %d", number)
    journal.close()
    logs = sorted(path.name for path in tmp_path.glob("tilesight.log*"))
    assert logs == ["tilesight.log", *[f"tilesight.log.{number}" for number in range(1, 6)]]


def test_a_folder_that_takes_no_log_is_no_reason_not_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    journal = Journal(tmp_path / "file" / "logs")
    journal.open()
    journal.close()
    assert "no log in" in capsys.readouterr().err


def test_a_crash_in_a_library_leaves_its_stack_for_the_next_start(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; import faulthandler; from tilesight.journal import Journal;"
        f"Journal(Path({str(tmp_path)!r})).open(); faulthandler._sigsegv()"
    )
    died = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert died.returncode != 0
    journal = Journal(tmp_path)
    journal.open()
    journal.close()
    (report,) = tmp_path.glob("crash-earlier-*.txt")
    assert "Segmentation fault" in report.read_text()
    assert str(report.name) in (tmp_path / "tilesight.log").read_text()
    assert not list(tmp_path.glob("fault-*"))


def test_a_program_without_a_console_can_still_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(command, "_window", lambda options: sys.stdout.write("x") + sys.stderr.write("y"))
    assert main([]) == 2
    sys.stdout.close()  # type: ignore[union-attr]
    sys.stderr.close()  # type: ignore[union-attr]


def test_the_installed_entry_ends_with_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    import tilesight.__main__ as entry

    monkeypatch.setattr(entry, "command", lambda: 2)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 2
    assert os.environ.get("QT_QPA_PLATFORM") == "offscreen"


@pytest.mark.parametrize("wrong", ["--recipe nope", "--model none.bsdrd", "--source camera:0"])
def test_a_start_that_cannot_be_still_prints_its_line_of_counts(
    wrong: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if "--source" not in wrong:
        wrong = f"{wrong} --source demo:tiles?count=1"
    code = main([*wrong.split(), "--exit-when-done", "--offscreen", "--store", str(tmp_path / "store")])
    assert code == NOT_STARTED
    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert said["frames"] == said["saved"] == 0
    assert said["reason"]
