"""The three designed states of a panel that has nothing to show: empty, busy, error."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from tilesight.ui.icons import draw_icon
from tilesight.ui.labels import Button, Words
from tilesight.ui.messages import parts, said
from tilesight.ui.theme import GRID, Theme, Type

_WIDTH = 480


class _State(QWidget):
    """Icon, head and text in the middle of the room."""

    def __init__(self, theme: Theme, icon_name: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icon_name, self._tone = theme, icon_name, tone
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.head = Words(role=Type.TITLE, wrap=True)
        self.head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text = Words(dim=True, wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(GRID)
        self.middle = QVBoxLayout()
        self.middle.setSpacing(GRID)
        for part in (self._picture, self.head, self.text):
            self.middle.addWidget(part)
        frame = QWidget()
        frame.setMaximumWidth(_WIDTH)
        frame.setLayout(self.middle)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(frame, 6)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        theme.changed.connect(self._draw)
        self._draw()

    def _finish(self) -> None:
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self.buttons)
        row.addStretch(1)
        self.middle.addSpacing(GRID)
        self.middle.addLayout(row)

    @Slot()
    def _draw(self) -> None:
        if not self._icon_name:
            self._picture.hide()
            return
        colours = self._theme.colours
        colour = {"ng": colours.ng, "accent": colours.accent}.get(self._tone, colours.dim)
        ratio = self.devicePixelRatioF()
        side = round(48 * ratio)
        drawn = draw_icon(self._icon_name, colour, QSize(side, side))
        drawn.setDevicePixelRatio(ratio)
        self._picture.setPixmap(drawn)


class EmptyState(_State):
    """What a panel is for, and the button that fills it.

    Args:
        theme: Colours.
        icon_name: Icon of the panel.
        head: One line, translated.
        text: What it is for and how it gets filled, translated.
        button: Text of the one leading button, "" for none.
        other: Text of a second, quiet button.
    """

    clicked = Signal()
    other_clicked = Signal()

    def __init__(
        self,
        theme: Theme,
        icon_name: str,
        head: str,
        text: str,
        button: str = "",
        other: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, icon_name, "dim", parent)
        self.button = Button(button, "primary")
        self.button.clicked.connect(self.clicked)
        self.other = Button(other, "quiet")
        self.other.clicked.connect(self.other_clicked)
        self.buttons.addWidget(self.button)
        self.buttons.addWidget(self.other)
        self._finish()
        self.set_texts(head, text, button, other)

    def set_texts(self, head: str, text: str, button: str = "", other: str = "") -> None:
        """Says something else."""
        self.head.setText(head)
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.other.setText(other)
        self.other.setVisible(bool(other))
        self.setAccessibleName(head)


class BusyState(_State):
    """What is being done, how far it is, how long it takes, and a way out."""

    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "dim", parent)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel = Button(self.tr("Cancel"), "quiet")
        self.cancel.clicked.connect(self.cancelled)
        self.middle.addSpacing(GRID)
        self.middle.addWidget(self.bar)
        self.buttons.addWidget(self.cancel)
        self._finish()

    def set_progress(
        self, head: str, text: str = "", share: float | None = None, *, cancel: bool = True
    ) -> None:
        """Shows how far it is.

        Args:
            head: What is being done, translated.
            text: Details such as the time left, translated.
            share: 0..1, or None where that is unknown.
            cancel: Offers to cancel.
        """
        self.head.setText(head)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(0 if share is None else round(1000 * share))
        self.cancel.setVisible(cancel)
        self.setAccessibleName(head)


class ErrorState(_State):
    """What happened, what was kept, what to do next."""

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "error", "ng", parent)
        self.kept = Words(dim=True, wrap=True)
        self.kept.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.middle.insertWidget(2, self.kept)
        self.text.setProperty("dim", False)
        self.button = Button("", "primary")
        self.button.clicked.connect(self.clicked)
        self.buttons.addWidget(self.button)
        self._finish()

    def set_error(self, error: BaseException, button: str = "") -> None:
        """Shows an error.

        Args:
            error: A `BsdrdError` gives its three parts; anything else its text.
            button: What to do next as a button, translated; "" for none.
        """
        if isinstance(error, BsdrdError):
            head, kept, do_next = parts(error)
        else:
            head, kept = said(error), ""
            do_next = self.tr("The log file has the details.")
        # A path is one long word: between its folders it may go on in the next line.
        self.head.setText(head.replace("/", "/\u200b").replace("\\", "\\\u200b"))
        self.kept.setText(kept)
        self.kept.setVisible(bool(kept))
        self.text.setText(do_next)
        self.text.setVisible(bool(do_next))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setAccessibleName(head)


class StateStack(QStackedWidget):
    """A panel's content and its three states; exactly one of them shows.

    Args:
        theme: Colours.
        content: What shows when there is something to show.
        empty: The designed empty state.
    """

    def __init__(
        self, theme: Theme, content: QWidget, empty: EmptyState, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.empty = empty
        self.busy = BusyState(theme)
        self.error = ErrorState(theme)
        for page in (content, empty, self.busy, self.error):
            self.addWidget(page)
        self.show_empty()

    def show_content(self) -> None:
        """There is something to show."""
        self.setCurrentWidget(self.content)

    def show_empty(self) -> None:
        """There is nothing yet."""
        self.setCurrentWidget(self.empty)

    def show_busy(
        self, head: str, text: str = "", share: float | None = None, *, cancel: bool = True
    ) -> None:
        """It is being made; see `BusyState.set_progress`."""
        self.busy.set_progress(head, text, share, cancel=cancel)
        self.setCurrentWidget(self.busy)

    def show_error(self, error: BaseException, button: str = "") -> None:
        """It went wrong; see `ErrorState.set_error`."""
        self.error.set_error(error, button)
        self.setCurrentWidget(self.error)
