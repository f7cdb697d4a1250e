"""Pictures from files, strictly: a picture is read whole and as stored, or refused with a reason.

Decisions, the same wherever a picture enters the program:

* **Damage is refused.** A truncated file is never padded (some decoders fill the rest with grey, and a
  grey half would be inspected as a tile). JPEG has no checksum, so a flipped byte inside one may pass.
* **EXIF orientation is ignored.** Pixel positions stay those of the file, so that masks, regions and
  overlays drawn over it agree; a camera on a line does not turn.
* **Alpha is dropped.** The stored colours are used; compositing would invent a background.
* **CMYK, YCbCr, Lab and palettes become RGB**, one-bit pictures become 0 and 255.
* **Floating-point and 32-bit pictures are refused**: the file does not say which value is white, and
  guessing it per picture would move every threshold.
* **More than one page or animation frame is refused**: inspecting only the first would lose the rest.
* Sides from `MIN_SIDE` to `MAX_SIDE`; the header is checked before the pixels are decoded.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import warnings
from pathlib import Path
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from natsort import natsorted
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from bsdrd.errors import DataError, ImageError

#: H x W (grey) or H x W x 3 (RGB).
Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]

#: File name endings that are taken for pictures, lower case.
IMAGE_EXTENSIONS = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".ppm", ".webp")
#: Smallest side in pixels that the detector can inspect.
MIN_SIDE = 64
#: Largest side in pixels.
MAX_SIDE = 8000
#: Larger files are refused unread: no picture of MAX_SIDE needs more.
MAX_FILE_BYTES = 512 * 1024 * 1024
#: Rec. 601 weights of R, G and B, those of the file formats themselves.
LUMINANCE = (0.299, 0.587, 0.114)

# Importing the plugins registers them; naming them keeps every other decoder of Pillow out of reach.
_PLUGINS = (
    *(BmpImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin),
    *(PpmImagePlugin, TiffImagePlugin, WebPImagePlugin),
)
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "PPM", "WEBP")
_READABLE = "Use PNG, JPEG, BMP, TIFF, PGM/PPM or WebP with 8 or 16 bit a channel."

# Pillow's own advice for pictures from outside: refuse what would fill the memory instead of warning.
warnings.simplefilter("error", Image.DecompressionBombWarning)


def read_image(path: str | Path) -> Pixels:
    """Read a picture.

    Args:
        path: An image file.

    Returns:
        H x W (grey) or H x W x 3 (RGB), uint8 or uint16, read-only, C-contiguous.

    Raises:
        ImageError: If it is missing, unreadable, damaged, of an unsupported kind, or too small or large.
    """
    return read_image_and_hash(path)[0]


def read_image_and_hash(path: str | Path) -> tuple[Pixels, str]:
    """Read a picture and fingerprint exactly the bytes it was decoded from.

    Args:
        path: An image file.

    Returns:
        The pixels as from `read_image`, and the SHA-256 of the file in hexadecimal.

    Raises:
        ImageError: As for `read_image`.
    """
    data = _read_bytes(Path(path))
    return decode_image(data, str(path)), hashlib.sha256(data).hexdigest()


def decode_image(data: bytes, name: str = "picture") -> Pixels:
    """Decode the bytes of an image file.

    Args:
        data: Contents of the file.
        name: What to call it in an error.

    Returns:
        As `read_image`.

    Raises:
        ImageError: As for `read_image`.
    """
    with _open(data, name) as picture:
        _check_size(picture.height, picture.width, name)
        _check_kind(picture, name)
        pixels = _decode(picture, data, name)
    whole: Pixels = np.ascontiguousarray(pixels)  # pyright: ignore[reportAssignmentType]
    whole.setflags(write=False)
    return whole


def image_size(path: str | Path) -> tuple[int, int]:
    """Height and width in pixels from the file's header; the pixels are not decoded.

    Raises:
        ImageError: If the file cannot be read or is no picture. Its size is not judged.
    """
    file = Path(path)
    _check_file(file)
    try:
        with Image.open(file, formats=_FORMATS) as picture:
            return picture.height, picture.width
    except PermissionError as error:
        raise _unreadable(file, error) from error
    except Exception as error:
        raise _not_a_picture(str(file), error) from error


def read_mask(path: str | Path) -> NDArray[np.bool_]:
    """Read a defect mask.

    Values above half of the white level mark a defect (anti-aliased masks are common). A mask whose
    largest value is 1 is one that was saved with 0 and 1, and 1 marks a defect there.

    Args:
        path: An image file; a colour one is taken by luminance.

    Returns:
        H x W, bool, True = defect, read-only.

    Raises:
        ImageError: As for `read_image`.
    """
    pixels = read_image(path)
    if int(pixels.max()) == 1:
        mask = (pixels == 1) if pixels.ndim == 2 else (pixels == 1).any(axis=2)
    else:
        mask = as_model_input(pixels, 1)[0] > 127.0
    mask.setflags(write=False)
    return mask


def as_model_input(pixels: Pixels, channels: Literal[1, 3]) -> NDArray[np.float32]:
    """Pixels in the form that a detector takes.

    16-bit values are divided by 257, so that 65535 is 255. Colour becomes grey by luminance; grey
    becomes colour by repeating it.

    Args:
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16.
        channels: What the detector was trained on, 1 or 3.

    Returns:
        channels x H x W, float32, 0..255, C-contiguous, not shared with `pixels`.

    Raises:
        ImageError: If shape or dtype is another.
    """
    if pixels.dtype.name not in ("uint8", "uint16") or not (
        pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)
    ):
        raise ImageError(
            f"Pixels are {pixels.dtype} {pixels.shape}; a picture is uint8 or uint16, H x W or H x W x 3.",
            do_next="Read pictures with bsdrd.data.images.read_image.",
        )
    values = pixels.astype(np.float32)
    if pixels.dtype.itemsize == 2:
        values /= np.float32(257)
    if values.ndim == 2:
        return np.ascontiguousarray(np.broadcast_to(values, (channels, *values.shape)))
    if channels == 1:
        return np.ascontiguousarray((values @ np.asarray(LUMINANCE, dtype=np.float32))[None])
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def find_images(folder: str | Path) -> list[Path]:
    """All pictures in a folder and its subfolders, in the order a person would list them.

    Hidden files and folders (leading dot) are left out; whether a file really is a picture shows when
    it is read.

    Args:
        folder: A folder.

    Returns:
        Paths with one of `IMAGE_EXTENSIONS`, in natural order (tile2 before tile10); may be empty.

    Raises:
        DataError: If it is no folder, or a folder in it cannot be listed.
    """
    root = Path(folder)
    if not root.is_dir():
        raise DataError(f"{root} is no folder.", do_next="Check the path.")

    def refuse(error: OSError) -> None:
        raise DataError(
            f"The folder {error.filename} cannot be listed: {error.strerror}.",
            do_next="Give yourself permission to read it, or move it elsewhere.",
        ) from error

    found: list[Path] = []
    for here, folders, files in os.walk(root, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(here, name)
            for name in files
            if name.lower().endswith(IMAGE_EXTENSIONS) and not name.startswith(".")
        ]
    return natsorted(found, key=lambda path: path.relative_to(root).as_posix())


def write_image(path: str | Path, pixels: Pixels) -> None:
    """Write a picture atomically: the file is there whole, or not at all.

    Args:
        path: Ends in one of `IMAGE_EXTENSIONS`, which chooses the format. Missing folders are made.
        pixels: H x W or H x W x 3 (RGB), uint8 or uint16 (PNG and TIFF keep 16 bit).

    Raises:
        ImageError: If the format cannot hold the pixels or the disk does not take them.
    """
    file = Path(path)
    in_cv_order = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., ::-1])
    try:
        encoded, data = cv2.imencode(file.suffix.lower(), in_cv_order)
    except cv2.error as error:
        encoded, data = False, error
    if not encoded or isinstance(data, cv2.error):
        raise ImageError(f"{file} cannot be written as {file.suffix or 'a file without an ending'}.")
    write_bytes(file, data.tobytes())


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file atomically, flushed to the disk before it takes its name.

    Args:
        path: Where to; missing folders are made, an existing file is replaced.
        data: The contents.

    Raises:
        ImageError: If the disk does not take it; an existing file stays as it was.
    """
    file = Path(path)
    # Not from tempfile, whose files only their owner may read.
    temporary = file.with_name(f".{file.name[:100]}.{secrets.token_hex(8)}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise ImageError(
            f"{file} could not be written: {error.strerror or error}.",
            kept="What was there before is unchanged.",
            do_next="Check that the folder is writable and the disk not full.",
        ) from error


