"""Export and import: records and labels as MVTec AD, COCO, labelme and CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLocale, Slot
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QLineEdit, QRadioButton, QWidget

from tilesight.store.exchange import FORMATS, Format, export_records, import_folder, recognise
from tilesight.store.exchange.apply import ImportReport
from tilesight.store.exchange.report import ExportReport
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words
from tilesight.ui.messages import said
from tilesight.ui.records.job_sheet import JobSheet
from tilesight.ui.records.jobs import Tell
from tilesight.ui.theme import GRID, TARGET, Type


def format_word(kind: Format) -> str:
    """The name of a format: names of their own, the same in every language."""
    return {"mvtec": "MVTec AD", "coco": "COCO", "labelme": "labelme", "csv": "CSV"}[kind]


class PathRow(QWidget):
    """A path to type or to choose.

    Args:
        name: Translated.
        choose: Opens a dialog; gives the path or "".
    """

    def __init__(self, name: str, choose: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self.field = QLineEdit()
        self.field.setPlaceholderText(name)
        self.field.setAccessibleName(name)
        self.field.setMinimumHeight(TARGET)
        browse = Button(self.tr("Choose…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.field, 1)
        row.addWidget(browse)

    @property
    def path(self) -> Path | None:
        """What stands there; None for nothing."""
        text = self.field.text().strip()
        return Path(text).expanduser() if text else None

    @Slot()
    def _browse(self) -> None:
        chosen = self._choose()
        if chosen:
            self.field.setText(chosen)


class ExportSheet(JobSheet):
    """Writes records with everything that people said about them.

    Args:
        host: Widget that it covers.
        context: Store.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        translate = QCoreApplication.translate
        title, go = translate("ExportSheet", "Export"), translate("ExportSheet", "Export")
        super().__init__(host, context, title, go)
        self._all: NDArray[np.int64] = np.empty(0, np.int64)
        self._selected: list[int] = []
        self.formats: dict[Format, QRadioButton] = {}
        self._group = QButtonGroup(self)
        hints = {
            "mvtec": self.tr("folders by class with masks, for other anomaly detectors"),
            "coco": self.tr("one JSON file with masks, for training programs"),
            "labelme": self.tr("one JSON file a picture, for labelme and X-AnyLabeling"),
            "csv": self.tr("one table of every record, for spreadsheets"),
        }
        for kind in FORMATS:
            button = QRadioButton(f"{format_word(kind)}: {hints[kind]}")
            self._group.addButton(button)
            self.formats[kind] = button
            self.form.addWidget(button)
        self.formats["mvtec"].setChecked(True)
        self.all = QRadioButton("")
        self.selected = QRadioButton("")
        which = QButtonGroup(self)
        self.form.addWidget(Words(self.tr("Which records"), bold=True))
        for button in (self.all, self.selected):
            which.addButton(button)
            self.form.addWidget(button)
        self.target = PathRow(self.tr("An empty or new folder"), self._ask_folder)
        self.form.addWidget(Words(self.tr("Where to"), bold=True))
        self.form.addWidget(self.target)
        self.target.field.textChanged.connect(self._check)
        self._check()

    def open_for(self, ids: NDArray[np.int64], selected: list[int]) -> None:
        """Opens for the records of the table, and those that are selected in it."""
        self._all, self._selected = ids, selected
        self.all.setText(self.tr("All %Ln record(s) of the table", "", len(ids)))
        self.selected.setText(self.tr("The %Ln selected one(s)", "", len(selected)))
        self.selected.setEnabled(len(selected) > 1)
        (self.selected if len(selected) > 1 else self.all).setChecked(True)
        self._check()
        self.open()

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, self.tr("Where to"))

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(self.target.path is not None)

    def work(self) -> Callable[[Tell], Any] | None:
        """The export."""
        store, target = self.context.store, self.target.path
        if store is None or target is None:
            return None
        kind: Format = next(kind for kind in FORMATS if self.formats[kind].isChecked())
        ids = np.array(self._selected, np.int64) if self.selected.isChecked() else self._all

        def export(tell: Tell) -> ExportReport:
            return export_records(
                store, target, kind, ids=ids, progress=lambda done, total: tell(done, total, "")
            )

        return export

    def doing_words(self) -> str:
        """What is being done."""
        return self.tr("Writing records")

    def say_done(self, result: Any) -> None:
        """What was written."""
        assert isinstance(result, ExportReport)
        locale = QLocale()
        head = self.tr("%Ln tile(s) were written with {labels} and {masks}.", "", result.tiles).format(
            labels=self.tr("%Ln label(s)", "", result.labels), masks=self.tr("%Ln mask(s)", "", result.masks)
        )
        left_out = len(result.without_picture)
        more = (
            self.tr("Left out for want of a picture: {n}. Only a CSV can hold those.").format(
                n=locale.toString(left_out)
            )
            if left_out
            else ""
        )
        self.say(head, more, tone="ok")


