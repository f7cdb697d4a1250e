"""How long a training takes here, and how many old tiles it mixes in: asked in the background, then known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from bsdrd.bundle import read_bundle
from bsdrd.errors import BsdrdError
from tilesight.line.give_way import GiveWay
from tilesight.line.models import model_path
from tilesight.line.training.choosing import TileSet
from tilesight.line.training.job import JobSettings, Preset
from tilesight.line.training.pace import STEPS, TEACHERS, Pace, PaceBook, Progress, measure_pace
from tilesight.line.training.replay import OldTiles, count_old
from tilesight.ui.context import AppContext
from tilesight.ui.messages import said
from tilesight.ui.train.model import Failed, TrainModel

#: Paces by preset, how many old pictures there are, and what is wrong with those.
_Answer = tuple[Mapping[Preset, Pace], int | None, str]


class PaceModel(QObject):
    """What the settings page shows beside the settings; each command returns at once.

    Args:
        context: Store, recipe and background.
        model: The chosen tiles.
    """

    changed = Signal()

    def __init__(self, context: AppContext, model: TrainModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._model = context, model
        #: Measured for the settings asked for last, with each preset of which it was.
        self.paces: Mapping[Preset, Pace] = {}
        #: How many old pictures a warm start would mix in; None while that is not known.
        self.old: int | None = None
        self.old_trouble = ""

    @property
    def measuring(self) -> bool:
        """Whether it is being measured."""
        return self._model.busy == "pace"

    def ask(self, settings: JobSettings) -> None:
        """Looks up what is known for these settings."""
        store, tiles = self._context.store, self._model.tiles
        if store is None or tiles is None or settings.mode == "calibrate":
            self._take(({}, None, ""))
            return
        parent, which = self._parent(), self._model.old

        def work() -> _Answer:
            paces = _known(PaceBook(store.folder), settings, tiles, _teacher(settings, parent))
            if settings.mode != "warm":
                return paces, None, ""
            try:
                return paces, count_old(store, which, tiles), ""
            except BsdrdError as error:  # told beside the choice; the start refuses it too
                return paces, None, said(error)

        self._context.background.run(work, self._take, self._not_known, topic="train.pace")

    def measure(self, settings: JobSettings, failed: Failed) -> None:
        """Trains a few steps to learn how long it takes, with the network of the chosen preset."""
        store, tiles = self._context.store, self._model.tiles
        if store is None or tiles is None or settings.mode == "calibrate":
            return
        parent, folder, give_way = self._parent(), store.folder, self._model.give_way
        if settings.mode == "scratch":
            parent = None

        def done(paces: Mapping[Preset, Pace]) -> None:
            self.paces = paces

        self._model.work(
            "pace",
            lambda tell: _measured(folder, tiles, settings, parent, tell, give_way),
            done,
            failed,
            self.changed,
        )

    def choose_old(self, which: OldTiles, settings: JobSettings) -> None:
        """Takes old tiles from elsewhere."""
        self._model.old = which
        self.ask(settings)

    def _parent(self) -> Path | None:
        recipe = self._context.recipe
        return None if recipe is None else model_path(recipe.model)

    def _take(self, answer: _Answer) -> None:
        self.paces, self.old, self.old_trouble = answer
        self.changed.emit()

    @Slot(object)
    def _not_known(self, error: Exception) -> None:
        del error
        self._take(({}, None, ""))


def _known(book: PaceBook, settings: JobSettings, tiles: TileSet, teacher: str) -> Mapping[Preset, Pace]:
    """What was measured, for each preset of which it was."""
    found: dict[Preset, Pace] = {}
    for preset in STEPS["scratch"]:
        pace = book.find(settings.model_copy(update={"preset": preset}), tiles, teacher)
        if pace is not None:
            found[preset] = pace
    return found


def _measured(
    folder: Path,
    tiles: TileSet,
    settings: JobSettings,
    parent: Path | None,
    tell: Progress,
    give_way: GiveWay,
) -> Mapping[Preset, Pace]:
    pace = measure_pace(tiles, settings, parent, tell, give_way)
    book, teacher = PaceBook(folder), _teacher(settings, parent)
    book.keep(settings, tiles, teacher, pace)
    return _known(book, settings, tiles, teacher)


def _teacher(settings: JobSettings, parent: Path | None) -> str:
    if settings.mode == "scratch" or parent is None:
        return settings.teacher or next(iter(TEACHERS))
    return read_bundle(parent, graph=False, weights=False).spec.teacher
