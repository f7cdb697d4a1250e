"""A model file that somebody brings: what it is, and the choice to compare it or to use it at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from bsdrd.bundle import Bundle, read_bundle
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.messages import said
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type


class ModelSheet(Sheet):
    """Looks into a model file off the GUI thread, then asks.

    Args:
        host: The window's middle.
        context: Session and background.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 560)
        self._context = context
        self._path: Path | None = None
        self.head = Words("", Type.HEAD, wrap=True)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        row = QHBoxLayout()
        row.addWidget(self.head, 1)
        row.addWidget(close)
        self.facts = Words("", dim=True, wrap=True)
        self.note = Words("", wrap=True)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("Why this model (for the audit log)"))
        self.reason.setAccessibleName(self.tr("Why this model (for the audit log)"))
        self.reason.textChanged.connect(self._reason_changed)
        self.use = Button(self.tr("Use at once"))
        self.use.clicked.connect(self._use)
        self.compare = Button(self.tr("Compare in Train"), "primary")
        self.compare.clicked.connect(self._compare)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, GRID, 0, 0)
        foot.addStretch(1)
        foot.addWidget(self.use)
        foot.addWidget(self.compare)
        self.card.column.addLayout(row)
        for part in (self.facts, self.note, self.reason):
            self.card.column.addWidget(part)
        self.card.column.addLayout(foot)

    @Slot(object)
    def look_at(self, path: Path) -> None:
        """Reads a model file and opens with what it is, or with why it is refused."""
        self._path = path
        self._context.background.run(
            lambda: read_bundle(path), self._show_model, self._show_refusal, topic="model"
        )

    def _show_model(self, bundle: Bundle) -> None:
        locale = QLocale()
        self.head.setText(bundle.name)
        thresholds = bundle.thresholds
        facts = [
            self.tr("Teacher {name}").format(name=bundle.spec.teacher),
            self.tr("T1 {low}, T2 {high}").format(
                low=locale.toString(thresholds.low, "f", 2), high=locale.toString(thresholds.high, "f", 2)
            ),
            self.tr("made {when}").format(when=bundle.created_at[:10]),
        ]
        self.facts.setText("   ".join(facts))
        self.note.set_tone("")
        self.note.setText(
            self.tr(
                "Compare it with the model in force on labelled tiles before it decides about tiles. "
                "Used at once, it judges from the next tile on, with its own thresholds."
            )
        )
        self._offer(True)

    def _show_refusal(self, error: Exception) -> None:
        self.head.setText(self._path.name if self._path is not None else "")
        self.facts.setText("")
        self.note.set_tone("ng")
        self.note.setText(said(error))
        self._offer(False)

    def _offer(self, on: bool) -> None:
        for part in (self.reason, self.use, self.compare):
            part.setVisible(on)
        self.reason.clear()
        self.use.setEnabled(False)
        self.open()
        self.relayout()

    @Slot()
    def _reason_changed(self) -> None:
        self.use.setEnabled(bool(self.reason.text().strip()))

    @Slot()
    def _use(self) -> None:
        if self._path is not None:
            self.close_sheet()
            self._context.session.use_model(self._path, self.reason.text().strip())

    @Slot()
    def _compare(self) -> None:
        if self._path is not None:
            self.close_sheet()
            self._context.open_workspace("train", {"compare": str(self._path)})
