"""Banners across the top of the window, and the toast at its foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.icons import draw_icon
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.theme import GRID, Colours

_ICONS = {Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "error"}
_RANK = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}
_TOAST_MS = 6000


def _colour(level: Level, colours: Colours) -> str:
    return {Level.WARNING: colours.grey, Level.ERROR: colours.ng}.get(level, colours.accent)


class BannerRow(QFrame):
    """One banner."""

    def __init__(self, banner: Banner, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner = banner
        self._context = context
        self._picture = QLabel()
        text = Words(banner.text, wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 4, GRID, 4)
        row.setSpacing(GRID + 4)
        row.addWidget(self._picture)
        row.addWidget(text, 1)
        if banner.button:
            button = Button(banner.button)
            button.clicked.connect(self._act)
            row.addWidget(button)
        if banner.closable:
            close = IconButton("close", self.tr("Put away"), context.theme)
            close.clicked.connect(self._close)
            row.addWidget(close)
        self.setMinimumHeight(6 * GRID)
        self.setAccessibleName(banner.text)
        context.theme.changed.connect(self._draw)
        self._draw()

    @Slot()
    def _draw(self) -> None:
        colours = self._context.theme.colours
        colour = _colour(self.banner.level, colours)
        self.setStyleSheet(
            f"BannerRow {{ background: {colours.tint(colour, 0.16)}; border-left: 4px solid {colour}; }}"
        )
        ratio = self.devicePixelRatioF()
        drawn = draw_icon(_ICONS[self.banner.level], colour, QSize(round(24 * ratio), round(24 * ratio)))
        drawn.setDevicePixelRatio(ratio)
        self._picture.setPixmap(drawn)

    @Slot()
    def _act(self) -> None:
        if self.banner.action in self._context.actions:
            self._context.actions.trigger(self.banner.action)

    @Slot()
    def _close(self) -> None:
        self._context.clear_banner(self.banner.key)


class BannerStack(QWidget):
    """Every banner that stands, the most serious on top."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rows: dict[str, BannerRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        context.banner_shown.connect(self._show_banner)
        context.banner_cleared.connect(self._clear)
        self.hide()

    @property
    def banners(self) -> list[Banner]:
        """Those that stand, from the top."""
        return sorted((row.banner for row in self._rows.values()), key=lambda banner: _RANK[banner.level])

    @Slot(object)
    def _show_banner(self, banner: Banner) -> None:
        old = self._rows.get(banner.key)
        if old is not None and old.banner == banner:
            return
        self._clear(banner.key)
        row = BannerRow(banner, self._context)
        place = sum(_RANK[other.level] <= _RANK[banner.level] for other in self.banners)
        self._rows[banner.key] = row
        self._column.insertWidget(place, row)
        self.show()

    @Slot(str)
    def _clear(self, key: str) -> None:
        row = self._rows.pop(key, None)
        if row is not None:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.setVisible(bool(self._rows))


class Toast(QFrame):
    """Says something at the foot of the window for some seconds; one at a time.

    Args:
        context: Asks for toasts.
        host: The widget over whose foot it floats.
        foot: What lies along the host's foot and is not to be covered.
    """

    def __init__(self, context: AppContext, host: QWidget, foot: QWidget) -> None:
        super().__init__(host)
        self._context, self._host, self._foot = context, host, foot
        self._action = ""
        self.setProperty("place", "raised")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.text = Words(wrap=False)
        self.button = Button("", "quiet")
        self.button.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 4, GRID, 4)
        row.addWidget(self.text)
        row.addWidget(self.button)
        self.setMinimumHeight(6 * GRID)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TOAST_MS)
        self._timer.timeout.connect(self.hide)
        context.toast_shown.connect(self._say)
        host.installEventFilter(self)
        self.hide()

    @Slot(str, str, str)
    def _say(self, text: str, button: str, action: str) -> None:
        self._action = action
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    @Slot()
    def _act(self) -> None:
        self.hide()
        if self._action in self._context.actions:
            self._context.actions.trigger(self._action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the host's size."""
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        room = self._host.rect()
        self.text.setWordWrap(False)
        if self.sizeHint().width() > room.width() - 8 * GRID:
            self.text.setWordWrap(True)
        width = min(self.sizeHint().width(), room.width() - 8 * GRID)
        self.resize(width, max(self.heightForWidth(width), self.minimumHeight()))
        self.move((room.width() - self.width()) // 2, self._foot.y() - self.height() - GRID)
