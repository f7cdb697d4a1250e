"""Pictures are read whole and as stored, or refused with a reason."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bsdrd.data.images import (
    MAX_SIDE,
    as_model_input,
    decode_image,
    find_images,
    image_size,
    read_image,
    read_image_and_hash,
    read_mask,
    write_bytes,
    write_image,
)
from bsdrd.errors import DataError, ImageError


@pytest.fixture
def colour() -> NDArray[np.uint16]:
    return np.random.default_rng(0).integers(0, 65536, (70, 90, 3)).astype(np.uint16)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Root may read everything, so the question is asked as somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("ending", [".png", ".tif", ".bmp", ".pgm", ".webp"])
def test_grey_pictures_come_back_as_written(tmp_path: Path, ending: str) -> None:
    grey = np.random.default_rng(0).integers(0, 256, (64, 81)).astype(np.uint8)
    file = tmp_path / f"磁瓦 tile é{ending}"
    if ending == ".webp":
        Image.fromarray(grey).save(file, lossless=True)
        grey = np.repeat(grey[..., None], 3, axis=2)  # WebP knows colour only
    else:
        write_image(file, grey)
    pixels = read_image(file)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, grey)
    assert not pixels.flags.writeable
    assert image_size(file) == (64, 81)


@pytest.mark.parametrize("ending", [".png", ".tif", ".ppm"])
@pytest.mark.parametrize("bits", [8, 16])
def test_colour_comes_back_as_rgb_with_its_full_depth(
    tmp_path: Path, colour: NDArray[np.uint16], ending: str, bits: int
) -> None:
    pixels = colour if bits == 16 else (colour >> 8).astype(np.uint8)
    write_image(tmp_path / f"tile{ending}", pixels)
    back = read_image(tmp_path / f"tile{ending}")
    assert back.dtype == pixels.dtype
    np.testing.assert_array_equal(back, pixels)


@pytest.mark.parametrize("ending", [".png", ".tif", ".pgm"])
def test_16_bit_grey_keeps_every_bit(tmp_path: Path, colour: NDArray[np.uint16], ending: str) -> None:
    write_image(tmp_path / f"tile{ending}", colour[..., 1])
    back = read_image(tmp_path / f"tile{ending}")
    assert back.dtype == np.uint16
    np.testing.assert_array_equal(back, colour[..., 1])


def test_alpha_is_dropped_at_8_and_16_bit(tmp_path: Path, colour: NDArray[np.uint16]) -> None:
    deep = np.dstack([colour[..., ::-1], colour[..., :1]])
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    np.testing.assert_array_equal(read_image(tmp_path / "deep.png"), colour)
    flat = (colour >> 8).astype(np.uint8)
    Image.fromarray(np.dstack([flat, np.zeros_like(flat[..., :1])])).save(tmp_path / "flat.png")
    np.testing.assert_array_equal(read_image(tmp_path / "flat.png"), flat)
    Image.fromarray(flat[..., 0]).convert("LA").save(tmp_path / "grey.png")
    np.testing.assert_array_equal(read_image(tmp_path / "grey.png"), flat[..., 0])


def test_a_cmyk_jpeg_shows_its_colours(tmp_path: Path) -> None:
    red = np.zeros((64, 64, 3), dtype=np.uint8)
    red[..., 0] = 200
    Image.fromarray(red).convert("CMYK").save(tmp_path / "tile.jpg", quality=95)
    pixels = read_image(tmp_path / "tile.jpg")
    assert pixels.shape == (64, 64, 3)
    assert np.abs(pixels.astype(int) - red).max() < 8


def test_one_bit_and_palette_pictures_are_read_as_seen(tmp_path: Path) -> None:
    dots = np.random.default_rng(0).random((64, 70)) > 0.5
    Image.fromarray(dots).save(tmp_path / "dots.png")
    np.testing.assert_array_equal(read_image(tmp_path / "dots.png"), dots * np.uint8(255))
    palette = Image.fromarray(dots.astype(np.uint8), mode=None).convert("P")
    palette.putpalette([0, 0, 0, 10, 20, 30])
    palette.save(tmp_path / "palette.png")
    np.testing.assert_array_equal(
        read_image(tmp_path / "palette.png")[dots.nonzero()][0], np.array([10, 20, 30], dtype=np.uint8)
    )


def test_exif_orientation_leaves_the_pixels_where_the_file_has_them(tmp_path: Path) -> None:
    picture = Image.fromarray(np.zeros((64, 100), dtype=np.uint8))
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.jpg", exif=exif)
    assert read_image(tmp_path / "turned.jpg").shape == (64, 100)


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    import hashlib

    write_image(tmp_path / "tile.png", np.full((64, 64), 7, dtype=np.uint8))
    pixels, digest = read_image_and_hash(tmp_path / "tile.png")
    assert digest == hashlib.sha256((tmp_path / "tile.png").read_bytes()).hexdigest()
    assert pixels.shape == (64, 64)


def _encoded(kind: str, *, progressive: bool = False, deep: bool = False) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (90, 90, 3)).astype(np.uint8)
    if deep:
        return cv2.imencode(kind, noise.astype(np.uint16) * 257)[1].tobytes()
    stream = io.BytesIO()
    options: dict[str, object] = {"progressive": True} if progressive else {}
    Image.fromarray(noise).save(stream, format={".jpg": "JPEG", ".png": "PNG"}[kind], **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        _encoded(".jpg"),
        _encoded(".jpg", progressive=True),
        _encoded(".png"),
        _encoded(".png", deep=True),
        _encoded(".tif", deep=True),
    ],
    ids=["jpeg", "progressive jpeg", "png", "16-bit colour png", "16-bit colour tiff"],
)
@pytest.mark.parametrize("part", [0.02, 0.5, 0.9, 0.995])
def test_a_truncated_file_is_refused_rather_than_padded(data: bytes, part: float) -> None:
    decode_image(data)
    with pytest.raises(ImageError, match="damaged"):
        decode_image(data[: int(len(data) * part)])


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"BM"])
)
def test_any_bytes_give_pixels_or_an_image_error(data: bytes, start: bytes) -> None:
    with pytest.raises(ImageError):
        decode_image(start + data)


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_png_gives_pixels_or_an_image_error(at: int, value: int) -> None:
    data = bytearray(_encoded(".png"))
    data[at] = value
    try:
        pixels = decode_image(bytes(data))
    except ImageError:
        return
    assert pixels.shape[:2] == (90, 90)


def test_empty_files_text_folders_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("this is no picture", encoding="utf-8")
    (tmp_path / "folder.png").mkdir()
    for name, reason in (
        ("empty.png", "0 bytes"),
        ("text.png", "no readable picture"),
        ("folder.png", "no file"),
        ("missing.png", "does not exist"),
    ):
        with pytest.raises(ImageError, match=reason) as caught:
            read_image(tmp_path / name)
        assert name in str(caught.value)
        with pytest.raises(ImageError):
            image_size(tmp_path / name)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise on Windows")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tile.png"
    write_image(file, np.zeros((64, 64), dtype=np.uint8))
    file.chmod(0)
    with _as_nobody(), pytest.raises(ImageError, match=r"cannot be read: Permission denied"):
        read_image(file)
    with _as_nobody(), pytest.raises(ImageError, match=r"cannot be read: Permission denied"):
        image_size(file)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (63, 64), (64, 63)])
def test_pictures_below_the_smallest_side_are_refused(tmp_path: Path, height: int, width: int) -> None:
    write_image(tmp_path / "small.png", np.zeros((height, width), dtype=np.uint8))
    with pytest.raises(ImageError, match=f"{height} x {width} px"):
        read_image(tmp_path / "small.png")


def test_huge_pictures_are_refused_from_their_header(tmp_path: Path) -> None:
    Image.new("L", (20_000, 20)).save(tmp_path / "long.png")
    with pytest.raises(ImageError, match="20 x 20000 px"):
        read_image(tmp_path / "long.png")
    # The header promises what is not there: had the pixels been asked for, the error would be another.
    data = bytearray(_encoded(".jpg"))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = (MAX_SIDE + 1).to_bytes(2, "big") + (100).to_bytes(2, "big")
    with pytest.raises(ImageError, match=f"{MAX_SIDE + 1} x 100 px"):
        decode_image(bytes(data))
    data[start : start + 4] = (65000).to_bytes(2, "big") * 2
    with pytest.raises(ImageError, match="larger than"):
        decode_image(bytes(data))


def test_float_pictures_are_refused_and_nan_is_named(tmp_path: Path) -> None:
    values = np.linspace(0, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    Image.fromarray(values).save(tmp_path / "float.tif")
    with pytest.raises(ImageError, match="from 0 to 1"):
        read_image(tmp_path / "float.tif")
    values[3, 4] = np.nan
    values[5, 6] = np.inf
    Image.fromarray(values).save(tmp_path / "nan.tif")
    with pytest.raises(ImageError, match="2 values are not numbers"):
        read_image(tmp_path / "nan.tif")
    Image.fromarray(np.zeros((64, 64), dtype=np.int32)).save(tmp_path / "int.tif")
    with pytest.raises(ImageError, match="32-bit"):
        read_image(tmp_path / "int.tif")


def test_a_file_of_several_pages_is_refused(tmp_path: Path) -> None:
    page = Image.new("L", (64, 64))
    page.save(tmp_path / "pages.tif", save_all=True, append_images=[page, page])
    with pytest.raises(ImageError, match="3 pages"):
        read_image(tmp_path / "pages.tif")


def test_model_input_scales_16_bit_and_converts_colour_and_grey() -> None:
    deep = np.full((64, 65), 65535, dtype=np.uint16)
    as_three = as_model_input(deep, 3)
    assert as_three.shape == (3, 64, 65)
    assert as_three.dtype == np.float32
    np.testing.assert_array_equal(as_three, 255)
    rgb = np.zeros((64, 65, 3), dtype=np.uint8)
    rgb[..., 0], rgb[..., 1], rgb[..., 2] = 100, 200, 50
    np.testing.assert_allclose(as_model_input(rgb, 1), 0.299 * 100 + 0.587 * 200 + 0.114 * 50, rtol=1e-6)
    np.testing.assert_array_equal(as_model_input(rgb, 3)[1], 200)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((64, 64), dtype=np.float32),
        np.zeros((64, 64, 4), dtype=np.uint8),
        np.zeros(64, dtype=np.uint8),
    ],
)
def test_model_input_refuses_what_is_no_picture(pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ImageError):
        as_model_input(pixels, 1)


def test_masks_are_cut_at_half_white_and_those_of_0_and_1_are_understood(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    write_image(tmp_path / "ramp.png", ramp)
    np.testing.assert_array_equal(read_mask(tmp_path / "ramp.png"), ramp > 127)
    write_image(tmp_path / "deep.png", ramp.astype(np.uint16) * 257)
    np.testing.assert_array_equal(read_mask(tmp_path / "deep.png"), ramp > 127)
    write_image(tmp_path / "ones.png", (ramp > 200).astype(np.uint8))
    np.testing.assert_array_equal(read_mask(tmp_path / "ones.png"), ramp > 200)


def test_pictures_are_found_in_subfolders_in_natural_order(tmp_path: Path) -> None:
    for name in ("b/tile10.PNG", "b/tile2.png", "a.jpg", "notes.txt", ".hidden.png", ".cache/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = [path.relative_to(tmp_path).as_posix() for path in find_images(tmp_path)]
    assert names == ["a.jpg", "b/tile2.png", "b/tile10.PNG"]
    with pytest.raises(DataError, match="no folder"):
        find_images(tmp_path / "a.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise on Windows")
def test_a_folder_that_cannot_be_listed_is_named_not_skipped(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    tmp_path.chmod(0o755)
    parents = [p for p in tmp_path.parents if not p.stat().st_mode & 0o001]
    modes = {p: p.stat().st_mode for p in parents}
    for p in parents:
        p.chmod(modes[p] | 0o011)
    try:
        with _as_nobody(), pytest.raises(DataError, match=r"closed cannot be listed"):
            find_images(tmp_path)
    finally:
        for p, mode in modes.items():
            p.chmod(mode)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit to the size of files on Windows")
def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    import resource

    file = tmp_path / "tile.png"
    write_image(file, np.zeros((64, 64), dtype=np.uint8))
    before = file.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # like a disk with 1000 bytes left
    try:
        with pytest.raises(ImageError, match="could not be written") as caught:
            write_bytes(file, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "unchanged" in caught.value.kept
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["tile.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions work otherwise on Windows")
def test_written_files_may_be_read_as_the_user_has_set(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_bytes(tmp_path / "tile.png", b"x")
    assert (tmp_path / "tile.png").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_format_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"\.xyz"):
        write_image(tmp_path / "tile.xyz", np.zeros((64, 64), dtype=np.uint8))
