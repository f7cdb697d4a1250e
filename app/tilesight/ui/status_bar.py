"""The foot of the window: source, recipe, the provider that really runs, the store."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from tilesight.ui.context import AppContext
from tilesight.ui.icons import icon
from tilesight.ui.labels import is_language_change
from tilesight.ui.models.line import LineModel, LineState
from tilesight.ui.theme import GRID, TARGET, Theme, Type, apply_font


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
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, max(room, 0)))

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
        self._store_words, self._store_tone = "", ""
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
        line.state_changed.connect(self.refresh)
        for signal in (context.recipe_changed, context.detector_changed, context.store_changed):
            signal.connect(self.refresh)
        self.refresh()

    def show_store(self, words: str, tone: str = "") -> None:
        """What is said of the store; measured elsewhere, since it reads the disk."""
        self._store_words, self._store_tone = words, tone
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Says everything as it is now."""
        self._say_source()
        recipe = self._context.recipe
        name = recipe.name if recipe is not None else self.tr("none")
        self.recipe.show_words(self.tr("Recipe: {name}").format(name=name))
        self._say_device()
        none = self.tr("No store: nothing is recorded")
        open_store = self._context.store is not None
        words = (self._store_words or self.tr("Store")) if open_store else none
        self.store.show_words(words, tone=self._store_tone if open_store else "ng")

    def _say_source(self) -> None:
        words = {
            LineState.IDLE: self.tr("not started"),
            LineState.STARTING: self.tr("starting"),
            LineState.RUNNING: self.tr("running"),
            LineState.PAUSED: self.tr("paused"),
            LineState.LOST: self.tr("lost, reconnecting"),
            LineState.STOPPING: self.tr("stopping"),
            LineState.FINISHED: self.tr("finished"),
            LineState.FAILED: self.tr("failed"),
        }
        state = self._line.state
        title = self._line.source_title or self.tr("No source")
        tones = {LineState.LOST: "ng", LineState.FAILED: "ng", LineState.PAUSED: "grey"}
        tone = "ok" if state is LineState.RUNNING else tones.get(state, "")
        self.source.show_words(f"{title} – {words[state]}", self._line.problem, tone)

    def _say_device(self) -> None:
        context = self._context
        if not context.provider:
            self.device.show_words(self.tr("No detector running"))
            return
        detector = context.detector
        name = f"{detector.name}, " if detector is not None else ""
        tone = "grey" if context.fallback_reason else ""
        self.device.show_words(f"{name}{context.provider}", context.fallback_reason, tone)

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
