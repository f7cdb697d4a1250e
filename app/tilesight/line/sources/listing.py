"""Which files are pictures of tiles, and in what order a person expects them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from natsort import natsort_keygen, ns

from bsdrd.data.images import IMAGE_EXTENSIONS

_natural = natsort_keygen(alg=ns.PATH | ns.IGNORECASE)


def is_image_name(name: str) -> bool:
    """Whether a file of this name is a picture; hidden files are not (macOS leaves `._x.png` behind)."""
    return not name.startswith(".") and name.lower().endswith(IMAGE_EXTENSIONS)


def in_natural_order(paths: Iterable[Path]) -> list[Path]:
    """The paths with numbers in the order of their value: tile2 before tile10."""
    return sorted(paths, key=lambda path: _natural(str(path)))


def walk_images(
    folder: Path, stopped: Callable[[], bool] = lambda: False, refused: list[str] | None = None
) -> Iterator[os.DirEntry[str]]:
    """All pictures in and below a folder, in no order; each real folder once, however it is linked.

    Args:
        folder: Where to start.
        stopped: Asked before each folder; True ends the walk.
        refused: Takes the folders below that cannot be listed.

    Raises:
        OSError: If `folder` itself cannot be listed.
    """
    pending = [os.fspath(folder)]
    seen: set[tuple[int, int]] = set()
    while pending and not stopped():
        here = pending.pop()
        try:
            stat = os.stat(here)  # noqa: PTH116 - a string: ten thousand Path objects would cost more
            if (stat.st_dev, stat.st_ino) in seen:
                continue
            seen.add((stat.st_dev, stat.st_ino))
            with os.scandir(here) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if is_image_name(entry.name):
                        if entry.is_file():
                            yield entry
                    elif entry.is_dir():
                        pending.append(entry.path)
        except OSError:
            if here == os.fspath(folder):
                raise
            if refused is not None:
                refused.append(here)


def without_masks(paths: Iterable[Path], root: Path) -> tuple[list[Path], int]:
    """Leaves out the masks of known data set layouts and says how many there were.

    They are no pictures of tiles: anything in a folder `ground_truth` below `root` (MVTec AD), and in a
    folder `Imgs` the PNG beside a JPEG of the same name (magnetic tile defects).
    """
    everything = list(paths)
    photos = {path.with_suffix("") for path in everything if path.suffix.lower() in {".jpg", ".jpeg"}}

    def is_mask(path: Path) -> bool:
        if "ground_truth" in path.relative_to(root).parts[:-1]:
            return True
        beside = path.suffix.lower() == ".png" and path.parent.name == "Imgs"
        return beside and path.with_suffix("") in photos

    kept = [path for path in everything if not is_mask(path)]
    return kept, len(everything) - len(kept)
