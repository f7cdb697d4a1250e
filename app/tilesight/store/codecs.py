"""Pictures, thumbnails and anomaly maps as bytes and back."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import ImageError
from bsdrd.result import AnomalyMaps

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

THUMBNAIL_SIDE = 128
_DTYPES = ("uint8", "uint16")
_FLOAT16_MAX = 65504.0
_MAP_NAMES = ("struct", "detail", "fused")


def picture_to_png(pixels: Pixels) -> bytes:
    """A tile as PNG: lossless, since stored tiles train the next detector and are judged again.

    OpenCV's default way: on tiles a tenth larger than level 6, for a sixth of its time (`python
    benchmarks/store.py codecs --tiles ../shared/data/mt`).
    JPEG at quality 92 would take half the space, but move scores by up to nine tenths of the distance from
    T1 to T2 (`python benchmarks/store.py real --tiles ../shared/data/mt`, starter model).

    Args:
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16.

    Raises:
        ImageError: If it has another shape or type.
    """
    _check(pixels)
    bgr = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", bgr)
    if not done:
        raise ImageError("A picture could not be encoded as PNG.")
    return data.tobytes()


def picture_from(data: bytes) -> Pixels:
    """Pixels of an encoded picture: H x W or H x W x 3 (RGB), uint8 or uint16, read-only.

    Raises:
        ImageError: If it is not a picture.
    """
    try:
        found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        found = None
    if found is None or str(found.dtype) not in _DTYPES:
        raise ImageError("The stored picture cannot be decoded.", do_next="Restore it from a backup.")
    if found.ndim == 3:
        found = cv2.cvtColor(found, cv2.COLOR_BGRA2RGB if found.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    found.setflags(write=False)
    return found


def thumbnail_jpeg(pixels: Pixels) -> bytes:
    """A small JPEG of a tile, longest side `THUMBNAIL_SIDE` pixels or less, 8 bit."""
    _check(pixels)
    scale = THUMBNAIL_SIDE / max(pixels.shape[:2])
    small: Any = pixels
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if small.dtype == np.uint16:
        small = (small >> 8).astype(np.uint8)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise ImageError("A thumbnail could not be encoded.")
    return data.tobytes()


def maps_to_npz(maps: AnomalyMaps) -> bytes:
    """Anomaly maps as a compressed npz of float16 grids (relative error at most 0.05 %)."""
    grids: dict[str, Any] = {
        name: np.clip(getattr(maps, name), -_FLOAT16_MAX, _FLOAT16_MAX).astype(np.float16)
        for name in _MAP_NAMES
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, size=np.array([maps.height, maps.width], dtype=np.int32), **grids)
    return buffer.getvalue()


def maps_from(data: bytes) -> AnomalyMaps:
    """Anomaly maps from their npz; float32 again.

    Raises:
        ImageError: If the bytes are not such a file.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            height, width = (int(side) for side in stored["size"])
            grids = {name: stored[name].astype(np.float32) for name in _MAP_NAMES}
        return AnomalyMaps(**grids, height=height, width=width)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ImageError(
            "The stored anomaly maps cannot be read.", do_next="Restore them from a backup."
        ) from error


def _check(pixels: NDArray[Any]) -> None:
    flat = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    if not flat or str(pixels.dtype) not in _DTYPES or pixels.size == 0:
        raise ImageError(
            f"A tile of shape {pixels.shape} and type {pixels.dtype} cannot be stored.",
            do_next="Tiles are grey or RGB, 8 or 16 bit.",
        )
