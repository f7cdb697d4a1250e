"""The foot of the window: source, recipe, the provider that really runs, the store."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from tilesight.line.news import EngineState, StoreState
from tilesight.ui.context import AppContext
from tilesight.ui.icons import icon
from tilesight.ui.labels import escaped, is_language_change
from tilesight.ui.messages import said
from tilesight.ui.models.line import LineModel
from tilesight.ui.theme import GRID, TARGET, Theme, Type, apply_font

_BACKENDS = {"onnx": "ONNX Runtime", "torch": "PyTorch"}
_SI = QLocale.DataSizeFormat.DataSizeSIFormat


class StatusPart(QToolButton):
    """Icon and words; a click leads to where it can be changed."""

    def __init__(self, icon_name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name, self._theme, self._tone = icon_name, theme, ""
        self._words = ""
        self.setProperty("words", True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(18, 18))
        self.setFixedHeight(TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        apply_font(self, Type.CAPTION, tabular=True)
        theme.changed.connect(self._draw)
        self._draw()

    @property
    def words(self) -> str:
        """The whole text, also where there is no room for it."""
        return self._words

    def show_words(self, words: str, tip: str = "", tone: str = "") -> None:
        """Says something.

        Args:
            words: One line, translated.
            tip: More, translated.
            tone: "", "grey" (amber) or "ng" (red), for the icon.
        """
        if (words, tone) != (self._words, self._tone):
            self._words, self._tone = words, tone
            self.setAccessibleName(words)
            self._elide()
            self._draw()
            self.updateGeometry()
        self.setToolTip(tip or words)

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        wanted = self.fontMetrics().horizontalAdvance(self._words) + 18 + 5 * GRID
        return QSize(wanted, TARGET)

    def minimumSizeHint(self) -> QSize:
        """Room for the icon."""
        return QSize(TARGET + 3 * GRID, TARGET)

    def resizeEvent(self, event: object) -> None:
        """Leaves out what finds no room."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._elide()

    def _elide(self) -> None:
        room = self.width() - 18 - 4 * GRID
        text = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, max(room, 0))
        self.setText(f" {escaped(text)}")

    @Slot()
    def _draw(self) -> None:
        colours = self._theme.colours
        colour = {"grey": colours.grey, "ng": colours.ng, "ok": colours.ok}.get(self._tone, colours.dim)
        self.setIcon(icon(self._icon_name, colours, colour=colour))


class StatusBar(QFrame):
    """Four parts, from left to right: source, recipe, provider, store.

    Args:
        context: Recipe, detector, store.
        line: Source and state.
    """

    asked = Signal(str)  #: Key of the action to do.

    def __init__(self, context: AppContext, line: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._line = context, line
        self.setProperty("place", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setFixedHeight(TARGET + 2)
        theme = context.theme
        self.source = StatusPart("live", theme)
        self.recipe = StatusPart("recipe", theme)
        self.device = StatusPart("device", theme)
        self.store = StatusPart("store", theme)
        self.source.clicked.connect(self._ask_source)
        self.recipe.clicked.connect(self._ask_recipe)
        self.device.clicked.connect(self._ask_device)
        self.store.clicked.connect(self._ask_store)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 1, GRID, 1)
        row.setSpacing(2 * GRID)
        for part in (self.source, self.recipe, self.device):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.store)
        line.snapshot_changed.connect(self.refresh)
        for signal in (context.recipe_changed, context.detector_changed, context.store_changed):
            signal.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says everything as it is now."""
        self._say_source()
        recipe = self._context.recipe
        name = said(recipe.name) if recipe is not None else self.tr("none")
        self.recipe.show_words(self.tr("Recipe: {name}").format(name=name))
        self._say_device()
        self._say_store()

    def _say_source(self) -> None:
        words = {
            EngineState.STOPPED: self.tr("not running"),
            EngineState.STARTING: self.tr("starting"),
            EngineState.RUNNING: self.tr("running"),
            EngineState.PAUSED: self.tr("paused"),
            EngineState.RECONNECTING: self.tr("lost, reconnecting"),
            EngineState.STOPPING: self.tr("stopping"),
            EngineState.FINISHED: self.tr("finished"),
            EngineState.FAULT: self.tr("fault"),
        }
        snapshot = self._line.snapshot
        source = snapshot.source
        title = said(source.title) if source is not None else self.tr("No source")
        tones = {
            EngineState.RUNNING: "ok",
            EngineState.RECONNECTING: "ng",
            EngineState.FAULT: "ng",
            EngineState.PAUSED: "grey",
        }
        tip = said(snapshot.source_reason or snapshot.reason or (source.note if source is not None else ""))
        self.source.show_words(f"{title} – {words[snapshot.state]}", tip, tones.get(snapshot.state, ""))

    def _say_device(self) -> None:
        context = self._context
        if not context.provider:
            self.device.show_words(self.tr("No detector running"))
            return
        detector = context.detector
        name = f"{detector.name}, " if detector is not None else ""
        recipe = context.recipe
        threads = ""
        if recipe is not None and recipe.threads and context.provider == "CPU":
            threads = self.tr(", %n thread(s)", "", recipe.threads)
        tone = "grey" if context.fallback_reason else ""
        library = _BACKENDS.get(context.backend, context.backend)
        words = f"{name}{library} · {context.provider}{threads}"
        self.device.show_words(words, said(context.fallback_reason), tone)

    def _say_store(self) -> None:
        snapshot = self._line.snapshot
        if self._context.store is None:
            self.store.show_words(self.tr("No store: nothing is recorded"), tone="ng")
        elif snapshot.store_state is StoreState.FAILING:
            waiting = self.tr("Store: failing, %Ln record(s) wait", "", snapshot.unwritten)
            self.store.show_words(waiting, said(snapshot.store_reason), "ng")
        elif snapshot.free_bytes is None:
            self.store.show_words(self.tr("Store: ready"))
        else:
            free = self.locale().formattedDataSize(snapshot.free_bytes, 1, _SI)
            tone = "grey" if snapshot.store_state is StoreState.LOW_SPACE else ""
            self.store.show_words(self.tr("Store: {free} free").format(free=free), tone=tone)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.refresh()
        super().changeEvent(event)

    @Slot()
    def _ask_source(self) -> None:
        self.asked.emit("run.source")

    @Slot()
    def _ask_recipe(self) -> None:
        self.asked.emit("run.recipe")

    @Slot()
    def _ask_device(self) -> None:
        self.asked.emit("app.settings")

    @Slot()
    def _ask_store(self) -> None:
        self.asked.emit("go.records")
