"""A remedy that Review asks Tune to try: what it is stands above the charts until it is gone or in force."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from tilesight.ui.context import AppContext
from tilesight.ui.requests import TryRemedy, remedy_words
from tilesight.ui.tune import words
from tilesight.ui.tune.model import Draft, TuneModel
from tilesight.ui.tune.target_bar import Note, NoteLine, TargetBar, Way


class RemedyDesk(QObject):
    """Takes a remedy over as a proposal once the records are there.

    Args:
        context: For messages.
        model: Takes the proposal.
        target: Is set to "by hand", so that no target moves the lines away again.
    """

    def __init__(self, context: AppContext, model: TuneModel, target: TargetBar) -> None:
        super().__init__(target)
        self._context, self._model, self._target = context, model, target
        self._asked: TryRemedy | None = None
        self._tried: Draft | None = None
        self.note = NoteLine(context.theme)
        self.note.say(Note())
        context.actions["tune.earlier"].setEnabled(False)
        model.thresholds_changed.connect(self._follow)
        model.pixels_changed.connect(self._follow)

    def ask(self, request: TryRemedy) -> None:
        """Remembers what is to be tried."""
        self._asked = request

    def try_asked(self, model_sha256: str | None) -> TryRemedy | None:
        """Proposes what was asked for.

        Args:
            model_sha256: The model in force.

        Returns:
            What was asked for; None where nothing was, or it was for another model.
        """
        asked, self._asked = self._asked, None
        if asked is None or not self._model.ready:
            return None
        if asked.model_sha256 != model_sha256:
            self._tried = None
            warning = self.tr("These tiles were judged by another model than the one in force.")
            text = self.tr("Its scores mean something else, so nothing is proposed.")
            self.note.say(Note(warning, text))
            return None
        self._target.choose(Way.HAND)
        self._model.try_remedy(asked.remedy)
        self._tried = self._now()
        text = self.tr(
            "{remedy}. It should clear {n} of {tiles} alike tiles; the flip list shows all that change."
        ).format(
            remedy=remedy_words(asked.remedy), n=words.count(asked.clears), tiles=words.count(asked.tiles)
        )
        self.note.say(Note(self.tr("Proposed from Review, not in force:"), text))
        self._offer_earlier()
        return asked

    def _offer_earlier(self) -> None:
        there = self._model.earlier is not None
        self._context.actions["tune.earlier"].setEnabled(there)
        if there:
            text = self.tr("It took the place of your earlier proposal, which is kept.")
            self._context.toast(text, self.tr("Take it back"), "tune.earlier")

    def back_to_earlier(self) -> None:
        """Proposes again what stood before the remedy."""
        self._model.back_to_earlier()
        self._context.actions["tune.earlier"].setEnabled(False)

    def _now(self) -> Draft:
        return Draft(self._model.proposed, self._model.method, self._model.pixels)

    @Slot()
    def _follow(self) -> None:
        """Once the proposal is another one, the note is not true any more."""
        if self._tried is not None and self._now() != self._tried:
            self._tried = None
            self.note.say(Note())
