"""Takes the store away from everybody, lets something replace it, and gives the new one to all.

::

    around() ──▶ nobody has the store; the engine ends in order ──▶ work ──▶ open ──▶ take() ──▶ all have it
                                                                              │
                                                                              └─ cannot be opened: banner,
                                                                                 `reopen` tries again
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from bsdrd.errors import BsdrdError
from tilesight.line.engine import Engine
from tilesight.line.news import Circumstances, StopReport
from tilesight.store.errors import StoreError
from tilesight.store.records import RecordStore
from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.messages import said
from tilesight.ui.records.jobs import Tell

_BANNER = "store-swap"


@dataclass(frozen=True, slots=True)
class Swapped:
    """What came of it.

    Attributes:
        store: The store, open again: another one, or the old one where the work failed; None where it
            cannot be opened.
        aside: Where the replaced database lies now.
        error: Why it failed; None where it did not.
        records_before: How many records the store had; None where it could not be read.
        records: How many it has now; None where it cannot be opened.
        inspected_before: Whether an inspection was running and was stopped for it.
    """

    store: RecordStore | None
    aside: Path | None
    error: BsdrdError | None
    records_before: int | None
    records: int | None
    inspected_before: bool


class StoreSwap(QObject):
    """See the module.

    Args:
        context: Holds store and engine.
    """

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._folder: Path | None = None
        self._said = Circumstances()

    def around(self, work: Callable[[Tell, Path], Path | None]) -> Callable[[Tell], Swapped]:
        """Takes the store away now; the function that comes back does the work on any thread.

        Args:
            work: Gets the folder of the closed store, and returns where the replaced database lies.

        Raises:
            StoreError: If there is no store.
        """
        context = self._context
        store, engine = context.store, context.engine
        if store is None:
            raise StoreError("There is no store.")
        self._folder = folder = store.folder
        self._said = engine.circumstances if engine is not None else Circumstances()
        context.session.set_engine(None)
        context.set_store(None)
        text = self.tr("A backup is being restored. Nothing is inspected until it is done.")
        context.show_banner(Banner(_BANNER, Level.WARNING, text, closable=False))

        def swap(tell: Tell) -> Swapped:
            aside, failure, before, report = None, None, None, None
            try:
                report = engine.close() if engine is not None else None
                _must_have_ended(report)
                before = _counted(store)
                store.close()
                aside = work(tell, folder)
            except Exception as error:
                failure = _as_ours(error)
            store.close()
            again, records = None, None
            try:
                again = RecordStore.open(folder)
                records = again.count()
            except Exception as error:
                failure = failure or _as_ours(error)
            return Swapped(again, aside, failure, before, records, report is not None)

        return swap

    def take(self, swapped: Swapped) -> None:
        """Gives everybody the store that is open now, with an engine of its own."""
        context = self._context
        if swapped.store is None:
            text = self.tr("The store cannot be opened, so nothing is inspected. {error}")
            text = text.format(error=said(swapped.error or ""))
            context.show_banner(
                Banner(_BANNER, Level.ERROR, text, self.tr("Try again"), "records.reopen", closable=False)
            )
            return
        context.clear_banner(_BANNER)
        context.set_store(swapped.store)
        engine: Engine = context.session.make_engine(swapped.store)
        engine.set_circumstances(self._said)
        context.session.set_engine(engine)

    def reopen(self) -> None:
        """Tries to open the store once more."""
        folder = self._folder
        if folder is None or self._context.store is not None:
            return

        def work() -> Swapped:
            return Swapped(RecordStore.open(folder), None, None, None, None, False)

        def failed(error: Exception) -> None:
            self.take(Swapped(None, None, _as_ours(error), None, None, False))

        self._context.background.run(work, self.take, failed, topic="records.reopen")


def _must_have_ended(report: StopReport | None) -> None:
    """A store that something still writes into must not be replaced.

    Raises:
        StoreError: If the line did not end whole.
    """
    if report is not None and (report.stuck or report.counts.unsaved):
        raise StoreError(
            f"The line did not end whole: {', '.join(report.stuck) or 'some records could not be saved'}.",
            kept="The store is as it was.",
            do_next="Close the program, start it again, and restore before the line is started.",
        )


def _counted(store: RecordStore) -> int | None:
    try:
        return store.count()
    except StoreError:
        return None  # damaged: the very reason why a backup is being restored


def _as_ours(error: Exception) -> BsdrdError:
    if isinstance(error, BsdrdError):
        return error
    return StoreError(f"{type(error).__name__}: {error}")
