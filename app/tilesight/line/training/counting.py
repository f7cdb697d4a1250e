"""What two models say about single tiles, and what is counted of it by class."""

from __future__ import annotations

from dataclasses import dataclass

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
