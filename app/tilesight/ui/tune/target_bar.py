"""The target box: how thresholds are found, by hand or by what they must achieve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSlider, QStackedWidget, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from tilesight.store.tuning.table import Truth
from tilesight.store.tuning.targets import (
    Proposal,
    Shortage,
    by_cost,
    by_f1,
    by_false_reject,
    by_miss_rate,
)
from tilesight.ui.labels import Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Theme, Type, font
from tilesight.ui.tune import words
from tilesight.ui.tune.fields import NumberField
from tilesight.ui.tune.model import TuneModel

#: The cost slider runs from 1 to 1000 false rejects for an escape, evenly on a logarithmic scale.
_COST_STEPS, _COST_POWER = 60, 3.0


class Way(StrEnum):
    """How thresholds are found."""

    HAND = "hand"
    FALSE_REJECT = "false reject"
    MISS = "miss"
    F1 = "f1"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Note:
    """What is said about a proposal: texts, the first of which may warn."""

    warning: str = ""
    text: str = ""


class NoteLine(QWidget):
    """A note on one line: the warning first, then the rest, with an ellipsis where the room ends.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._note = Note()
        self.setFixedHeight(18)
        theme.changed.connect(self._repaint)

    @property
    def note(self) -> Note:
        """What it says."""
        return self._note

    def say(self, note: Note) -> None:
        """Says something else; nothing takes no room."""
        self._note = note
        whole = " ".join(part for part in (note.warning, note.text) if part)
        self.setVisible(bool(whole))
        self.setToolTip(whole)
        self.setAccessibleName(whole)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        colours, left = self._theme.colours, 0
        for text, colour, bold in (
            (self._note.warning, colours.grey, True),
            (self._note.text, colours.dim, False),
        ):
            painter.setFont(font(Type.CAPTION, bold=bold, tabular=True))
            painter.setPen(QColor(colour))
            room = self.rect().adjusted(left, 0, 0, 0)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)
            left += painter.fontMetrics().horizontalAdvance(text) + (GRID + 4 if text else 0)
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class TargetBar(QWidget):
    """Chooses a way and its numbers; the thresholds follow at once.

    Args:
        model: Takes the thresholds.
        theme: Colours.
    """

    def __init__(self, model: TuneModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._setting = False
        self._found = model.proposed
        #: T2 as it was before a miss target may have pushed it.
        self._kept_high = model.proposed.high
        self.ways = QComboBox()
        self.ways.setMinimumHeight(TARGET)
        self.ways.setFixedWidth(180)
        self.ways.setAccessibleName(self.tr("How thresholds are set"))
        for way, text in self._way_texts().items():
            self.ways.addItem(text, way)
        self.pages = QStackedWidget()
        for page in (self._hand(), self._false_reject(), self._miss(), self._f1(), self._cost()):
            self.pages.addWidget(page)
        self.note = NoteLine(theme)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.ways)
        row.addWidget(self.pages, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.note)
        self.ways.currentIndexChanged.connect(self._way_chosen)
        model.records_changed.connect(self._records_changed)
        model.thresholds_changed.connect(self._thresholds_moved)
        self._say(Note())

    @property
    def way(self) -> Way:
        """The way that is chosen."""
        return Way(self.ways.currentData())

    def choose(self, way: Way) -> None:
        """Chooses a way; the thresholds follow."""
        self.ways.setCurrentIndex(list(Way).index(way))

    # Pages

    def _way_texts(self) -> dict[Way, str]:
        return {
            Way.HAND: self.tr("Set by hand"),
            Way.FALSE_REJECT: self.tr("Few false rejects"),
            Way.MISS: self.tr("Few misses"),
            Way.F1: self.tr("Best F1"),
            Way.COST: self.tr("Lowest cost"),
        }

    def _hand(self) -> QWidget:
        return self._page([Words(self.tr("Drag T1 and T2, type them, or use the arrow keys."), dim=True)])

    def _false_reject(self) -> QWidget:
        self.reject = self._percent(self.tr("Reject at most this share of good tiles"), 1.0)
        self.hold = self._percent(self.tr("Hold back at most this share of good tiles"), 5.0)
        return self._page(
            [
                Words(self.tr("Reject at most")),
                self.reject,
                Words(self.tr("of good tiles, hold back")),
                self.hold,
            ]
        )

    def _miss(self) -> QWidget:
        self.miss = self._percent(self.tr("Miss at most this share of defects"), 1.0)
        self.also = QCheckBox(self.tr("reject at most"))
        self.also_reject = self._percent(self.tr("And reject at most this share of good tiles"), 1.0)
        self.also_reject.setEnabled(False)
        self.also.toggled.connect(self.also_reject.setEnabled)
        self.also.toggled.connect(self._follow_target)
        return self._page(
            [
                Words(self.tr("Miss at most")),
                self.miss,
                Words(self.tr("of defects")),
                self.also,
                self.also_reject,
            ]
        )

    def _f1(self) -> QWidget:
        text = self.tr("One threshold that balances precision and recall; nothing is grey.")
        return self._page([Words(text, dim=True)])

    def _cost(self) -> QWidget:
        self.cost = QSlider(Qt.Orientation.Horizontal)
        self.cost.setRange(0, _COST_STEPS)
        self.cost.setValue(20)
        self.cost.setFixedWidth(84)
        self.cost.setAccessibleName(self.tr("What an escape costs, in false rejects"))
        self.cost_text = Words(tabular=True)
        self.look = QCheckBox(self.tr("a look"))
        self.look.setChecked(True)
        self.look.setToolTip(self.tr("A person who looks at a grey tile costs this many false rejects"))
        self.look_cost = NumberField(self.tr("What a look costs, in false rejects"), 0.0, 10.0, 0.05)
        self.look_cost.setFixedWidth(80)
        self.look_cost.setValue(0.10)
        self.cost.valueChanged.connect(self._follow_target)
        self.look.toggled.connect(self.look_cost.setEnabled)
        self.look.toggled.connect(self._follow_target)
        self.look_cost.valueChanged.connect(self._follow_target)
        made = self._page(
            [Words(self.tr("Escape costs")), self.cost, self.cost_text, self.look, self.look_cost]
        )
        self._say_cost()
        return made

    def _percent(self, name: str, value: float) -> NumberField:
        field = NumberField(name, 0.0, 100.0, 0.5, 1, self.tr(" %"))
        field.setFixedWidth(96)
        field.setValue(value)
        field.valueChanged.connect(self._follow_target)
        return field

    @staticmethod
    def _page(parts: list[QWidget]) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        return page

    # Following

    @Slot()
    def _way_chosen(self) -> None:
        self.pages.setCurrentIndex(self.ways.currentIndex())
        self._kept_high = self._model.proposed.high
        self._follow_target()

    @Slot()
    def _records_changed(self) -> None:
        if self.way is not Way.HAND:
            self._follow_target()

    @Slot()
    def _thresholds_moved(self) -> None:
        if not self._setting and self.way is not Way.HAND and self._model.proposed != self._found:
            # Somebody took a line by hand; records that were read again are no reason.
            self.ways.setCurrentIndex(0)

    @Slot()
    def _follow_target(self) -> None:
        self._say_cost()
        if self.way is Way.HAND or not self._model.ready:
            self._say(Note())
            return
        try:
            found = self._propose()
        except BsdrdError as error:
            self._say(Note(said(error.what), said(error.do_next)))
            return
        self._setting, self._found = True, found.thresholds
        try:
            self._model.propose(found.thresholds, self._method())
        finally:
            self._setting = False
        self._say(self._note(found))

    def _propose(self) -> Proposal:
        what = self._model.what
        if self.way is Way.FALSE_REJECT:
            reject, hold = self.reject.value() / 100, self.hold.value() / 100
            return by_false_reject(what, reject=reject, grey=max(hold, reject), good=self._reference())
        if self.way is Way.MISS:
            also = self.also_reject.value() / 100 if self.also.isChecked() else None
            return by_miss_rate(what, miss=self.miss.value() / 100, high=self._kept_high, reject=also)
        if self.way is Way.F1:
            return by_f1(what)
        look = self.look_cost.value() if self.look.isChecked() else None
        return by_cost(what, escape=self.escape_cost, reject=1.0, check=look)

    def _reference(self) -> tuple[float, ...] | None:
        """The model's own good tiles, where more of them are known than labelled ones."""
        own = self._model.reference
        return own if len(own) > self._model.what.table.count(Truth.GOOD) else None

    @property
    def escape_cost(self) -> float:
        """What an escape costs, in false rejects."""
        return 10 ** (self.cost.value() / _COST_STEPS * _COST_POWER)

    def _method(self) -> str:
        """For the audit log, in English."""
        if self.way is Way.FALSE_REJECT:
            return (
                f"reject at most {self.reject.value():g} %, hold back at most {self.hold.value():g} % of good"
            )
        if self.way is Way.MISS:
            also = f", reject at most {self.also_reject.value():g} %" if self.also.isChecked() else ""
            return f"miss at most {self.miss.value():g} %{also}"
        if self.way is Way.F1:
            return "best F1"
        look = f", a look {self.look_cost.value():g}" if self.look.isChecked() else ""
        return f"lowest cost: an escape {self.escape_cost:.0f} false rejects{look}"

    # Saying

    def _say_cost(self) -> None:
        self.cost_text.setText(self.tr("%Ln false reject(s)", "", round(self.escape_cost)))

    def _say(self, note: Note) -> None:
        self.note.say(note)

    def _note(self, found: Proposal) -> Note:
        warnings = [self._shortage(short) for short in found.shortages]
        texts: list[str] = []
        if not found.escape_known:
            warnings.insert(0, self.tr("Escape rate unknown: found from good tiles only."))
        if self.way is Way.FALSE_REJECT and self._reference() is not None:
            texts.append(
                self.tr(
                    "From the %Ln good tile(s) held out when the model was trained.",
                    "",
                    found.calibration.good,
                )
            )
        for name, ends in (("T1", found.low_interval), ("T2", found.high_interval)):
            low, high = ends
            if low is not None and high is not None:
                text = self.tr("{line} lies between {low} and {high} (95 %).")
                texts.append(text.format(line=name, low=words.score(low), high=words.score(high)))
        if self.way is Way.F1 and found.calibration.f1 is not None:
            number = QLocale().toString(found.calibration.f1, "f", 3)
            texts.append(self.tr("F1 is {number} on the labelled tiles.").format(number=number))
        if self.way is Way.COST:
            share = found.calibration.settings["defect_share"]
            text = self.tr("Counts with {share} defects, as among the labelled tiles.")
            texts.append(text.format(share=words.percent(share)))
        return Note(" ".join(warnings), " ".join(texts))

    def _shortage(self, short: Shortage) -> str:
        if short.truth is Truth.DEFECT:
            text = self.tr("Not enough defective tiles: {needed} needed, {have} labelled.")
        else:
            text = self.tr("Not enough good tiles: {needed} needed, {have} labelled.")
        return text.format(needed=words.count(short.needed), have=words.count(short.have))
