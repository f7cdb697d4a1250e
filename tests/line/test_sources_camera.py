from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.line.line_pictures import tile_pixels
from tests.line.mjpeg_server import MjpegServer
from tests.line.source_contract import SourceContract, drain, next_frame

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.sources import open_paths, open_source
from tilesight.line.sources.base import EndOfSource, Overflow, Source, SourceError, SourceLost
from tilesight.line.sources.camera import CaptureSource, stream_source, without_password
from tilesight.line.sources.files import FileSource
from tilesight.line.sources.video import VideoSource
from tilesight.line.sources.watched import WatchedFolderSource


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    server = MjpegServer()
    yield server
    server.kill()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "tiles.avi", frames=12)


def write_video(path: Path, frames: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (64, 96))
    for number in range(frames):
        writer.write(np.repeat(tile_pixels(number)[..., None], 3, axis=2))
    writer.release()
    return path


class ScriptedCapture:
    """A device as OpenCV shows it, that does what a test says."""

    def __init__(self, frames: int = 10_000, hang: threading.Event | None = None) -> None:
        self.left = frames
        self.hang = hang
        self.released = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def read(self):
        if self.left == 0 and self.hang is not None:
            self.hang.wait(30)
        if self.left == 0:
            return False, None
        self.left -= 1
        return True, np.zeros((8, 8, 3), np.uint8)

    def release(self) -> None:
        self.released.set()


class TestStreamKeepsTheContract(SourceContract):
    finite, live = False, True

    @pytest.fixture
    def source(self, server: MjpegServer) -> Source:
        return stream_source(server.address)


class TestVideoKeepsTheContract(SourceContract):
    finite, live = True, False

    @pytest.fixture
    def source(self, video: Path) -> Source:
        return VideoSource(video)


