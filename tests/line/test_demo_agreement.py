"""The first start's promise: what the shipped starter model says of the demo line agrees with the truth."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bsdrd.detector import Detector, open_detector
from bsdrd.judge import Rule
from bsdrd.result import Verdict
from tilesight.line.demo.scenes import DemoSettings, render_scene, truth_of_tile
from tilesight.line.recipe import DEMO
from tilesight.line.tile_finding import Automatic, find_tiles

MODEL = Path(__file__).resolve().parents[2] / "resources" / "starter.bsdrd"
TILES = 500

Outcomes = Counter[tuple[str, Verdict]]


def judge_demo_line(detector: Detector) -> Outcomes:
    """How often each verdict was given for each truth, over the first 500 tiles of the demo line."""
    counted: Outcomes = Counter()
    rule = Rule(DEMO.thresholds(detector.info))
    number = 0
    while counted.total() < TILES:
        scene = render_scene(DemoSettings(), number)
        found = find_tiles(scene.pixels, Automatic())
        for index, tile in enumerate(found):
            truth = truth_of_tile(scene.truth, index, len(found))
            counted[truth, detector.inspect(tile.pixels, rule).verdict] += 1
        number += 1
        assert number < 2 * TILES, "tile finding finds hardly any tile"
    return counted


def share(outcomes: Outcomes, verdicts: set[Verdict], *, good: bool) -> float:
    """Share of the good (or the defective) tiles that got one of the verdicts."""
    of_kind = Counter({key: n for key, n in outcomes.items() if (key[0] == "good") == good})
    return sum(n for key, n in of_kind.items() if key[1] in verdicts) / of_kind.total()


# One test, because 500 tiles take a minute and would be judged again in every process of a parallel run.
@pytest.mark.timeout(600)
def test_nine_of_ten_verdicts_of_the_starter_model_agree_with_the_truth() -> None:
    # Missing is a failure, not a reason to skip: the program ships with this file.
    assert MODEL.is_file(), f"the starter model is missing: {MODEL}"
    # One thread: the other worker of a parallel run needs the other core.
    detector = open_detector(MODEL, device="cpu", threads=1)
    try:
        outcomes = judge_demo_line(detector)
    finally:
        detector.close()
    told = dict(outcomes)
    assert "" not in {truth for truth, _ in outcomes}, told
    assert Verdict.NOT_INSPECTED not in {verdict for _, verdict in outcomes}, told
    right = [
        n for (truth, said), n in outcomes.items() if said is (Verdict.OK if truth == "good" else Verdict.NG)
    ]
    assert sum(right) >= 0.9 * outcomes.total(), told
    # Calling everything OK would agree with four fifths of the truth: both sides have to be right.
    assert share(outcomes, {Verdict.OK}, good=True) >= 0.9, told
    assert share(outcomes, {Verdict.NG}, good=True) <= 0.03, told
    assert share(outcomes, {Verdict.NG}, good=False) >= 0.75, told
    assert share(outcomes, {Verdict.OK}, good=False) <= 0.1, told
