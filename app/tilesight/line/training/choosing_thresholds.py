"""Thresholds of a new model: by the recipe's rule, or such that it misses no more than the live one.

The rule knows nothing of defects, so a model that is better in every other way may be blocked because the
live one, which stops nearly everything, finds nearly every defect. The way out is a lower T1. It is chosen
on the tiles that it is counted on, so it looks a little better there than on new ones: rates come with
intervals.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from bsdrd.calibration import Calibration, ScoreSet, at_thresholds
from bsdrd.result import Verdict
from tilesight.line.training.comparing import Comparison, Side
from tilesight.line.training.counting import count_classes


class Way(StrEnum):
    """How the thresholds of a new model are found."""

    RULE = "rule"
    NO_MORE_MISSED = "no more missed"


def taken(found: Comparison, way: Way) -> Comparison:
    """A comparison by the recipe's rule as it is with the thresholds of a way.

    Raises:
        ValueError: If the comparison has no lowered thresholds, or has them already.
    """
    if way is Way.RULE:
        return found
    if found.lowered is None or found.by_rule is not None:
        raise ValueError("there are no lowered thresholds to take")
    thresholds = found.lowered.thresholds
    tiles = tuple(
        replace(one, new_score=score, new=thresholds.verdict(score))
        for one, score in zip(found.tiles, found.lowered.scores, strict=True)
    )
    new = replace(
        found.new,
        thresholds=thresholds,
        missed=sum(one.tile.defective and one.new is Verdict.OK for one in tiles),
        rejected=sum(not one.tile.defective and one.new is Verdict.NG for one in tiles),
        grey=sum(one.new is Verdict.GREY for one in tiles),
    )
    return replace(found, new=new, tiles=tiles, classes=count_classes(tiles), by_rule=found.new)


def can_lower(found: Comparison) -> bool:
    """Whether lowered thresholds are a way out: there are some, and they do not stop every good tile."""
    if found.lowered is None:
        return False
    tiles = taken(found, Way.NO_MORE_MISSED).tiles
    return any(one.new is Verdict.OK for one in tiles if not one.tile.defective)


def rates(found: Comparison, side: Side) -> Calibration:
    """Rates of one side of a comparison, with 95 % intervals that count tiles.

    Args:
        found: The comparison.
        side: `found.live` or `found.new`.
    """
    live = side is found.live
    good, bad = (
        [
            (one.live_score if live else one.new_score, one.tile.group)
            for one in found.tiles
            if one.tile.defective is defective
        ]
        for defective in (False, True)
    )
    scores = ScoreSet.of(
        [score for score, _ in good],
        [score for score, _ in bad],
        good_groups=[group for _, group in good],
        defective_groups=[group for _, group in bad],
    )
    return at_thresholds(scores, side.thresholds)
