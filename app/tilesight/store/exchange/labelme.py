"""labelme: a JSON file beside each picture; masks as labelme's own "mask" shapes, so that they stay exact."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from bsdrd.data.images import decode_image
from bsdrd.errors import BsdrdError
from tilesight.store.errors import ExchangeError
from tilesight.store.exchange.entry import (
    EntryMask,
    TileEntry,
    extension,
    from_extension,
    mask_extension,
    mask_from_extension,
    uid_in,
)
from tilesight.store.exchange.files import put_picture, read_json, write_json
from tilesight.store.exchange.shapes import box_of, cut_out_text, labelme_mask
from tilesight.store.types import LabelKind

UNNAMED = "defect"
_VERSION = "5.5.0"  # of the format written here


def write_labelme(entries: Iterable[TileEntry], folder: Path) -> None:
    """Write tiles with a picture as labelme does.

    Args:
        entries: The tiles; each has a picture.
        folder: Where to; must exist.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    for entry in entries:
        picture = folder / entry.file_name
        put_picture(entry, picture)
        said = entry.current
        content = {
            "version": _VERSION,
            # labelme shows these as boxes to tick.
            "flags": {kind.value: said is not None and said.kind is kind for kind in LabelKind},
            "shapes": [_shape(mask) for mask in entry.masks],
            "imagePath": picture.name,
            "imageData": None,
            "imageHeight": entry.height,
            "imageWidth": entry.width,
            "tilesight": extension(entry),
        }
        write_json(picture.with_suffix(".json"), content)


def _shape(mask: EntryMask) -> dict[str, Any]:
    x, y, width, height = box_of(mask.mask)
    return {
        "label": mask.defect_class or UNNAMED,
        # labelme's box holds its last pixel.
        "points": [[x, y], [x + width - 1, y + height - 1]],
        "group_id": None,
        "description": "",
        "shape_type": "mask",
        "flags": {},
        "mask": cut_out_text(mask.mask),
        "tilesight": mask_extension(mask),
    }


def labelme_files(folder: Path) -> list[Path]:
    """labelme's files in a folder and below, sorted."""
    return [file for file in sorted(folder.rglob("*.json")) if _is_labelme(file)]


def _is_labelme(file: Path) -> bool:
    try:
        content = read_json(file)
    except BsdrdError:
        return False
    return isinstance(content, dict) and {"shapes", "imagePath"} <= set(cast("dict[str, Any]", content))


def read_labelme(files: Iterable[Path]) -> Iterator[TileEntry | str]:
    """Tiles of labelme files; a text is a problem with one of them.

    A picture with shapes is defective, one without is good, unless a flag or what Tilesight wrote says
    more.
    """
    for file in files:
        try:
            yield _entry(file, read_json(file))
        except (BsdrdError, KeyError, TypeError, ValueError) as error:
            yield f"{file.name}: {error}"


def _entry(file: Path, content: dict[str, Any]) -> TileEntry:
    picture = _picture(file, content)
    height, width = content.get("imageHeight"), content.get("imageWidth")
    if not height or not width:
        data = picture if isinstance(picture, bytes) else picture.read_bytes()
        height, width = decode_image(data, file.name).shape[:2]
    masks: list[EntryMask] = []
    for shape in cast("list[dict[str, Any]]", content["shapes"]):
        label = str(shape["label"])
        mask = labelme_mask(shape, int(height), int(width))
        if mask.any():
            masks.append(mask_from_extension(mask, shape.get("tilesight"), "" if label == UNNAMED else label))
    name = Path(str(content["imagePath"]).replace("\\", "/")).name
    entry = TileEntry(
        name=name,
        uid=uid_in(name),
        picture=picture,
        height=int(height),
        width=int(width),
        masks=tuple(masks),
    )
    ours = content.get("tilesight")
    if ours is not None:
        entry = from_extension(ours, entry)
    return _with_flags(entry, content.get("flags") or {}, ours is not None)


def _with_flags(entry: TileEntry, flags: dict[str, Any], ours: bool) -> TileEntry:
    ticked = [kind for kind in LabelKind if flags.get(kind.value) is True]
    if len(ticked) > 1:
        raise ExchangeError(f"Several labels are ticked: {', '.join(ticked)}.", do_next="Tick one.")
    said = entry.current
    if ticked:
        # The class is not among the flags: one that fits stays.
        same = said is not None and said.kind is ticked[0]
        return entry if same else entry.with_label(ticked[0], _class_of(entry, ticked[0]))
    if ours or entry.uid:
        return entry
    kind = LabelKind.DEFECT if entry.masks else LabelKind.GOOD
    return entry.with_label(kind, _class_of(entry, kind))


def _class_of(entry: TileEntry, kind: LabelKind) -> str:
    if not kind.truth:
        return ""
    return next((mask.defect_class for mask in entry.masks if mask.defect_class), "")


def _picture(file: Path, content: dict[str, Any]) -> Path | bytes:
    picture = file.parent / str(content["imagePath"]).replace("\\", "/")
    if picture.is_file():
        return picture
    inside = content.get("imageData")
    if inside:
        return base64.b64decode(str(inside), validate=True)
    raise ExchangeError("Its picture is not there.", do_next="Put the pictures beside labelme's files.")
