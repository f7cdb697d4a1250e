"""What a data set holds: its pictures, each with class, tile (group), split and mask."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from bsdrd.data.splits import HELD_OUT_SHARE, hold_out
from bsdrd.errors import DataError

Split: TypeAlias = Literal["train", "calibration", "test", ""]
Kind: TypeAlias = Literal["manifest", "mvtec", "mt", "flat"]

#: The class of tiles without a defect.
GOOD = "good"
#: Flag: listed as good, but another picture of the same tile shows a defect. Neither good nor defective.
SHOWS_DEFECT = "free_but_shows_defect"
#: Flag: defective, but its mask is empty; left out of pixel figures.
EMPTY_MASK = "empty_mask"

#: What people call the class of good tiles.
GOOD_NAMES = {"good", "ok", "free", "normal"}
#: What people call the splits.
SPLITS: dict[str, Split] = {
    "": "",
    "train": "train",
    "training": "train",
    "calibration": "calibration",
    "validation": "calibration",
    "valid": "calibration",
    "val": "calibration",
    "test": "test",
}
#: What to do where a folder is none of the layouts.
LAYOUT_HELP = "Give a folder of good pictures, an MVTec AD or MT folder, or a manifest CSV."


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of a data set.

    Attributes:
        path: The picture.
        cls: "good", or the class of its defect.
        group: The tile it shows; pictures of one tile share it.
        split: "train", "calibration", "test", or "" where the data set does not say.
        mask: Picture of where the defect is, same size; None where there is none.
        flag: `SHOWS_DEFECT`, `EMPTY_MASK` or "".
    """

    path: Path
    cls: str
    group: str
    split: Split = ""
    mask: Path | None = None
    flag: str = ""

    @property
    def is_good(self) -> bool:
        """Whether it counts as a good tile."""
        return self.cls == GOOD and self.flag != SHOWS_DEFECT

    @property
    def is_defective(self) -> bool:
        """Whether it counts as a defective tile. Some tiles count as neither."""
        return self.cls != GOOD

    @property
    def has_pixel_truth(self) -> bool:
        """Whether every pixel of it is known to be good or defective."""
        return self.is_good or (self.is_defective and self.mask is not None and self.flag != EMPTY_MASK)


@dataclass(frozen=True, slots=True)
class Dataset:
    """All pictures of a data set.

    Attributes:
        root: Its folder.
        kind: Its layout.
        tiles: In natural order.
        warnings: What had to be guessed or was left out, as sentences.
    """

    root: Path
    kind: Kind
    tiles: tuple[Tile, ...]
    warnings: tuple[str, ...] = ()

    def train(self) -> tuple[Tile, ...]:
        """Good tiles to learn from: those marked train, or all unmarked ones where nothing is marked."""
        return tuple(tile for tile in self._part("train") if tile.is_good)

    def calibration(self) -> tuple[Tile, ...]:
        """Tiles to calibrate on, good and defective; empty where the data set marks none."""
        return tuple(t for t in self.tiles if t.split == "calibration" and (t.is_good or t.is_defective))

    def test(self) -> tuple[Tile, ...]:
        """Tiles to report on, good and defective: those marked test, or all where nothing is marked."""
        return tuple(tile for tile in self._part("test") if tile.is_good or tile.is_defective)

    def training_and_held_out(
        self, *, seed: int = 0, share: float = HELD_OUT_SHARE
    ) -> tuple[tuple[Tile, ...], tuple[Tile, ...]]:
        """Good tiles to learn from and good tiles to choose epochs, statistics and thresholds on.

        The calibration tiles of the data set where it marks good ones; otherwise whole groups are held
        out of the training tiles.

        Raises:
            DataError: If there are no good tiles or all show one tile.
        """
        good = self.train()
        if not good:
            raise DataError(f"{self.root} holds no good tiles to learn from.", do_next=LAYOUT_HELP)
        marked = tuple(tile for tile in self.calibration() if tile.is_good)
        if marked:
            return good, marked
        out = hold_out([tile.group for tile in good], share=share, seed=seed)
        return (
            tuple(tile for tile, held in zip(good, out, strict=True) if not held),
            tuple(tile for tile, held in zip(good, out, strict=True) if held),
        )

    def name(self, tile: Tile) -> str:
        """The tile's path relative to the data set, with `/`."""
        return relative_name(tile.path, self.root)

    def _part(self, split: Split) -> Iterable[Tile]:
        marked = any(tile.split for tile in self.tiles)
        return (tile for tile in self.tiles if tile.split == (split if marked else ""))


def relative_name(path: Path, root: Path) -> str:
    """`path` relative to `root` where it lies in it, with `/`."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def fingerprint(names_and_hashes: Iterable[tuple[str, str]]) -> str:
    """One SHA-256 for a set of pictures, whatever their order.

    Args:
        names_and_hashes: Name in the data set and SHA-256 of the file, for each picture.
    """
    whole = hashlib.sha256()
    for name, digest in sorted(names_and_hashes):
        whole.update(f"{digest}  {name}\n".encode())
    return whole.hexdigest()


def class_name(name: str) -> str:
    """The class in small letters; "good" for every name of good tiles."""
    plain = name.strip().lower()
    return GOOD if plain in GOOD_NAMES else plain


def listed(head: str, lines: Sequence[str]) -> str:
    """A sentence and the things it is about, one a line."""
    return "\n".join([head, *(f"  {line}" for line in lines)])
