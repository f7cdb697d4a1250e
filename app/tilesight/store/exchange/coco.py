"""COCO JSON: `annotations.json` beside `images/`; masks as run lengths, so that they stay exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from bsdrd.data.images import image_size
from bsdrd.errors import BsdrdError
from tilesight.store.errors import ExchangeError
from tilesight.store.exchange.entry import (
    EntryLabel,
    EntryMask,
    TileEntry,
    extension,
    from_extension,
    mask_extension,
    mask_from_extension,
    uid_in,
)
from tilesight.store.exchange.files import put_picture, read_json, write_json
from tilesight.store.exchange.rle import decode_rle, encode_rle
from tilesight.store.exchange.shapes import Mask, box_of, polygon_mask
from tilesight.store.types import LabelKind

FILE = "annotations.json"
#: Category of a mask whose defect class nobody named.
UNNAMED = "defect"


def write_coco(entries: Iterable[TileEntry], folder: Path) -> None:
    """Write tiles with a picture as COCO.

    Args:
        entries: The tiles; each has a picture.
        folder: Where to; must exist.

    Raises:
        StoreUnavailable: If the disk fails.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    categories: dict[str, int] = {}
    for entry in entries:
        put_picture(entry, folder / "images" / entry.file_name)
        images.append(
            {
                "id": len(images) + 1,
                "file_name": f"images/{entry.file_name}",
                "width": entry.width,
                "height": entry.height,
                "date_captured": (entry.record or {}).get("captured_at"),
                "tilesight": extension(entry),
            }
        )
        for mask in entry.masks:
            name = mask.defect_class or UNNAMED
            category = categories.setdefault(name, len(categories) + 1)
            annotations.append(_annotation(len(annotations) + 1, len(images), category, mask))
    content = {
        "info": {"description": "Magnetic tiles, exported by Tilesight"},
        "images": images,
        "annotations": annotations,
        "categories": [
            {"id": number, "name": name, "supercategory": "defect"} for name, number in categories.items()
        ],
    }
    write_json(folder / FILE, content)


def _annotation(number: int, image: int, category: int, mask: EntryMask) -> dict[str, Any]:
    height, width = mask.mask.shape
    return {
        "id": number,
        "image_id": image,
        "category_id": category,
        "iscrowd": 0,
        "area": int(mask.mask.sum()),
        "bbox": list(box_of(mask.mask)),
        "segmentation": {"size": [height, width], "counts": encode_rle(mask.mask)},
        "tilesight": mask_extension(mask),
    }


def find_coco(path: Path) -> Path | None:
    """The COCO file that a path means: itself, or the one in the folder."""
    if path.is_file():
        return path if path.suffix.lower() == ".json" and _is_coco(path) else None
    if (path / FILE).is_file():
        return path / FILE
    places = [*sorted(path.glob("*.json")), *sorted(path.glob("annotations/*.json"))]
    return next((file for file in places if _is_coco(file)), None)


def _is_coco(file: Path) -> bool:
    try:
        content = read_json(file)
    except BsdrdError:
        return False
    return isinstance(content, dict) and {"images", "annotations"} <= set(cast("dict[str, Any]", content))


def read_coco(file: Path) -> Iterator[TileEntry | str]:
    """Tiles of a COCO file; a text is a problem with one of them.

    A picture with annotations is defective, one without is good, unless what Tilesight wrote says more.

    Raises:
        ExchangeError: If the file as a whole cannot be used.
    """
    content = read_json(file)
    try:
        names = {int(one["id"]): str(one["name"]) for one in content.get("categories", [])}
        by_image: dict[int, list[Any]] = {}
        for one in content["annotations"]:
            by_image.setdefault(int(one["image_id"]), []).append(one)
        images: list[Any] = list(content["images"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ExchangeError(f"{file} is no COCO file: {error!r}.") from error
    for image in images:
        try:
            yield _entry(file.parent, image, by_image.get(int(image["id"]), []), names)
        except (BsdrdError, KeyError, TypeError, ValueError) as error:
            yield f"{_name(image)}: {error}"


def _name(image: Any) -> str:
    name = cast("dict[str, Any]", image).get("file_name") if isinstance(image, dict) else None
    return str(name or "A picture without a name")


def _entry(root: Path, image: dict[str, Any], annotations: list[Any], names: dict[int, str]) -> TileEntry:
    picture = _find_picture(root, str(image["file_name"]))
    if "height" in image and "width" in image:
        height, width = int(image["height"]), int(image["width"])
    else:
        height, width = image_size(picture)
    masks: list[EntryMask] = []
    for one in annotations:
        name = names.get(int(one.get("category_id", -1)), UNNAMED)
        mask = _mask(one, height, width)
        if mask.any():
            masks.append(mask_from_extension(mask, one.get("tilesight"), "" if name == UNNAMED else name))
    entry = TileEntry(
        name=picture.name,
        uid=uid_in(picture.name),
        picture=picture,
        height=height,
        width=width,
        masks=tuple(masks),
    )
    if "tilesight" in image:
        return from_extension(image["tilesight"], entry)
    if annotations:
        return _labelled(entry, LabelKind.DEFECT, next((m.defect_class for m in masks if m.defect_class), ""))
    return _labelled(entry, LabelKind.GOOD, "")


def _labelled(entry: TileEntry, kind: LabelKind, cls: str) -> TileEntry:
    # A tile of ours that went through another program: only a mask can have been added there.
    if entry.uid and kind is LabelKind.GOOD:
        return entry
    return replace(entry, labels=(EntryLabel("", kind, cls),))


def _find_picture(root: Path, name: str) -> Path:
    """The picture of a COCO entry, below the file's folder; many tools leave "images/" out."""
    for place in (root / name, root / "images" / name, root.parent / name, root.parent / "images" / name):
        if place.is_file():
            return place
    raise ExchangeError("Its picture is not there.", do_next="Put the pictures beside the COCO file.")


def _mask(annotation: dict[str, Any], height: int, width: int) -> Mask:
    shape: Any = annotation.get("segmentation")
    if isinstance(shape, dict):
        found = cast("dict[str, Any]", shape)
        if list(found["size"]) != [height, width]:
            raise ExchangeError("A mask has another size than its picture.")
        return decode_rle(found["counts"], height, width)
    if isinstance(shape, list) and shape:
        return polygon_mask(cast("list[Any]", shape), height, width)
    raise ExchangeError("An annotation has only a box, no mask.")


def count_coco(file: Path) -> int:
    """How many pictures a COCO file lists."""
    return len(read_json(file)["images"])
