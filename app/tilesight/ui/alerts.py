"""Banners about the line: what does not run as asked, what was kept, what to do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from tilesight.line.news import DetectorState, EngineSnapshot, EngineState, SourceState, StoreState
from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.messages import said
from tilesight.ui.models.line import LineModel


class Alerts(QObject):
    """Follows the engine's snapshots; a banner stands exactly as long as its cause.

    Args:
        context: Shows banners.
        line: The snapshots.
    """

    def __init__(self, context: AppContext, line: LineModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._line = context, line
        self._said: dict[str, Banner] = {}
        line.snapshot_changed.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Shows and clears banners."""
        snapshot = self._line.snapshot
        wanted = {
            banner.key: banner
            for banner in (
                self._detector(snapshot),
                self._device(snapshot),
                self._source(snapshot),
                self._store(snapshot),
                self._lost(snapshot),
                self._left_out(snapshot),
            )
            if banner is not None
        }
        for key in self._said.keys() - wanted.keys():
            self._context.clear_banner(key)
        for key, banner in wanted.items():
            # A banner that a person has put away comes back only with another text.
            if self._said.get(key) != banner:
                self._context.show_banner(banner)
        self._said = wanted

    def _detector(self, snapshot: EngineSnapshot) -> Banner | None:
        state, reason = snapshot.detector_state, snapshot.detector_reason
        if state in (DetectorState.READY, DetectorState.LOADING) or not reason:
            return None
        head = {
            DetectorState.MISSING: self.tr("No detector: tiles are not inspected."),
            DetectorState.FAILING: self.tr("The detector failed on the last tile, which is NOT INSPECTED."),
            DetectorState.STUCK: self.tr("The detector does not answer; tiles are NOT INSPECTED."),
        }[state]
        return Banner(
            "detector", Level.ERROR, f"{head} {said(reason)}", self.tr("Choose a recipe"), "run.recipe"
        )

    def _device(self, snapshot: EngineSnapshot) -> Banner | None:
        if not snapshot.fallback_reason:
            return None
        text = self.tr("Running on {provider}. {reason}")
        text = text.format(provider=snapshot.provider, reason=said(snapshot.fallback_reason))
        return Banner("device", Level.WARNING, text)

    def _source(self, snapshot: EngineSnapshot) -> Banner | None:
        if snapshot.source_state is SourceState.LOST:
            head = self.tr("The source is lost and is being connected again; the gap is recorded.")
            return Banner("source", Level.ERROR, f"{head} {said(snapshot.source_reason)}", closable=False)
        if snapshot.source_state is SourceState.FAILED:
            button = self.tr("Choose a source")
            return Banner("source", Level.ERROR, said(snapshot.source_reason), button, "run.source")
        return None

    def _store(self, snapshot: EngineSnapshot) -> Banner | None:
        if snapshot.store_state is StoreState.FAILING:
            head = self.tr("Records cannot be stored; they wait in memory and nothing counts as inspected.")
            return Banner("store", Level.ERROR, f"{head} {said(snapshot.store_reason)}", closable=False)
        if snapshot.store_state is StoreState.LOW_SPACE:
            text = self.tr("Less than 1 GB is free where records are kept. Free some space.")
            return Banner("store", Level.WARNING, text)
        return None

    def _left_out(self, snapshot: EngineSnapshot) -> Banner | None:
        """What a job over files could not inspect must not be found by chance."""
        if snapshot.state is not EngineState.FINISHED or not snapshot.counts.not_inspected:
            return None
        text = self.tr("Finished, but %Ln tile(s) were not inspected.", "", snapshot.counts.not_inspected)
        return Banner("left-out", Level.WARNING, text, self.tr("Show them"), "run.not-inspected")

    def _lost(self, snapshot: EngineSnapshot) -> Banner | None:
        if not snapshot.counts.unsaved:
            return None
        text = self.tr("%n record(s) could not be stored.", "", snapshot.counts.unsaved)
        return Banner("unsaved", Level.ERROR, text)
