"""Small building blocks that keep to the type scale: words, icon buttons, cards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tilesight.ui.icons import icon
from tilesight.ui.theme import GRID, TARGET, Theme, Type, apply_font


def repolish(widget: QWidget) -> None:
    """Lets the style sheet see a property that changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class Words(QLabel):
    """Text of the type scale.

    Args:
        text: Translated text.
        role: Place on the type scale.
        dim: Secondary text.
        wrap: Breaks lines instead of asking for width.
        tabular: Digits of one width.
    """

    def __init__(
        self,
        text: str = "",
        role: Type = Type.BODY,
        *,
        dim: bool = False,
        bold: bool = False,
        wrap: bool = False,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        # A lot number or a file name is never mark-up.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("dim", dim)
        apply_font(self, role, bold=bold, tabular=tabular)

    def set_tone(self, tone: str) -> None:
        """Colours the text: "ok", "grey", "ng", "accent" or ""."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            repolish(self)


class Elided(QLabel):
    """One line that ends in an ellipsis where the room ends; the whole text is its tip.

    Args:
        text: Translated text.
        middle: Leaves out the middle (paths) instead of the end.
    """

    def __init__(
        self,
        text: str = "",
        role: Type = Type.BODY,
        *,
        dim: bool = False,
        middle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setProperty("dim", dim)
        apply_font(self, role)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows another text."""
        super().setText(text)
        self.setToolTip(text)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Room for an ellipsis."""
        return QSize(QFontMetrics(self.font()).horizontalAdvance("…") * 3, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws as much as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        room = self.contentsRect()
        text = QFontMetrics(self.font()).elidedText(self.text(), self._mode, room.width())
        painter.drawText(room, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()


class Card(QFrame):
    """A panel: a surface with round corners and the margins of the grid.

    Args:
        place: "surface", "raised", "window" or "plain".
        margin: Inner margin in pixels.
        spacing: Between its parts.
    """

    def __init__(
        self,
        place: str = "surface",
        *,
        margin: int = 2 * GRID,
        spacing: int = GRID,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("place", place)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(spacing)


class ActionButton(QToolButton):
    """A button that is an action's face: icon, tip, state and name follow the action.

    Args:
        action: A QAction of the registry.
        words: Shows the text beside the icon.
    """

    def __init__(self, action: QAction, *, words: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setIconSize(QSize(20, 20))
        self.setFixedHeight(TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if words:
            self.setProperty("words", True)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            # The words of an action are never cut to "...".
            self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        action.changed.connect(self._name)
        self._name()

    @Slot()
    def _name(self) -> None:
        action = self.defaultAction()
        self.setAccessibleName(action.text().replace("&", ""))


class IconButton(QToolButton):
    """A button with an icon of the family, which keeps the theme's colour.

    Args:
        name: Icon.
        tip: Translated; also its name for screen readers.
        theme: Colours.
    """

    def __init__(self, name: str, tip: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = name
        self._theme = theme
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(TARGET, TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str) -> None:
        """Shows another icon."""
        self._icon_name = name
        self._draw()

    @Slot()
    def _draw(self) -> None:
        self.setIcon(icon(self._icon_name, self._theme.colours))


class Button(QPushButton):
    """A push button.

    Args:
        text: Translated.
        role: "primary" (one a panel), "quiet", "danger" or "" for an ordinary one.
        theme: Needed for an icon.
        icon_name: Icon left of the text.
    """

    def __init__(
        self,
        text: str,
        role: str = "",
        *,
        theme: Theme | None = None,
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setMinimumHeight(TARGET)
        self.setIconSize(QSize(20, 20))
        apply_font(self, Type.BODY, bold=role == "primary")
        self._theme, self._icon_name, self._role = theme, icon_name, role
        if theme is not None and icon_name:
            theme.changed.connect(self._draw)
            self._draw()

    def set_icon(self, name: str) -> None:
        """Shows another icon; only for a button that was made with one."""
        self._icon_name = name
        self._draw()

    @Slot()
    def _draw(self) -> None:
        if self._theme is not None:
            colours = self._theme.colours
            own = {"primary": colours.on_accent, "danger": colours.ng}.get(self._role)
            self.setIcon(icon(self._icon_name, colours, colour=own))


class ElidedButton(Button):
    """A button for a name of any length: it gives up room before others do, and its tip has all of it.

    Args:
        theme: For the icon.
        icon_name: Icon left of the text.
    """

    def __init__(self, theme: Theme, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__("", theme=theme, icon_name=icon_name, parent=parent)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def whole(self) -> str:
        """The whole text."""
        return self._whole

    def show_text(self, text: str, tip: str) -> None:
        """Shows a text as far as there is room.

        Args:
            text: What it names.
            tip: The whole of it, in words.
        """
        self._whole = text
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self._elide()
        self.updateGeometry()

    def _around(self) -> int:
        """Width of everything but the text."""
        return 20 + 5 * GRID

    def sizeHint(self) -> QSize:
        """Room for the text, but not more than a fair share."""
        words = self.fontMetrics().horizontalAdvance(self._whole)
        return QSize(min(words, 32 * GRID) + self._around(), TARGET)

    def minimumSizeHint(self) -> QSize:
        """Room for some letters."""
        words = min(self.fontMetrics().horizontalAdvance(self._whole), 8 * GRID)
        return QSize(words + self._around(), TARGET)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves out the middle where it does not fit."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width() - self._around() + 4, 0)
        text = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room)
        self.setText(escaped(text))


def escaped(text: str) -> str:
    """A text for a button or menu in which "&" is no mnemonic: file names and addresses."""
    return text.replace("&", "&&")


def roomy(field: QAbstractSpinBox) -> None:
    """Makes a number field large enough to touch, and gives its text the margin of the other fields.

    Style sheets set no padding inside a field whose arrows they draw.
    """
    field.setMinimumHeight(TARGET)
    field.lineEdit().setTextMargins(10, 0, 0, 0)


def is_language_change(event: QEvent) -> bool:
    """Whether a widget's `changeEvent` asks for its texts again."""
    return event.type() == QEvent.Type.LanguageChange
