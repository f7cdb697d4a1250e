"""Chips of a filter bar: a button that says what is chosen and opens a list, a period or a range."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDateTime, QEvent, QLocale, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tilesight.ui.labels import Button, Words, escaped, repolish
from tilesight.ui.theme import GRID, TARGET, Theme, Type

_PLACE = Qt.ItemDataRole.UserRole
_ROWS_SEEN = 9
_LONGEST = 24


class _Popup(QFrame):
    """A card that opens under its chip and closes by itself."""

    def __init__(self, chip: QWidget) -> None:
        super().__init__(chip, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("place", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setMinimumWidth(30 * GRID)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(GRID, GRID, GRID, GRID)
        self.column.setSpacing(GRID)

    def open_under(self, chip: QWidget) -> None:
        """Shows it below a chip, inside the screen."""
        self.adjustSize()
        place = chip.mapToGlobal(QPoint(0, chip.height() + 4))
        screen = chip.screen().availableGeometry()
        x = min(place.x(), screen.right() - self.width())
        y = min(place.y(), screen.bottom() - self.height())
        self.move(max(x, screen.left()), max(y, screen.top()))
        self.show()


class Chip(Button):
    """Base of the chips: its name while nothing is chosen, what is chosen otherwise.

    Args:
        name: Translated.
        theme: Colours.
    """

    changed = Signal()

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme=theme, icon_name="down", parent=parent)
        self._name = name
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # The arrow stands right of the words.
        self.popup = _Popup(self)
        self.popup.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.clicked.connect(self._open)
        self._say("")

    def _say(self, chosen: str, brief: str = "") -> None:
        brief = brief or chosen
        short = brief if len(brief) <= _LONGEST else brief[: _LONGEST - 1] + "…"
        self.setText(escaped(short or self._name))
        whole = f"{self._name}: {chosen or self.tr('any')}"
        self.setToolTip(whole)
        self.setAccessibleName(whole)
        self.setProperty("role", "chosen" if chosen else "")
        self.setCheckable(True)
        self.setChecked(bool(chosen))
        repolish(self)

    @Slot()
    def _open(self) -> None:
        # A click must not change what the tick says: chosen or not.
        self.setChecked(self.property("role") == "chosen")
        self._before_open()
        self.popup.open_under(self)
        self._focus_first()

    def _before_open(self) -> None:
        """Brings the popup up to date."""

    def _focus_first(self) -> None:
        """Gives the keyboard to the popup."""


class ChoiceChip(Chip):
    """Chooses among values.

    Args:
        name: Translated.
        theme: Colours.
        several: Any number of them may be chosen; one at most otherwise.
        search: Offers a field to find values, for lists that may be long.
        nothing: Text of the row that chooses nothing; "Any" where empty.
    """

    def __init__(
        self,
        name: str,
        theme: Theme,
        *,
        several: bool = False,
        search: bool = False,
        nothing: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, theme, parent)
        self._several = several
        self._nothing = nothing or self.tr("Any")
        self._choices: list[tuple[Hashable, str]] = []
        self._chosen: tuple[Hashable, ...] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find"))
        self.field.setAccessibleName(self.tr("Find"))
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self._search = search
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.itemClicked.connect(self._picked)
        self.list.installEventFilter(self)
        self.popup.column.addWidget(self.field)
        self.popup.column.addWidget(self.list)
        self.field.setVisible(search)

    def set_choices(self, choices: Sequence[tuple[Hashable, str]]) -> None:
        """Offers other values, each with its text; what is chosen stays chosen."""
        self._choices = list(choices)
        self._say_chosen()
        if self.popup.isVisible():
            self._fill()

    @property
    def chosen(self) -> tuple[Hashable, ...]:
        """The values chosen, in the order of the list; empty for any."""
        return self._chosen

    def choose(self, *values: Hashable) -> None:
        """Chooses values without saying `changed`."""
        self._chosen = values
        self._say_chosen()

    def _text_of(self, value: Hashable) -> str:
        return next((text for own, text in self._choices if own == value), str(value))

    def _say_chosen(self) -> None:
        texts = [self._text_of(value) for value in self._chosen]
        whole = ", ".join(texts)
        more = f"{texts[0]} +{len(texts) - 1}" if len(texts) > 2 else whole
        self._say(whole, more)

    def _before_open(self) -> None:
        self.field.clear()
        self._fill()

    def _focus_first(self) -> None:
        (self.field if self._search else self.list).setFocus()

    def _fill(self) -> None:
        self.list.clear()
        needle = self.field.text().strip().casefold()
        if not self._several and not needle:
            self._add_row(-1, self._nothing, on=not self._chosen)
        for at, (value, text) in enumerate(self._choices):
            if needle in text.casefold():
                self._add_row(at, text, on=value in self._chosen)
        rows = min(max(self.list.count(), 1), _ROWS_SEEN)
        self.list.setFixedHeight(rows * TARGET + 4)
        self.list.setCurrentRow(0)

    def _add_row(self, at: int, text: str, *, on: bool) -> None:
        item = QListWidgetItem(text)
        item.setData(_PLACE, at)
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.list.addItem(item)

    @Slot(str)
    def _narrow(self, text: str) -> None:
        del text
        self._fill()

    @Slot(QListWidgetItem)
    def _picked(self, item: QListWidgetItem) -> None:
        at = int(item.data(_PLACE))
        value = self._choices[at][0] if at >= 0 else None
        if at < 0:
            self._chosen = ()
        elif not self._several:
            self._chosen = (value,)
        else:
            now = {*self._chosen} ^ {value}
            self._chosen = tuple(own for own, _ in self._choices if own in now)
            on = value in now
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        if not self._several:
            self.popup.hide()
        self._say_chosen()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Space choose; the arrow keys go from the field into the list."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if (enter or (key == Qt.Key.Key_Space and watched is self.list)) and self.list.currentRow() >= 0:
                self._picked(self.list.currentItem())
                return True
            if watched is self.field and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.setFocus()
                return True
        return super().eventFilter(watched, event)


#: Days of the ready-made periods.
_PERIODS = (1, 7, 30)


class PeriodChip(Chip):
    """Chooses when: a ready-made period, or from one time to another."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("PeriodChip", "Any time"), theme, parent)
        self._days: int | None = None
        self._own: tuple[datetime, datetime] | None = None
        column = self.popup.column
        for days, text in zip((None, *_PERIODS), self._words(), strict=True):
            button = Button(text, "quiet")
            button.setProperty("days", days)
            button.clicked.connect(self._pick_days)
            column.addWidget(button)
        now = QDateTime.currentDateTime()
        self.since, self.until = QDateTimeEdit(now.addDays(-1)), QDateTimeEdit(now)
        for edit, name in ((self.since, self.tr("From")), (self.until, self.tr("To, not included"))):
            edit.setCalendarPopup(True)
            edit.setDisplayFormat("yyyy-MM-dd HH:mm")
            edit.setMinimumHeight(TARGET)
            edit.setAccessibleName(name)
            column.addWidget(Words(name, Type.CAPTION, dim=True))
            column.addWidget(edit)
        take = Button(self.tr("Take this period"))
        take.clicked.connect(self._pick_own)
        column.addWidget(take)
        self._say("")

    def _words(self) -> tuple[str, ...]:
        return (
            self.tr("Any time"),
            self.tr("The last 24 hours"),
            self.tr("The last 7 days"),
            self.tr("The last 30 days"),
        )

    @property
    def span(self) -> tuple[datetime | None, datetime | None]:
        """From and to (not included), with a time zone; None where open."""
        if self._own is not None:
            return self._own
        if self._days is None:
            return None, None
        return datetime.now().astimezone() - timedelta(days=self._days), None

    def reset(self) -> None:
        """Any time, without saying `changed`."""
        self._days = self._own = None
        self._say("")

    def choose(self, since: datetime | None, until: datetime | None) -> None:
        """Chooses a period without saying `changed`."""
        self.reset()
        if since is not None or until is not None:
            start = since or datetime.fromtimestamp(0).astimezone()
            self._take_own(start, until or datetime.now().astimezone())

    @Slot()
    def _pick_days(self) -> None:
        days = self.sender().property("days")
        self._own = None
        self._days = int(days) if days is not None else None
        at = 0 if self._days is None else 1 + _PERIODS.index(self._days)
        self._say(self._words()[at] if at else "")
        self.popup.hide()
        self.changed.emit()

    @Slot()
    def _pick_own(self) -> None:
        since = datetime.fromtimestamp(self.since.dateTime().toSecsSinceEpoch()).astimezone()
        until = datetime.fromtimestamp(self.until.dateTime().toSecsSinceEpoch()).astimezone()
        self._take_own(min(since, until), max(since, until))
        self.popup.hide()
        self.changed.emit()

    def _take_own(self, since: datetime, until: datetime) -> None:
        self._days, self._own = None, (since, until)
        start, end = since.astimezone(), until.astimezone()
        self._say(f"{start:%m-%d %H:%M} – {end:%m-%d %H:%M}")

    def _focus_first(self) -> None:
        self.since.setFocus()