def lost_within(source: Source, seconds: float) -> SourceLost:
    """Reads until the loss is said; fails if that takes longer than promised."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            source.read(0.2)
        except SourceLost as lost:
            return lost
    raise AssertionError(f"no loss was said within {seconds} s")


def test_a_killed_stream_is_lost_and_comes_back_with_its_count_going_on(server: MjpegServer) -> None:
    source = stream_source(server.address)
    source.open()
    before = next_frame(source).info.frame_id
    server.kill()
    assert "127.0.0.1" in lost_within(source, 4.0).reason
    with pytest.raises(SourceLost):
        source.open()
    again = MjpegServer(port=server.port)
    source.open()
    assert next_frame(source).info.frame_id > before
    source.close()
    again.kill()


def test_a_stream_that_falls_silent_is_lost(server: MjpegServer) -> None:
    source = stream_source(server.address, silence_s=0.5)
    source.open()
    next_frame(source)
    server.silent.set()
    lost_within(source, 4.0)
    source.close()


def test_nobody_at_the_address_is_a_loss_not_an_error() -> None:
    source = stream_source("http://127.0.0.1:9/nothing", connect_s=2.0)
    with pytest.raises(SourceLost):
        source.open()
    source.close()


def test_frames_that_nobody_took_show_as_a_gap_and_the_newest_are_kept() -> None:
    capture = ScriptedCapture(frames=10, hang=threading.Event())
    source = CaptureSource("camera", "Camera 0", lambda: capture, silence_s=0.3)  # type: ignore[arg-type,return-value]
    source.open()
    lost = threading.Event()
    while capture.left:
        lost.wait(0.01)
    ids = []
    while (frame := source.read(0.1)) is not None:
        ids.append(frame.info.frame_id)
    assert ids == [8, 9]
    capture.hang.set()  # type: ignore[union-attr]
    source.close()


def test_a_driver_that_never_returns_is_said_to_be_lost_and_does_not_hang_the_line() -> None:
    stuck = threading.Event()
    captures: list[ScriptedCapture] = []

    def connect() -> ScriptedCapture:
        captures.append(ScriptedCapture(frames=1, hang=stuck))
        return captures[-1]

    source = CaptureSource("camera", "Camera 0", connect, connect_s=0.2, silence_s=0.2)  # type: ignore[arg-type]
    source.open()
    next_frame(source)
    lost_within(source, 4.0)
    with pytest.raises(SourceLost, match="has not returned"):
        source.open()
    assert len(captures) == 1, "a second connection while the first hangs would pile up threads"
    stuck.set()
    assert captures[0].released.wait(10)
    source.open()
    source.close()
    assert captures[1].released.wait(10)


def test_closing_while_connecting_ends_the_opening() -> None:
    connecting, stuck = threading.Event(), threading.Event()

    def connect() -> ScriptedCapture:
        connecting.set()
        stuck.wait(30)
        return ScriptedCapture()

    source = CaptureSource("camera", "Camera 0", connect, connect_s=30, silence_s=0.1)  # type: ignore[arg-type]
    ended = threading.Event()

    def open_it() -> None:
        try:
            source.open()
        except EndOfSource:
            ended.set()

    thread = threading.Thread(target=open_it)
    thread.start()
    assert connecting.wait(10)
    source.close()
    assert ended.wait(10)
    stuck.set()
    thread.join(10)


def test_a_camera_that_is_not_there_is_a_loss() -> None:
    source = open_source("camera:63")
    assert source.info.overflow is Overflow.DROP_OLDEST
    with pytest.raises(SourceLost, match="Camera 63"):
        source.open()
    source.close()


def test_every_frame_of_a_video_comes_in_order(video: Path) -> None:
    source = VideoSource(video)
    source.open()
    frames = drain(source)
    assert [frame.info.frame_id for frame in frames] == list(range(12))
    first = frames[0]
    assert isinstance(first, Frame)
    assert np.abs(first.pixels[..., 0].astype(int) - tile_pixels(0)).mean() < 6  # JPEG inside
    source.close()


def test_a_video_that_is_cut_off_says_that_frames_are_missing(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.avi", frames=60)
    cut = tmp_path / "cut.avi"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = VideoSource(cut)
    source.open()
    frames = drain(source)
    source.close()
    assert isinstance(frames[-1], FailedFrame)
    assert "cut off or damaged" in frames[-1].reason
    assert all(isinstance(frame, Frame) for frame in frames[:-1])


@pytest.mark.parametrize("content", [b"", b"no video"])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(SourceError, match="cannot be read as a video"):
        VideoSource(tmp_path / "x.mp4").open()
    with pytest.raises(SourceError, match="no video file"):
        VideoSource(tmp_path / "gone.mp4").open()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rtsp://user:secret@10.0.0.5/ch1", "stream"),
        ("http://camera.local/video.mjpg", "stream"),
        ("camera:2", "camera"),
        ("demo", "demo"),
        ("demo?rate=2", "demo"),
        ("demo:tiles?count=3", "demo"),
        ("watch:somewhere", "watched"),
        ("watch-all:somewhere", "watched"),
        ("belt.MP4", "video"),
        ("tile.png", "files"),
        ("C:\\tiles\\tile.png", "files"),
    ],
)
def test_a_text_names_a_source(text: str, kind: str) -> None:
    assert open_source(text).info.kind == kind


@pytest.mark.parametrize("text", ["", "  ", "camera:front", "camera:-1", "ftp://host/x.png"])
def test_a_text_that_names_no_source_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(SourceError):
        open_source(text)


def test_a_password_is_not_shown() -> None:
    address = "rtsp://user:secret@10.0.0.5:554/ch1"
    assert without_password(address) == "rtsp://10.0.0.5:554/ch1"
    assert "secret" not in open_source(address).info.title


def test_dropped_paths_become_one_source(tmp_path: Path, video: Path) -> None:
    assert isinstance(open_paths([tmp_path]), FileSource)
    assert isinstance(open_paths([video]), VideoSource)
    assert isinstance(open_source(f"watch:{tmp_path}"), WatchedFolderSource)
    for paths in ([], [video, tmp_path]):
        with pytest.raises(SourceError):
            open_paths(paths)
