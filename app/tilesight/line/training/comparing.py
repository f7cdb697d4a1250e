"""The gate: a new model against the live one on tiles whose truth is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bsdrd.calibration import ScoreSet, curve
from bsdrd.data.images import Pixels, read_image
from bsdrd.detector import ModelInfo
from bsdrd.errors import DataError, ImageError
from bsdrd.judge import Rule, score_only
from bsdrd.lowering import with_no_more_missed
from bsdrd.metrics import image_figures
from bsdrd.result import AnomalyMaps, Inspection, Thresholds
from tilesight.line.recipe import Recipe
from tilesight.line.training.counting import ClassCount, Judged, MissedMore, count_classes, missed_more
from tilesight.line.training.evaluation import EvaluationSet, EvaluationTile

Progress = Callable[[int, int], None]
#: Share of good tiles rejected and of defects found, at every threshold.
Roc = tuple[NDArray[np.float64], NDArray[np.float64]]
#: Of T1 where regions follow it: a millionth of the map's range.
_HALVINGS = 20


class Inspects(Protocol):
    """What is needed of a detector here."""

    @property
    def info(self) -> ModelInfo:
        """What is known of its model."""
        ...

    def inspect_many(self, tiles: Sequence[Pixels], rule: Rule | None = None) -> list[Inspection]:
        """Inspects tiles, one result for each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What one model does on all tiles.

    Attributes:
        name: Of the model.
        sha256: Of its file.
        thresholds: T1 and T2 that it is judged with.
        missed: Known defects that it passes (OK).
        rejected: Known good tiles that it rejects (NG).
        grey: Tiles that it leaves to a person.
        auroc: Area under the ROC curve with its 95 % interval; None without known defects.
        false_reject_at_equal_miss: Share of good tiles at or above the highest threshold that misses no more
            known defects than the live model misses in force; None without known defects.
        milliseconds: Median time for a tile.
        roc: Share of good tiles rejected and of defects found, at every threshold; empty likewise.
    """

    name: str
    sha256: str
    thresholds: Thresholds
    missed: int
    rejected: int
    grey: int
    auroc: tuple[float, float, float] | None
    false_reject_at_equal_miss: float | None
    milliseconds: float
    roc: Roc


@dataclass(frozen=True, slots=True)
class Lowered:
    """Thresholds with which the new model misses no more known defects than the live one.

    Attributes:
        thresholds: T1 and T2.
        scores: Of every tile under the new model with them, in the order of the comparison's tiles.
    """

    thresholds: Thresholds
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Both models on one set of tiles.

    Attributes:
        live: The live model.
        new: The new one.
        tiles: Every tile that both inspected.
        classes: By class, good tiles first.
        failed: Tiles that could not be inspected, each with its reason.
        evaluation_sha256: Names the set of tiles.
        how: How the new thresholds were found: "model" or "shares".
        map_threshold: Outlines regions under the new model; None for T1.
        notes: What a person should know about the tiles, as sentences.
        set_name: Name of the frozen set; empty where it has none.
        terms: What the recipe in force said about verdicts; see `holds_for`.
        lowered: A way out where the new model misses more; None where it does not, or no threshold helps.
        by_rule: The new model by the recipe's rule, where `new` has the lowered thresholds; None where it
            goes by the rule. See `tilesight.line.training.choosing_thresholds`.
    """

    live: Side
    new: Side
    tiles: tuple[Judged, ...]
    classes: tuple[ClassCount, ...]
    failed: tuple[str, ...]
    evaluation_sha256: str
    how: Literal["model", "shares"]
    map_threshold: float | None = None
    notes: tuple[str, ...] = ()
    set_name: str = ""
    terms: Mapping[str, Any] = field(default_factory=dict[str, Any])
    lowered: Lowered | None = None
    by_rule: Side | None = None

    def holds_for(self, recipe: Recipe) -> bool:
        """Whether a recipe still judges as the one that the comparison was made under."""
        return dict(self.terms) == judging_terms(recipe)

    @property
    def changes(self) -> tuple[Judged, ...]:
        """Tiles whose verdict would change, worst first."""
        return tuple(sorted((one for one in self.tiles if one.changed), key=lambda one: one.gravity))

    @property
    def defects(self) -> int:
        """How many tiles are known to be defective."""
        return sum(one.tile.defective for one in self.tiles)

    @property
    def obstacle(self) -> Literal["", "misses more", "no defects"]:
        """Why the new model must not go live without a written reason; "" where nothing speaks against it."""
        if not self.defects:
            return "no defects"
        return "misses more" if self.new.missed > self.live.missed else ""

    @property
    def missed_more(self) -> tuple[MissedMore, ...]:
        """Of what the new model misses more, also where it misses no more in all; this blocks nothing."""
        return missed_more(self.tiles)

    def for_audit(self) -> dict[str, Any]:
        """What the audit log keeps of it; JSON values."""
        named = {"live": self.live, "new": self.new}
        if self.by_rule is not None:
            named["new by the rule"] = self.by_rule
        sides = {
            name: {
                "model": side.sha256,
                "thresholds": asdict(side.thresholds),
                "missed": side.missed,
                "rejected": side.rejected,
                "grey": side.grey,
            }
            for name, side in named.items()
        }
        good = len(self.tiles) - self.defects
        tiles = {"set": self.evaluation_sha256, "good": good, "defective": self.defects}
        tiles |= {"name": self.set_name} if self.set_name else {}
        chosen = "by the recipe's rule" if self.by_rule is None else "missing no more than the live model"
        found = {**sides, "tiles": tiles, "changed": len(self.changes), "thresholds": chosen}
        worse = [{one.what: one.name, "live": one.live, "new": one.new} for one in self.missed_more]
        found |= {"misses more of": worse} if worse else {}
        return {"comparison": found}


