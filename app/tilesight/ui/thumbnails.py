"""Small pictures of records, loaded in the background when something wants to paint them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from tilesight.store.originals import thumbnails_of
from tilesight.ui.background import Background

if TYPE_CHECKING:
    from tilesight.store.records import RecordStore

_KEPT = 1500
_AT_ONCE = 64

#: Reads pictures by number on a worker thread; numbers without a picture are left out.
Read = Callable[["RecordStore", list[int]], dict[int, QImage]]

_Answer = tuple["RecordStore", Read, dict[int, QImage | None]]


def stored_thumbnails(store: RecordStore, numbers: list[int]) -> dict[int, QImage]:
    """The small pictures that the store keeps of its records, or makes of the files they came from."""
    jpegs = thumbnails_of(store, numbers)
    return {number: QImage.fromData(jpeg) for number, jpeg in jpegs.items()}


class Thumbnails(QObject):
    """Pictures by number; the last asked for come first, because they are on screen now.

    Args:
        background: Worker threads.
        read: Where pictures come from; the records' own unless said otherwise.
        at_once: How many are read in one go.
    """

    arrived = Signal()

    def __init__(
        self,
        background: Background,
        parent: QObject | None = None,
        *,
        read: Read = stored_thumbnails,
        at_once: int = _AT_ONCE,
    ) -> None:
        super().__init__(parent)
        self._background, self._read, self._at_once = background, read, at_once
        self._store: RecordStore | None = None
        self._kept: OrderedDict[int, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._loading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._load)

    def set_store(self, store: RecordStore | None, read: Read | None = None) -> None:
        """Takes pictures from this store from now on.

        Args:
            store: None for no pictures.
            read: Another way to read them; as before where None.
        """
        self._store, self._read = store, read or self._read
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
        store, read = self._store, self._read
        if store is None or not self._wanted:
            return
        newest = list(self._wanted)[-self._at_once :]
        self._wanted.clear()
        self._loading = True

        def work() -> _Answer:
            found = read(store, newest)
            return store, read, {number: found.get(number) for number in newest}

        self._background.run(work, self._take, self._fail)

    def _take(self, answer: _Answer) -> None:
        store, read, images = answer
        self._loading = False
        if store is self._store and read is self._read:
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
