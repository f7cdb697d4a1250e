from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.line.line_pictures import tile_pixels, write_tile
from tests.line.source_contract import SourceContract, drain

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.sources.base import EndOfSource, Overflow, Source, SourceError
from tilesight.line.sources.files import FileSource


def read_all(source: Source) -> list[Frame | FailedFrame]:
    source.open()
    frames = drain(source)
    source.close()
    return frames


class TestFolderKeepsTheContract(SourceContract):
    finite, live = True, False

    @pytest.fixture
    def source(self, tmp_path: Path) -> FileSource:
        for number in range(3):
            write_tile(tmp_path / f"tile{number}.png", number)
        return FileSource([tmp_path])


class TestFilesKeepTheContract(SourceContract):
    finite, live = True, False

    @pytest.fixture
    def source(self, tmp_path: Path) -> FileSource:
        return FileSource([write_tile(tmp_path / f"tile{number}.bmp", number) for number in range(3)])


def test_a_folder_is_read_with_its_subfolders_in_natural_order(tmp_path: Path) -> None:
    for name in ("tile10.png", "tile2.png", "a/tile1.png", "lot 2/x.png", "lot 10/x.png", "Tile3.png"):
        write_tile(tmp_path / name, 1)
    names = [str(frame.info.path.relative_to(tmp_path)) for frame in read_all(FileSource([tmp_path]))]  # type: ignore[union-attr]
    assert names == ["a/tile1.png", "lot 2/x.png", "lot 10/x.png", "tile2.png", "Tile3.png", "tile10.png"]


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp", "PNG"])
def test_every_listed_format_is_read(tmp_path: Path, ending: str) -> None:
    write_tile(tmp_path / f"tile.{ending}", 4)
    (frame,) = read_all(FileSource([tmp_path]))
    assert isinstance(frame, Frame)
    assert frame.pixels.shape[:2] == (96, 64)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_sixteen_bit_pictures_stay_sixteen_bit(tmp_path: Path, ending: str) -> None:
    deep = tile_pixels(5).astype(np.uint16) * 251
    assert cv2.imwrite(str(tmp_path / f"deep.{ending}"), deep)
    (frame,) = read_all(FileSource([tmp_path]))
    assert isinstance(frame, Frame)
    assert frame.pixels.dtype == np.uint16
    assert np.array_equal(frame.pixels, deep)


def test_colour_comes_as_rgb(tmp_path: Path) -> None:
    red_in_opencv_order = np.zeros((80, 80, 3), np.uint8)
    red_in_opencv_order[..., 2] = 200
    assert cv2.imwrite(str(tmp_path / "red.png"), red_in_opencv_order)
    (frame,) = read_all(FileSource([tmp_path]))
    assert isinstance(frame, Frame)
    assert frame.pixels[0, 0].tolist() == [200, 0, 0]


def test_a_frame_names_its_file_and_the_hash_of_the_bytes_read(tmp_path: Path) -> None:
    path = write_tile(tmp_path / "tile.png", 6)
    (frame,) = read_all(FileSource([path]))
    assert frame.info.path == path
    assert frame.info.name == "tile.png"
    assert frame.info.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_files_that_are_damaged_empty_or_gone_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    good = [write_tile(tmp_path / f"{name}.png", 1) for name in "ae"]
    (tmp_path / "b.png").write_bytes(b"")
    (tmp_path / "c.png").write_bytes(good[0].read_bytes()[:200])
    (tmp_path / "d.png").write_text("no picture")
    source = FileSource([tmp_path])
    source.open()
    good[1].unlink()
    frames: list[Frame | FailedFrame | None] = [source.read(1.0) for _ in range(5)]
    kinds = [type(frame) for frame in frames]
    assert kinds == [Frame, FailedFrame, FailedFrame, FailedFrame, FailedFrame]
    for frame in frames[1:]:
        assert isinstance(frame, FailedFrame)
        assert len(frame.reason) > 20
    assert "could not be read" in frames[4].reason  # type: ignore[union-attr]


def test_a_named_file_that_is_missing_is_reported_among_others(tmp_path: Path) -> None:
    there = write_tile(tmp_path / "there.png", 1)
    frames = read_all(FileSource([tmp_path / "gone.png", there]))
    assert [type(frame) for frame in frames] == [FailedFrame, Frame]


def test_an_unreadable_subfolder_is_named(tmp_path: Path) -> None:
    write_tile(tmp_path / "tile.png", 1)
    locked = tmp_path / "locked"
    locked.mkdir()
    source = FileSource([tmp_path])
    real = os.scandir

    def scandir(path: str):  # as root every folder can be listed, so permissions alone do not do
        if str(path) == str(locked):
            raise PermissionError(13, "Permission denied")
        return real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        source.open()
    assert str(locked) in source.info.note


def test_hidden_files_and_other_kinds_are_no_frames(tmp_path: Path) -> None:
    write_tile(tmp_path / "tile.png", 1)
    for name in ("._tile.png", "notes.txt", ".cache/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [frame.info.name for frame in read_all(FileSource([tmp_path]))] == ["tile.png"]


def test_masks_of_known_layouts_are_left_out_and_counted(tmp_path: Path) -> None:
    write_tile(tmp_path / "mt" / "Imgs" / "a.jpg", 1)
    write_tile(tmp_path / "mt" / "Imgs" / "a.png", 1)
    write_tile(tmp_path / "mt" / "Imgs" / "lonely.png", 1)
    write_tile(tmp_path / "mvtec" / "test" / "crack" / "0.png", 1)
    write_tile(tmp_path / "mvtec" / "ground_truth" / "crack" / "0_mask.png", 1)
    write_tile(tmp_path / "own" / "a.png", 1)
    write_tile(tmp_path / "own" / "a.jpg", 1)
    source = FileSource([tmp_path])
    names = [str(frame.info.path.relative_to(tmp_path)) for frame in read_all(source)]  # type: ignore[union-attr]
    assert names == [
        "mt/Imgs/a.jpg", "mt/Imgs/lonely.png", "mvtec/test/crack/0.png", "own/a.jpg", "own/a.png",
    ]  # fmt: skip
    assert source.info.note == "2 masks left out"


def test_a_folder_that_links_to_itself_is_read_once(tmp_path: Path) -> None:
    write_tile(tmp_path / "tile.png", 1)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(read_all(FileSource([tmp_path]))) == 1


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_nothing_to_inspect_is_said_when_opening(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"missing|empty"):
        FileSource([tmp_path / name]).open()


def test_opening_reads_no_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        (tmp_path / f"{number}.png").write_bytes(b"not read yet")

    def refuse(path: Path) -> bytes:
        raise AssertionError(f"{path} was read while opening")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    source = FileSource([tmp_path])
    source.open()
    assert source.info.count == 50
    assert source.info.overflow is Overflow.WAIT


def test_closing_ends_a_long_listing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tile(tmp_path / "deep" / "tile.png", 1)
    source = FileSource([tmp_path])
    listing, go_on = threading.Event(), threading.Event()
    real = os.scandir

    def slow(path: str):
        listing.set()
        assert go_on.wait(10)
        return real(path)

    monkeypatch.setattr(os, "scandir", slow)
    ended: list[bool] = []

    def open_it() -> None:
        try:
            source.open()
        except EndOfSource:
            ended.append(True)

    thread = threading.Thread(target=open_it)
    thread.start()
    assert listing.wait(10)
    source.close()
    go_on.set()
    thread.join(10)
    assert ended == [True]