def compare(
    live: Inspects, new: Inspects, recipe: Recipe, tiles: EvaluationSet, progress: Progress | None = None
) -> Comparison:
    """Judges labelled tiles by both models under one recipe.

    Args:
        live: The live model, open.
        new: The new one, open.
        recipe: The recipe in force: its thresholds, mask and region filter.
        tiles: Labelled tiles.
        progress: Told after every tile; may raise to stop.

    Raises:
        DataError: If fewer than two good tiles, or none at all, could be inspected.
        DeviceError: If the device fails.
    """
    judged: list[_Pair] = []
    failed: list[str] = []
    for number, tile in enumerate(tiles.tiles):
        try:
            judged.append(_pair(tile, live, new, recipe))
        except ImageError as error:
            failed.append(str(error))
        if progress is not None:
            progress(number + 1, len(tiles.tiles))
    truth = np.array([one.tile.defective for one in judged], dtype=np.bool_)
    if int((~truth).sum()) < 2:
        raise DataError(
            "A comparison needs at least 2 tiles that are known to be good"
            + (f"; {len(failed)} could not be inspected. The first: {failed[0]}" if failed else "."),
            do_next="Label more tiles in Review, or choose a folder.",
        )
    in_force = recipe.thresholds(live.info)
    before = np.array([one.live_peak for one in judged])[~truth]
    now = np.array([one.new_peak for one in judged])[~truth]
    proposed, how = propose_thresholds(recipe, new.info, in_force, before, now)
    outline = None if recipe.map_threshold is None else _as_far(recipe.map_threshold, before, now)
    live_scores = np.array([one.live_score for one in judged])
    new_scores = np.array([one.judge_new(proposed, outline) for one in judged])
    found = tuple(
        Judged(one.tile, float(a), float(b), in_force.verdict(a), proposed.verdict(b))
        for one, a, b in zip(judged, live_scores, new_scores, strict=True)
    )
    allowed = int((live_scores[truth] < in_force.low).sum())
    groups = [one.tile.group for one in judged]
    sides = [
        _side(info, thresholds, scores, truth, groups, allowed, median(times))
        for info, thresholds, scores, times in (
            (live.info, in_force, live_scores, [one.live_ms for one in judged]),
            (new.info, proposed, new_scores, [one.new_ms for one in judged]),
        )
    ]
    return Comparison(
        sides[0],
        sides[1],
        found,
        count_classes(found),
        tuple(failed),
        tiles.sha256,
        how,
        outline,
        tiles.notes,
        terms=judging_terms(recipe),
        lowered=_lowered(judged, new_scores, proposed, outline, allowed),
    )


