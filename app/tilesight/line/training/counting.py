"""What two models say about single tiles, and what is counted of it: by class, lot and folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bsdrd.result import Verdict
from tilesight.line.training.evaluation import EvaluationTile

_SEVERITY = {Verdict.OK: 0, Verdict.GREY: 1, Verdict.NG: 2, Verdict.NOT_INSPECTED: 3}


@dataclass(frozen=True, slots=True)
class Judged:
    """One tile under both models.

    Attributes:
        tile: The tile.
        live_score: Under the live model.
        new_score: Under the new one, on its own scale.
        live: Verdict under the live model.
        new: Verdict under the new one, with the thresholds that it would get.
    """

    tile: EvaluationTile
    live_score: float
    new_score: float
    live: Verdict
    new: Verdict

    @property
    def changed(self) -> bool:
        """Whether the verdict differs."""
        return self.live is not self.new

    @property
    def gravity(self) -> tuple[int, int]:
        """Sorts what is worst to the front: defects that newly pass, good tiles newly rejected, the rest."""
        step = _SEVERITY[self.new] - _SEVERITY[self.live]
        if self.tile.defective:
            return (0, step) if step < 0 else (3, -step)
        return (1, -step) if step > 0 else (2, step)


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Tiles of one class.

    Attributes:
        cls: "good" or the class of a defect.
        tiles: How many.
        live_wrong: Defects that the live model passes, or good tiles that it rejects.
        new_wrong: Likewise of the new model.
    """

    cls: str
    tiles: int
    live_wrong: int
    new_wrong: int


@dataclass(frozen=True, slots=True)
class MissedMore:
    """Known defects of one kind of which the new model misses more.

    Attributes:
        what: Whether they have the class, the lot or the folder in common.
        name: Of that.
        live: How many the live model misses.
        new: How many the new one does.
    """

    what: Literal["class", "lot", "folder"]
    name: str
    live: int
    new: int


def count_classes(tiles: tuple[Judged, ...]) -> tuple[ClassCount, ...]:
    """Wrong verdicts by class, good tiles first."""
    names = sorted({one.tile.cls for one in tiles}, key=lambda cls: (cls != "good", cls))
    found: list[ClassCount] = []
    for name in names:
        mine = [one for one in tiles if one.tile.cls == name]
        wrong = Verdict.NG if name == "good" else Verdict.OK
        live, new = sum(one.live is wrong for one in mine), sum(one.new is wrong for one in mine)
        found.append(ClassCount(name, len(mine), live, new))
    return tuple(found)


def missed_more(tiles: Sequence[Judged]) -> tuple[MissedMore, ...]:
    """Of which classes, lots and folders the new model misses more known defects; the worst first of each.

    Misses are compared in all, so that fewer of one kind may pay for more of another. Lots and folders say
    something of their own only where the defects come from several.
    """
    bad = [one for one in tiles if one.tile.defective]
    found = _worse("class", bad, lambda one: one.tile.cls)
    if len({(one.tile.record_id is None, one.tile.origin) for one in bad}) > 1:
        lots = [one for one in bad if one.tile.record_id is not None and one.tile.origin]
        folders = [one for one in bad if one.tile.record_id is None and one.tile.origin]
        found += _worse("lot", lots, lambda one: one.tile.origin)
        found += _worse("folder", folders, lambda one: one.tile.origin)
    return tuple(found)


def _worse(
    what: Literal["class", "lot", "folder"], bad: list[Judged], kind: Callable[[Judged], str]
) -> list[MissedMore]:
    misses = {kind(one): [0, 0] for one in bad}
    for one in bad:
        misses[kind(one)][0] += one.live is Verdict.OK
        misses[kind(one)][1] += one.new is Verdict.OK
    found = [MissedMore(what, name, live, new) for name, (live, new) in misses.items() if new > live]
    return sorted(found, key=lambda one: (one.live - one.new, one.name))
