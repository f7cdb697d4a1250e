"""What every source keeps to, as tests: a source's own test class inherits `SourceContract`.

Give it a fixture `source`: a closed `Source` that delivers at least two frames without further help.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
import pytest

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.sources.base import CameraControls, EndOfSource, Overflow, Source, Trigger

PATIENCE_S = 60.0


def next_frame(source: Source, patience_s: float = PATIENCE_S) -> Frame | FailedFrame:
    """The next frame, however many times a read comes back empty before it."""
    waited = 0.0
    while waited < patience_s:
        frame = source.read(0.5)
        if frame is not None:
            return frame
        waited += 0.5
    raise AssertionError(f"{source.info.title} delivered nothing within {patience_s} s")


def drain(source: Source) -> list[Frame | FailedFrame]:
    """Everything that a finite, opened source still delivers."""
    frames: list[Frame | FailedFrame] = []
    try:
        while True:
            frame = source.read(5.0)
            if frame is not None:
                frames.append(frame)
    except EndOfSource:
        return frames


class SourceContract:
    """Inherit, give the fixture `source`, set what the source is."""

    #: Expected `SourceInfo.finite`.
    finite: ClassVar[bool]
    #: Expected `SourceInfo.live`.
    live: ClassVar[bool]

    @pytest.fixture
    def opened(self, source: Source):
        source.open()
        yield source
        source.close()

    def test_says_what_it_is_before_it_is_opened(self, source: Source) -> None:
        info = source.info
        assert isinstance(source, Source)
        assert info.kind
        assert info.title
        assert (info.finite, info.live) == (self.finite, self.live)
        assert isinstance(info.overflow, Overflow)
        assert not self.live or info.overflow is not Overflow.WAIT
        source.close()

    def test_frames_are_numbered_upwards_and_cannot_be_changed(self, opened: Source) -> None:
        first, second = next_frame(opened), next_frame(opened)
        assert first.info.frame_id >= 0
        assert second.info.frame_id > first.info.frame_id
        for frame in (first, second):
            assert isinstance(frame, Frame)
            assert frame.pixels.dtype in (np.uint8, np.uint16)
            assert frame.pixels.ndim == 2 or frame.pixels.shape[2:] == (3,)
            assert not frame.pixels.flags.writeable
            assert frame.info.source == opened.info.title
            assert frame.info.name

    def test_a_kept_frame_does_not_change_when_the_next_is_read(self, opened: Source) -> None:
        first = next_frame(opened)
        assert isinstance(first, Frame)
        before = first.pixels.copy()
        next_frame(opened)
        assert np.array_equal(first.pixels, before)

    def test_says_when_a_frame_was_taken_in_utc(self, opened: Source) -> None:
        taken = next_frame(opened).info.captured_at
        assert taken.tzinfo is not None
        assert taken.utcoffset() == UTC.utcoffset(None)
        assert taken <= datetime.now(UTC)

    def test_ends_after_its_last_frame_and_counts_right(self, opened: Source) -> None:
        if not self.finite:
            pytest.skip("this source never ends by itself")
        frames = drain(opened)
        assert frames
        assert opened.info.count in (None, len(frames))
        with pytest.raises(EndOfSource):
            opened.read(0.0)

    def test_can_be_closed_twice_and_unopened(self, source: Source) -> None:
        source.close()
        source.close()

    def test_a_closed_source_has_ended(self, opened: Source) -> None:
        next_frame(opened)
        opened.close()
        with pytest.raises(EndOfSource):
            opened.read(5.0)
        with pytest.raises(EndOfSource):
            opened.open()

    def test_closing_from_another_thread_ends_a_read(self, opened: Source) -> None:
        reading, ended = threading.Event(), threading.Event()

        def read_on() -> None:
            try:
                while True:
                    opened.read(PATIENCE_S)
                    reading.set()
            except EndOfSource:
                ended.set()

        thread = threading.Thread(target=read_on)
        thread.start()
        assert reading.wait(PATIENCE_S)
        opened.close()
        assert ended.wait(PATIENCE_S / 2)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()

    def test_controls_promise_only_what_they_name(self, opened: Source) -> None:
        controls = opened.controls
        if controls is None:
            return
        assert isinstance(controls, CameraControls)
        assert set(controls.capabilities.triggers) <= set(Trigger)
        if opened.info.overflow is Overflow.DROP_OLDEST:
            assert Trigger.FREE_RUN in controls.capabilities.triggers
