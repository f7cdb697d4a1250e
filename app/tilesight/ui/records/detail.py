"""The detail pane: picture, three maps, and everything that led to the verdict."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bsdrd.result import MapName
from tilesight.ui.actions import ActionRegistry
from tilesight.ui.empty_state import EmptyState, StateStack
from tilesight.ui.labels import ActionButton, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.picture_words import no_picture_head, no_picture_text
from tilesight.ui.records.facts import Now, RecordFacts, facts_page
from tilesight.ui.theme import GRID, Theme, Type, apply_font
from tilesight.ui.tile_head import TileHead
from tilesight.ui.viewer import MapScale, TileCanvas, ViewerModel, ViewTile
from tilesight.ui.viewer.colour_bar import ColourBar
from tilesight.ui.viewer.colours import map_table
from tilesight.ui.viewer.geometry import Port, fitted
from tilesight.ui.viewer.mask_draft import MaskDraft
from tilesight.ui.viewer.picture import Pyramid, as_image, seen_indices, seen_pixels, tone_table, toned_image
from tilesight.ui.viewer.said_overlay import SaidOverlay

_SMALL = (72, 48)
_MAPS: tuple[MapName, ...] = ("struct", "detail", "fused")


def small_pictures(tile: ViewTile, ratio: float = 1.0) -> list[QImage]:
    """The tile, and its three maps where it has them, on the recipe's fixed scale.

    Args:
        tile: What to draw.
        ratio: Device pixels for one logical pixel.
    """
    port = Port(round(_SMALL[0] * ratio), round(_SMALL[1] * ratio))
    view = fitted(port, tile.width, tile.height)
    _, pixels = seen_pixels(tile, Pyramid(tile.pixels), view, port)
    found = [toned_image(pixels, tone_table(0.0, 1.0))[0].copy()]
    scale = MapScale.for_thresholds(tile.thresholds) if tile.thresholds is not None else None
    if tile.maps is not None and scale is not None:
        for name in _MAPS:
            _, indices = seen_indices(tile.maps, name, scale, view, port)
            found.append(as_image(indices, map_table(name, scale)).copy())
    return found


class MapButton(QToolButton):
    """A small picture over its name."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setText(word)
        self.setAccessibleName(word)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(*_SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        apply_font(self, Type.CAPTION)

    def sizeHint(self) -> QSize:
        """Picture and word; the style's own hint would cut them."""
        return QSize(_SMALL[0] + 2 * GRID, _SMALL[1] + 4 * GRID)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()


class MapStrip(QWidget):
    """Four small pictures: tile, struct, detail, fused; one of them is shown large."""

    chosen = Signal(str)  #: "" for the tile alone, or the name of a map.

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # The style's least height of a button would let a full pane cut the words.
        self.setFixedHeight(_SMALL[1] + 4 * GRID)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        words = (self.tr("Tile"), self.tr("Struct"), self.tr("Detail"), self.tr("Fused"))
        for name, word in zip(("", *_MAPS), words, strict=True):
            button = MapButton(word)
            self._group.addButton(button)
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self._group.buttonClicked.connect(self._clicked)

    def show_tile(self, tile: ViewTile | None) -> None:
        """Shows another tile."""
        ratio = self.devicePixelRatioF()
        pictures = small_pictures(tile, ratio) if tile is not None else []
        for at, button in enumerate(self.buttons.values()):
            there = at < len(pictures)
            button.setEnabled(there)
            if there:
                drawn = QPixmap.fromImage(pictures[at])
                drawn.setDevicePixelRatio(ratio)
                button.setIcon(QIcon(drawn))
            else:
                button.setIcon(QIcon())

    def mark(self, name: str) -> None:
        """Marks the one that is shown large."""
        self.buttons[name].setChecked(True)

    @Slot(object)
    def _clicked(self, button: QToolButton) -> None:
        for name, own in self.buttons.items():
            if own is button:
                self.chosen.emit(name)


class RecordDetail(Card):
    """Shows one record.

    Args:
        theme: Colours.
        actions: "records.review" must be registered.
    """

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(margin=2 * GRID, spacing=GRID, parent=parent)
        self._theme = theme
        self._facts: RecordFacts | None = None
        self._now = Now()
        self.head = TileHead(theme)
        self.review = ActionButton(actions["records.review"], words=True)
        self.model = ViewerModel(self)
        self.canvas = TileCanvas(self.model, theme)
        self.canvas.setMinimumHeight(140)
        self.overlay = SaidOverlay(self.canvas, self.model, MaskDraft(self), theme)
        self.bar = ColourBar(self.model, theme)
        self.strip = MapStrip()
        self.strip.chosen.connect(self.show_map)
        self.no_picture = Words("", dim=True, wrap=True)
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        self.page.setAccessibleName(self.tr("Everything about this record"))
        self._build()
        theme.changed.connect(self._write)
        self.show_map("fused")
        self.states.show_empty()

    def _build(self) -> None:
        pictures = QHBoxLayout()
        pictures.addWidget(self.canvas, 1)
        pictures.addWidget(self.bar)
        self._pictures = QWidget()
        column = QVBoxLayout(self._pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(pictures, 1)
        column.addWidget(self.strip)
        inner = QWidget()
        whole = QVBoxLayout(inner)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID)
        whole.addWidget(self.head)
        whole.addWidget(self._pictures, 5)
        whole.addWidget(self.no_picture)
        whole.addWidget(self.page, 6)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.review)
        whole.addLayout(foot)
        empty = EmptyState(
            self._theme,
            "records",
            self.tr("Choose a record"),
            self.tr("Its picture, maps, regions, thresholds, labels and history appear here."),
        )
        self.states = StateStack(self._theme, inner, empty)
        self.column.addWidget(self.states)

    @property
    def facts(self) -> RecordFacts | None:
        """What is shown."""
        return self._facts

    def show_facts(self, facts: RecordFacts | None, now: Now) -> None:
        """Shows another record."""
        same = (
            facts is not None
            and self._facts is not None
            and facts.item.record.id == self._facts.item.record.id
        )
        self._facts, self._now = facts, now
        if facts is None:
            self.model.set_tile(None)
            self.states.show_empty()
            return
        item = facts.item
        self.head.show_row(item.record)
        if self.model.tile is not item.view:
            self.model.set_tile(item.view)
            self.strip.show_tile(item.view)
        self.overlay.show_said({}, item.masks)
        self._pictures.setVisible(item.view is not None)
        self.no_picture.setVisible(item.view is None)
        if item.problem is not None:
            self.no_picture.setText(said(item.problem))
        else:
            verdict, state = item.record.verdict, item.record.picture
            head = no_picture_head(verdict, state)
            self.no_picture.setText(f"{head}. {no_picture_text(verdict, state)}")
        self.no_picture.set_tone("ng" if item.problem is not None else "")
        self._write(keep=same)
        self.states.show_content()

    @Slot()
    def _write(self, keep: bool = True) -> None:
        if self._facts is None:
            return
        bar = self.page.verticalScrollBar()
        place = bar.value() if keep else 0
        self.page.setHtml(facts_page(self._facts, self._now, self._theme.colours))
        bar.setValue(place)

    def show_error(self, error: Exception) -> None:
        """Says why a record cannot be shown."""
        self._facts = None
        self.model.set_tile(None)
        self.states.show_error(error)

    @Slot(str)
    def show_map(self, name: str) -> None:
        """Lays a map on the tile; "" takes it off."""
        self.model.set_overlay(bool(name))
        if name == "struct" or name == "detail" or name == "fused":
            self.model.set_map(name)
        self.strip.mark(name)
