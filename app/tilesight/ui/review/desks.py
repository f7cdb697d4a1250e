"""Parts of Review with a state of their own: drawing masks, alike false alarms, and what is asked once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from tilesight.store.types import LabelKind
from tilesight.ui.context import AppContext, Person
from tilesight.ui.label_words import CLASSES
from tilesight.ui.review.class_sheet import ClassSheet, WhoSheet
from tilesight.ui.review.commands import KEYED
from tilesight.ui.review.similar import AFTER, Alike, find_alike
from tilesight.ui.review.similar_sheet import SimilarCard, SimilarSheet
from tilesight.ui.review.tools import BrushTool, DraftTool, PolygonTool, WandTool
from tilesight.ui.sheet import Sheet
from tilesight.ui.viewer import TileViewer
from tilesight.ui.viewer.drawing import ToolKeys
from tilesight.ui.viewer.mask_draft import MaskDraft
from tilesight.ui.viewer.said_overlay import SaidOverlay

_OWN_CLASSES = 20


class DrawDesk(QObject):
    """The tools and the mask in the making.

    Args:
        context: Actions of Review must be registered.
        viewer: What is drawn on.
        parent: Owner.
    """

    changed = Signal()  #: Another tool is in the hand, or the mask changed.

    def __init__(self, context: AppContext, viewer: TileViewer, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._viewer = context, viewer
        model, theme = viewer.model, context.theme
        self.draft = MaskDraft(self)
        self.overlay = SaidOverlay(viewer.canvas, model, self.draft, theme)
        self.tools: dict[str, DraftTool] = {
            "polygon": PolygonTool(model, self.draft, theme),
            "brush": BrushTool(model, self.draft, theme),
            "wand": WandTool(model, self.draft, theme),
        }
        self.tool = ""
        self._keys = ToolKeys(viewer.canvas, model, escape=False)
        self.draft.changed.connect(self._follow)

    def take(self, name: str, on: bool = True) -> None:
        """Takes a tool into the hand, or puts it down."""
        tile = self._viewer.model.tile
        if on and name == "wand" and (tile is None or tile.maps is None):
            self._context.toast(self.tr("The wand needs the anomaly map, and none was kept of this tile."))
            on = False
        self.put_down()
        self.tool = name if on and tile is not None else ""
        tool = self.tools.get(self.tool)
        self._viewer.canvas.set_tool(tool)
        self._keys.tool = tool
        if tool is not None:
            self._viewer.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._follow()

    def put_down(self) -> None:
        """Nothing is in the hand any more."""
        if self.tool:
            self.tools[self.tool].cancel()
        self.tool = ""
        self._viewer.canvas.set_tool(None)
        self._keys.tool = None

    def set_erasing(self, on: bool) -> None:
        """The tools take away instead of adding."""
        for tool in self.tools.values():
            tool.erasing = on

    @Slot(int)
    def size_brush(self, radius: int) -> None:
        """The brush gets another radius, in tile pixels."""
        brush = self.tools["brush"]
        if isinstance(brush, BrushTool):
            brush.radius = float(radius)
            self._viewer.canvas.update()

    def drop(self) -> None:
        """Throws away what was drawn, and puts the tool down."""
        self.put_down()
        self.draft.clear()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        actions, drawn = self._context.actions, self.draft.mask is not None
        for name in self.tools:
            actions[f"review.{name}"].setChecked(name == self.tool)
        actions["review.keep"].setEnabled(drawn)
        actions["review.drop"].setEnabled(drawn or bool(self.tool))
        self.changed.emit()


class AskDesk(QObject):
    """What is asked once and remembered: the reviewer's name, and the class of defects.

    Args:
        context: Person, settings, store; actions of Review must be registered.
        host: Widget that the sheets cover.
    """

    class_changed = Signal(str)
    keys_back = Signal()  #: The keys of Review work again.

    def __init__(self, context: AppContext, host: QWidget) -> None:
        super().__init__(host)
        self._context, self._host = context, host
        self._waiting: Callable[[], object] | None = None
        self.chosen: str | None = None  #: None while the class is still to be asked for.
        self.own: list[str] = []
        self.class_sheet = ClassSheet(host, context.theme)
        self.who_sheet = WhoSheet(host, context.theme)
        for sheet in (self.class_sheet, self.who_sheet):
            sheet.closed.connect(self.give_keys_back)
        self.class_sheet.chosen.connect(self._class_chosen)
        self.who_sheet.chosen.connect(self._name_given)

    @property
    def covered(self) -> bool:
        """Whether a sheet lies over the window: then keys belong to it."""
        return any(sheet.isVisible() for sheet in self._host.window().findChildren(Sheet))

    def class_for(self, kind: LabelKind | None) -> str:
        """The class that goes with a label; "" where none does."""
        return (self.chosen or "") if kind in (LabelKind.DEFECT, LabelKind.MISSED) else ""

    def restore(self, name: object, own: object) -> None:
        """Takes back what was remembered; odd values are ignored."""
        if isinstance(own, list):
            self.own = [one for one in own if isinstance(one, str)][:_OWN_CLASSES]
        if isinstance(name, str):
            self.chosen = name
            self.class_changed.emit(name)

    def who(self, then: Callable[[], object]) -> None:
        """Asks for the name, then goes on."""
        self._waiting = then
        self.take_keys()
        self.who_sheet.open()

    def which_class(self, then: Callable[[], object] | None) -> None:
        """Asks for the class, then goes on."""
        self._waiting = then
        self.take_keys()
        self.class_sheet.open_with(self.own, self.chosen or "")
        store = self._context.store
        if store is not None:
            self._context.background.run(
                store.labels.classes, self._take_classes, self._no_classes, topic="review.classes"
            )

    def _take_classes(self, names: list[str]) -> None:
        new = [name for name in names if name not in CLASSES and name not in self.own]
        self.own = [*self.own, *new][:_OWN_CLASSES]

    @staticmethod
    def _no_classes(error: Exception) -> None:
        # The shipped classes are there anyway.
        del error

    @Slot(str)
    def _name_given(self, name: str) -> None:
        self._context.set_person(Person(name, self._context.person.role))
        self._context.change_settings(operator=name)
        self._go_on()

    @Slot(str)
    def _class_chosen(self, name: str) -> None:
        self.chosen = name
        if name and name not in CLASSES and name not in self.own:
            self.own.insert(0, name)
        self.class_changed.emit(name)
        self._go_on()

    def _go_on(self) -> None:
        then, self._waiting = self._waiting, None
        if then is not None:
            then()

    def take_keys(self) -> None:
        """The keys of Review rest while a sheet asks for something."""
        for name in KEYED:
            self._context.actions[f"review.{name}"].setEnabled(False)

    @Slot()
    def give_keys_back(self) -> None:
        """The sheet is gone."""
        for name in KEYED:
            self._context.actions[f"review.{name}"].setEnabled(True)
        self.keys_back.emit()
        # What waited for an answer goes on right after this, or not at all.
        QTimer.singleShot(0, self, self._forget_waiting)

    def _forget_waiting(self) -> None:
        if not self.covered:
            self._waiting = None


class AlikeDesk(QObject):
    """Counts false alarms and, from the third on, looks for stored regions that resemble them.

    Args:
        context: Store, background.
        host: Widget that the sheet covers.
    """

    failed = Signal(object)
    opened = Signal()  #: The sheet is going to open.

    def __init__(self, context: AppContext, host: QWidget) -> None:
        super().__init__(host)
        self._context = context
        self._marked = 0
        self.alike: Alike | None = None
        self.card = SimilarCard(context.background)
        self.card.asked.connect(context.actions["review.similar"].trigger)
        self.sheet = SimilarSheet(host, context)

    def reset(self, marked: int = 0) -> None:
        """Begins to count anew."""
        self.alike, self._marked = None, marked
        self.card.show_group(None, None)

    def note(self, ids: tuple[int, ...]) -> None:
        """These were marked as false alarms."""
        self._marked += len(ids)
        if self._marked >= AFTER:
            self.find(ids[-1], show=False)

    def find(self, record_id: int, *, show: bool) -> None:
        """Looks for what resembles a record, in the background."""
        store = self._context.store
        if store is None:
            return

        def take(alike: Alike | None) -> None:
            if alike is not None:
                self.alike = alike
            if show and alike is not None:
                self.open_group(alike)
            elif show:
                self._context.toast(self.tr("No other stored region looks like this one."))
            if alike is not None or not show:
                self.card.show_group(store, alike)

        self._context.background.run(
            lambda: find_alike(store, record_id), take, self.failed.emit, topic="review.similar"
        )

    def open_group(self, alike: Alike) -> None:
        """Shows a group."""
        self.opened.emit()
        self.sheet.show_group(alike)
