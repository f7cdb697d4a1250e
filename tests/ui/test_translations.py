"""Every text can be translated, shipped translations are whole, and long ones find room."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QPoint, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program, settle

from bsdrd.result import Verdict
from tilesight.line.news import EngineState
from tilesight.line.recipe import DEMO
from tilesight.ui.i18n import Translation, languages
from tilesight.ui.resources import resource
from tilesight.ui.sheet import Sheet
from tilesight.ui.verdict_badge import verdict_word

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
FILES = sorted(
    path
    for pattern in (
        "*.py",
        "run/*.py",
        "viewer/*.py",
        "models/*.py",
        "messages/line.py",
        "messages/detector.py",
    )
    for path in (ROOT / "app/tilesight/ui").glob(pattern)
)
SHIPPED = [language for language in languages() if language != "en"]


def messages(path: Path) -> dict[tuple[str, str], ET.Element]:
    """Every message of a translation file by context and source text."""
    found: dict[tuple[str, str], ET.Element] = {}
    for context in ET.parse(path).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            found[name, message.findtext("source") or ""] = message
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], ET.Element]:
    """What lupdate finds in the shell, the viewer, Run, and in what the line and the detector say."""
    target = tmp_path_factory.mktemp("ts") / "found.ts"
    command = [str(TOOLS / "pyside6-lupdate"), *map(str, FILES), "-locations", "none", "-ts", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return messages(target)


def test_lupdate_finds_the_texts_of_code_and_of_data(found: dict[tuple[str, str], ET.Element]) -> None:
    assert len(found) > 250
    for expected in (
        ("Action", "Start inspection"),
        ("Workspace", "Run"),
        ("Verdict", "NOT INSPECTED"),
        ("SettingsDialog", "Language"),
        ("TileCard", "%n region(s)"),
    ):
        assert expected in found


@pytest.mark.parametrize("language", SHIPPED)
def test_a_shipped_language_has_every_text_of_run_and_shell(
    language: str, found: dict[tuple[str, str], ET.Element]
) -> None:
    known = messages(resource("translations", f"tilesight_{language}.ts"))
    missing = [
        key
        for key in found
        if key not in known or known[key].find("translation").get("type") == "unfinished"  # type: ignore[union-attr]
    ]
    assert missing == [], "see resources/translations/README.md"


@pytest.mark.parametrize("language", SHIPPED)
def test_translations_keep_the_places_of_values(language: str) -> None:
    for (context, source), message in messages(resource("translations", f"tilesight_{language}.ts")).items():
        translation = message.find("translation")
        assert translation is not None
        if translation.get("type") == "unfinished":
            continue
        for text in [form.text for form in translation.findall("numerusform")] or [translation.text]:
            assert text, (context, source)
            assert sorted(re.findall(r"\{\w+\}|%L?n", text)) == sorted(re.findall(r"\{\w+\}|%L?n", source)), (
                source
            )


@pytest.mark.parametrize("language", ["en", *SHIPPED])
def test_what_the_program_reads_is_built_from_what_people_edit(language: str, tmp_path: Path) -> None:
    source = resource("translations", f"tilesight_{language}.ts")
    built = tmp_path / "built.qm"
    subprocess.run(
        [str(TOOLS / "pyside6-lrelease"), str(source), "-qm", str(built)], check=True, capture_output=True
    )
    assert built.read_bytes() == source.with_suffix(".qm").read_bytes(), "run lrelease"


def test_english_plurals_are_right(qapp: QApplication) -> None:
    translation = Translation()
    translation.choose("en")
    try:
        say = QCoreApplication.translate
        assert say("TileCard", "%n region(s)", "", 1) == "1 region"
        assert say("TileCard", "%n region(s)", "", 3) == "3 regions"
        assert say("RecordsWorkspace", "%Ln record(s)", "", 1) == "1 record"
        assert say("RecordsWorkspace", "%Ln record(s)", "", 12345) == "12,345 records"
    finally:
        translation.choose("en")
        translation.remove()


def test_every_counted_text_has_an_english_singular_and_plural() -> None:
    known = messages(resource("translations", "tilesight_en.ts"))
    for file in sorted((ROOT / "app/tilesight/ui").rglob("*.py")):
        for text in re.findall(r'"([^"\n]*\(s\)[^"\n]*)"', file.read_text("utf-8")):
            assert any(text in source for _, source in known), f"{file.name}: {text}"
    for (_, source), message in known.items():
        forms = [form.text or "" for form in message.iter("numerusform")]
        assert len(forms) == 2, source
        assert not any("(s)" in form for form in forms), source


def test_a_number_before_a_plural_is_never_a_plain_value() -> None:
    plain = re.compile(
        r"\{(n|count|tiles|records|regions)\} (more )?(tiles|records|regions|rows|files|labels|steps)\b"
    )
    found = [
        f"{file.name}: {match[0]}"
        for file in sorted((ROOT / "app/tilesight/ui").rglob("*.py"))
        if "messages" not in file.parts
        for match in plain.finditer(file.read_text("utf-8"))
    ]
    assert found == [], "1 tiles: use %Ln and a count"


class Longer(QTranslator):
    """Gives every text two fifths more letters, with dots and umlauts, as German would."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        if not text.strip() or context.startswith("Q") or text in [verdict.value for verdict in Verdict]:
            return text
        words = "".join("äöüß "[at % 5] for at in range(max(len(text) * 2 // 5, 2)))
        return f"{text.replace('%n', str(n))}{words}"


@pytest.fixture(params=["longer", *SHIPPED])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Another language, installed before the window is made."""
    translation, longer = Translation(), Longer()
    if request.param == "longer":
        QCoreApplication.installTranslator(longer)
    else:
        translation.choose(request.param)
    yield request.param
    QCoreApplication.removeTranslator(longer)
    translation.remove()
    QLocale.setDefault(QLocale("en"))


@pytest.fixture
def foreign(language: str, program: Program) -> Program:
    """The window in that language."""
    return program


def cut(part: QWidget, window: QWidget) -> list[str]:
    """Words that find no room."""
    found: list[str] = []
    for label in part.findChildren(QLabel):
        if not label.isVisible() or not label.text() or type(label).__name__ == "Elided":
            continue
        if label.wordWrap():
            if label.height() < label.heightForWidth(label.width()) - 2:
                found.append(label.text())
        elif label.width() < label.minimumSizeHint().width() - 1:
            found.append(label.text())
    for kind in (QPushButton, QToolButton):
        for button in part.findChildren(kind):
            if not button.isVisible() or not button.text():
                continue
            needed = button.fontMetrics().horizontalAdvance(button.text().replace("&", ""))
            if button.width() < needed and "…" not in button.text():
                shows = (
                    isinstance(button, QPushButton) or button.toolButtonStyle().name != "ToolButtonIconOnly"
                )
                if shows:
                    found.append(button.text())
            corner = button.mapTo(window, QPoint(button.width() - 1, button.height() - 1))
            if not window.rect().contains(corner):
                found.append(f"{button.text()} is outside")
    return found


def test_no_word_is_cut_off_in_run(foreign: Program) -> None:
    settle(60)
    assert cut(foreign.window, foreign.window) == []


def test_no_word_is_cut_off_while_a_past_tile_is_on_show(
    qtbot: QtBot, foreign: Program, tmp_path: Path, tiles_folder: Path
) -> None:
    named = tiles_folder.rename(tmp_path / "Magnetic tiles of the second shift, camera 3, left lane")
    foreign.start(str(named))
    line = foreign.session.line
    qtbot.waitUntil(lambda: line.snapshot.state is EngineState.FINISHED, timeout=PATIENCE_MS)
    line.want(line.briefs[0].ticket)
    running = replace(line.snapshot, state=EngineState.RUNNING)
    line.set_snapshot(running)
    settle(60)
    assert cut(foreign.window, foreign.window) == []


def test_no_word_is_cut_off_in_any_sheet(qtbot: QtBot, foreign: Program) -> None:
    foreign.context.set_recipe(DEMO)
    window = foreign.window
    for sheet in window.findChildren(Sheet):
        if sheet is window.palette_sheet or sheet is window.model:
            continue
        if sheet is window.tour:
            window.start_tour()
        elif sheet is window.sources:
            window.sources.open_with("demo")
        else:
            sheet.open()
        settle(30)
        assert cut(sheet.card, window) == [], type(sheet).__name__
        sheet.close_sheet()


def test_the_verdict_is_translated(foreign: Program, language: str) -> None:
    if language == "zh_CN":
        assert verdict_word(Verdict.OK) == "合格"
        assert foreign.window.rail.buttons["run"].text() == "运行"
