"""Step 1: which good tiles to learn from, seen before they are learnt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from bsdrd.data.images import read_image
from bsdrd.errors import BsdrdError
from tilesight.line.training.choosing import ChosenTile, TileChoice
from tilesight.store.filters import RecordFilter
from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.charts import HistogramChart
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.parts import BusyLine, FolderList, Page, Trouble, image_of, squared, tiles_in_words
from tilesight.ui.train.suspects_panel import SuspectsPanel

_PATH = int(Qt.ItemDataRole.UserRole)
_DAYS = (0, 1, 7, 30)
#: Pictures on the contact sheet; spread evenly over all.
_SHEET = 60
_SIDE = 96


class ContactSheet(QListWidget):
    """Small pictures; Delete takes the chosen ones out of the training."""

    removed = Signal(object)  #: frozenset of paths

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setGridSize(QSize(_SIDE + 2 * GRID, _SIDE + 4 * GRID))
        self.setTextElideMode(Qt.TextElideMode.ElideLeft)  # names of tiles differ at their end
        self.setAccessibleName(self.tr("Contact sheet of the chosen tiles"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its rows, at most two of them."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Takes the height of one row or two."""
        in_a_row = max(1, self.viewport().width() // self.gridSize().width())
        rows = 1 if self.count() <= in_a_row else 2
        self.setFixedHeight(rows * self.gridSize().height() + 2 * self.frameWidth())

    def chosen_paths(self) -> frozenset[Path]:
        """The pictures that are selected."""
        return frozenset(item.data(_PATH) for item in self.selectedItems())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the selected pictures out."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen_paths():
            self.removed.emit(self.chosen_paths())
            return
        super().keyPressEvent(event)


class TilesPage(Page):
    """Chooses tiles and shows what was found.

    Args:
        context: Store and background.
        model: What is chosen.
    """

    continued = Signal()

    def __init__(self, context: AppContext, model: TrainModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Tiles to learn from"),
            self.tr("Only good tiles. Pictures of one tile stay together, and each picture counts once."),
            parent,
        )
        self._context, self._model = context, model
        self.good = QCheckBox(self.tr("Records labelled good"))
        self.alarms = QCheckBox(self.tr("False alarms confirmed as good"))
        self.picked = QCheckBox()
        self.picked.hide()
        self._picked: tuple[int, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._looked_at: tuple[object, ...] = ()
        self.lot, self.period = QComboBox(), QComboBox()
        self.period.addItems(
            [self.tr("Any time"), self.tr("Last 24 hours"), self.tr("Last 7 days"), self.tr("Last 30 days")]
        )
        for box, name in ((self.lot, self.tr("Lot")), (self.period, self.tr("Period"))):
            box.setMinimumHeight(TARGET)
            box.setAccessibleName(name)
        self.folders = FolderList(context.theme, self.tr("Add a folder of good tiles"))
        self.look = Button(self.tr("Look at these tiles"), "primary")
        self.busy, self.trouble = BusyLine(), Trouble()
        self.stale = Words(
            self.tr("The choice above was changed since: look at these tiles again."), bold=True, wrap=True
        )
        self.stale.set_tone("grey")
        self.found = Card()
        self.counts = Words(role=Type.TITLE, wrap=True)
        self.notes = Words(wrap=True)
        self.sheet = ContactSheet()
        self.remove = Button(self.tr("Leave the selected ones out"), theme=context.theme, icon_name="trash")
        self.undo = Button(self.tr("Undo"), "quiet", theme=context.theme, icon_name="undo")
        self.suspects = SuspectsPanel(context, model)
        self.go_on = Button(self.tr("Go on to settings"), "primary")
        self.brightness = HistogramChart(context.theme, self.tr("Mean brightness, 0 to 255"))
        self.sharpness = HistogramChart(context.theme, self.tr("Sharpness"))
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        card = Card()
        for parts in ((self.good, self.alarms, self.picked), (self.lot, self.period)):
            boxes = QHBoxLayout()
            boxes.setSpacing(2 * GRID)
            for part in parts:
                boxes.addWidget(part)
            boxes.addStretch(1)
            card.column.addLayout(boxes)
        card.column.addWidget(self.folders)
        card.column.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        charts = QHBoxLayout()
        charts.addWidget(self.brightness)
        charts.addWidget(self.sharpness)
        foot = QHBoxLayout()
        foot.addWidget(self.remove)
        foot.addWidget(self.undo)
        foot.addStretch(1)
        for part in (self.stale, self.counts):
            self.found.column.addWidget(part)
        self.found.column.addWidget(self.notes)
        self.found.column.addWidget(self.sheet)
        self.found.column.addLayout(foot)
        self.found.column.addLayout(charts)
        for part in (self.found, self.suspects, self.go_on):
            part.hide()
        last = QHBoxLayout()
        last.addStretch(1)
        last.addWidget(self.go_on)
        for part in (card, self.busy, self.trouble, self.found, self.suspects):
            self.column.addWidget(part)
        self.column.addLayout(last)
        self.column.addStretch(1)

    def _connect(self) -> None:
        for box in (self.good, self.alarms, self.picked):
            box.toggled.connect(self._choice_changed)
        for combo in (self.lot, self.period):
            combo.currentIndexChanged.connect(self._choice_changed)
        self.folders.changed.connect(self._choice_changed)
        self.look.clicked.connect(self.look_at_them)
        self.busy.cancelled.connect(self._model.stop_work)
        self.go_on.clicked.connect(self.continued)
        self.remove.clicked.connect(self._remove_chosen)
        self.undo.clicked.connect(self._model.undo_removal)
        self.suspects.ready.connect(self._show_suspects)
        self.sheet.removed.connect(self._model.remove_tiles)
        self.sheet.itemSelectionChanged.connect(self._selection_changed)
        self._model.chosen.connect(self._chosen)
        self._model.tiles_changed.connect(self._follow)
        self._model.progressed.connect(self._progress)
        self._choice_changed()
        self._selection_changed()

    def fill_lots(self) -> None:
        """Reads which lots there are."""
        store = self._context.store
        if store is not None:
            self._context.background.run(lambda: store.distinct("lot"), self._take_lots, topic="train.lots")

    def _take_lots(self, lots: list[str]) -> None:
        kept = self.lot.currentData()
        self.lot.blockSignals(True)
        self.lot.clear()
        self.lot.addItem(self.tr("Any lot"), None)
        for lot in lots:
            self.lot.addItem(lot, lot)
        self.lot.setCurrentIndex(max(0, self.lot.findData(kept)))
        self.lot.blockSignals(False)
        self._choice_changed()

    def choice(self) -> TileChoice:
        """What is chosen now."""
        ticked = ((self.good, LabelKind.GOOD), (self.alarms, LabelKind.FALSE_ALARM))
        labels = frozenset[LabelKind | None](kind for box, kind in ticked if box.isChecked())
        days = _DAYS[self.period.currentIndex()]
        since = datetime.now(UTC) - timedelta(days=days) if days else None
        records = RecordFilter(labels=labels, lot=self.lot.currentData(), since=since) if labels else None
        picked = self._picked if self.picked.isChecked() else ()
        return TileChoice(records, self.folders.folders, picked)

    def _ticked(self) -> tuple[object, ...]:
        """The choice as it stands on the page; unlike `choice` it is the same a moment later."""
        boxes = tuple(box.isChecked() for box in (self.good, self.alarms, self.picked))
        records = (self.lot.currentData(), self.period.currentIndex()) if any(boxes[:2]) else ()
        return (boxes, records, self._picked if boxes[2] else (), self.folders.folders)

    def pick_records(self, ids: Sequence[int]) -> None:
        """Chooses records one by one, as another workspace asks, and looks at them.

        Args:
            ids: Record numbers; those labelled defective are left out when they are read.
        """
        self._picked = tuple(dict.fromkeys(ids))
        self.picked.setText(self.tr("%Ln tile(s) chosen in Review", "", len(self._picked)))
        self.picked.setVisible(bool(self._picked))
        self.picked.setChecked(bool(self._picked))
        if self._picked and not self._model.busy:
            self.look_at_them()

    @Slot()
    def look_at_them(self) -> None:
        """Reads the chosen pictures."""
        self.trouble.hide()
        self._asked = self._ticked()
        self._model.look_at_tiles(self.choice(), self.trouble.show_error)

    @Slot()
    def _chosen(self) -> None:
        # Not before: what is shown stays that of the choice before where reading fails or is cancelled.
        self._looked_at = self._asked

    @Slot()
    def _choice_changed(self) -> None:
        ticked = any(box.isChecked() for box in (self.good, self.alarms, self.picked))
        for box in (self.lot, self.period):  # they choose among these records
            box.setEnabled(self.good.isChecked() or self.alarms.isChecked())
        some = ticked or bool(self.folders.folders)
        self.look.setEnabled(some and not self._model.busy)
        self._check_stale()

    def _check_stale(self) -> None:
        """What was found may be of another choice than the one on the page; then nobody goes on with it."""
        tiles = self._model.tiles
        stale = tiles is not None and not self._model.busy and self._ticked() != self._looked_at
        self.stale.setVisible(stale)
        self.go_on.setEnabled(tiles is not None and tiles.trainable and not stale)

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "tiles" and self._model.busy == "tiles":
            text = self.tr("Reading pictures: {done} of {of}").format(done=done, of=of)
            self.busy.show_progress(text, done, of)

    @Slot()
    def _follow(self) -> None:
        if self._model.busy == "tiles":
            self.busy.show_progress(self.tr("Reading pictures"))
        else:
            self.busy.hide()
        self._choice_changed()
        tiles = self._model.tiles
        self.found.setVisible(tiles is not None)
        self.go_on.setVisible(tiles is not None)
        self.suspects.setVisible(tiles is not None and tiles.trainable)
        self.undo.setEnabled(self._model.can_undo)
        if tiles is None or self._model.busy:
            return
        self.counts.setText(tiles_in_words(len(tiles.tiles), tiles.groups))
        self.notes.setText("\n".join(map(said, tiles.notes)))
        self.notes.setVisible(bool(tiles.notes))
        self.notes.set_tone("" if tiles.trainable else "ng")
        self.brightness.show_values([tile.brightness for tile in tiles.tiles])
        self.sharpness.show_values([tile.sharpness for tile in tiles.tiles])
        self._show_sheet(tiles.tiles)

    def _show_sheet(self, tiles: tuple[ChosenTile, ...]) -> None:
        step = max(1, -(-len(tiles) // _SHEET))
        shown = tiles[::step]
        self.sheet.clear()
        for tile in shown:
            item = QListWidgetItem(tile.name)
            item.setData(_PATH, tile.path)
            item.setSizeHint(self.sheet.gridSize())
            item.setToolTip(f"{tile.name}\n{tile.group}\n{tile.width} x {tile.height} px")
            self.sheet.addItem(item)
        self.sheet.fit()
        paths = [tile.path for tile in shown]
        self._context.background.run(lambda: _small(paths), self._take_pictures, topic="train.sheet")

    def _take_pictures(self, images: dict[Path, QImage]) -> None:
        for row in range(self.sheet.count()):
            item = self.sheet.item(row)
            image = images.get(item.data(_PATH))
            if image is not None:
                item.setIcon(QIcon(QPixmap.fromImage(image)))

    @Slot()
    def _selection_changed(self) -> None:
        self.remove.setEnabled(bool(self.sheet.chosen_paths()))

    @Slot()
    def _show_suspects(self) -> None:
        # Once the page has grown by what was found.
        QTimer.singleShot(0, self._scroll_to_suspects)

    @Slot()
    def _scroll_to_suspects(self) -> None:
        self.ensureWidgetVisible(self.suspects)

    @Slot()
    def _remove_chosen(self) -> None:
        self._model.remove_tiles(self.sheet.chosen_paths())


def _small(paths: list[Path]) -> dict[Path, QImage]:
    found: dict[Path, QImage] = {}
    for path in paths:
        try:
            image = image_of(read_image(path))
        except BsdrdError:
            continue  # gone since it was chosen; the start of the training says so
        found[path] = squared(image, _SIDE)
    return found
