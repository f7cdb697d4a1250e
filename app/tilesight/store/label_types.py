"""What people said about records, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tilesight.store.types import LabelKind

Decision = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class Label:
    """What one person says about one record.

    Attributes:
        record_id: Number of the record.
        reviewer: Who.
        kind: What.
        defect_class: As "blowhole"; empty where none was given.
        comment: In their words.
        at: When they said so.
    """

    record_id: int
    reviewer: str
    kind: LabelKind
    defect_class: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """One line of a record's label history.

    Attributes:
        at: When.
        reviewer: Who.
        origin: "label", "undo" or "redo".
        before: What they said until then; None for nothing.
        after: What they say from then on; None for nothing.
        before_class: Defect class before.
        after_class: Defect class from then on.
        comment: Comment from then on.
    """

    at: datetime
    reviewer: str
    origin: Literal["label", "undo", "redo"]
    before: LabelKind | None
    after: LabelKind | None
    before_class: str
    after_class: str
    comment: str


@dataclass(frozen=True, slots=True)
class LabelAction:
    """What one person did in one go.

    Attributes:
        id: Number of the action.
        reviewer: Who.
        at: When.
        what: In a few words, for the undo message.
        record_ids: The records it touches.
    """

    id: int
    reviewer: str
    at: datetime
    what: str
    record_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A record that reviewers judge differently.

    Attributes:
        record_id: Number of the record.
        labels: Theirs, oldest first.
        about: "truth" (one says good, one says defective) or "class" (different defect classes).
    """

    record_id: int
    labels: tuple[Label, ...]
    about: Literal["truth", "class"]
