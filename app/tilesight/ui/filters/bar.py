"""The filter bar of Review and Records: chips, a search field and an order."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from bsdrd.result import Verdict
from tilesight.store.filters import HIGHEST_SCORE, LOWEST_SCORE, MOST_DOUBTFUL, NEWEST, OLDEST
from tilesight.store.records import Order, RecordFilter, RecordStore
from tilesight.store.types import VERDICT_CODES, LabelKind
from tilesight.ui.context import AppContext
from tilesight.ui.filters.chips import ChoiceChip, PeriodChip, RangeChip
from tilesight.ui.filters.flow import FlowLayout
from tilesight.ui.label_words import label_word
from tilesight.ui.labels import IconButton
from tilesight.ui.theme import TARGET
from tilesight.ui.verdict_badge import verdict_word

_TYPING_MS = 250
_LABELS: tuple[LabelKind | None, ...] = (None, *LabelKind)


@dataclass(frozen=True, slots=True)
class _Choices:
    lots: tuple[str, ...]
    models: tuple[tuple[str, str], ...]


class FilterBar(QWidget):
    """Says which records are looked at, and in which order.

    Args:
        context: Store, theme, background.
        topic: Tells the requests of this bar from those of another one.
        search: Offers the search field.
        orders: Offers an order (a table sorts by its header instead).
    """

    changed = Signal()

    def __init__(
        self,
        context: AppContext,
        topic: str,
        *,
        search: bool = True,
        orders: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._topic = context, topic
        theme = context.theme
        self.verdicts = ChoiceChip(self.tr("Verdict"), theme, several=True)
        self.verdicts.set_choices([(verdict, verdict_word(verdict)) for verdict in VERDICT_CODES])
        self.labels = ChoiceChip(self.tr("Label"), theme, several=True)
        self.labels.set_choices([(kind, label_word(kind)) for kind in _LABELS])
        self.lots = ChoiceChip(self.tr("Lot"), theme, search=True)
        self.period = PeriodChip(theme)
        self.scores = RangeChip(self.tr("Score"), theme)
        self.models = ChoiceChip(self.tr("Model"), theme, search=True)
        self.disagreement = ChoiceChip(self.tr("Reviewers"), theme)
        self.disagreement.set_choices([(True, self.tr("Disagree")), (False, self.tr("Agree"))])
        self.order = ChoiceChip(self.tr("Newest first"), theme, nothing=self.tr("Newest first"))
        self.order.set_choices(self._orders())
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Serial, lot or text"))
        self.field.setAccessibleName(self.tr("Search by serial, lot or text"))
        self.field.setMinimumHeight(TARGET)
        self.field.setFixedWidth(168)
        self.clear = IconButton("close", self.tr("All records: take every filter away"), theme)
        self.clear.clicked.connect(self.reset)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._take)
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._take)
        self._build(search, orders)
        for lots_opener in (self.lots, self.models):
            lots_opener.clicked.connect(self.read_choices)
        for chip in (*self._chips(), self.order):
            chip.changed.connect(self._take)
        context.store_changed.connect(self.read_choices)
        self.read_choices()
        self._follow()

    def _chips(self) -> tuple[ChoiceChip | PeriodChip | RangeChip, ...]:
        return (
            self.verdicts,
            self.labels,
            self.lots,
            self.period,
            self.scores,
            self.models,
            self.disagreement,
        )

    def _build(self, search: bool, orders: bool) -> None:
        row = FlowLayout(self)
        row.addWidget(self.field)
        for chip in self._chips():
            row.addWidget(chip)
        row.addWidget(self.clear)
        row.addWidget(self.order)
        self.field.setVisible(search)
        self.order.setVisible(orders)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _orders(self) -> list[tuple[Order, str]]:
        return [
            (MOST_DOUBTFUL, self.tr("Most doubtful")),
            (HIGHEST_SCORE, self.tr("Highest score")),
            (LOWEST_SCORE, self.tr("Lowest score")),
            (OLDEST, self.tr("Oldest first")),
        ]

    # What is chosen

    @property
    def which(self) -> RecordFilter:
        """Which records are meant."""
        since, until = self.period.span
        low, high = self.scores.span
        lots, models, agree = self.lots.chosen, self.models.chosen, self.disagreement.chosen
        return RecordFilter(
            verdicts=frozenset(one for one in self.verdicts.chosen if isinstance(one, Verdict)),
            labels=frozenset(one for one in self.labels.chosen if one is None or isinstance(one, LabelKind)),
            lot=str(lots[0]) if lots else None,
            model_sha256=str(models[0]) if models else None,
            disagreement=bool(agree[0]) if agree else None,
            score_from=low,
            score_to=high,
            since=since,
            until=until,
            text=self.field.text().strip(),
        )

    @property
    def how(self) -> Order:
        """In which order."""
        chosen = self.order.chosen
        return chosen[0] if chosen and isinstance(chosen[0], Order) else NEWEST

    def show_filter(self, which: RecordFilter, how: Order | None = None) -> None:
        """Shows a filter without saying `changed`."""
        self.verdicts.choose(*(verdict for verdict in VERDICT_CODES if verdict in which.verdicts))
        self.labels.choose(*(kind for kind in _LABELS if kind in which.labels))
        self.lots.choose(*([which.lot] if which.lot is not None else []))
        self.models.choose(*([which.model_sha256] if which.model_sha256 is not None else []))
        self.disagreement.choose(*([which.disagreement] if which.disagreement is not None else []))
        self.scores.choose(which.score_from, which.score_to)
        self.period.choose(which.since, which.until)
        self.field.setText(which.text)
        if how is not None:
            self.order.choose(*([how] if how != NEWEST else []))
        self._follow()

    @Slot()
    def reset(self) -> None:
        """Takes every filter away."""
        self.show_filter(RecordFilter())
        self.changed.emit()

    @Slot(str)
    def _typed(self, text: str) -> None:
        del text
        self._typing.start()

    @Slot()
    def _take(self) -> None:
        self._typing.stop()
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        self.clear.setVisible(self.which != RecordFilter())  # alone in a second row it puzzles

    # Choices that lie in the store

    @Slot()
    def read_choices(self) -> None:
        """Reads lots and models anew, in the background."""
        store = self._context.store
        if store is None:
            self._take_choices(_Choices((), ()))
            return

        def work() -> _Choices:
            return _Choices(tuple(reversed(store.distinct("lot"))), _models(store))

        self._context.background.run(
            work, self._take_choices, self._no_choices, topic=f"{self._topic}.choices"
        )

    def _take_choices(self, choices: _Choices) -> None:
        self.lots.set_choices([(lot, lot) for lot in choices.lots])
        self.models.set_choices(list(choices.models))

    def _no_choices(self, error: Exception) -> None:
        # The list itself says what is wrong with the store.
        del error

    def focus_search(self) -> None:
        """Gives the keyboard to the search field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()


def _models(store: RecordStore) -> tuple[tuple[str, str], ...]:
    """Hash and name of every model that judged something; the hash tells those of one name apart."""
    names = {model.sha256: model.name for model in store.models.all(removed=True)}
    return tuple(
        (digest, f"{names[digest]}  {digest[:8]}" if digest in names else digest[:12])
        for digest in store.distinct("model_sha256")
    )
