"""The pages of Train have room for longer languages and for the names that people give."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from tests.ui.conftest import Program, settle
from tests.ui.test_translations import Longer

from tilesight.ui.train.parts import Table, shortened
from tilesight.ui.train.workspace import TrainWorkspace


@pytest.fixture
def longer(qapp: QApplication) -> Iterator[None]:
    """Texts with two fifths more letters, installed before the window is made."""
    translator = Longer()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_no_page_is_wider_than_its_room(longer: None, program: Program) -> None:
    program.window.resize(1280, 720)
    program.context.open_workspace("train")
    train = program.window.workspaces["train"]
    assert isinstance(train, TrainWorkspace)
    for step in range(train.pages.count()):
        train.show_step(step)
        settle()
        page = train.pages.currentWidget()
        if isinstance(page, QScrollArea):
            assert page.widget().minimumSizeHint().width() <= page.viewport().width(), step


def test_a_long_name_above_a_column_is_broken_into_lines(qtbot) -> None:
    table = Table()
    qtbot.addWidget(table)
    name = "Autumn light, the new supplier, second try with more tiles of the first week"
    table.fill(("", name, name), [("Known defects missed, of 6", "0", "6")])
    assert table.minimumSizeHint().width() < 640
    assert [label.text() for label in table.findChildren(QLabel)].count(name) == 2


def test_a_long_name_is_shortened_where_it_is_chosen() -> None:
    assert shortened("Spring light") == "Spring light"
    assert shortened("Autumn light, the new supplier, second try") == "Autumn light, the new supplier,…"
