"""What can be done in Review, as data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tilesight.store.types import LabelKind
from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tilesight.ui.review.workspace import ReviewWorkspace

_LABEL = QT_TRANSLATE_NOOP("Action", "Label")
_QUEUE = QT_TRANSLATE_NOOP("Action", "Queue")
_REGION = QT_TRANSLATE_NOOP("Action", "Regions and masks")

#: Actions that a key must not do while a sheet asks for something.
KEYED = ("good", "defect", "false-alarm", "missed", "unsure", "class", "previous", "next", "undo", "redo")


def review_actions(review: ReviewWorkspace) -> list[Action]:
    """The actions of Review."""
    return [
        Action(
            "review.good",
            QT_TRANSLATE_NOOP("Action", "Good"),
            partial(_say, review, LabelKind.GOOD),
            "check",
            ("1",),
            _LABEL,
        ),
        Action(
            "review.defect",
            QT_TRANSLATE_NOOP("Action", "Defect"),
            partial(_say, review, LabelKind.DEFECT),
            "tag",
            ("2",),
            _LABEL,
            QT_TRANSLATE_NOOP("Action", "A real defect; asks for its class once"),
        ),
        Action(
            "review.false-alarm",
            QT_TRANSLATE_NOOP("Action", "False alarm"),
            partial(_say, review, LabelKind.FALSE_ALARM),
            "shield",
            ("3",),
            _LABEL,
        ),
        Action(
            "review.missed",
            QT_TRANSLATE_NOOP("Action", "Missed"),
            partial(_say, review, LabelKind.MISSED),
            "warning",
            ("4",),
            _LABEL,
            QT_TRANSLATE_NOOP("Action", "A real defect that the detector did not see"),
        ),
        Action(
            "review.unsure",
            QT_TRANSLATE_NOOP("Action", "Unsure"),
            partial(_say, review, LabelKind.UNSURE),
            "help",
            ("0",),
            _LABEL,
        ),
        Action(
            "review.unlabel",
            QT_TRANSLATE_NOOP("Action", "Take my label away"),
            partial(_say, review, None),
            "trash",
            ("Del",),
            _LABEL,
        ),
        Action(
            "review.class",
            QT_TRANSLATE_NOOP("Action", "Choose the class of defects"),
            lambda: review.labelling.choose_class(),
            "tag",
            ("V",),
            _LABEL,
        ),
        Action(
            "review.comment",
            QT_TRANSLATE_NOOP("Action", "Comment"),
            lambda: review.labelling.start_comment(),
            "pencil",
            ("M",),
            _LABEL,
            QT_TRANSLATE_NOOP(
                "Action", "Type a comment; it goes with the next label, Enter keeps it at once"
            ),
        ),
        Action(
            "review.undo",
            QT_TRANSLATE_NOOP("Action", "Undo"),
            lambda: review.labelling.undo(),
            "undo",
            ("Ctrl+Z",),
            _LABEL,
        ),
        Action(
            "review.redo",
            QT_TRANSLATE_NOOP("Action", "Redo"),
            lambda: review.labelling.redo(),
            "redo",
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            _LABEL,
        ),
        Action(
            "review.previous",
            QT_TRANSLATE_NOOP("Action", "Previous tile"),
            partial(review.model.step, -1),
            "left",
            ("A",),
            _QUEUE,
        ),
        Action(
            "review.next",
            QT_TRANSLATE_NOOP("Action", "Next tile"),
            partial(review.model.step, 1),
            "right",
            ("D",),
            _QUEUE,
        ),
        Action(
            "review.refresh",
            QT_TRANSLATE_NOOP("Action", "Look for tiles again"),
            review.refresh,
            "refresh",
            ("F5",),
            _QUEUE,
        ),
        Action(
            "review.record",
            QT_TRANSLATE_NOOP("Action", "Show this tile in Records"),
            review.open_record,
            "records",
            ("I",),
            _QUEUE,
        ),
        Action(
            "review.similar",
            QT_TRANSLATE_NOOP("Action", "Show alike false alarms"),
            review.show_similar,
            "compare",
            ("L",),
            _QUEUE,
            QT_TRANSLATE_NOOP("Action", "Stored regions that look like the strongest one of this tile"),
        ),
        Action(
            "review.region-next",
            QT_TRANSLATE_NOOP("Action", "Next region"),
            lambda: review.labelling.next_region(),
            "region",
            ("Q",),
            _REGION,
        ),
        Action(
            "review.region-accept",
            QT_TRANSLATE_NOOP("Action", "Accept this region"),
            partial(_judge, review, "accept"),
            "check",
            ("E",),
            _REGION,
            QT_TRANSLATE_NOOP("Action", "The region is a real defect"),
        ),
        Action(
            "review.region-reject",
            QT_TRANSLATE_NOOP("Action", "Reject this region"),
            partial(_judge, review, "reject"),
            "close",
            ("R",),
            _REGION,
            QT_TRANSLATE_NOOP("Action", "The region is a false alarm"),
        ),
        *_drawing(review),
    ]


def _say(review: ReviewWorkspace, kind: LabelKind | None) -> None:
    review.labelling.say(kind)


def _judge(review: ReviewWorkspace, decision: str) -> None:
    review.labelling.judge_region(decision)


def _take(review: ReviewWorkspace, tool: str, on: bool) -> None:
    review.desk.take(tool, on)


def _erase(review: ReviewWorkspace, on: bool) -> None:
    review.desk.set_erasing(on)


def _drop(review: ReviewWorkspace) -> None:
    review.desk.drop()


def _drawing(review: ReviewWorkspace) -> list[Action]:
    return [
        Action(
            "review.polygon",
            QT_TRANSLATE_NOOP("Action", "Draw a polygon"),
            partial(_take, review, "polygon"),
            "polygon",
            ("P",),
            _REGION,
            checkable=True,
        ),
        Action(
            "review.brush",
            QT_TRANSLATE_NOOP("Action", "Draw with a brush"),
            partial(_take, review, "brush"),
            "brush",
            ("G",),
            _REGION,
            checkable=True,
        ),
        Action(
            "review.wand",
            QT_TRANSLATE_NOOP("Action", "Magic wand on the anomaly map"),
            partial(_take, review, "wand"),
            "wand",
            ("W",),
            _REGION,
            checkable=True,
        ),
        Action(
            "review.eraser",
            QT_TRANSLATE_NOOP("Action", "Take away instead of adding"),
            partial(_erase, review),
            "eraser",
            ("Shift+E",),
            _REGION,
            checkable=True,
        ),
        Action(
            "review.keep",
            QT_TRANSLATE_NOOP("Action", "Keep the mask"),
            lambda: review.labelling.keep_mask(),
            "check",
            ("K",),
            _REGION,
        ),
        Action(
            "review.drop",
            QT_TRANSLATE_NOOP("Action", "Throw the mask away"),
            partial(_drop, review),
            "trash",
            ("Esc",),
            _REGION,
        ),
    ]
