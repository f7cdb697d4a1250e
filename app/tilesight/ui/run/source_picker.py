"""Where tiles come from: demo line, folder, watched folder, video, camera, stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tilesight.line.sources import open_source
from tilesight.line.sources.base import SourceError
from tilesight.line.sources.video import VIDEO_EXTENSIONS
from tilesight.ui.choice import Choice
from tilesight.ui.context import AppContext
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.labels import Button, IconButton, Words, repolish, roomy
from tilesight.ui.messages import said
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type

_RECENT = 5


@dataclass(frozen=True, slots=True)
class SourceKind:
    """A kind of source.

    Attributes:
        key: Name.
        icon: In the icon family.
        word: Marked for translation.
        text: What it is for, marked likewise.
    """

    key: str
    icon: str
    word: str
    text: str


KINDS = (
    SourceKind(
        "demo",
        "demo",
        QT_TRANSLATE_NOOP("Source", "Demo line"),
        QT_TRANSLATE_NOOP("Source", "Tiles drawn by the program, with known defects. Needs no file."),
    ),
    SourceKind(
        "folder",
        "folder",
        QT_TRANSLATE_NOOP("Source", "Folder or picture"),
        QT_TRANSLATE_NOOP(
            "Source",
            "Inspects every picture of a folder and its subfolders once: JPEG, PNG, BMP, TIFF, WebP.",
        ),
    ),
    SourceKind(
        "watch",
        "folder-watch",
        QT_TRANSLATE_NOOP("Source", "Watched folder"),
        QT_TRANSLATE_NOOP("Source", "Waits for new pictures and inspects each as it arrives."),
    ),
    SourceKind(
        "video",
        "video",
        QT_TRANSLATE_NOOP("Source", "Video file"),
        QT_TRANSLATE_NOOP("Source", "Inspects every frame of a video."),
    ),
    SourceKind(
        "camera",
        "camera",
        QT_TRANSLATE_NOOP("Source", "Camera"),
        QT_TRANSLATE_NOOP("Source", "A camera of this computer, by its number; the first one is 0."),
    ),
    SourceKind(
        "url",
        "url",
        QT_TRANSLATE_NOOP("Source", "Network stream"),
        QT_TRANSLATE_NOOP("Source", "RTSP or MJPEG over HTTP. Reconnects by itself when it is lost."),
    ),
)


def kind_of(source: str) -> str:
    """Which kind of source a text names, as far as its form tells."""
    scheme, colon, rest = source.strip().partition(":")
    scheme = scheme.lower()
    if scheme == "demo":
        return "demo"
    if colon and scheme in ("watch", "watch-all"):
        return "watch"
    if colon and scheme == "camera":
        return "camera"
    if rest.startswith("//"):
        return "url"
    return "video" if source.lower().endswith(tuple(VIDEO_EXTENSIONS)) else "folder"


class SourcePicker(Sheet):
    """Chooses a source; says what is wrong before anything is stopped.

    Args:
        host: The window's middle.
        context: Recent sources.
    """

    #: The source as `tilesight.line.sources.open_source` reads it; how tiles are found in its pictures
    #: ("whole", "automatic", else as the recipe has it).
    chosen = Signal(str, str)

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 800, 520)
        self._context = context
        self._buttons: dict[str, Button] = {}
        self._camera_before = ""
        self._pages = QStackedWidget()
        self._pages.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Where do tiles come from?"), Type.HEAD))
        head.addStretch(1)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        kinds = QVBoxLayout()
        kinds.setSpacing(4)
        for kind in KINDS:
            kinds.addWidget(self._kind_button(kind))
            self._pages.addWidget(self._page(kind))
        kinds.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(3 * GRID)
        body.addLayout(kinds)
        self.problem = Words("", wrap=True)
        self.problem.set_tone("ng")
        self.problem.hide()
        fields = QVBoxLayout()
        fields.addWidget(self._pages)
        fields.addWidget(self._finding_row())
        fields.addWidget(self.problem)
        fields.addStretch(1)
        body.addLayout(fields, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.start = Button(self.tr("Inspect"), "primary", theme=context.theme, icon_name="play")
        self.start.clicked.connect(self._choose)
        foot.addWidget(self.start)
        self.card.column.addLayout(head)
        self.card.column.addSpacing(GRID)
        self.card.column.addLayout(body, 1)
        self.card.column.addLayout(foot)
        self._group.buttonClicked.connect(self._show_kind)

    # Building

    def _kind_button(self, kind: SourceKind) -> Button:
        word = QCoreApplication.translate("Source", kind.word)
        button = Button(word, "quiet", theme=self._theme, icon_name=kind.icon)
        button.setCheckable(True)
        button.setStyleSheet("text-align: left;")
        button.setMinimumWidth(25 * GRID)
        button.setObjectName(f"source-{kind.key}")
        self._group.addButton(button)
        self._buttons[kind.key] = button
        return button

    def _page(self, kind: SourceKind) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addWidget(Words(QCoreApplication.translate("Source", kind.word), Type.TITLE))
        column.addWidget(Words(QCoreApplication.translate("Source", kind.text), dim=True, wrap=True))
        for field in self._fields(kind.key):
            column.addWidget(field)
        column.addStretch(1)  # pages of different heights begin at the same place
        return page

    def _fields(self, key: str) -> list[QWidget]:
        if key == "folder":
            asks = ((self.tr("Folder…"), self._ask_folder), (self.tr("Picture…"), self._ask_picture))
            self.folder, row = self._path_field(self.tr("Folder or picture"), *asks)
            return [row]
        if key == "watch":
            self.watched, row = self._path_field(self.tr("Folder"), (self.tr("Folder…"), self._ask_watched))
            self.existing = QCheckBox(self.tr("Also the pictures that are there already"))
            return [row, self.existing]
        if key == "video":
            self.video, row = self._path_field(self.tr("Video file"), (self.tr("Video…"), self._ask_video))
            return [row]
        if key == "camera":
            self.camera = QSpinBox()
            self.camera.setRange(0, 63)
            self.camera.setFixedWidth(16 * GRID)
            roomy(self.camera)
            self.camera.setAccessibleName(self.tr("Number of the camera"))
            hint = self.tr("Exposure, gain and trigger are set once it runs: Camera settings, F8.")
            return [self.camera, Words(hint, dim=True, wrap=True)]
        if key == "url":
            self.url, row = self._path_field("rtsp://192.168.0.10/stream")
            return [row]
        return []

    def _finding_row(self) -> QWidget:
        """What decides whether a camera over a belt just works: one tile a picture, or tiles to be found."""
        self._finding = QWidget()
        ways = [
            ("whole", self.tr("One whole tile")),
            ("automatic", self.tr("Tiles on a belt")),
            ("rectangle", self.tr("One at the recipe's place")),
        ]
        self.finding = Choice(ways, self.tr("Each picture shows"))
        row = QHBoxLayout(self._finding)
        row.setContentsMargins(0, GRID, 0, GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(Words(self.tr("Each picture shows"), dim=True))
        row.addWidget(self.finding, 1)
        return self._finding

    def _path_field(self, name: str, *asks: tuple[str, Callable[[], None]]) -> tuple[QLineEdit, QWidget]:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        field = QLineEdit()
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.returnPressed.connect(self._choose)
        field.textEdited.connect(self._clear_problem)
        line.addWidget(field, 1)
        for text, ask in asks:
            button = Button(text)
            button.clicked.connect(ask)
            line.addWidget(button)
        return field, row

    # Use

    def open_with(self, source: str) -> None:
        """Opens with a source filled in, usually the one in force."""
        kind, rest = kind_of(source), source.partition(":")[2]
        self._clear_problem()
        recipe = self._context.recipe
        own = recipe is not None and kind_of(recipe.source) != "demo"
        mode = recipe.tile_finding.mode if recipe is not None and own else "whole"
        self.finding.offer("rectangle", mode == "rectangle")
        self.finding.choose(mode)
        if kind == "folder":
            self.folder.setText(source)
        elif kind == "watch":
            self.watched.setText(rest)
            self.existing.setChecked(source.lower().startswith("watch-all"))
        elif kind == "video":
            self.video.setText(source)
        elif kind == "camera":
            number = rest.partition("?")[0].strip()
            self.camera.setValue(int(number) if number.isdigit() else 0)
            self._camera_before = source
        elif kind == "url":
            self.url.setText(source)
        self.show_kind(kind)
        self.open()

    def show_kind(self, key: str) -> None:
        """Shows the page of a kind."""
        self._buttons[key].setChecked(True)
        self._show_kind()

    def first_focus(self) -> QWidget:
        """The chosen kind."""
        checked = self._group.checkedButton()
        return checked if isinstance(checked, QWidget) else self

    @property
    def source(self) -> str:
        """What the fields say, as `open_source` reads it; "" where they are empty."""
        key = self._key()
        if key == "demo":
            return "demo"
        if key == "camera":
            plain = f"camera:{self.camera.value()}"
            # What was set at the camera in force stays with it.
            kept = self._camera_before.partition("?")[0].strip().lower() == plain
            return self._camera_before if kept else plain
        field = {"folder": self.folder, "watch": self.watched, "video": self.video, "url": self.url}[key]
        text = field.text().strip().strip('"')
        if key == "watch" and text:
            return f"{'watch-all' if self.existing.isChecked() else 'watch'}:{text}"
        return text

    def _key(self) -> str:
        return next((key for key, button in self._buttons.items() if button.isChecked()), "demo")

    @Slot()
    def _show_kind(self) -> None:
        self._clear_problem()
        self._finding.setVisible(self._key() != "demo")
        self._pages.setCurrentIndex([kind.key for kind in KINDS].index(self._key()))

    @Slot()
    def _choose(self) -> None:
        source = self.source
        try:
            if not source:
                raise SourceError(self.tr("Nothing is chosen yet."))
            open_source(source)
            self._check_path()
        except SourceError as error:
            self._say_problem(said(error))
            return
        self.close_sheet()
        self.chosen.emit(source, "" if self._key() == "demo" else self.finding.value)

    def _check_path(self) -> None:
        """A path that is not there is said here, while what runs now goes on.

        Raises:
            SourceError: If it is not there.
        """
        field = {"folder": self.folder, "watch": self.watched, "video": self.video}.get(self._key())
        if field is None:
            return
        path = Path(field.text().strip().strip('"')).expanduser()
        if not path.exists():
            raise SourceError(self.tr("There is no file or folder {path}.").format(path=path))

    def _say_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()

    @Slot()
    def _clear_problem(self) -> None:
        self.problem.hide()

    @Slot()
    def _ask_folder(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"), self.folder.text())
        self._take(self.folder, found)

    @Slot()
    def _ask_picture(self) -> None:
        kinds = self.tr("Pictures") + " (*.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp)"
        found, _ = QFileDialog.getOpenFileName(self, self.tr("Picture"), self.folder.text(), kinds)
        self._take(self.folder, found)

    @Slot()
    def _ask_watched(self) -> None:
        found = QFileDialog.getExistingDirectory(self, self.tr("Folder to watch"), self.watched.text())
        self._take(self.watched, found)

    @Slot()
    def _ask_video(self) -> None:
        endings = " ".join(f"*{ending}" for ending in sorted(VIDEO_EXTENSIONS))
        kinds = f"{self.tr('Videos')} ({endings})"
        found, _ = QFileDialog.getOpenFileName(self, self.tr("Video"), self.video.text(), kinds)
        self._take(self.video, found)

    def _take(self, field: QLineEdit, path: str) -> None:
        if path:
            field.setText(path)
            repolish(field)
            self._clear_problem()
            self.start.setFocus(Qt.FocusReason.OtherFocusReason)
