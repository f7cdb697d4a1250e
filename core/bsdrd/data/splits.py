"""Which pictures show one tile, and splits that keep each tile on one side.

Pictures of one tile on both sides of a split leak: the held-out score then says how well a tile is
remembered, not how well good tiles are known. So everything is split by *group*: all pictures of one tile.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import DataError

#: Share of good pictures that training holds out where the data set does not say which.
HELD_OUT_SHARE = 0.15

#: More pictures than this under one guessed name are a numbering, not views of one tile.
_MOST_VIEWS = 24
#: Frames of the magnetic tile data set closer than this may show the same tile.
_SAME_TILE_FRAMES = 300

_VIEW = re.compile(
    r"(?:(?<=^)|(?<=[_\-. ]))"
    r"(?:exp(?:osure)?|ev|view|cam(?:era)?|light|lamp|shot|angle|rot|side|e|v|c)[_\-]?\d+"
    r"(?=$|[_\-. ])",
    re.IGNORECASE,
)
_MT_NAME = re.compile(r"^exp\d+_num_(\d+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GroupGuess:
    """Groups read from file names.

    Attributes:
        groups: For each name the tile it seems to show.
        rule: How they were found, as a sentence.
    """

    groups: tuple[str, ...]
    rule: str


def guess_groups(names: Sequence[str]) -> GroupGuess:
    """Guess from file names which pictures show the same tile.

    Three rules, the first that fits:

    1. All names are `exp<E>_num_<N>` (magnetic tile data set): pictures less than 300 frames apart, in
       runs, are one tile. Merging two tiles does no harm, splitting one does; against the known tiles of
       that data set this leaves 119 of 130 whole (the others come back much later).
    2. Names differ only in a part such as `exp3`, `view-2`, `cam1`, `light4`, `e2`, `v3` (in the file's
       name or a folder's): these are views of one tile.
    3. Every picture is a tile of its own.

    Args:
        names: Paths relative to the data set, with `/`.

    Returns:
        The groups, in the order of the names.
    """
    stems = [str(PurePosixPath(name).with_suffix("")) for name in names]
    frames = [_MT_NAME.match(PurePosixPath(stem).name) for stem in stems]
    if stems and all(frames):
        numbers = [int(match.group(1)) for match in frames if match]
        return GroupGuess(
            _runs(numbers), f"frames less than {_SAME_TILE_FRAMES} apart are taken for one tile"
        )
    bases = [_without_view(stem) for stem in stems]
    counts = Counter(bases)
    if counts and 1 < len(counts) < len(stems) and max(counts.values()) <= _MOST_VIEWS:
        return GroupGuess(tuple(bases), "names that differ only in exposure or view are taken for one tile")
    return GroupGuess(tuple(stems), "every picture is taken for a tile of its own")


def hold_out(groups: Sequence[str], *, share: float = HELD_OUT_SHARE, seed: int = 0) -> NDArray[np.bool_]:
    """Choose whole groups to hold out.

    The choice depends on the names and the seed, not on the order, and changes little when pictures are
    added: groups stand in the order of a hash.

    Args:
        groups: For each picture the tile it shows.
        share: Share of pictures to hold out, between 0 and 1; reached as nearly as whole groups allow,
            with at least one group on each side.
        seed: Another number, another choice.

    Returns:
        n, bool, True = held out.

    Raises:
        DataError: If there are fewer than two groups or the share is out of range.
    """
    if not 0 < share < 1:
        raise DataError(f"The held-out share is {share}; it lies between 0 and 1.")
    counts = Counter(groups)
    if len(counts) < 2:
        raise DataError(
            f"All {len(groups)} good pictures seem to show one tile, so none can be held out.",
            do_next="Add pictures of other tiles, or give the groups in a manifest.",
        )
    order = sorted(counts, key=lambda group: hashlib.sha256(f"{seed}:{group}".encode()).digest())
    sizes = np.cumsum([counts[group] for group in order[:-1]])
    taken = int(np.argmin(np.abs(sizes - share * len(groups)))) + 1
    chosen = set(order[:taken])
    return np.array([group in chosen for group in groups], dtype=np.bool_)


def _runs(frames: Sequence[int]) -> tuple[str, ...]:
    names: dict[int, str] = {}
    start = previous = -1
    for frame in sorted(frames):
        if previous < 0 or frame - previous >= _SAME_TILE_FRAMES:
            start = frame
        names[frame] = f"from frame {start}"
        previous = frame
    return tuple(names[frame] for frame in frames)


def _without_view(stem: str) -> str:
    parts = [re.sub(r"[_\-. ]+", "_", _VIEW.sub("", part)).strip("_") for part in stem.split("/")]
    return "/".join(parts) if parts[-1] else stem
