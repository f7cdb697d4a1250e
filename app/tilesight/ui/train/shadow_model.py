"""What the window knows of shadow mode: how it is doing now, and what it has found over all time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tilesight.line.shadow import Shadow, ShadowSnapshot, ShadowState
from tilesight.line.training.gate import shadow_terms
from tilesight.store.models import StoredModel
from tilesight.store.records import RecordStore
from tilesight.store.shadow import ShadowDifference, ShadowSummary
from tilesight.store.shadow_evidence import Evidence
from tilesight.ui.context import AppContext
from tilesight.ui.messages import said
from tilesight.ui.train.gate_model import GateModel

Failed = Callable[[Exception], object]
#: Between two looks while the page is on screen, in milliseconds.
_LOOK_MS = 1500
#: Tiles judged otherwise that are shown.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What the shadow model has found.

    Attributes:
        model: The model.
        summary: Agreement.
        differences: Tiles that it judges otherwise, newest first.
    """

    model: StoredModel
    summary: ShadowSummary
    differences: tuple[ShadowDifference, ...]


class ShadowModel(QObject):
    """Begins, ends and follows shadow mode; every command returns at once.

    Args:
        context: Session, store, background.
        gate: Told when a model's state has changed.
    """

    changed = Signal()

    def __init__(self, context: AppContext, gate: GateModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._gate = context, gate
        self.found: Found | None = None
        self.snapshot = ShadowSnapshot()
        self.busy = False
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        gate.shadow_moved.connect(self.look)

    @property
    def shadow(self) -> Shadow | None:
        """Shadow mode of the running line."""
        return self._context.session.shadow

    @property
    def on(self) -> bool:
        """Whether a model is the shadow."""
        return self.snapshot.state is not ShadowState.OFF

    def follow(self, on: bool) -> None:
        """Looks again and again while its page is on screen."""
        if on:
            self.look()
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Asks how it is doing, and reads what it has found."""
        shadow, store = self.shadow, self._context.store
        self.snapshot = ShadowSnapshot() if shadow is None else shadow.snapshot()
        run = self.snapshot.run
        if run is not None:
            self._last = run.model_sha256
        if store is None or not self._last:
            self.found = None
            self.changed.emit()
            return
        sha256 = self._last
        self._context.background.run(
            lambda: _read(store, sha256), self._take, self._not_read, topic="train.shadow"
        )

    def show_model(self, sha256: str) -> None:
        """Shows what a model found as a shadow, also long ago."""
        if not self.on:
            self._last = sha256
            self.look()

    def _take(self, found: Found | None) -> None:
        self.found = found
        self.changed.emit()

    def _not_read(self, error: Exception) -> None:
        self.found = None
        self.changed.emit()
        self._context.toast(said(error))

    def begin(self, sha256: str, failed: Failed) -> None:
        """Starts shadow mode with a model."""
        store, recipe, shadow, who = self._context.store, self._context.recipe, self.shadow, self._gate.who()
        if store is None or recipe is None or shadow is None:
            return

        def work() -> None:
            terms = shadow_terms(store, recipe, sha256)
            shadow.begin(sha256, recipe, terms, actor=who.name, role=who.role)

        self._run(work, failed)

    def end(self, failed: Failed) -> None:
        """Ends shadow mode; what it found stays."""
        shadow, who = self.shadow, self._gate.who()
        if shadow is not None:
            self._run(lambda: shadow.end(actor=who.name, role=who.role), failed)

    def evidence(self, record_id: int) -> Callable[[], Evidence | None] | None:
        """Fetches picture and both maps of a tile; None without a store."""
        store, found = self._context.store, self.found
        if store is None or found is None:
            return None
        sha256 = found.model.sha256
        return lambda: store.shadow.evidence.get(sha256, record_id)

    def close(self) -> None:
        """Looks no more."""
        self._timer.stop()

    def _run(self, work: Callable[[], None], failed: Failed) -> None:
        if self.busy:
            return
        self.busy = True

        def done(_: None) -> None:
            self.busy = False
            self._gate.reload()
            self.look()

        def refuse(error: Exception) -> None:
            self.busy = False
            failed(error)
            self.look()

        self._context.background.run(work, done, refuse)
        self.changed.emit()


def _read(store: RecordStore, sha256: str) -> Found | None:
    known = {one.sha256: one for one in store.models.all(removed=True)}
    if sha256 not in known:
        return None
    differences = tuple(store.shadow.differences(sha256, limit=_SHOWN))
    return Found(known[sha256], store.shadow.summary(sha256), differences)
