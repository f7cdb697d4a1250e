"""What a new model misses more of, class by class, although it may miss no more in all."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from tilesight.line.training.comparing import Comparison
from tilesight.line.training.counting import MissedMore
from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Words
from tilesight.ui.messages import said
from tilesight.ui.train.parts import shortened
from tilesight.ui.tune.words import count

#: Names in a line at most, the worst first.
_NAMED = 6


class MissedMoreLines(Words):
    """A line each for classes, lots and folders; hidden where none got worse. It warns and blocks nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(bold=True, wrap=True, parent=parent)
        self.set_tone("grey")

    def show_comparison(self, found: Comparison) -> None:
        """Shows what speaks against the new model of a comparison."""
        heads = {
            "class": self.tr("Misses more of: {names}"),
            "lot": self.tr("Misses more in lots: {names}"),
            "folder": self.tr("Misses more in folders: {names}"),
        }
        lines: list[str] = []
        for what, head in heads.items():
            mine = [one for one in found.missed_more if one.what == what]
            if mine:
                lines.append(head.format(names=self._names(mine)))
        self.setText("\n".join(lines))
        self.setVisible(bool(lines))

    def _names(self, found: list[MissedMore]) -> str:
        names = [f"{_name(one)} ({count(one.live)} → {count(one.new)})" for one in found[:_NAMED]]
        if len(found) > _NAMED:
            names.append(self.tr("and {n} more").format(n=count(len(found) - _NAMED)))
        return ", ".join(names)


def _name(one: MissedMore) -> str:
    if one.what == "class":
        return said(class_word(one.name))
    return shortened(Path(one.name).name if one.what == "folder" else one.name)
