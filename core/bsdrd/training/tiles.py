"""The pictures of a training: checked before the first step, decoded once, held-out ones set apart."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bsdrd.data.dataset import Dataset, Tile
from bsdrd.data.images import as_model_input, read_image_and_hash
from bsdrd.data.splits import hold_out
from bsdrd.errors import DataError, ImageError

#: Fewer good tiles than this cannot be split into those trained on and those held out.
FEWEST = 4
#: Fewer held-out pictures than this give no thresholds.
FEWEST_HELD_OUT = 2
#: Decoded pictures are kept as 8 or 16 bit up to this many bytes; above, they are read again when needed.
CACHE_BYTES = 4 * 1024**3


@dataclass(slots=True, eq=False)
class TilePictures:
    """Pictures read on demand and kept while memory allows.

    Attributes:
        tiles: In a fixed order.
        shapes: Height and width of each.
        hashes: SHA-256 of each file.
        channels: 1 or 3, what `load` gives.
    """

    tiles: list[Tile]
    shapes: list[tuple[int, int]]
    hashes: list[str]
    channels: int
    _cache: dict[int, NDArray[np.uint8] | NDArray[np.uint16]] = field(
        default_factory=dict[int, "NDArray[np.uint8] | NDArray[np.uint16]"]
    )

    def __len__(self) -> int:
        return len(self.tiles)

    def load(self, index: int) -> NDArray[np.float32]:
        """One picture: float32 H x W x C, 0..255.

        Raises:
            ImageError: If it has become unreadable since training began.
        """
        pixels = self._cache.get(index)
        if pixels is None:
            pixels, _ = read_image_and_hash(self.tiles[index].path)
        channels = 1 if self.channels == 1 else 3
        return np.ascontiguousarray(as_model_input(pixels, channels).transpose(1, 2, 0))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingTiles:
    """What training works on.

    Attributes:
        train: Pictures that are trained on.
        held_out: Good pictures of other tiles, for statistics and thresholds.
        fingerprint: SHA-256 over the file hashes of both, in order: the same for the same pictures.
        skipped: Pictures that were left out, each with its reason.
        notes: What a person should know.
    """

    train: TilePictures
    held_out: TilePictures
    fingerprint: str
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def gather_tiles(
    dataset: Dataset, *, channels: int, held_out_share: float, seed: int, skip_bad: bool = False
) -> TrainingTiles:
    """Chooses, reads and checks the good pictures of a data set.

    Tiles of the split "calibration" are held out; where the data set names none, whole groups of the rest
    are set apart by the seed.

    Args:
        dataset: As `load_dataset` gives it. Only good tiles of the splits train, calibration and "" are used.
        channels: 1 for a grey model, 3 for colour.
        held_out_share: Share to hold out where the data set names no calibration split.
        seed: For that choice.
        skip_bad: Leave unreadable pictures out instead of refusing.

    Raises:
        DataError: If pictures cannot be read (all are named) or too few good tiles are there.
    """
    good = [tile for tile in dataset.tiles if tile.is_good]
    held = [tile for tile in good if tile.split == "calibration"]
    rest = [tile for tile in good if tile.split in ("train", "")]
    seen: set[str] = set()
    held_pictures, skipped = _read(held, channels, skip_bad, seen)
    pictures, more = _read(rest, channels, skip_bad, seen)
    skipped += more
    doubles = len(held) + len(rest) - len(skipped) - len(pictures) - len(held_pictures)
    if not held:
        pictures, held_pictures = _set_apart(pictures, held_out_share, seed)
    enough = len(pictures) and len(held_pictures) >= FEWEST_HELD_OUT
    if len(pictures) + len(held_pictures) < FEWEST or not enough:
        raise DataError(
            f"Training needs at least {FEWEST} good pictures of different tiles; there are {len(good)}"
            f"{f', of which {len(skipped)} cannot be used' if skipped else ''}.",
            do_next="Add good tiles: a hundred pictures of thirty tiles give a usable detector.",
        )
    digest = hashlib.sha256("".join([*pictures.hashes, "|", *held_pictures.hashes]).encode()).hexdigest()
    return TrainingTiles(
        pictures, held_pictures, digest, tuple(skipped), tuple(_notes(pictures, held_pictures, doubles))
    )


def _read(
    tiles: Sequence[Tile], channels: int, skip_bad: bool, seen: set[str]
) -> tuple[TilePictures, list[str]]:
    pictures = TilePictures([], [], [], channels)
    bad: list[str] = []
    room = CACHE_BYTES
    for tile in sorted(tiles, key=lambda t: t.path.as_posix()):
        try:
            pixels, sha256 = read_image_and_hash(tile.path)
            as_model_input(pixels[:8, :8], 1 if channels == 1 else 3)
        except ImageError as error:
            bad.append(str(error))
            continue
        if sha256 in seen:  # a copy must not sit on both sides of the split
            continue
        seen.add(sha256)
        if pixels.nbytes <= room:
            pictures._cache[len(pictures)] = pixels  # pyright: ignore[reportPrivateUsage]
            room -= pixels.nbytes
        pictures.tiles.append(tile)
        pictures.shapes.append((pixels.shape[0], pixels.shape[1]))
        pictures.hashes.append(sha256)
    if bad and not skip_bad:
        raise DataError(
            f"{len(bad)} of {len(tiles)} pictures cannot be used:\n  " + "\n  ".join(bad),
            kept="Nothing was trained.",
            do_next="Remove or replace them, or train without them (--skip-bad).",
        )
    return pictures, bad


def _set_apart(pictures: TilePictures, share: float, seed: int) -> tuple[TilePictures, TilePictures]:
    groups = [tile.group for tile in pictures.tiles]
    if len(set(groups)) < 2:
        return pictures, TilePictures([], [], [], pictures.channels)
    held = hold_out(groups, share=share, seed=seed)
    while held.sum() < FEWEST_HELD_OUT and (~held).sum() > FEWEST_HELD_OUT and share < 0.5:
        share = min(0.5, share + 0.05)  # thresholds cannot be taken from one picture
        held = hold_out(groups, share=share, seed=seed)
    return _subset(pictures, np.flatnonzero(~held)), _subset(pictures, np.flatnonzero(held))


def _subset(pictures: TilePictures, indices: NDArray[np.intp]) -> TilePictures:
    cache = pictures._cache  # pyright: ignore[reportPrivateUsage]
    chosen = [int(i) for i in indices]
    return TilePictures(
        [pictures.tiles[i] for i in chosen],
        [pictures.shapes[i] for i in chosen],
        [pictures.hashes[i] for i in chosen],
        pictures.channels,
        {new: cache[old] for new, old in enumerate(chosen) if old in cache},
    )


def _notes(train: TilePictures, held_out: TilePictures, doubles: int) -> list[str]:
    notes: list[str] = []
    groups = len({tile.group for tile in train.tiles})
    if groups < 20:
        notes.append(f"Only {groups} different tiles to train on: more tiles make a better detector.")
    if len(held_out) < 30:
        notes.append(f"Only {len(held_out)} pictures are held out: the thresholds are rough.")
    if doubles:
        notes.append(f"{doubles} pictures are exact copies of others and count once.")
    return notes
