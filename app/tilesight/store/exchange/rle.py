"""Run-length encoding of masks as COCO defines it: lossless, column by column, zeros first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tilesight.store.errors import ExchangeError


def encode_rle(mask: NDArray[np.bool_]) -> list[int]:
    """Lengths of the runs of False, True, False ... down the columns of a bool H x W."""
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    runs = np.diff(np.concatenate([[0], edges, [mask.size]]))
    # A mask that ends True has no closing run of False.
    return runs[:-1].tolist() if len(runs) > 1 and runs[-1] == 0 else runs.tolist()


def decode_rle(counts: Sequence[int] | str, height: int, width: int) -> NDArray[np.bool_]:
    """The mask of a run-length encoding, plain (numbers) or compressed (a text, as pycocotools writes).

    Raises:
        ExchangeError: If the runs do not fill the picture.
    """
    runs = np.array(_decompressed(counts) if isinstance(counts, str) else counts, dtype=np.int64)
    if (runs < 0).any() or runs.sum() != height * width:
        raise ExchangeError(f"A mask's runs do not fill {width} x {height} pixels.")
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T.copy()


def _decompressed(text: str) -> list[int]:
    """COCO's text form: five bits a character, the third and later runs as differences."""
    runs: list[int] = []
    value, shift = 0, 0
    for character in text:
        code = ord(character) - 48
        if not 0 <= code < 64:
            raise ExchangeError("A mask's text is no run-length encoding.")
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            if code & 16:
                value -= 1 << shift
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value, shift = 0, 0
    return runs