def judging_terms(recipe: Recipe) -> dict[str, Any]:
    """What decides about a verdict besides the model: JSON values, equal where two recipes judge alike."""
    names = ("t1", "t2", "map_threshold", "min_area", "min_area_in_mm2", "edge_band_px", "mask", "mask_file")
    content = recipe.content()
    return {name: content[name] for name in (*names, "mm_per_px")}


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A tile as both models see it. A peak is the score without regard to the size of regions."""

    tile: EvaluationTile
    live_score: float
    live_peak: float
    live_ms: float
    new_peak: float
    new_ms: float
    #: Kept where the score depends on thresholds that are not known yet.
    new_maps: AnomalyMaps | None
    rule: Rule

    def judge_new(self, thresholds: Thresholds, outline: float | None) -> float:
        if self.new_maps is None:
            return self.new_peak
        rule = replace(self.rule, thresholds=thresholds, map_threshold=outline)
        return score_only(self.new_maps, rule)

    def found_from(self, t1: float, outline: float | None) -> float:
        """The highest T1, below `t1`, with which the new model does not pass a tile that it passes with `t1`.

        Where T1 outlines the regions, it decides which of them are large enough to count, and so the score.
        The lower T1, the larger they are: halving finds the place. Minus infinity: none is large enough.
        """
        if self.new_maps is None or outline is not None:
            return self.judge_new(Thresholds(t1, t1), outline)
        low, high = float(self.new_maps.fused.min()), min(t1, float(self.new_maps.fused.max()))
        if self.judge_new(Thresholds(low, low), None) < low:
            return -np.inf
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.judge_new(Thresholds(middle, middle), None) >= middle:
                low = middle
            else:
                high = middle
        return low


def _lowered(
    judged: list[_Pair],
    scores: NDArray[np.float64],
    proposed: Thresholds,
    outline: float | None,
    allowed: int,
) -> Lowered | None:
    """Thresholds that miss at most `allowed` known defects, where the proposed ones miss more."""
    bad = [(one, float(score)) for one, score in zip(judged, scores, strict=True) if one.tile.defective]
    if sum(score < proposed.low for _, score in bad) <= allowed:
        return None
    reach = [score if score >= proposed.low else one.found_from(proposed.low, outline) for one, score in bad]
    found = with_no_more_missed(proposed, reach, allowed)
    if found is None:
        return None
    return Lowered(found, tuple(float(one.judge_new(found, outline)) for one in judged))


def _pair(tile: EvaluationTile, live: Inspects, new: Inspects, recipe: Recipe) -> _Pair:
    pixels = read_image(tile.path)
    rule = recipe.rule_for(live.info, *pixels.shape[:2])
    plain = replace(rule, min_area_px=1)
    one, other = live.inspect_many([pixels], rule)[0], new.inspect_many([pixels], plain)[0]
    for found, detector in ((one, live), (other, new)):
        if not np.isfinite(found.score):
            raise ImageError(f"{tile.name}: the model {detector.info.name} gave no score.")
    return _Pair(
        tile=tile,
        live_score=one.score,
        live_peak=score_only(one.maps, plain),
        live_ms=one.milliseconds,
        new_peak=other.score,
        new_ms=other.milliseconds,
        new_maps=None if rule.min_area_px == 1 else other.maps,
        rule=rule,
    )


def propose_thresholds(
    recipe: Recipe,
    info: ModelInfo,
    in_force: Thresholds,
    live_good: NDArray[np.float64],
    new_good: NDArray[np.float64],
) -> tuple[Thresholds, Literal["model", "shares"]]:
    """T1 and T2 of a new model by the recipe's rule; scores of two models cannot be compared.

    A recipe that takes the model's own thresholds takes the new model's. One with thresholds of its own gets
    those that as many known good tiles reach as before; a threshold above all of them stays as far above
    them, measured by how far they spread.

    Args:
        recipe: The recipe in force.
        info: The new model.
        in_force: T1 and T2 of the live model.
        live_good: Scores of known good tiles under the live model.
        new_good: Scores of the same tiles under the new one.
    """
    if recipe.t1 is None or recipe.t2 is None:
        return info.thresholds, "model"
    low, high = (_as_far(threshold, live_good, new_good) for threshold in (in_force.low, in_force.high))
    return Thresholds(min(low, high), high), "shares"


def _as_far(threshold: float, before: NDArray[np.float64], now: NDArray[np.float64]) -> float:
    old, new = np.sort(before), np.sort(now)
    reached = int((old >= threshold).sum())
    if reached == 0:
        spread_old, spread_new = (float(values[-1] - np.median(values)) for values in (old, new))
        ratio = spread_new / spread_old if spread_old > 1e-9 else 1.0
        return float(new[-1]) + max((threshold - float(old[-1])) * ratio, 1e-6)
    if reached == old.size:
        return float(new[0])
    return float((new[-reached - 1] + new[-reached]) / 2)


def _side(
    info: ModelInfo,
    thresholds: Thresholds,
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    groups: list[str],
    allowed: int,
    milliseconds: float,
) -> Side:
    good, bad = scores[~truth], scores[truth]
    figures = image_figures(scores, truth, groups, resamples=200) if bad.size else {}
    auroc = figures.get("image_auroc")
    empty = np.zeros(0)
    roc = (empty, empty)
    equal: float | None = None
    if bad.size:
        line = curve(ScoreSet.of(good, bad))
        roc = (line.false_reject[::-1], 1 - line.escape[::-1])
        misses = np.searchsorted(np.sort(bad), line.thresholds)
        equal = float(line.false_reject[misses <= allowed].min())
    return Side(
        name=info.name,
        sha256=info.sha256,
        thresholds=thresholds,
        missed=int((bad < thresholds.low).sum()),
        rejected=int((good >= thresholds.high).sum()),
        grey=int(((scores >= thresholds.low) & (scores < thresholds.high)).sum()),
        auroc=None if auroc is None else (auroc.value, auroc.low, auroc.high),
        false_reject_at_equal_miss=equal,
        milliseconds=milliseconds,
        roc=roc,
    )


def changed_recipe(recipe: Recipe, path: Path, comparison: Comparison) -> Recipe:
    """The recipe with the new model and its thresholds, all else unchanged."""
    own = comparison.how == "shares" or comparison.by_rule is not None
    thresholds = comparison.new.thresholds
    return recipe.changed(
        model=str(path),
        model_sha256=comparison.new.sha256,
        t1=thresholds.low if own else None,
        t2=thresholds.high if own else None,
        map_threshold=comparison.map_threshold,
    )
