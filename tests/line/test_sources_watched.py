from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from tests.line.line_pictures import tile_pixels, write_tile
from tests.line.source_contract import SourceContract

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.sources.base import Source, SourceError, SourceLost
from tilesight.line.sources.watched import WatchedFolderSource


class Clock:
    """Time that only a test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Watch:
    """A watched folder whose time a test moves."""

    def __init__(self, folder: Path, **more: bool) -> None:
        self.clock = Clock()
        self.source = WatchedFolderSource(
            folder, settle_s=1.0, tries=3, retry_s=1.0, clock=self.clock, **more
        )
        self.source.open()

    def look(self) -> Frame | FailedFrame | None:
        return self.source.read(0.0)

    def after(self, seconds: float) -> Frame | FailedFrame | None:
        self.clock.now += seconds
        return self.look()

    def settled(self) -> list[str]:
        """Names of everything that is there now, once it has settled."""
        names: list[str] = []
        self.look()
        self.clock.now += 2.0
        while (frame := self.look()) is not None:
            names.append(frame.info.name)
        return names


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


class TestWatchedFolderKeepsTheContract(SourceContract):
    finite, live = False, False

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        for number in range(3):
            write_tile(tmp_path / f"tile{number}.png", number)
        return WatchedFolderSource(tmp_path, existing=True, settle_s=0.02, poll_s=0.01)


def test_a_file_is_taken_only_after_its_size_has_settled(watch: Watch, tmp_path: Path) -> None:
    whole = write_tile(tmp_path.parent / "whole.png", 1).read_bytes()
    growing = tmp_path / "tile.png"
    for part in (100, 400, len(whole)):
        growing.write_bytes(whole[:part])
        assert watch.look() is None
        assert watch.after(0.9) is None
    frame = watch.after(0.2)
    assert isinstance(frame, Frame)
    assert np.array_equal(frame.pixels, tile_pixels(1))


def test_a_file_that_changes_while_it_is_read_is_not_taken_yet(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tile(tmp_path / "tile.png", 1)
    watch.look()
    real = Path.read_bytes

    def read_while_written(self: Path) -> bytes:
        data = real(self)
        if self == path:
            write_tile(path, 2, height=128)
        return data

    monkeypatch.setattr(Path, "read_bytes", read_while_written)
    assert watch.after(2.0) is None
    monkeypatch.undo()
    watch.look()
    frame = watch.after(2.0)
    assert isinstance(frame, Frame)
    assert frame.pixels.shape == (128, 64)


def test_files_that_settled_together_come_oldest_first(watch: Watch, tmp_path: Path) -> None:
    for name, age in (("c.png", 30), ("a.png", 10), ("b.png", 20)):
        os.utime(write_tile(tmp_path / name, age), (1_700_000_000 - age, 1_700_000_000 - age))
    assert watch.settled() == ["c.png", "b.png", "a.png"]


def test_an_unreadable_file_is_tried_again_and_taken_once_it_is_whole(watch: Watch, tmp_path: Path) -> None:
    path = tmp_path / "tile.png"
    path.write_bytes(b"half of a picture")
    watch.look()
    assert watch.after(1.5) is None
    assert watch.after(1.5) is None
    write_tile(path, 3)
    watch.look()
    assert isinstance(watch.after(1.5), Frame)


def test_a_file_that_stays_unreadable_is_reported_once_and_does_not_hold_up_others(
    watch: Watch, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture at all")
    write_tile(tmp_path / "good.png", 1)
    watch.look()
    first = watch.after(1.5)
    assert isinstance(first, Frame)
    assert watch.after(1.5) is None
    reported = watch.after(1.5)
    assert isinstance(reported, FailedFrame)
    assert reported.info.name == "bad.png"
    assert reported.info.frame_id == 1
    assert watch.after(5.0) is None


def test_older_pictures_are_left_alone_and_counted(tmp_path: Path) -> None:
    write_tile(tmp_path / "old.png", 1)
    watch = Watch(tmp_path)
    assert watch.source.info.note == "1 older pictures left alone"
    assert watch.settled() == []
    write_tile(tmp_path / "new.png", 2)
    assert watch.settled() == ["new.png"]


def test_older_pictures_are_taken_where_asked_for(tmp_path: Path) -> None:
    write_tile(tmp_path / "old.png", 1)
    assert Watch(tmp_path, existing=True).settled() == ["old.png"]


def test_neither_a_touch_nor_a_rename_takes_a_file_again(watch: Watch, tmp_path: Path) -> None:
    path = write_tile(tmp_path / "tile.png", 1)
    assert watch.settled() == ["tile.png"]
    os.utime(path, (1, 1))
    assert watch.settled() == []
    path.rename(tmp_path / "renamed.png")
    assert watch.settled() == []
    (tmp_path / "done").mkdir()
    (tmp_path / "renamed.png").rename(tmp_path / "done" / "tile.png")
    assert watch.settled() == []


def test_renaming_a_picture_left_alone_does_not_make_it_new(tmp_path: Path) -> None:
    path = write_tile(tmp_path / "old.png", 1)
    watch = Watch(tmp_path)
    path.rename(tmp_path / "still old.png")
    assert watch.settled() == []


def test_a_new_picture_under_an_old_name_is_taken(watch: Watch, tmp_path: Path) -> None:
    write_tile(tmp_path / "latest.png", 1)
    assert watch.settled() == ["latest.png"]
    write_tile(tmp_path / "latest.png", 2)
    assert watch.settled() == ["latest.png"]


def test_two_files_of_one_content_are_two_tiles(watch: Watch, tmp_path: Path) -> None:
    write_tile(tmp_path / "a.png", 1)
    write_tile(tmp_path / "b.png", 1)
    assert watch.settled() == ["a.png", "b.png"]


def test_a_file_that_vanishes_before_it_is_read_is_no_frame(watch: Watch, tmp_path: Path) -> None:
    path = write_tile(tmp_path / "tile.png", 1)
    watch.look()
    path.unlink()
    assert watch.after(2.0) is None


def test_a_missing_folder_is_an_error_and_a_vanished_one_a_loss(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder"):
        WatchedFolderSource(tmp_path / "nowhere").open()
    folder = tmp_path / "share"
    folder.mkdir()
    watch = Watch(folder)
    folder.rmdir()
    with pytest.raises(SourceLost, match="cannot be reached"):
        watch.look()
    with pytest.raises(SourceLost):
        watch.source.open()


def test_a_share_that_comes_back_brings_only_what_is_new(tmp_path: Path) -> None:
    folder, away = tmp_path / "share", tmp_path / "away"
    write_tile(folder / "old.png", 0)
    watch = Watch(folder)
    write_tile(folder / "first.png", 1)
    assert watch.settled() == ["first.png"]
    shutil.move(folder, away)
    with pytest.raises(SourceLost):
        watch.look()
    write_tile(away / "second.png", 2)
    shutil.move(away, folder)
    watch.source.open()
    assert watch.settled() == ["second.png"]


def test_a_waiting_read_sees_a_file_that_comes_later(tmp_path: Path) -> None:
    source = WatchedFolderSource(tmp_path, settle_s=0.02, poll_s=0.01)
    source.open()
    frames: list[Frame | FailedFrame | None] = []
    thread = threading.Thread(target=lambda: frames.append(source.read(20.0)))
    thread.start()
    write_tile(tmp_path / "late.png", 1)
    thread.join(20)
    assert [frame.info.name for frame in frames if frame] == ["late.png"]
    source.close()
