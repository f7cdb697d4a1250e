"""Over the picture while a past tile is on show: the newest verdict, and the way back to live."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words, is_language_change
from tilesight.ui.models.line import LineModel
from tilesight.ui.theme import GRID, Type
from tilesight.ui.verdict_badge import VerdictBadge
from tilesight.ui.viewer import ViewerModel

_LABEL = QSize(140, 1)


class LiveBar(QFrame):
    """Floats over the picture where it covers no region; only there while a past tile is on show.

    Args:
        line: What is on show, and what came meanwhile.
        context: Theme; its action "run.live" goes back.
        model: What the picture shows, and where.
        host: The picture.
    """

    def __init__(self, line: LineModel, context: AppContext, model: ViewerModel, host: QWidget) -> None:
        super().__init__(host)
        self._line, self._model, self._host = line, model, host
        self.setProperty("place", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.note = Words("", bold=True)
        self.note.set_tone("accent")
        self.newest = VerdictBadge(context.theme, Type.BODY)
        self.button = Button("", "primary", theme=context.theme, icon_name="live")
        self.button.clicked.connect(context.actions["run.live"].trigger)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 4, 4, 4)
        row.setSpacing(2 * GRID)
        for part in (self.note, self.newest, self.button):
            row.addWidget(part)
        line.following_changed.connect(self.refresh)
        line.briefs_changed.connect(self.refresh)
        line.state_changed.connect(self.refresh)
        for signal in (model.tile_changed, model.view_changed):
            signal.connect(self._place)
        host.installEventFilter(self)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says what is on show."""
        briefs = self._line.briefs
        self.note.setText(self.tr("Past tile"))
        # Where nothing runs any more, nothing is live.
        self.button.setText(self.tr("Live") if self._line.active else self.tr("Last tile"))
        self.newest.set_verdict(briefs[-1].verdict if briefs else None)
        self.setVisible(not self._line.following)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the picture's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.refresh()
        super().changeEvent(event)

    @Slot()
    def _place(self) -> None:
        if self._line.following:
            return
        self.adjustSize()
        middle = (self._host.width() - self.width()) // 2
        right, foot = self._host.width() - self.width() - GRID, self._host.height() - self.height() - GRID
        places = [QPoint(x, y) for y in (GRID, foot) for x in (middle, GRID, right)]
        taken = self._regions()
        free = (at for at in places if not any(QRect(at, self.size()).intersects(box) for box in taken))
        self.move(next(free, places[0]))

    def _regions(self) -> list[QRect]:
        """Where regions and their labels lie in the picture."""
        tile, model = self._model.tile, self._model
        found: list[QRect] = []
        for region in tile.regions if tile is not None else ():
            x, y, width, height = region.box
            corner = model.port.to_widget(model.view, x, y).toPoint()
            foot = model.port.to_widget(model.view, x + width, y + height).toPoint()
            # The label stands above the region and may be wider than it.
            found.append(QRect(corner, foot).adjusted(-8, -32, 8, 8).united(QRect(corner, _LABEL)))
        return found