class RangeChip(Chip):
    """Chooses numbers from one value to another."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, theme, parent)
        self._low: float | None = None
        self._high: float | None = None
        self.low, self.high = self._field(self.tr("From")), self._field(self.tr("To, not included"))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        clear = Button(self.tr("Any"), "quiet")
        clear.clicked.connect(self._clear)
        take = Button(self.tr("Take"), "primary")
        take.clicked.connect(self._take)
        row.addWidget(clear)
        row.addWidget(take, 1)
        self.popup.column.addLayout(row)

    def _field(self, name: str) -> QDoubleSpinBox:
        made = QDoubleSpinBox()
        made.setRange(-1000.0, 1000.0)
        made.setDecimals(2)
        made.setSingleStep(0.5)
        made.setMinimumHeight(TARGET)
        made.setAccessibleName(name)
        self.popup.column.addWidget(Words(name, Type.CAPTION, dim=True))
        self.popup.column.addWidget(made)
        return made

    @property
    def span(self) -> tuple[float | None, float | None]:
        """From and to (not included); None where open."""
        return self._low, self._high

    def choose(self, low: float | None, high: float | None) -> None:
        """Chooses a range without saying `changed`."""
        self._low, self._high = low, high
        if low is None and high is None:
            self._say("")
            return
        ends = ["" if end is None else QLocale().toString(end, "f", 2) for end in (low, high)]
        self._say(f"{self._name} {ends[0]} – {ends[1]}")

    def _before_open(self) -> None:
        self.low.setValue(self._low if self._low is not None else 0.0)
        self.high.setValue(self._high if self._high is not None else 100.0)

    def _focus_first(self) -> None:
        self.low.setFocus()
        self.low.selectAll()

    @Slot()
    def _take(self) -> None:
        low, high = sorted((self.low.value(), self.high.value()))
        self.choose(low, high)
        self.popup.hide()
        self.changed.emit()

    @Slot()
    def _clear(self) -> None:
        self.choose(None, None)
        self.popup.hide()
        self.changed.emit()