class ImportSheet(JobSheet):
    """Reads tiles and labels; doing it twice changes nothing the second time.

    Args:
        host: Widget that it covers.
        context: Store, person.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        translate = QCoreApplication.translate
        title, go = translate("ImportSheet", "Import labels"), translate("ImportSheet", "Import")
        super().__init__(host, context, title, go)
        text = self.tr(
            "A folder in the MVTec AD layout, a COCO or CSV file, or a folder of labelme files. Tiles that "
            "the store knows get the labels; others become records that are not inspected yet."
        )
        self.form.addWidget(Words(text, dim=True, wrap=True))
        self.source = PathRow(self.tr("Folder or file"), self._ask_folder)
        self.form.addWidget(self.source)
        file = Button(self.tr("Choose a file…"), "quiet")
        file.clicked.connect(self._ask_file)
        self.found = Words("", bold=True)
        row = QHBoxLayout()
        row.addWidget(self.found, 1)
        row.addWidget(file)
        self.form.addLayout(row)
        self.form.addWidget(Words("", Type.CAPTION))
        self.source.field.textChanged.connect(self._check)
        self._check()

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, self.tr("Folder to import"))

    @Slot()
    def _ask_file(self) -> None:
        kinds = self.tr("Labels (*.json *.csv)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("File to import"), "", kinds)
        if name:
            self.source.field.setText(name)

    @Slot()
    def _check(self) -> None:
        path = self.source.path
        self.go.setEnabled(False)
        self.found.setText("")
        if path is None:
            return

        def look() -> Format | None:
            return recognise(path)

        self.context.background.run(look, self._recognised, self._unreadable, topic="records.recognise")

    def _recognised(self, kind: Format | None) -> None:
        self.go.setEnabled(kind is not None)
        self.found.set_tone("ok" if kind is not None else "ng")
        self.found.setText(
            self.tr("Recognised as {name}").format(name=format_word(kind))
            if kind is not None
            else self.tr("In none of the known formats")
        )

    def _unreadable(self, error: Exception) -> None:
        self.found.set_tone("ng")
        self.found.setText(said(error))

    def work(self) -> Callable[[Tell], Any] | None:
        """The import."""
        store, path, actor = self.context.store, self.source.path, self.context.person.name
        if store is None or path is None:
            return None
        who = actor.strip() or self.tr("import")

        def read(tell: Tell) -> ImportReport:
            return import_folder(
                store, path, actor=who, progress=lambda done, total: tell(done, max(total, 0), "")
            )

        return read

    def doing_words(self) -> str:
        """What is being done."""
        return self.tr("Reading tiles and labels")

    def say_done(self, result: Any) -> None:
        """What came in."""
        assert isinstance(result, ImportReport)
        self.context.note_records()
        locale = QLocale()
        head = (
            self.tr("Stopped. What was imported until then stays.")
            if result.cancelled
            else self.tr("The import is done.")
        )
        more = self.tr("New: {labels}, {masks}. {known} known already, {added} added.").format(
            labels=self.tr("%Ln label(s)", "", result.labels),
            masks=self.tr("%Ln mask(s)", "", result.masks),
            known=self.tr("%Ln tile(s)", "", result.known),
            added=locale.toString(result.added),
        )
        if result.problems:
            more += "\n" + self.tr("{n} could not be imported:").format(n=len(result.problems))
        self.say(head, more, result.problems, tone="" if result.cancelled or result.problems else "ok")
