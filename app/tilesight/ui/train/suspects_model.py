"""What Train knows of suspicious tiles: their ranking, and what a person decided about each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from tilesight.line.models import model_path
from tilesight.line.training.suspecting import Suspect, Suspects, find_suspects
from tilesight.ui.context import AppContext
from tilesight.ui.train.model import Failed, TrainModel

Decision = Literal["", "kept", "out"]


class SuspectsModel(QObject):
    """Ranks the chosen tiles and remembers what was decided; each command returns at once.

    Args:
        context: The recipe, whose model's scores count too.
        model: The chosen tiles.
    """

    changed = Signal()

    def __init__(self, context: AppContext, model: TrainModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._model = context, model
        self.found: Suspects | None = None
        self._kept: set[str] = set()
        #: Decisions in their order, so that each can be taken back: (group, "kept" or "out").
        self._done: list[tuple[str, Decision]] = []
        model.chosen.connect(self._forget)
        model.tiles_changed.connect(self.changed)

    @property
    def looking(self) -> bool:
        """Whether the ranking is being made."""
        return self._model.busy == "suspects"

    @property
    def decided(self) -> int:
        """How many tiles were kept or left out."""
        return len(self._done)

    @property
    def worth_a_look(self) -> int:
        """Out of how many; more than were proposed where a person went on through the strip."""
        return max(self.found.worth_a_look, self.decided) if self.found is not None else 0

    def start(self, failed: Failed) -> None:
        """Ranks the chosen tiles."""
        tiles, recipe = self._model.tiles, self._context.recipe
        if tiles is None:
            return
        model = model_path(recipe.model) if recipe is not None else None

        def done(found: Suspects) -> None:
            self.found = found
            self._kept, self._done = set(), []

        self._model.work(
            "suspects", lambda tell: find_suspects(tiles, model, tell), done, failed, self.changed
        )

    def decision(self, suspect: Suspect) -> Decision:
        """What was decided about a tile."""
        if suspect.tile.group in self._kept:
            return "kept"
        return "" if suspect.pictures & self._there() else "out"

    def leave_out(self, suspect: Suspect) -> None:
        """Takes all pictures of a tile out of the training: a flaw shows in each of its exposures."""
        if self.decision(suspect) != "out":
            self._kept.discard(suspect.tile.group)
            self._done.append((suspect.tile.group, "out"))
            self._model.remove_tiles(suspect.pictures)

    def keep(self, suspect: Suspect) -> None:
        """Says that a tile is good all the same."""
        if not self.decision(suspect):
            self._kept.add(suspect.tile.group)
            self._done.append((suspect.tile.group, "kept"))
            self.changed.emit()

    def undo(self) -> str:
        """Takes the last decision back.

        Returns:
            The group of its tile; "" where nothing was decided.
        """
        if not self._done:
            return ""
        group, decision = self._done.pop()
        if decision == "out":
            ranked = self.found.ranked if self.found is not None else ()
            pictures = (one.pictures for one in ranked if one.tile.group == group)
            self._model.put_back(frozenset().union(*pictures))
        else:
            self._kept.discard(group)
            self.changed.emit()
        return group

    def _there(self) -> frozenset[Path]:
        tiles = self._model.tiles
        return frozenset() if tiles is None else frozenset(tile.path for tile in tiles.tiles)

    @Slot()
    def _forget(self) -> None:
        self.found = None
        self._kept, self._done = set(), []
        self.changed.emit()
