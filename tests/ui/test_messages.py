"""Nothing that the layers below say reaches the window in a form that cannot be translated."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.ui.conftest import PATIENCE_MS, Program
from tests.ui.message_templates import CATALOGUES, ROOT, all_templates, error_kinds, written

import tilesight.line.engine
import tilesight.line.shadow
import tilesight.store.backup
import tilesight.ui.viewer.export
from bsdrd.errors import BsdrdError, ImageError
from tilesight.line import feeding, inference, inspecting, run
from tilesight.line.sources.base import SourceLost
from tilesight.ui.context import Banner
from tilesight.ui.i18n import Translation
from tilesight.ui.messages import CONTEXT, parts, said, templates

MODULES = (tilesight.line.engine, tilesight.line.shadow, tilesight.store.backup, tilesight.ui.viewer.export)
TEXTS = [template.text for template in templates()]
VALUES = ("/data/tiles of May. Left", "3", "第一班/砖.png", "it's 1,204.5", "OSError: no such thing: x")
UI = ROOT / "app/tilesight/ui"


class Marking(QTranslator):
    """Puts marks around what the catalogue translates."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"⟦{text}⟧" if context == CONTEXT else text


@pytest.fixture
def marking(qapp: QApplication) -> Iterator[None]:
    """Every known sentence comes back with marks around it."""
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def untranslated(text: str) -> str:
    """The letters outside the marks."""
    found, depth = "", 0
    for letter in text:
        depth += (letter == "⟦") - (letter == "⟧")
        found += letter if depth == 0 and letter.isalpha() else ""
    return found


def filled(text: str, value: str) -> str:
    """A sentence with a value in every place."""
    return re.sub(r"\{\w+\}", lambda _: value, text)


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_catalogues_hold_every_sentence_of_the_layers(catalogue: str) -> None:
    kept = (UI / "messages" / f"{catalogue}.py").read_text("utf-8")
    assert kept == written(catalogue, all_templates()[catalogue]), (
        "run `python -m tests.ui.message_templates`, then see resources/translations/README.md"
    )


def test_a_sentence_is_translated_with_whatever_values_it_holds(marking: None) -> None:
    assert len(TEXTS) > 500
    for text in TEXTS:
        for value in VALUES:
            shown = said(filled(text, value))
            assert untranslated(shown) == "", text
            assert value in shown.replace("⟦", "").replace("⟧", "") or "{" not in text


def test_no_error_of_any_kind_reaches_the_window_untranslatable(marking: None) -> None:
    assert all(module.__name__ in sys.modules for module in MODULES), "imported: their errors are known"
    kinds = [BsdrdError]
    for kind in kinds:
        kinds.extend(one for one in kind.__subclasses__() if one not in kinds)
    assert error_kinds() <= {kind.__name__ for kind in kinds} | {"ReadingCancelled", "_Cancelled"}
    for kind in kinds:
        if kind is SourceLost:
            error: BsdrdError = SourceLost("Camera 0: no picture comes any more.")
        else:
            error = kind(
                "/tiles/a.png is empty (0 bytes).",
                kept="Nothing was changed.",
                do_next="Copy or export the picture again.",
            )
        assert untranslated(said(error)) == "", kind
        assert all(untranslated(part) == "" for part in parts(error)), kind


def test_an_error_inside_an_error_is_translated_too(marking: None) -> None:
    shown = said("The recipe A cannot judge: T1 (3) must not exceed T2 (2). The old recipe stays in force.")
    assert shown == (
        "⟦The recipe A cannot judge: ⟦T1 (3) must not exceed T2 (2)⟧.⟧ ⟦The old recipe stays in force.⟧"
    )


def test_reasons_of_records_are_translated_as_they_stand_in_the_store(marking: None) -> None:
    for reason in (
        feeding.OVERFLOW, feeding.PAUSED, feeding.STOPPED, feeding.LOST_BY_SOURCE, inspecting.NO_TILE,
        inspecting.NOTHING_INSPECTED, inspecting.NO_MODEL, inference.LATE, run.UNSTORABLE,
        "The detector failed (ValueError: T1 and T2 are set together, or both are the model's own).",
        f"{run.UNSTORABLE} The disk is full (writing records).",
    ):  # fmt: skip
        assert untranslated(said(reason)) == ""


def test_what_a_driver_said_stays_as_it_came(marking: None) -> None:
    assert said("Something else. And more: yes.") == "Something else. And more: yes."
    assert said("rtsp://cam/1: it cannot be opened (bad handshake).") == (
        "rtsp://cam/1: ⟦it cannot be opened (bad handshake)⟧."
    )


def test_english_stays_word_for_word(qapp: QApplication) -> None:
    for text in TEXTS:
        assert said(filled(text, "x. Y")) == filled(text, "x. Y")


#: Where text is for a terminal, a log or the audit log, which are English.
_NOT_SHOWN = {
    "unattended.py": {"_look"},
    "gate_model.py": {"refused"},
    "session.py": {"_not_started", "refuse"},
    "app.py": {"refuse"},
}


def test_no_part_of_the_window_shows_an_error_without_the_catalogue() -> None:
    found = [
        f"{file.relative_to(UI)}:{line}"
        for file in sorted(UI.rglob("*.py"))
        if "messages" not in file.parts
        for line in _shown_raw(file)
    ]
    assert found == []


def _shown_raw(file: Path) -> Iterator[int]:
    tree = ast.parse(file.read_text("utf-8"))
    left_out = _NOT_SHOWN.get(file.name, set())
    silent = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.FunctionDef) and node.name in left_out)
        or (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in ("said", "_log"))
        or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        text = ast.unparse(node) if isinstance(node, ast.Call | ast.FormattedValue) else ""
        raw = re.fullmatch(r"str\((\w+\.)?(error|problem)\)|f?'?\{(error|problem)\}'?", text)
        if raw or re.search(r"\.format\(.*\b\w+=(error|\w+\.error|\w+\.reason)\b[,)]", text):
            yield node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("error.what", "error.do_next"):
            yield node.lineno


def test_a_folder_that_is_not_there_is_said_in_the_language_of_the_window(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    translation = Translation()
    translation.choose("zh_CN")
    try:
        shown: list[Banner] = []
        program.context.banner_shown.connect(shown.append)
        program.start(str(tmp_path / "gone"))
        qtbot.waitUntil(lambda: bool(shown), timeout=PATIENCE_MS)
        text = shown[-1].text
        assert "gone" in text
        assert "There is no file" not in text
        assert said(ImageError("/tiles/a.png does not exist.", do_next="Check the path.")).startswith(
            "/tiles/a.png"
        )
    finally:
        translation.choose("en")
        translation.remove()
