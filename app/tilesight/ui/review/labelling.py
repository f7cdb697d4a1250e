"""What a reviewer says: labels, comments, judgements of regions, kept masks; and taking it back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot

from tilesight.store.labels import LabelAction
from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext
from tilesight.ui.label_words import label_text
from tilesight.ui.review.desks import AlikeDesk, AskDesk, DrawDesk
from tilesight.ui.review.model import ReviewModel
from tilesight.ui.review.side import SidePanel
from tilesight.ui.viewer import TileViewer

_WITH_CLASS = (LabelKind.DEFECT, LabelKind.MISSED)


class LabelDesk(QObject):
    """Turns keys and buttons into labels; asks for name and class first where they are not known.

    Args:
        context: Messages.
        model: Takes the labels.
        viewer: The tile on screen.
        side: Has the comment and the regions.
        desk: Has the mask in the making.
        asks: Asks for name and class.
        alike: Is told of false alarms.
    """

    def __init__(
        self,
        context: AppContext,
        model: ReviewModel,
        viewer: TileViewer,
        side: SidePanel,
        desk: DrawDesk,
        asks: AskDesk,
        alike: AlikeDesk,
    ) -> None:
        super().__init__(viewer)
        self.context, self.model, self.viewer, self.side = context, model, viewer, side
        self.desk, self.asks, self.alike = desk, asks, alike
        model.labelled.connect(self._labelled)
        model.stepped.connect(self._stepped)
        side.commented.connect(self._keep_comment)
        side.regions.judged.connect(self._judge)
        desk.changed.connect(self._show_tool)
        alike.sheet.accepted.connect(self.label_alike)
        for signal in (model.steps_changed, asks.keys_back):
            signal.connect(self.show_steps)

    @Slot()
    def show_steps(self) -> None:
        """Undo and redo can be pressed where there is something to undo and to redo."""
        back, again = self.model.steps
        drawing = self.desk.draft.can_undo, self.desk.draft.can_redo
        self.context.actions["review.undo"].setEnabled(back > 0 or drawing[0])
        self.context.actions["review.redo"].setEnabled(again > 0 or drawing[1])

    @Slot(object)
    def say(self, kind: LabelKind | None) -> None:
        """Labels the tile on screen and goes to the next one; None takes the label away and stays."""
        # A tile that is not on screen yet must not get a label.
        if self.model.item is None or self.asks.covered:
            return
        if not self.model.reviewer:
            self.asks.who(lambda: self.say(kind))
        elif kind in _WITH_CLASS and self.asks.chosen is None:
            self.asks.which_class(lambda: self.say(kind))
        else:
            self._label(kind)

    def _label(self, kind: LabelKind | None) -> None:
        number = self.model.current_id
        if number is None:
            return
        comment = self.side.take_comment()
        own = self.asks.class_for(kind)
        if self.desk.draft.mask is not None and kind in _WITH_CLASS:
            self.keep_mask()
        self.model.label([number], kind, defect_class=own, comment="" if kind is None else comment)
        if kind is not None:
            self.model.advance()

    @Slot(str)
    def _keep_comment(self, text: str) -> None:
        """Enter in the comment: with a label it is kept at once, without one it waits for the label."""
        self.viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        item, number = self.model.item, self.model.current_id
        own = item.label_of(self.model.reviewer) if item is not None else None
        if own is not None and number is not None:
            self.side.comment.setModified(False)
            self.model.label([number], own.kind, defect_class=own.defect_class, comment=text)
        elif text:
            self.context.toast(self.tr("The comment goes with the label that you give now."))

    @Slot(object, object)
    def _labelled(self, ids: tuple[int, ...], kind: LabelKind | None) -> None:
        self.context.note_records()
        said = label_text(kind, self.asks.class_for(kind))
        if len(ids) == 1:
            row = self.model.row(ids[0])
            text = f"{row.name}: {said}" if row is not None else said
        else:
            text = self.tr("%Ln tile(s): {said}", "", len(ids)).format(said=said)
        self.context.toast(text, self.tr("Undo"), "review.undo")
        if kind is LabelKind.FALSE_ALARM:
            self.alike.note(ids)
        if self.model.at_end:
            self._toast_end()

    def _toast_end(self) -> None:
        text = self.tr("All %Ln tile(s) of this queue have a label.", "", len(self.model.ids))
        self.context.toast(text, self.tr("Undo"), "review.undo")

    def undo(self) -> None:
        """Turns back the last step: of the drawing where one is under way, else of the labels."""
        if self.asks.covered:
            return
        if self.desk.draft.can_undo:
            self.desk.draft.undo()
        else:
            self.model.undo()

    def redo(self) -> None:
        """Does again what was turned back."""
        if self.asks.covered:
            return
        if self.desk.draft.can_redo:
            self.desk.draft.redo()
        else:
            self.model.redo()

    @Slot(object, bool)
    def _stepped(self, action: LabelAction | None, back: bool) -> None:
        if action is None:
            self.context.toast(
                self.tr("There is nothing to undo.") if back else self.tr("There is nothing to do again.")
            )
            return
        self.context.note_records()
        left = self.model.steps[0 if back else 1]
        if back:
            text = self.tr("Undone. %Ln more step(s) can be undone.", "", left)
            self.context.toast(text, self.tr("Redo"), "review.redo")
        else:
            text = self.tr("Done again. %Ln more step(s) can be done again.", "", left)
            self.context.toast(text, self.tr("Undo"), "review.undo")

    def choose_class(self) -> None:
        """Asks for the class that key 2 gives from now on."""
        if not self.asks.covered:
            self.asks.which_class(None)

    def start_comment(self) -> None:
        """Gives the keyboard to the comment."""
        self.side.comment.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Regions

    def next_region(self) -> None:
        """Zooms to the next region, after the last one back to the whole tile."""
        view, tile = self.viewer.model, self.viewer.model.tile
        if tile is None or not tile.regions:
            return
        following = 0 if view.selected is None else view.selected + 1
        if following < len(tile.regions):
            view.show_region(following)
        else:
            view.select(None)
            view.fit()

    def judge_region(self, decision: str) -> None:
        """Accepts or rejects the chosen region, the first one where none is chosen; again takes it away."""
        item, view = self.model.item, self.viewer.model
        if item is None or not item.record.regions or self.asks.covered:
            return
        index = view.selected if view.selected is not None else 0
        view.select(index)
        now = item.decision_of(self.model.reviewer, index)
        self._judge(index, "" if now == decision else decision)

    @Slot(int, str)
    def _judge(self, index: int, decision: str) -> None:
        if not self.model.reviewer:
            self.asks.who(lambda: self._judge(index, decision))
            return
        self.model.judge_region(index, decision, (self.asks.chosen or "") if decision == "accept" else "")

    # Drawing

    @Slot()
    def _show_tool(self) -> None:
        self.side.draw.show_state(self.desk.tool, self.desk.draft.mask is not None)
        self.show_steps()

    def keep_mask(self) -> None:
        """Stores what was drawn."""
        mask = self.desk.draft.mask
        if mask is None or self.asks.covered:
            return
        if not self.model.reviewer:
            self.asks.who(self.keep_mask)
        elif self.asks.chosen is None:
            self.asks.which_class(self.keep_mask)
        else:
            self.model.draw(mask.copy(), self.asks.chosen)
            self.desk.drop()
            self.context.toast(self.tr("The mask is kept."), self.tr("Undo"), "review.undo")

    # Alike false alarms

    @Slot(object)
    def label_alike(self, ids: list[int]) -> None:
        """Labels tiles as false alarms, all in one step."""
        if not self.model.reviewer:
            self.asks.who(lambda: self.label_alike(ids))
            return
        self.model.label(ids, LabelKind.FALSE_ALARM)
        # The labels that come of it are no three new ones.
        self.alike.reset(-len(ids))
