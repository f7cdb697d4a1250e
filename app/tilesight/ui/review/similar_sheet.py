"""The panel of alike false alarms: pictures, what would clear them, and one label for all."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tilesight.store.similar import ExcludedArea, HigherThresholds, LargerRegions, Preview, Remedy
from tilesight.ui.labels import Button, Card, IconButton, Words
from tilesight.ui.review.similar import Alike
from tilesight.ui.review.words import label_word, score_text
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Theme, Type
from tilesight.ui.verdict_badge import verdict_word

_ID = Qt.ItemDataRole.UserRole
_SHOWN_ON_CARD = 4


class RemedyCard(Card):
    """One remedy: what it is, what it clears, what it loses.

    Args:
        title: Translated.
        button: Text of what leads on, translated.
    """

    asked = Signal()

    def __init__(self, title: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__("raised", margin=12, spacing=2, parent=parent)
        self.column.addWidget(Words(title, bold=True, wrap=True))
        self.clears, self.loses = Words("", wrap=True), Words("", wrap=True)
        self.column.addWidget(self.clears)
        self.column.addWidget(self.loses)
        go = Button(button)
        go.clicked.connect(self.asked)
        self.column.addSpacing(4)
        self.column.addWidget(go)

    def show_preview(self, preview: Preview) -> None:
        """Says what it would do."""
        whole = len(preview.cleared) + len(preview.left)
        text = self.tr("Clears {cleared} of {whole} tiles").format(cleared=len(preview.cleared), whole=whole)
        if preview.others:
            text += "\n" + self.tr("Other tiles that become OK: {n}").format(n=len(preview.others))
        self.clears.setText(text)
        self.say_lost(len(preview.lost))

    def say_lost(self, count: int) -> None:
        """Says how many known defects are lost."""
        self.loses.set_tone("ng" if count else "ok")
        self.loses.setText(
            self.tr("Known defects lost: {n}").format(n=count) if count else self.tr("Loses no known defect")
        )


class SimilarSheet(Sheet):
    """Shows a group of alike regions.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    accepted = Signal(object)  #: Record numbers to label as false alarms.
    opened = Signal(int)  #: Record to look at.
    remedy_asked = Signal(object)  #: A `Remedy`, or None for training.

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, 1040, 620)
        self._alike: Alike | None = None
        self.remedies: list[tuple[RemedyCard, Remedy | None]] = []
        self.head = Words("", Type.HEAD)
        self.note = Words("", dim=True, wrap=True)
        close = IconButton("close", self.tr("Close"), theme)
        close.clicked.connect(self.close_sheet)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(close)
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(96, 96))
        self.list.setGridSize(QSize(124, 148))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Alike regions; ticked ones are labelled"))
        self.list.itemChanged.connect(self._count)
        self.list.itemActivated.connect(self._open_item)
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, GRID, 0)
        self._right.setSpacing(GRID)
        scroll = QScrollArea()
        scroll.setWidget(right)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(320)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addWidget(self.list, 1)
        middle.addWidget(scroll)
        self.take = Button("", "primary")
        self.take.clicked.connect(self._take)
        foot = QHBoxLayout()
        foot.addWidget(Words(self.tr("Enter opens a tile, Space ticks it."), Type.CAPTION, dim=True), 1)
        foot.addWidget(self.take)
        self.card.column.addLayout(top)
        self.card.column.addWidget(self.note)
        self.card.column.addLayout(middle, 1)
        self.card.column.addLayout(foot)

    def first_focus(self) -> QWidget:
        """The pictures."""
        return self.list

    def show_group(self, alike: Alike) -> None:
        """Shows another group, and opens."""
        self._alike = alike
        self.head.setText(
            self.tr("{regions} alike regions on {tiles} tiles").format(
                regions=len(alike.group.records), tiles=alike.tiles
            )
        )
        known = alike.group.known_defects
        self.note.setText(
            self.tr("{n} of these tiles are known defects: whatever clears the group may hide them.").format(
                n=known
            )
            if known
            else self.tr("None of these tiles is a known defect.")
        )
        self.note.set_tone("ng" if known else "")
        self._fill_pictures(alike)
        self._fill_remedies(alike)
        self._count()
        self.open()

    def _fill_pictures(self, alike: Alike) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        for one in alike.regions:
            region = one.region
            said = label_word(region.label) if region.label is not None else verdict_word(region.verdict)
            item = QListWidgetItem(f"{said}  {score_text(region.peak)}")
            item.setData(_ID, region.record_id)
            if one.picture is not None:
                item.setIcon(QIcon(QPixmap.fromImage(one.picture)))
            defect = region.label is not None and region.label.truth is True
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
            )
            item.setCheckState(Qt.CheckState.Unchecked if defect else Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.blockSignals(False)

    def _fill_remedies(self, alike: Alike) -> None:
        while (taken := self._right.takeAt(0)) is not None:
            part = taken.widget()
            if part is not None:
                part.deleteLater()
        self.remedies = []
        self._right.addWidget(Words(self.tr("What would clear them"), bold=True))
        for remedy, preview in alike.remedies:
            card = RemedyCard(self._title(remedy), self.tr("Open in Tune"))
            card.show_preview(preview)
            self._add_remedy(card, remedy)
        card = RemedyCard(self.tr("Train with them as good tiles"), self.tr("Open in Train"))
        card.clears.setText(
            self.tr(
                "{n} of {whole} tiles have a picture to learn from. What it clears is known after training."
            ).format(n=alike.group.with_picture, whole=alike.tiles)
        )
        known = alike.group.known_defects
        card.loses.set_tone("ng" if known else "ok")
        card.loses.setText(
            self.tr("{n} known defects look the same and may be lost").format(n=known)
            if known
            else self.tr("No known defect looks the same")
        )
        self._add_remedy(card, None)
        self._right.addStretch(1)

    def _add_remedy(self, card: RemedyCard, remedy: Remedy | None) -> None:
        card.asked.connect(self._ask_remedy)
        self.remedies.append((card, remedy))
        self._right.addWidget(card)

    def _title(self, remedy: Remedy) -> str:
        if isinstance(remedy, HigherThresholds):
            return self.tr("Raise T1 to {t1}").format(t1=score_text(remedy.thresholds.low))
        if isinstance(remedy, LargerRegions):
            return self.tr("Count only regions of {n} px or more").format(n=remedy.min_area_px)
        assert isinstance(remedy, ExcludedArea)
        width, height = remedy.right - remedy.left, remedy.bottom - remedy.top
        share = f"{100 * width * height:.0f}"
        return self.tr("Mask the place where they lie ({share} % of the tile)").format(share=share)

    @property
    def ticked(self) -> list[int]:
        """Records whose region is ticked, each once; those that are not shown count with the group."""
        shown: dict[int, bool] = {}
        for at in range(self.list.count()):
            item = self.list.item(at)
            number = int(item.data(_ID))
            shown[number] = shown.get(number, True) and item.checkState() is Qt.CheckState.Checked
        return [number for number, on in shown.items() if on]

    @Slot()
    def _count(self) -> None:
        count = len(self.ticked)
        self.take.setText(self.tr("Label {n} tiles: false alarm").format(n=count))
        self.take.setEnabled(count > 0)

    @Slot()
    def _take(self) -> None:
        ids = self.ticked
        self.close_sheet()
        self.accepted.emit(ids)

    @Slot(QListWidgetItem)
    def _open_item(self, item: QListWidgetItem) -> None:
        self.close_sheet()
        self.opened.emit(int(item.data(_ID)))

    @Slot()
    def _ask_remedy(self) -> None:
        for card, remedy in self.remedies:
            if card is self.sender():
                self.close_sheet()
                self.remedy_asked.emit(remedy)
                return


class SimilarCard(Card):
    """The small panel that appears in the side column once alike false alarms are known."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=12, spacing=GRID, parent=parent)
        self.head = Words("", bold=True, wrap=True)
        self.clears = Words("", Type.CAPTION, dim=True, wrap=True)
        self._pictures = [QLabel() for _ in range(_SHOWN_ON_CARD)]
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for picture in self._pictures:
            picture.setFixedSize(56, 56)
            row.addWidget(picture)
        row.addStretch(1)
        self.show_all = Button(self.tr("Show them (L)"))
        self.show_all.clicked.connect(self.asked)
        self.column.addWidget(self.head)
        self.column.addLayout(row)
        self.column.addWidget(self.clears)
        self.column.addWidget(self.show_all)
        self.hide()

    def show_group(self, alike: Alike | None) -> None:
        """Shows another group, or goes away."""
        self.setVisible(alike is not None)
        if alike is None:
            return
        self.head.setText(self.tr("{n} tiles with alike false alarms").format(n=alike.tiles))
        ratio = self.devicePixelRatioF()
        with_picture = [one.picture for one in alike.regions if one.picture is not None]
        for at, label in enumerate(self._pictures):
            label.setVisible(at < len(with_picture))
            if at < len(with_picture):
                side = round(56 * ratio)
                drawn = QPixmap.fromImage(with_picture[at]).scaled(
                    side,
                    side,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
                drawn.setDevicePixelRatio(ratio)
                label.setPixmap(drawn)
        self.clears.setText(self._best(alike))
        self.clears.setVisible(bool(self.clears.text()))

    def _best(self, alike: Alike) -> str:
        if not alike.remedies:
            return ""
        _, preview = min(alike.remedies, key=lambda pair: (len(pair[1].lost), -len(pair[1].cleared)))
        return self.tr("One change clears {n}. Known defects lost: {lost}.").format(
            n=len(preview.cleared), lost=len(preview.lost)
        )
