"""The state of Tune: records, proposed thresholds and pixel rule, and what they would do. Widgets hold none.

```
 store ──load──▶ evidence ──▶ table ──selection──▶ what ──thresholds──▶ outcome, flips   (once a frame)
                                ▲
 pixel rule ──▶ re-judging (own thread; newest wins) ──▶ new scores
```
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from bsdrd.judge import Rule
from bsdrd.result import Thresholds
from tilesight.line.recipe import Recipe
from tilesight.store.remedies import ExcludedArea, HigherThresholds, LargerRegions, Remedy
from tilesight.store.tuning.evidence import Evidence
from tilesight.store.tuning.flips import FlipList
from tilesight.store.tuning.judged import Judged
from tilesight.store.tuning.mask import InspectionMask, Stroke, StrokeKind
from tilesight.store.tuning.rejudge import Maps, News, Rejudger, Task
from tilesight.store.tuning.rule import PixelRule
from tilesight.store.tuning.table import ScoreTable, Selection
from tilesight.store.tuning.whatif import Outcome, WhatIf

#: The two lines: T1 and T2.
Line = Literal["low", "high"]
#: One update a frame while something is dragged, in milliseconds.
_FRAME = 12
#: How long T1 must rest before maps are judged again by a rule that follows it.
_REST = 200
_EMPTY = ScoreTable.build([], [], [])
_NOWHERE = Thresholds(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rejudging:
    """How far judging stored maps again has come.

    Attributes:
        running: It is under way.
        done: Records done.
        total: Records asked for.
        seconds_left: Expected; None while nobody can say.
        without_maps: Records that keep their stored score, because their maps are not kept.
        failed: Records of which the rule leaves nothing to inspect; likewise.
        error: What ended it early; "" where nothing did.
    """

    running: bool = False
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    without_maps: int = 0
    failed: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal.

    Attributes:
        thresholds: T1 and T2.
        method: How they were found, for the audit log; "" for by hand.
        pixels: The pixel rule.
    """

    thresholds: Thresholds
    method: str
    pixels: PixelRule


