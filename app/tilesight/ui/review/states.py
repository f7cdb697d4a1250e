"""What stands in the place of the tile while there is none: busy, nothing to do, or what went wrong."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bsdrd.result import Verdict
from tilesight.store.filters import RecordFilter
from tilesight.ui.context import AppContext
from tilesight.ui.empty_state import StateStack
from tilesight.ui.filters.bar import FilterBar
from tilesight.ui.picture_words import no_picture_head, no_picture_text
from tilesight.ui.review.model import ReviewModel

#: What a reviewer sees at the first start.
DOUBTFUL = RecordFilter(verdicts=frozenset({Verdict.GREY, Verdict.NG}), labels=frozenset({None}))


class ReviewStates(QObject):
    """Chooses what is seen, and does what its buttons say.

    Args:
        context: Store, other workspaces.
        model: The queue and the tile on screen.
        filters: Make the queue.
        states: The stack that shows it.
    """

    look_asked = Signal()  #: The filters are others now; make the queue.

    def __init__(
        self, context: AppContext, model: ReviewModel, filters: FilterBar, states: StateStack
    ) -> None:
        super().__init__(states)
        self.context, self.model, self.filters, self.states = context, model, filters, states
        states.empty.clicked.connect(self._empty_clicked)
        states.empty.other_clicked.connect(self._all_records)
        model.queue_failed.connect(self._fail_queue)

    @Slot()
    def show(self) -> None:
        """Shows what fits the model."""
        model, item = self.model, self.model.item
        if self.context.store is None:
            self._say_empty(
                self.tr("There is no store"),
                self.tr("Records cannot be read or labelled. The banner says why; choose another store."),
                self.tr("Settings"),
            )
        elif model.looking and not len(model.ids):
            self.states.show_busy(self.tr("Looking for tiles"), cancel=False)
        elif not len(model.ids):
            self._say_nothing_found()
        elif item is not None and item.view is not None:
            self.states.show_content()
        elif item is not None and item.problem is not None:
            self.states.show_error(item.problem, self.tr("Look again"))
        elif item is not None:
            verdict, state = item.record.verdict, item.record.picture
            text = f"{no_picture_text(verdict, state)} {self.tr('It can be labelled all the same.')}"
            self._say_empty(no_picture_head(verdict, state), text)

    def _say_nothing_found(self) -> None:
        if self.filters.which == DOUBTFUL:
            self._say_empty(
                self.tr("Nothing to review"),
                self.tr("Every GREY and NG tile has a label. New ones appear here as they are inspected."),
                self.tr("Go to Run"),
                self.tr("All records"),
            )
        else:
            self._say_empty(
                self.tr("No tile fits these filters"),
                self.tr("Take a filter away, or go back to the tiles that wait for a label."),
                self.tr("Tiles without a label"),
                self.tr("All records"),
            )

    def _say_empty(self, head: str, text: str, button: str = "", other: str = "") -> None:
        self.states.empty.set_texts(head, text, button, other)
        self.states.show_empty()

    @Slot()
    def _empty_clicked(self) -> None:
        if self.context.store is None:
            if "app.settings" in self.context.actions:
                self.context.actions.trigger("app.settings")
        elif self.filters.which == DOUBTFUL:
            self.context.open_workspace("run")
        else:
            self.filters.show_filter(DOUBTFUL)
            self.look_asked.emit()

    @Slot()
    def _all_records(self) -> None:
        self.filters.reset()

    @Slot(object)
    def _fail_queue(self, error: Exception) -> None:
        self.states.show_error(error, self.tr("Look again"))
