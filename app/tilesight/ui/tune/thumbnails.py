"""Small pictures of records, loaded in the background when something wants to paint them."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from tilesight.ui.background import Background

if TYPE_CHECKING:
    from tilesight.store.records import RecordStore

_KEPT = 1500
_AT_ONCE = 64


class Thumbnails(QObject):
    """Pictures by record number; the last asked for come first, because they are on screen now.

    Args:
        background: Worker threads.
    """

    arrived = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._store: RecordStore | None = None
        self._kept: OrderedDict[int, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._loading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._load)

    def set_store(self, store: RecordStore | None) -> None:
        """Takes pictures from this store from now on."""
        self._store = store
        self._kept.clear()
        self._wanted.clear()

    def get(self, record_id: int) -> QPixmap | None:
        """The picture of a record; None where there is none, or none yet (`arrived` tells)."""
        if record_id in self._kept:
            self._kept.move_to_end(record_id)
            return self._kept[record_id]
        self._wanted[record_id] = None
        self._wanted.move_to_end(record_id)
        if not self._loading and not self._timer.isActive():
            self._timer.start()
        return None

    def known(self, record_id: int) -> bool:
        """Whether it is known if there is a picture."""
        return record_id in self._kept

    @Slot()
    def _load(self) -> None:
        store = self._store
        if store is None or not self._wanted:
            return
        newest = list(self._wanted)[-_AT_ONCE:]
        self._wanted.clear()
        self._loading = True

        def work() -> tuple[RecordStore, dict[int, QImage | None]]:
            jpegs = store.files.thumbnails(newest)
            return store, {
                number: QImage.fromData(jpegs[number]) if number in jpegs else None for number in newest
            }

        self._background.run(work, self._take, self._fail)

    def _take(self, answer: tuple[RecordStore, dict[int, QImage | None]]) -> None:
        store, images = answer
        self._loading = False
        if store is self._store:
            for number, image in images.items():
                usable = image is not None and not image.isNull()
                self._kept[number] = QPixmap.fromImage(image) if usable and image is not None else None
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            self.arrived.emit()
        if self._wanted:
            self._timer.start()

    def _fail(self, error: Exception) -> None:
        # A store that cannot be read says so elsewhere; the cards stay without pictures.
        del error
        self._loading = False
