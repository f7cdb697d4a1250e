"""Before a tuned rule goes live: what changes, what it would flip, and why."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from tilesight.store.tuning.table import Truth
from tilesight.store.tuning.whatif import Outcome
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Theme, Type
from tilesight.ui.tune import words

_WIDTH = 640


class ReasonForm(QWidget):
    """The reason, the name where nobody is known, and the two buttons; shared by apply and restore."""

    confirmed = Signal(str, str)  #: Reason, name.
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit()
        self.name.setMinimumHeight(TARGET)
        self.name.setPlaceholderText(self.tr("Your name, for the audit log"))
        self.name.setAccessibleName(self.tr("Your name, for the audit log"))
        self.reason = QPlainTextEdit()
        self.reason.setFixedHeight(72)
        self.reason.setTabChangesFocus(True)
        self.reason.setPlaceholderText(self.tr("Why? For instance: oil stains of lot L-2211 were rejected"))
        self.reason.setAccessibleName(self.tr("Reason"))
        self.problem = Words(bold=True, wrap=True)
        self.problem.set_tone("ng")
        self.problem.hide()
        self.cancel = Button(self.tr("Cancel"), "quiet")
        self.confirm = Button("", "primary")
        self.hint = Words(role=Type.CAPTION, dim=True)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(GRID)
        grid.addWidget(self.name, 0, 0)
        # The field itself is clear, as every scroll area.
        field = Card("raised", margin=0)
        field.column.addWidget(self.reason)
        grid.addWidget(field, 1, 0)
        grid.addWidget(self.problem, 2, 0)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.hint, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.confirm)
        grid.addLayout(row, 3, 0)
        self.reason.textChanged.connect(self._check)
        self.name.textChanged.connect(self._check)
        self.cancel.clicked.connect(self.cancelled)
        self.confirm.clicked.connect(self._confirm)

    def begin(self, name: str, confirm: str, forbidden: str = "") -> None:
        """Starts anew.

        Args:
            name: Who sits there; "" asks.
            confirm: Text of the button, translated.
            forbidden: Why it cannot be done at all, translated; "" where it can.
        """
        self.name.setText(name)
        self.name.setVisible(not name)
        self.reason.setPlainText("")
        self.confirm.setText(confirm)
        self._forbidden = forbidden
        self.say_problem(forbidden)
        self._check()

    def say_problem(self, text: str) -> None:
        """Says what went wrong; nothing was changed."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def set_busy(self, busy: bool) -> None:
        """While it is written nothing more can be asked."""
        self.confirm.setEnabled(not busy)
        self.cancel.setEnabled(not busy)

    @Slot()
    def _check(self) -> None:
        whole = bool(self.reason.toPlainText().strip() and self.name.text().strip())
        self.confirm.setEnabled(whole and not self._forbidden)
        self.hint.setText("" if whole or self._forbidden else self.tr("A reason is needed."))

    @Slot()
    def _confirm(self) -> None:
        self.confirmed.emit(self.reason.toPlainText().strip(), self.name.text().strip())

    _forbidden = ""


def change_grid(rows: list[tuple[str, str, str]]) -> QGridLayout:
    """A table of changes: what, old value, new value."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(2 * GRID)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    for at, (name, old, new) in enumerate(rows):
        before, arrow, after = Words(old, dim=True, tabular=True), Words("→", dim=True), Words(new, bold=True)
        before.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, widget in enumerate((Words(name), before, arrow, after)):
            grid.addWidget(widget, at, column)
    return grid


class ApplySheet(Sheet):
    """Asks for the reason.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, _WIDTH)
        self.form = ReasonForm()
        self._changes = QWidget()
        self.flips = Words(role=Type.TITLE, wrap=True)
        self.worst = Words(bold=True, wrap=True)
        self.worst.set_tone("ng")
        self.looked_at = Words(role=Type.CAPTION, dim=True, wrap=True)
        column = self.card.column
        column.setSpacing(2 * GRID)
        column.addWidget(Words(self.tr("Put the new rule in force?"), Type.HEAD))
        column.addWidget(self._changes)
        column.addWidget(self.flips)
        column.addWidget(self.worst)
        column.addWidget(self.looked_at)
        column.addWidget(self.form)
        self.form.cancelled.connect(self.close_sheet)

    def ask(
        self, rows: list[tuple[str, str, str]], outcome: Outcome, name: str, notes: str, forbidden: str = ""
    ) -> None:
        """Opens it.

        Args:
            rows: What changes: name, old value, new value.
            outcome: What it would do.
            name: Who sits there; "" asks.
            notes: What else a person must know, translated.
            forbidden: Why it cannot be applied, translated; "" where it can.
        """
        fresh = QWidget()
        fresh.setLayout(change_grid(rows))
        self.card.column.replaceWidget(self._changes, fresh)
        self._changes.deleteLater()
        self._changes = fresh
        text = self.tr(
            "Stored verdicts that would change: {flips} ({released} released, {rejected} rejected)"
        )
        self.flips.setText(
            text.format(
                flips=words.count(outcome.flips),
                released=words.count(outcome.released),
                rejected=words.count(outcome.rejected),
            )
        )
        self.worst.setText(worst_of(outcome))
        self.worst.setVisible(bool(self.worst.text()))
        self.looked_at.setText(notes)
        self.looked_at.setVisible(bool(notes))
        self.form.begin(name, self.tr("Put in force"), forbidden)
        self.open()

    def first_focus(self) -> QWidget:
        """The first field that is empty."""
        return self.form.reason if self.form.name.isHidden() else self.form.name


def worst_of(outcome: Outcome) -> str:
    """What is bad about an outcome, in words; "" where nothing is known."""
    escapes = int(outcome.moves[Truth.DEFECT, 1:, 0].sum())
    lost = int(outcome.moves[Truth.GOOD, :2, 2].sum())
    said: list[str] = []
    if escapes:
        text = QCoreApplication.translate("Tune", "Known defects that were held back and would pass: {n}.")
        said.append(text.format(n=words.count(escapes)))
    if lost:
        text = QCoreApplication.translate("Tune", "Known good tiles that would newly be NG: {n}.")
        said.append(text.format(n=words.count(lost)))
    return " ".join(said)
