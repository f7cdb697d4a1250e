"""Pictures and both maps of tiles that a shadow model judges otherwise.

Kept apart from the records' own pictures: what is kept of a record follows its recipe, and tiles that pass
usually keep none. A model's newest ones stay, up to a limit; deleting the folder loses nothing that counts.
"""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from tilesight.store.codecs import Pixels, picture_from, picture_to_png

_log = logging.getLogger(__name__)

#: Kept for one model at most.
_FILES = 500
_BYTES = 200 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A tile under both models.

    Attributes:
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16.
        live: Fused map of the live model, ceil(H / 4) x ceil(W / 4), float32.
        shadow: Fused map of the shadow model, likewise.
    """

    pixels: Pixels
    live: NDArray[np.float32]
    shadow: NDArray[np.float32]


class ShadowEvidence:
    """Evidence by model and record; use `ShadowLog.evidence`.

    Args:
        folder: Where it lies; made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, model_sha256: str, record_id: int, found: Evidence) -> bool:
        """Writes evidence, and removes the oldest beyond the limit; False where the disk does not take it."""
        place = self._file(model_sha256, record_id)
        part = place.with_suffix(".part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_packed(found))
            part.replace(place)
            self._thin_out(place.parent)
        except OSError as error:
            _log.warning("evidence of record %d is not kept: %s", record_id, error)
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            return False
        return True

    def get(self, model_sha256: str, record_id: int) -> Evidence | None:
        """Evidence of a record; None where there is none (any more)."""
        try:
            return _unpacked(self._file(model_sha256, record_id).read_bytes())
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, ImageError):
            return None

    def remove(self, model_sha256: str) -> None:
        """Deletes all evidence about a model."""
        shutil.rmtree(self._folder / model_sha256, ignore_errors=True)

    def _file(self, model_sha256: str, record_id: int) -> Path:
        return self._folder / model_sha256 / f"{record_id:012d}.npz"

    @staticmethod
    def _thin_out(place: Path) -> None:
        files = sorted(place.glob("*.npz"), reverse=True)
        total = 0
        for at, file in enumerate(files):
            total += file.stat().st_size
            if at and (at >= _FILES or total > _BYTES):
                file.unlink(missing_ok=True)


def _packed(found: Evidence) -> bytes:
    buffer = io.BytesIO()
    picture = np.frombuffer(picture_to_png(found.pixels), np.uint8)
    maps = {name: getattr(found, name).astype(np.float16) for name in ("live", "shadow")}
    np.savez_compressed(buffer, picture=picture, **maps)
    return buffer.getvalue()


def _unpacked(data: bytes) -> Evidence:
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        picture = picture_from(stored["picture"].tobytes())
        return Evidence(picture, stored["live"].astype(np.float32), stored["shadow"].astype(np.float32))
