"""One stored tile under the proposed rule, to look at and to draw the inspection mask on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from bsdrd.judge import Judgement, Rule, inspected_area, judge
from bsdrd.result import AnomalyMaps
from tilesight.store.errors import StoredFileError
from tilesight.store.images import Pixels
from tilesight.store.originals import picture_of
from tilesight.store.tuning.mask import InspectionMask, MaskHistory, Stroke
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Elided, IconButton
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.tune import words
from tilesight.ui.tune.mask_tools import BrushTool, MaskTool, PolygonTool, RectangleTool
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.verdict_badge import verdict_word
from tilesight.ui.viewer import ViewTile
from tilesight.ui.viewer.canvas import TileCanvas
from tilesight.ui.viewer.drawing import ToolKeys
from tilesight.ui.viewer.model import ViewerModel

if TYPE_CHECKING:
    from tilesight.store.records import Record, RecordStore

_BLANK = 128


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What the store has of a tile.

    Attributes:
        record: Its record.
        pixels: The tile; plain grey of its size where no picture was kept.
        kept: Whether the picture was kept.
        maps: None where they were not kept.
    """

    record: Record
    pixels: Pixels
    kept: bool
    maps: AnomalyMaps | None


class TilePane(QWidget):
    """The tile, its regions under the proposed rule, and the tools for the mask.

    Args:
        context: Theme, background, store.
        model: The proposed rule.
    """

    mask_drawn = Signal(object)  #: InspectionMask

    def __init__(self, context: AppContext, model: TuneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._model = context, model
        self._stored: Stored | None = None
        self._record_id: int | None = None
        self._history = MaskHistory()
        self.view = ViewerModel(self)
        self.canvas = TileCanvas(self.view, context.theme)
        self.keys = ToolKeys(self.canvas, self.view, escape=True)
        self.brush = BrushTool(self.view, context.theme, self._drawn)
        self.polygon = PolygonTool(self.view, context.theme, self._drawn)
        self.rectangle = RectangleTool(self.view, context.theme, self._drawn)
        self.title = Elided(role=Type.CAPTION, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._tool_row())
        column.addWidget(self.canvas, 1)
        column.addWidget(self.title)
        self.view.view_changed.connect(self._size_brush)
        model.pixels_changed.connect(self._follow_rule)
        model.outcome_changed.connect(self._follow_rule)
        self.take_mask(model.pixels.mask)
        self.choose_tool(None)

    # The tile

    @property
    def record_id(self) -> int | None:
        """The record on show, or being loaded."""
        return self._record_id

    def show_record(self, record_id: int) -> None:
        """Loads a record's picture and maps, and shows them."""
        store = self._context.store
        if store is None:
            return
        self._record_id = record_id
        self._context.background.run(
            lambda: _load(store, record_id), self._take_stored, self._not_loaded, topic="tune.tile"
        )

    def _take_stored(self, stored: Stored) -> None:
        self._stored = stored
        self._follow_rule()

    def _not_loaded(self, error: Exception) -> None:
        self._stored = None
        self.view.set_tile(None)
        self.title.setText(said(error))

    @Slot()
    def _follow_rule(self) -> None:
        stored = self._stored
        if stored is None or not self.isVisible():
            return
        height, width = stored.pixels.shape[:2]
        try:
            rule = self._model.rule(height, width)
        except Exception as error:
            # A rule that cannot be made is said beside its fields; here only the picture stays.
            self.title.setText(said(error))
            return
        self._context.background.run(
            lambda: _judged(stored, rule), self._show, self._not_judged, topic="tune.tile.judge"
        )

    def _not_judged(self, error: Exception) -> None:
        self.title.setText(said(error))

    def _show(self, answer: tuple[Stored, Rule, Judgement | None]) -> None:
        stored, rule, judged = answer
        if stored is not self._stored:
            return
        height, width = stored.pixels.shape[:2]
        record = stored.record
        mask = None if rule.inspects_all else inspected_area(rule, height, width)
        self.view.set_tile(
            ViewTile(
                key=record.id,
                pixels=stored.pixels,
                name=record.name,
                maps=stored.maps,
                regions=() if judged is None else judged.regions,
                thresholds=rule.thresholds,
                map_threshold=rule.map_threshold,
                score=record.score if judged is None else judged.score,
                verdict=record.verdict if judged is None else judged.verdict,
                mm_per_px=self._model.mm_per_px,
                mask=mask,
            )
        )
        self.title.setText(self._words(stored, judged))

    def _words(self, stored: Stored, judged: Judgement | None) -> str:
        record = stored.record
        said = [self.tr("Record {id}").format(id=record.id)]
        if judged is not None and np.isfinite(judged.score):
            text = self.tr("score {score}, {verdict}, regions: {regions}")
            said.append(
                text.format(
                    score=words.score(judged.score),
                    verdict=verdict_word(judged.verdict),
                    regions=words.count(len(judged.regions)),
                )
            )
        elif judged is not None:
            said.append(self.tr("nothing of it is inspected"))
        else:
            said.append(self.tr("its maps were not kept"))
        if not stored.kept:
            said.append(self.tr("its picture was not kept; the mask can still be drawn"))
        return " · ".join(said)

    def showEvent(self, event: object) -> None:
        """Takes up what changed while it was hidden."""
        super().showEvent(event)  # pyright: ignore[reportArgumentType]
        self._follow_rule()

    # The mask

    def take_mask(self, mask: InspectionMask | None) -> None:
        """Shows another mask than the one drawn here; its steps start anew.

        One that has a stroke more is a step like one drawn here, and can be undone.
        """
        new, now = mask or InspectionMask(), self._history.mask
        if new.inspect_all == now.inspect_all and new.strokes[:-1] == now.strokes and new != now:
            self._history.change(new)
        elif new != now:
            self._history = MaskHistory(mask)
        self._follow_history()

    def undo(self) -> None:
        """Takes the last step of the mask back."""
        if self._history.undo():
            self._changed()

    def redo(self) -> None:
        """Does it again."""
        if self._history.redo():
            self._changed()

    def clear(self) -> None:
        """Inspects everything."""
        if self._history.change(InspectionMask()):
            self._changed()

    def invert(self) -> None:
        """Inspects exactly what was left out."""
        if self._history.change(self._history.mask.inverted()):
            self._changed()

    def _drawn(self, stroke: Stroke) -> None:
        if self._history.change(self._history.mask.with_stroke(stroke)):
            self._changed()

    def _changed(self) -> None:
        self._follow_history()
        self.mask_drawn.emit(self._history.mask)

    def _follow_history(self) -> None:
        self.undo_button.setEnabled(self._history.can_undo)
        self.redo_button.setEnabled(self._history.can_redo)
        self.clear_button.setEnabled(not self._history.mask.is_trivial)

    # Tools

    def _tool_row(self) -> QHBoxLayout:
        theme = self._context.theme
        row = QHBoxLayout()
        row.setSpacing(2)
        self._tools = QButtonGroup(self)
        self.tool_buttons: list[IconButton] = []
        for at, (name, tip) in enumerate(
            (
                ("fit", self.tr("Look: drag to move, wheel to zoom")),
                ("polygon", self.tr("Polygon: click the corners, close it on the first one")),
                ("rectangle", self.tr("Rectangle: drag from corner to corner")),
                ("brush", self.tr("Brush: paint over what is meant")),
            )
        ):
            button = IconButton(name, tip, theme)
            button.setCheckable(True)
            self._tools.addButton(button, at)
            self.tool_buttons.append(button)
            row.addWidget(button)
        self._tools.idClicked.connect(self._tool_clicked)
        row.addSpacing(GRID)
        self._modes = QButtonGroup(self)
        self.leave_out = IconButton("minus", self.tr("Leave out: what is drawn is not inspected"), theme)
        self.take_in = IconButton("plus", self.tr("Take in: what is drawn is inspected"), theme)
        for at, button in enumerate((self.leave_out, self.take_in)):
            button.setCheckable(True)
            self._modes.addButton(button, at)
            row.addWidget(button)
        self.leave_out.setChecked(True)
        self._modes.idClicked.connect(self._mode_clicked)
        row.addSpacing(4)
        self.brush_size = QSlider(Qt.Orientation.Horizontal)
        self.brush_size.setRange(2, 60)
        self.brush_size.setValue(14)
        self.brush_size.setFixedSize(56, TARGET)
        # The row must not jump when the brush is taken.
        policy = self.brush_size.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.brush_size.setSizePolicy(policy)
        self.brush_size.setToolTip(self.tr("Size of the brush"))
        self.brush_size.setAccessibleName(self.tr("Size of the brush"))
        self.brush_size.valueChanged.connect(self._size_brush)
        row.addWidget(self.brush_size)
        row.addStretch(1)
        self.undo_button = IconButton("undo", self.tr("Undo the last step of the mask (Ctrl+Z)"), theme)
        self.redo_button = IconButton("redo", self.tr("Redo (Ctrl+Y)"), theme)
        self.invert_button = IconButton("contrast", self.tr("Swap what is inspected and what is not"), theme)
        self.clear_button = IconButton("trash", self.tr("Remove the mask"), theme)
        for button, call in (
            (self.undo_button, self.undo),
            (self.redo_button, self.redo),
            (self.invert_button, self.invert),
            (self.clear_button, self.clear),
        ):
            button.clicked.connect(call)
            row.addWidget(button)
        return row

    def choose_tool(self, tool: MaskTool | None) -> None:
        """Gives the mouse to a tool, or back to looking."""
        order: list[MaskTool | None] = [None, self.polygon, self.rectangle, self.brush]
        self.tool_buttons[order.index(tool)].setChecked(True)
        self.keys.tool = tool
        for other in (self.polygon, self.rectangle, self.brush):
            other.cancel()
        self.canvas.set_tool(tool)
        self.brush_size.setVisible(tool is self.brush)
        self._size_brush()

    @Slot(int)
    def _tool_clicked(self, at: int) -> None:
        self.choose_tool((None, self.polygon, self.rectangle, self.brush)[at])

    @Slot(int)
    def _mode_clicked(self, at: int) -> None:
        for tool in (self.polygon, self.rectangle, self.brush):
            tool.inspect = at == 1
        self.canvas.update()

    @Slot()
    def _size_brush(self) -> None:
        # The slider means pixels of the screen, so that the brush stays in sight at every zoom.
        port = self.view.port
        self.brush.radius = max(self.brush_size.value() * port.ratio / self.view.view.zoom, 0.5)
        self.canvas.update()

    def middle(self) -> QPointF:
        """The middle of the canvas in its own pixels."""
        return QPointF(self.canvas.width() / 2, self.canvas.height() / 2)


def _load(store: RecordStore, record_id: int) -> Stored:
    record = store.get(record_id)
    maps: AnomalyMaps | None = None
    if record.maps == "kept":
        try:
            maps = store.files.maps(record_id)
        except StoredFileError:
            maps = None
    try:
        pixels = picture_of(store, record)
    except StoredFileError:
        pixels = None
    if pixels is not None:
        return Stored(record, pixels, True, maps)
    height, width = record.height or 256, record.width or 256
    if maps is not None:
        height, width = maps.height, maps.width
    return Stored(record, np.full((height, width), _BLANK, np.uint8), False, maps)


def _judged(stored: Stored, rule: Rule) -> tuple[Stored, Rule, Judgement | None]:
    return stored, rule, None if stored.maps is None else judge(stored.maps, rule)