class TuneModel(QObject):
    """What Tune shows and proposes.

    Signals:
        records_changed: Other records, another selection, or new scores.
        thresholds_changed: T1 or T2 moved; cheap things follow at once.
        outcome_changed: `outcome` and `flips` are new; at most once a frame.
        pixels_changed: The proposed pixel rule.
        rejudging_changed: Progress of judging maps again.
        active_changed: The line that keys move and the gallery shows.
    """

    records_changed = Signal()
    thresholds_changed = Signal()
    outcome_changed = Signal()
    pixels_changed = Signal()
    rejudging_changed = Signal()
    active_changed = Signal()
    _news = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._evidence: Evidence | None = None
        self._recipe: Recipe | None = None
        self._reference: tuple[float, ...] = ()
        self._in_force = _NOWHERE
        self._proposed = _NOWHERE
        self._method = ""
        self._earlier: Draft | None = None
        self._active: Line = "low"
        self._pixels = PixelRule()
        self._selection = Selection()
        self._all = WhatIf(_EMPTY)
        self._what = self._all
        self._all_before = self._all
        self._outcome: Outcome | None = None
        self._outcome_now: Outcome | None = None
        self._flips: FlipList | None = None
        self._rejudger: Rejudger | None = None
        self._maps: Maps | None = None
        self._rejudging = Rejudging()
        self._judged = Judged()
        self._asked: NDArray[np.int64] = np.zeros(0, np.int64)
        self._no_maps = 0
        self._stamp = 0
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME)
        self._frame.timeout.connect(self.refresh)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._rejudge)
        self._news.connect(self._take_news, Qt.ConnectionType.QueuedConnection)

    # What is known

    @property
    def ready(self) -> bool:
        """Whether records were loaded."""
        return self._evidence is not None

    @property
    def evidence(self) -> Evidence | None:
        """The records as loaded."""
        return self._evidence

    @property
    def recipe(self) -> Recipe | None:
        """The recipe in force when the records were loaded."""
        return self._recipe

    @property
    def what(self) -> WhatIf:
        """The chosen records, with the scores that the proposed pixel rule gives them."""
        return self._what

    @property
    def outcome(self) -> Outcome:
        """What the proposed thresholds would do; refreshed once a frame."""
        if self._outcome is None:
            self._outcome = self._what.outcome(self._proposed)
        return self._outcome

    @property
    def outcome_now(self) -> Outcome:
        """What the thresholds and the pixel rule in force do to the same records."""
        if self._outcome_now is None:
            self._outcome_now = self.before.outcome(self._in_force)
        return self._outcome_now

    @property
    def before(self) -> WhatIf:
        """The chosen records, with the scores that the pixel rule in force gives them."""
        return self._all_before.chosen(self._selection)

    def outcome_of_all(self) -> Outcome:
        """What the proposed thresholds would do to all records, chosen or not."""
        return self._all.outcome(self._proposed)

    @property
    def flips(self) -> FlipList:
        """Every record whose stored verdict would change; refreshed once a frame."""
        if self._flips is None:
            self._flips = self._what.flips(self._proposed)
        return self._flips

    @property
    def reference(self) -> tuple[float, ...]:
        """Scores of the good tiles held out when the model was trained, where they mean the same here.

        They were judged without mask, edge band and region filter: under another rule they say nothing.
        """
        return self._reference if self._pixels == PixelRule() else ()

    def load(
        self,
        evidence: Evidence,
        recipe: Recipe,
        in_force: Thresholds,
        maps: Maps,
        reference: tuple[float, ...] = (),
    ) -> None:
        """Takes freshly read records; proposals start at what is in force.

        Args:
            evidence: The records.
            recipe: In force.
            in_force: Its thresholds.
            maps: Where stored maps come from.
            reference: Scores of good tiles that the model brings along.
        """
        self._reference = reference
        keep = self._recipe is not None and self._recipe.sha256 == recipe.sha256
        self._evidence, self._recipe, self._in_force = evidence, recipe, in_force
        if not keep:
            self._proposed, self._method, self._earlier = in_force, "", None
            self._pixels = recipe.pixel_rule()
        if self._rejudger is None or maps is not self._maps:
            if self._rejudger is not None:
                self._rejudger.close()
            self._maps, self._rejudger = maps, Rejudger(maps, self._news.emit)
        self._all = self._all_before = WhatIf(evidence.table)
        # What is known already must not be seen to jump.
        self._choose_rule()
        self._apply_judged()
        self._choose()
        self.pixels_changed.emit()
        self.thresholds_changed.emit()
        self._rejudge()

    def close(self) -> None:
        """Ends the thread; the model must not be used after."""
        self._frame.stop()
        self._rest.stop()
        if self._rejudger is not None:
            self._rejudger.close()
            self._rejudger = None

    # Selection

    @property
    def selection(self) -> Selection:
        """Which of the records are looked at."""
        return self._selection

    def select(self, selection: Selection) -> None:
        """Looks at some of the records."""
        if selection != self._selection:
            self._selection = selection
            self._choose()

    def _choose(self) -> None:
        self._what = self._all.chosen(self._selection)
        self._outcome_now = None
        self.refresh()
        self.records_changed.emit()

    # Thresholds

    @property
    def in_force(self) -> Thresholds:
        """T1 and T2 of the recipe in force."""
        return self._in_force

    @property
    def proposed(self) -> Thresholds:
        """T1 and T2 as proposed."""
        return self._proposed

    @property
    def method(self) -> str:
        """How they were found, for the audit log; "" for by hand."""
        return self._method

    @property
    def active(self) -> Line:
        """The line that keys move and the gallery shows."""
        return self._active

    @property
    def active_value(self) -> float:
        """Where that line stands."""
        return self.value(self._active)

    def value(self, line: Line) -> float:
        """Where a line stands."""
        return self._proposed.low if line == "low" else self._proposed.high

    def set_active(self, line: Line) -> None:
        """Chooses a line."""
        if line != self._active:
            self._active = line
            self.active_changed.emit()

    def propose(self, thresholds: Thresholds, method: str = "") -> None:
        """Proposes thresholds.

        Args:
            thresholds: T1 and T2.
            method: How they were found, for the audit log; "" for by hand.
        """
        self._method = method
        if thresholds != self._proposed:
            moved = thresholds.low != self._proposed.low
            self._proposed = thresholds
            self.thresholds_changed.emit()
            if not self._frame.isActive():
                self._frame.start()
            if moved and self._pixels.follows_t1:
                self._rest.start()

    def move(self, line: Line, value: float, *, push: bool = False) -> None:
        """Moves one line.

        Args:
            line: Which one.
            value: Where to.
            push: Takes the other line along where they meet; otherwise it stops there.
        """
        low, high = self._proposed.low, self._proposed.high
        if line == "low":
            low = value if push else min(value, high)
            high = max(low, high)
        else:
            high = value if push else max(value, low)
            low = min(low, high)
        self.propose(Thresholds(low, high))

    def move_past_next(self, line: Line, upwards: bool) -> None:
        """Moves one line so that exactly the next record (or those with its score) changes sides."""
        scores = self._what.table.scores
        at = self.value(line)
        if upwards:
            over = scores[np.searchsorted(scores, at, side="left") :]
            beyond = over[np.searchsorted(over, over[0], side="right") :] if over.size else over
            target = _between(float(over[0]), beyond[:1]) if over.size else at
        else:
            under = scores[: np.searchsorted(scores, at, side="left")]
            beyond = under[: np.searchsorted(under, under[-1], side="left")] if under.size else under
            target = _between(float(under[-1]), beyond[-1:], down=True) if under.size else at
        self.move(line, target)

    def back_to_force(self) -> None:
        """Proposes what is in force again, thresholds and pixel rule."""
        if self._recipe is not None:
            self.set_pixels(self._recipe.pixel_rule())
        self.propose(self._in_force)

    # A remedy against alike false alarms

    @property
    def earlier(self) -> Draft | None:
        """The proposal that a remedy took the place of; None where there was none."""
        return self._earlier

    def try_remedy(self, remedy: Remedy) -> None:
        """Proposes what is in force with a remedy on top; a proposal that stood before is kept aside."""
        recipe = self._recipe
        if recipe is None:
            return
        self._earlier = Draft(self._proposed, self._method, self._pixels) if self.is_changed else None
        self.set_pixels(recipe.pixel_rule())
        low, high = self._in_force.low, self._in_force.high
        match remedy:
            case HigherThresholds(thresholds):
                low = max(low, thresholds.low)
                self.propose(Thresholds(low, max(low, high)), "clears alike false alarms")
                return
            case LargerRegions(area):
                pixels = replace(self._pixels, min_area=float(area), in_mm2=False)
            case ExcludedArea(left, top, right, bottom):
                stroke = Stroke(kind=StrokeKind.RECTANGLE, points=((left, top), (right, bottom)))
                pixels = replace(
                    self._pixels, mask=(self._pixels.mask or InspectionMask()).with_stroke(stroke)
                )
        self.propose(self._in_force, "clears alike false alarms")
        self.set_pixels(pixels)

    def back_to_earlier(self) -> None:
        """Proposes again what a remedy took the place of."""
        draft, self._earlier = self._earlier, None
        if draft is not None:
            self.set_pixels(draft.pixels)
            self.propose(draft.thresholds, draft.method)

    # Pixel rule

    @property
    def pixels(self) -> PixelRule:
        """The proposed pixel rule."""
        return self._pixels

    @property
    def mm_per_px(self) -> float | None:
        """Scale of the tiles, where known."""
        if self._recipe is not None and self._recipe.mm_per_px is not None:
            return self._recipe.mm_per_px
        newest = self._evidence.newest if self._evidence is not None else None
        return newest.mm_per_px if newest is not None else None

    @property
    def rejudging(self) -> Rejudging:
        """How far judging maps again has come."""
        return self._rejudging

    def set_pixels(self, pixels: PixelRule) -> None:
        """Proposes another pixel rule; stored maps are judged again in the background."""
        if pixels != self._pixels:
            self._pixels = pixels
            self.pixels_changed.emit()
            self._rejudge()

    def cancel_rejudging(self) -> None:
        """Stops judging maps again and goes back to the pixel rule in force."""
        if self._rejudger is not None and self._rejudging.running:
            self._rejudger.cancel()
            self._rejudging = Rejudging()
            if self._recipe is not None:
                self._pixels = self._recipe.pixel_rule()
            self.pixels_changed.emit()
            self.rejudging_changed.emit()

    def rule(self, height: int, width: int) -> Rule:
        """The proposed rule for a tile of this size.

        Raises:
            ValueError: If the area is in mm² and there is no scale.
            BsdrdError: If the recipe's mask file cannot be read.
        """
        return self._rule_maker()(height, width)

    @Slot()
    def _rejudge(self) -> None:
        self._rest.stop()
        evidence, rejudger = self._evidence, self._rejudger
        if evidence is None or self._recipe is None or rejudger is None:
            return
        self._choose_rule()
        ids = self._ids_to_judge(evidence)
        kept = np.intersect1d(ids, evidence.with_maps)
        self._asked = self._judged.missing(kept)
        self._no_maps = int(ids.size - kept.size)
        if self._asked.size:
            rows = evidence.table.rows_of(self._asked)
            task = Task(self._asked, evidence.table.scores[rows], self._rule_maker())
            self._stamp = rejudger.request(task)
            self._rejudging = Rejudging(running=True, total=int(self._asked.size))
        else:
            rejudger.cancel()
            self._finish(ids)
        self.rejudging_changed.emit()

    def _choose_rule(self) -> None:
        recipe, pixels = self._recipe, self._pixels
        file = None if recipe is None else recipe.mask_file
        low = self._proposed.low if pixels.follows_t1 else None
        self._judged.choose((file, pixels, low, self.mm_per_px))

    def _ids_to_judge(self, evidence: Evidence) -> NDArray[np.int64]:
        ids = np.sort(evidence.table.about.ids)
        return np.intersect1d(ids, evidence.judged_otherwise) if self._judges_as_in_force() else ids

    def _rule_maker(self) -> _RuleMaker:
        return _RuleMaker(self._recipe, self._pixels, self._proposed, self.mm_per_px)

    @Slot(object)
    def _take_news(self, news: News) -> None:
        if self._rejudger is None or news.stamp != self._stamp or news.stamp != self._rejudger.stamp:
            return
        if news.finished and not news.error and self._evidence is not None:
            self._judged.add(self._asked, news)
            self._finish(self._ids_to_judge(self._evidence))
        else:
            self._rejudging = Rejudging(
                not news.finished, news.done, news.total, news.seconds_left, error=news.error
            )
        self.rejudging_changed.emit()

    def _finish(self, ids: NDArray[np.int64]) -> None:
        """Everything that can be judged by this rule was."""
        known, _ = self._judged.of(ids)
        failed = int(ids.size - known.size) - self._no_maps
        total = int(ids.size)
        self._rejudging = Rejudging(done=total, total=total, without_maps=self._no_maps, failed=failed)
        if self._apply_judged():
            self._choose()

    def _apply_judged(self) -> bool:
        """Puts the scores known under the proposed rule into the table; False where nothing changes."""
        evidence = self._evidence
        if evidence is None:
            return False
        table = evidence.table.with_scores(*self._judged.of(self._ids_to_judge(evidence)))
        if table is self._all.table:
            return False
        self._all = WhatIf(table)
        if self._judges_as_in_force():
            self._all_before = self._all
        return True

    def _judges_as_in_force(self) -> bool:
        """Whether the proposal gives every tile the score that the recipe in force gives it."""
        if self._recipe is None or self._pixels != self._recipe.pixel_rule():
            return False
        return not self._pixels.follows_t1 or self._proposed.low == self._in_force.low

    # What is proposed as a whole

    @property
    def is_changed(self) -> bool:
        """Whether the proposal differs from what is in force."""
        recipe = self._recipe
        return recipe is not None and (
            self._proposed != self._in_force or self._pixels != recipe.pixel_rule()
        )

    def proposed_recipe(self) -> Recipe | None:
        """The recipe with the proposed values; None without one."""
        recipe, pixels = self._recipe, self._pixels
        if recipe is None:
            return None
        values: dict[str, object] = {
            "map_threshold": pixels.map_threshold,
            "min_area": pixels.min_area,
            "min_area_in_mm2": pixels.in_mm2,
            "edge_band_px": pixels.edge_band_px,
            "mask": None if pixels.mask is None else pixels.mask.model_dump(),
        }
        if self._proposed != self._in_force:
            values |= {"t1": self._proposed.low, "t2": self._proposed.high}
        return recipe.changed(**values)

    @Slot()
    def refresh(self) -> None:
        """Works out what is proposed, now; normally the next frame does it."""
        self._frame.stop()
        self._outcome = self._what.outcome(self._proposed)
        self._flips = self._what.flips(self._proposed)
        self.outcome_changed.emit()


@dataclass(frozen=True, slots=True)
class _RuleMaker:
    """Makes the proposed rule for tiles of any size; called on the re-judging thread too."""

    recipe: Recipe | None
    pixels: PixelRule
    thresholds: Thresholds
    mm_per_px: float | None

    def __call__(self, height: int, width: int) -> Rule:
        rule = self.pixels.rule(self.thresholds, height, width, self.mm_per_px)
        if self.recipe is None or self.recipe.mask_file is None:
            return rule
        mask = self.recipe.mask_file.raster(height, width)
        if rule.mask is not None:
            mask = mask & rule.mask
        return Rule(rule.thresholds, rule.map_threshold, rule.min_area_px, rule.edge_band_px, mask)


def _between(passed: float, beyond: NDArray[np.float64], *, down: bool = False) -> float:
    """A threshold that has `passed` behind it and what lies beyond still before it."""
    if down:
        # A score at the threshold counts as above it.
        return passed if not beyond.size else (passed + float(beyond[0])) / 2
    return passed + 0.01 if not beyond.size else (passed + float(beyond[0])) / 2