def _read_bytes(path: Path) -> bytes:
    _check_file(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _check_file(path: Path) -> None:
    try:
        if not path.exists():
            raise ImageError(f"{path} does not exist.", do_next="Check the path.")
        if not path.is_file():
            raise ImageError(f"{path} is no file.", do_next="Give the path of a picture.")
        size = path.stat().st_size
    except OSError as error:
        raise _unreadable(path, error) from error
    if size == 0:
        raise ImageError(f"{path} is empty (0 bytes).", do_next="Copy or export the picture again.")
    if size > MAX_FILE_BYTES:
        raise ImageError(f"{path} has {size / 2**20:.0f} MiB, more than a picture of {MAX_SIDE} px needs.")


def _unreadable(path: Path, error: OSError) -> ImageError:
    return ImageError(
        f"{path} cannot be read: {error.strerror or error}.",
        do_next="Check the permissions of the file and its folder.",
    )


def _not_a_picture(name: str, error: Exception) -> ImageError:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return ImageError(f"{name} is larger than {MAX_SIDE} px.", do_next="Cut it into parts.")
    return ImageError(
        f"{name} is no readable picture (damaged, or another kind of file).",
        do_next=f"{_READABLE} If it should be one of these, copy or export it again.",
    )


def _open(data: bytes, name: str) -> Image.Image:
    # Pillow's decoders raise a dozen kinds of exceptions on hostile files, all meaning the same here.
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Exception as error:
        raise _not_a_picture(name, error) from error


def _check_size(height: int, width: int, name: str) -> None:
    if min(height, width) < MIN_SIDE:
        raise ImageError(
            f"{name} has {height} x {width} px; the detector needs at least {MIN_SIDE} x {MIN_SIDE}.",
            do_next="Use a picture of the whole tile.",
        )
    if max(height, width) > MAX_SIDE:
        raise ImageError(
            f"{name} has {height} x {width} px; at most {MAX_SIDE} px a side can be inspected.",
            do_next="Cut it into parts or make it smaller.",
        )


def _check_kind(picture: Image.Image, name: str) -> None:
    if picture.format not in ("JPEG", "MPO") and int(getattr(picture, "n_frames", 1)) > 1:
        raise ImageError(
            f"{name} holds {getattr(picture, 'n_frames', 1)} pages or frames.",
            do_next="Save each as a file of its own.",
        )
    if picture.mode == "F":
        raise ImageError(f"{name} is a floating-point picture{_float_detail(picture)}.", do_next=_WHITE_LEVEL)
    if picture.mode == "I" and picture.format != "PPM":
        raise ImageError(f"{name} has 32-bit or signed values.", do_next=_WHITE_LEVEL)


_WHITE_LEVEL = "The file does not say which value is white: save it with 8 or 16 bit a channel."


def _float_detail(picture: Image.Image) -> str:
    try:
        values = np.asarray(picture)
    except Exception:
        return ""
    bad = int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        return f" in which {bad} values are not numbers (NaN or infinite)"
    return f" with values from {values.min():g} to {values.max():g}"


def _decode(picture: Image.Image, data: bytes, name: str) -> Pixels:
    deep_colour = picture.mode not in ("L", "I", "I;16", "I;16B") and _bits(picture, name) == 16
    try:
        picture.load()  # raises on a truncated file, which OpenCV may pad instead
        if deep_colour:
            return _decode_deep_colour(data, grey=picture.mode == "LA")
        return _as_array(picture)
    except Exception as error:
        raise ImageError(
            f"{name} is damaged or incomplete ({error}).", do_next="Copy or export the picture again."
        ) from error


def _as_array(picture: Image.Image) -> Pixels:
    if picture.mode in ("I;16", "I;16B", "I"):  # "I" only from PGM, where Pillow scales to 0..65535
        return np.asarray(picture).astype(np.uint16)
    if picture.mode in ("1", "L", "LA", "La"):
        return np.asarray(picture.getchannel(0).convert("L"), dtype=np.uint8)
    if picture.mode in ("RGBA", "RGBX"):
        return np.asarray(picture, dtype=np.uint8)[..., :3]
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _bits(picture: Image.Image, name: str) -> int:
    # Pillow reads 16-bit colour as 8 bit; only the raw mode of its decoder tells.
    tiles: Any = getattr(picture, "tile", None)
    if not tiles:
        return 8
    args: Any = tiles[0][3]
    mode = args[0] if isinstance(args, tuple) and args else args
    if picture.format == "PPM" and isinstance(args, tuple) and len(args) > 1 and args[1] > 255:
        if args[1] != 65535:
            raise ImageError(f"{name} has {args[1]} as its white level.", do_next="Save it with 8 or 16 bit.")
        return 16
    return 16 if ";16" in str(mode) else 8


def _decode_deep_colour(data: bytes, *, grey: bool) -> Pixels:
    pixels: Any = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise ValueError("its 16-bit colours cannot be decoded")
    if pixels.ndim == 2 or grey:
        return np.asarray(pixels if pixels.ndim == 2 else pixels[..., 0], dtype=np.uint16)
    return np.asarray(pixels[..., 2::-1], dtype=np.uint16)
