"""Which records are looked at: period, lots, labels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDateTime, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from tilesight.store.tuning.table import Selection, Truth
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Theme, Type
from tilesight.ui.tune import words

_WIDTH = 560
#: Days of the ready-made periods; 0 stands for all, -1 for one that is chosen.
_DAYS = (0, 1, 7, 30, -1)


class FilterSheet(Sheet):
    """Chooses records; everything follows at once.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    chosen = Signal(object)  #: Selection

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, _WIDTH)
        self._filling = False
        self._make_period()
        self._make_labels()
        self.lots = QListWidget()
        self.lots.setFixedHeight(200)
        self.lots.setAccessibleName(self.tr("Lots; none ticked means all"))
        self.lots.itemChanged.connect(self._changed)
        self.count = Words(tabular=True, dim=True, wrap=True)
        self._lay_out(theme)

    def _make_period(self) -> None:
        self.period = QComboBox()
        self.period.setMinimumHeight(TARGET)
        self.period.setAccessibleName(self.tr("Period"))
        self.period.addItems(
            [
                self.tr("Any time"),
                self.tr("The last 24 hours"),
                self.tr("The last 7 days"),
                self.tr("The last 30 days"),
                self.tr("From … to …"),
            ]
        )
        now = QDateTime.currentDateTime()
        self.since, self.until = QDateTimeEdit(now.addDays(-1)), QDateTimeEdit(now)
        for edit, name in ((self.since, self.tr("From")), (self.until, self.tr("To, not included"))):
            edit.setCalendarPopup(True)
            edit.setMinimumHeight(TARGET)
            edit.setAccessibleName(name)
            edit.dateTimeChanged.connect(self._changed)
        self.period.currentIndexChanged.connect(self._changed)

    def _make_labels(self) -> None:
        self.labels = {
            Truth.GOOD: QCheckBox(self.tr("Good")),
            Truth.DEFECT: QCheckBox(self.tr("Defect")),
            Truth.UNLABELLED: QCheckBox(self.tr("No label")),
        }
        for box in self.labels.values():
            box.setChecked(True)
            box.toggled.connect(self._changed)

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Which records"), Type.HEAD), 1)
        close = IconButton("close", self.tr("Close"), theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        dates = QHBoxLayout()
        dates.setSpacing(GRID)
        dates.addWidget(self.period, 1)
        dates.addWidget(self.since, 1)
        dates.addWidget(self.until, 1)
        labels = QHBoxLayout()
        labels.setSpacing(3 * GRID)
        for box in self.labels.values():
            labels.addWidget(box)
        labels.addStretch(1)
        everything = Button(self.tr("All records"), "quiet")
        everything.clicked.connect(self.reset)
        done = Button(self.tr("Done"), "primary")
        done.clicked.connect(self.close_sheet)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.count, 1)
        foot.addWidget(everything)
        foot.addWidget(done)
        column = self.card.column
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(Words(self.tr("Period"), bold=True))
        column.addLayout(dates)
        column.addWidget(Words(self.tr("Label"), bold=True))
        column.addLayout(labels)
        column.addWidget(Words(self.tr("Lots; none ticked means all"), bold=True))
        column.addWidget(self.lots)
        column.addLayout(foot)

    def fill(self, selection: Selection, lots: tuple[str, ...]) -> None:
        """Shows a selection.

        Args:
            selection: In force.
            lots: Every lot there is; "" for records without one.
        """
        self._filling = True
        self.lots.clear()
        for lot in sorted(lots):
            item = QListWidgetItem(lot or self.tr("without a lot"))
            item.setData(Qt.ItemDataRole.UserRole, lot)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            ticked = lot in selection.lots
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            self.lots.addItem(item)
        for truth, box in self.labels.items():
            box.setChecked(not selection.truths or truth in selection.truths)
        if selection.since is None and selection.until is None:
            self.period.setCurrentIndex(0)
        self._show_dates()
        self._filling = False

    def first_focus(self) -> QWidget:
        """The period."""
        return self.period

    def say_count(self, shown: int, of: int, other_models: int) -> None:
        """How many records are chosen."""
        text = self.tr("{shown} of %Ln record(s)", "", of).format(shown=words.count(shown))
        if other_models:
            text += ". " + self.tr(
                "%Ln of other models are left out: their scores cannot be compared.", "", other_models
            )
        self.count.setText(text)

    @Slot()
    def reset(self) -> None:
        """Chooses all records."""
        lots = tuple(self.lots.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.lots.count()))
        self.fill(Selection(), lots)
        self.chosen.emit(Selection())

    @Slot()
    def _changed(self) -> None:
        if self._filling:
            return
        self._show_dates()
        self.chosen.emit(self.selection())

    def _show_dates(self) -> None:
        own = _DAYS[self.period.currentIndex()] == -1
        self.since.setVisible(own)
        self.until.setVisible(own)

    def selection(self) -> Selection:
        """What is chosen."""
        truths = frozenset(truth for truth, box in self.labels.items() if box.isChecked())
        ticked = [
            self.lots.item(row).data(Qt.ItemDataRole.UserRole)
            for row in range(self.lots.count())
            if self.lots.item(row).checkState() is Qt.CheckState.Checked
        ]
        since, until = self._dates()
        everything = len(truths) == len(self.labels) or not truths
        return Selection(since, until, frozenset(ticked), frozenset() if everything else truths)

    def _dates(self) -> tuple[datetime | None, datetime | None]:
        days = _DAYS[self.period.currentIndex()]
        if days == 0:
            return None, None
        if days > 0:
            return datetime.now(UTC) - timedelta(days=days), None
        since, until = (edit.dateTime().toSecsSinceEpoch() for edit in (self.since, self.until))
        return datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
