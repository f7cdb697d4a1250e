"""The MVTec AD layout: `train/good`, `test/<class>`, `ground_truth/<class>`.

Tiles labelled good (or false alarm) are split between training and test by their serial number, so that
one tile never lies on both sides; defective ones (defect, missed) go to test. Tiles that nobody judged lie
in `unlabelled/`, which other programs pass over. `tilesight.json` holds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np

from bsdrd.data.dataset import GOOD
from bsdrd.data.images import find_images, read_mask
from bsdrd.data.layouts import load_dataset
from bsdrd.errors import BsdrdError
from tilesight.store.canonical import text_sha256
from tilesight.store.errors import ExchangeError, guarded
from tilesight.store.exchange.entry import (
    EntryLabel,
    EntryMask,
    TileEntry,
    extension,
    from_extension,
    masks_from_json,
    masks_to_json,
    uid_in,
)
from tilesight.store.exchange.files import put_picture, read_json, write_json
from tilesight.store.exchange.shapes import Mask
from tilesight.store.types import LabelKind

FILE = "tilesight.json"
UNLABELLED = "unlabelled"
#: Folder of defects whose class nobody named.
UNNAMED = "defect"
_TEST_SHARE = 0.2


def write_mvtec(entries: Iterable[TileEntry], folder: Path) -> None:
    """Write tiles with a picture in the MVTec AD layout.

    Args:
        entries: The tiles; each has a picture.
        folder: Where to; must exist.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    described: dict[str, Any] = {}
    for entry in entries:
        place = _place(entry)
        put_picture(entry, folder / place / entry.file_name)
        said = entry.current
        if said is not None and said.kind.truth and entry.masks:
            stem = Path(entry.file_name).stem
            whole = _union(entry)
            _write_mask(folder / "ground_truth" / place.rsplit("/", 1)[-1] / f"{stem}_mask.png", whole)
        described[entry.uid] = {
            **extension(entry),
            "folder": place,
            "masks": masks_to_json(entry.drawn),
        }
    write_json(folder / FILE, described)


def _place(entry: TileEntry) -> str:
    said = entry.current
    if said is None or said.kind.truth is None:
        return UNLABELLED
    if said.kind.truth:
        return f"test/{folder_of(said.defect_class)}"
    group = str((entry.record or {}).get("serial") or entry.uid)
    share = int(text_sha256(group)[:8], 16) / 0x1_0000_0000
    return "test/good" if share < _TEST_SHARE else "train/good"


def folder_of(defect_class: str) -> str:
    """The folder of a defect class; never that of good tiles."""
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in defect_class.strip().lower())
    return f"{UNNAMED}_{name}" if name in (GOOD, "ok", "free", "normal") else name or UNNAMED


def _union(entry: TileEntry) -> Mask:
    return np.logical_or.reduce([mask.mask for mask in entry.masks])


def _write_mask(target: Path, mask: Mask) -> None:
    done, data = cv2.imencode(".png", mask.astype(np.uint8) * 255, [cv2.IMWRITE_PNG_BILEVEL, 1])
    if not done:
        raise ExchangeError("A mask could not be encoded.")
    with guarded("exporting masks"):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.tobytes())


def is_mvtec(folder: Path) -> bool:
    """Whether a folder is an export of ours or has the MVTec AD layout."""
    return (folder / FILE).is_file() or (folder / "train" / "good").is_dir() or (folder / "test").is_dir()


def read_mvtec(folder: Path) -> Iterator[TileEntry | str]:
    """Tiles of a folder in the MVTec AD layout; a text is a problem with one of them.

    Raises:
        ExchangeError: If the folder as a whole cannot be used.
        DataError: Likewise.
    """
    if not (folder / FILE).is_file():
        yield from _read_foreign(folder)
        return
    described = read_json(folder / FILE)
    if not isinstance(described, dict):
        raise ExchangeError(f"{folder / FILE} is not what Tilesight writes.")
    ours = cast("dict[str, Any]", described)
    for top in ("train", "test", UNLABELLED):
        for picture in find_images(folder / top) if (folder / top).is_dir() else []:
            try:
                yield _entry(folder, picture, ours.get(uid_in(picture.name)))
            except (BsdrdError, KeyError, TypeError, ValueError) as error:
                yield f"{picture.name}: {error}"


def _entry(root: Path, picture: Path, described: Any) -> TileEntry:
    inside = picture.relative_to(root)
    cls = inside.parent.name
    ground = root / "ground_truth" / cls / f"{picture.stem}_mask.png"
    entry = TileEntry(name=picture.name, uid=uid_in(picture.name), picture=picture)
    if described is None:
        masks = (EntryMask(read_mask(ground), defect_class=cls),) if ground.is_file() else ()
        labels = () if inside.parts[0] == UNLABELLED else (_label_of(cls),)
        return replace(entry, labels=labels, masks=masks)
    entry = from_extension(described, replace(entry, masks=masks_from_json(described["masks"])))
    if inside.parent.as_posix() == described["folder"] or inside.parts[0] == UNLABELLED:
        return entry
    moved = _label_of(cls)
    said = entry.current
    if said is not None and said.kind.truth == moved.kind.truth and folder_of(said.defect_class) == cls:
        return entry
    if moved.kind is LabelKind.GOOD and said is not None and said.kind.truth is False:
        return entry  # only between training and test
    return entry.with_label(moved.kind, moved.defect_class)


def _label_of(cls: str) -> EntryLabel:
    if cls == GOOD:
        return EntryLabel("", LabelKind.GOOD)
    return EntryLabel("", LabelKind.DEFECT, "" if cls == UNNAMED else cls)


def _read_foreign(folder: Path) -> Iterator[TileEntry | str]:
    """Any layout that the detector trains on."""
    for tile in load_dataset(folder).tiles:
        try:
            masks: tuple[EntryMask, ...] = ()
            if tile.mask is not None:
                mask = read_mask(tile.mask)
                masks = (EntryMask(mask, defect_class=tile.cls),) if mask.any() else ()
            # Listed as good, but another picture of the tile shows a defect: for a person to say.
            labels = () if not tile.is_good and not tile.is_defective else (_label_of(tile.cls),)
            yield TileEntry(name=tile.path.name, picture=tile.path, labels=labels, masks=masks)
        except BsdrdError as error:
            yield f"{tile.path.name}: {error}"
