"""The state of the line as the window sees it: the engine's snapshot, the film strip, the tile on show."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, Signal

from bsdrd.result import Thresholds, Verdict
from tilesight.line.news import EngineSnapshot, EngineState, InspectedTile, TileBrief
from tilesight.store.types import FileState
from tilesight.ui.viewer.tile import ViewTile

#: Tiles that the film strip holds.
HISTORY = 60
#: States in which an engine is at work.
ACTIVE = frozenset({EngineState.STARTING, EngineState.RUNNING, EngineState.PAUSED, EngineState.RECONNECTING})


@dataclass(frozen=True, slots=True, eq=False)
class ShownTile:
    """The tile on show: fresh from the line, or read again from the store.

    Attributes:
        ticket: Number in the run.
        name: As a person reads it.
        verdict: What became of it.
        captured_at: When it was taken.
        view: Picture and maps; None where there is no picture.
        score: None where it was not inspected.
        thresholds: T1 and T2 as applied; None where it was not inspected.
        reason: Why it was not inspected; "" otherwise.
        lot: "" where unknown.
        serial: "" where unknown.
        milliseconds: From the frame to the verdict; None where not measured.
        truth: What the demo line drew; "" otherwise.
        picture: Of a tile read from the store, what its record says of the picture.
    """

    ticket: int
    name: str
    verdict: Verdict
    captured_at: datetime
    view: ViewTile | None = None
    score: float | None = None
    thresholds: Thresholds | None = None
    reason: str = ""
    lot: str = ""
    serial: str = ""
    milliseconds: float | None = None
    truth: str = ""
    picture: FileState = "kept"


def shown_tile(tile: InspectedTile) -> ShownTile:
    """A tile as it came from the line; where none was found, the whole frame stands for it."""
    pixels = tile.pixels
    if pixels is None and tile.frame is not None:
        pixels = tile.frame.pixels
    inspection, rule = tile.inspection, tile.rule
    view = None
    if pixels is not None:
        view = ViewTile(
            key=tile.ticket,
            pixels=pixels,
            name=tile.info.name,
            maps=None if inspection is None else inspection.maps,
            regions=() if inspection is None else inspection.regions,
            thresholds=None if inspection is None else inspection.thresholds,
            map_threshold=None if rule is None else rule.outline,
            score=tile.score,
            verdict=tile.verdict,
            mm_per_px=tile.mm_per_px,
            mask=None if rule is None else rule.mask,
        )
    return ShownTile(
        ticket=tile.ticket,
        name=tile.info.name,
        verdict=tile.verdict,
        captured_at=tile.info.captured_at,
        view=view,
        score=tile.score,
        thresholds=None if inspection is None else inspection.thresholds,
        reason=tile.reason,
        lot=tile.info.lot or tile.circumstances.lot or "",
        serial=tile.info.serial or tile.circumstances.serial or "",
        milliseconds=sum(tile.timings_ms.values()) if tile.timings_ms else None,
        truth=tile.info.truth,
    )


class LineModel(QObject):
    """What the window knows of the line. Setters say nothing where the value stays the same.

    Signals:
        snapshot_changed: Another snapshot of the engine.
        state_changed: Its state, reason or source is another one; comes before `snapshot_changed`.
        briefs_changed: Tiles came; the newest is the last of `briefs`.
        shown_changed: Another tile is on show.
        following_changed: Between live and a past tile.
    """

    snapshot_changed = Signal()
    state_changed = Signal()
    briefs_changed = Signal()
    shown_changed = Signal()
    following_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._snapshot = EngineSnapshot()
        self._briefs: deque[TileBrief] = deque(maxlen=HISTORY)
        self._shown: ShownTile | None = None
        self._following = True
        self._wanted: int | None = None
        self._began = datetime.now(UTC)

    @property
    def began(self) -> datetime:
        """When the run began; with a second to spare, since its news come a little later."""
        return self._began

    @property
    def snapshot(self) -> EngineSnapshot:
        """How the line is doing."""
        return self._snapshot

    @property
    def active(self) -> bool:
        """Whether an engine is at work."""
        return self._snapshot.state in ACTIVE

    def set_snapshot(self, snapshot: EngineSnapshot) -> None:
        """The line tells how it is doing."""
        before = self._snapshot
        if snapshot == before:
            return
        self._snapshot = snapshot
        if snapshot.run != before.run:
            self._began = datetime.now(UTC) - timedelta(seconds=1)
            self._begin_run()
        if (snapshot.state, snapshot.reason, snapshot.source) != (before.state, before.reason, before.source):
            self.state_changed.emit()
        self.snapshot_changed.emit()

    @property
    def briefs(self) -> tuple[TileBrief, ...]:
        """The last tiles, oldest first."""
        return tuple(self._briefs)

    @property
    def newest(self) -> int:
        """Ticket of the newest tile in the film strip; -1 where it is empty."""
        return self._briefs[-1].ticket if self._briefs else -1

    def add_briefs(self, briefs: Iterable[TileBrief]) -> None:
        """Tiles came, oldest first; those that are there already are passed over."""
        newest = self.newest
        new = [brief for brief in briefs if brief.ticket > newest]
        if new:
            self._briefs.extend(new)
            self.briefs_changed.emit()

    @property
    def shown(self) -> ShownTile | None:
        """The tile on show."""
        return self._shown

    @property
    def following(self) -> bool:
        """Whether the newest tile is on show, whatever comes."""
        return self._following

    @property
    def wanted(self) -> int | None:
        """Ticket of the past tile that a person chose; None while following."""
        return self._wanted

    def show_live(self, tile: ShownTile) -> None:
        """A tile came from the line; it is on show while following."""
        if self._following:
            self._show(tile)

    def want(self, ticket: int) -> bool:
        """A person chose a past tile; `show_past` brings it.

        Returns:
            False where the film strip has no such tile.
        """
        if all(brief.ticket != ticket for brief in self._briefs):
            return False
        self._wanted = ticket
        if self._following:
            self._following = False
        # The same signal for another past tile: the film strip marks it at once.
        self.following_changed.emit()
        return True

    def want_step(self, by: int) -> None:
        """A person chose the tile before (-1) or after (1) the one on show."""
        tickets = [brief.ticket for brief in self._briefs]
        at = self._wanted if self._wanted is not None else (self._shown.ticket if self._shown else None)
        if not tickets or at is None:
            return
        place = tickets.index(at) + by if at in tickets else len(tickets) - 1
        self.want(tickets[min(max(place, 0), len(tickets) - 1)])

    def show_past(self, tile: ShownTile) -> None:
        """The chosen past tile is here; dropped if a person chose something else meanwhile."""
        if tile.ticket == self._wanted:
            self._show(tile)

    def follow(self) -> None:
        """Goes back to the newest tile; the next one that comes, or `show_live`, is on show."""
        if not self._following:
            self._following, self._wanted = True, None
            self.following_changed.emit()

    def _begin_run(self) -> None:
        self._briefs.clear()
        self.follow()
        self._show(None)
        self.briefs_changed.emit()

    def _show(self, tile: ShownTile | None) -> None:
        if tile is not self._shown:
            self._shown = tile
            self.shown_changed.emit()
