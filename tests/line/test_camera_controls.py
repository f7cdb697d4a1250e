"""Exposure, gain and trigger of a camera that OpenCV reads, on a device that answers as drivers do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilesight.line.frames import FailedFrame, Frame
from tilesight.line.queues import BoundedQueue, Put
from tilesight.line.sources import open_source
from tilesight.line.sources.base import CameraSettings, Overflow, SourceError, SourceLost, Trigger
from tilesight.line.sources.camera import CaptureSource
from tilesight.line.sources.camera_controls import CaptureControls, settings_of, text_of

PATIENCE_S = 20.0


class FakeDevice:
    """A V4L2 camera as OpenCV shows it: exposure in steps of 100 µs, limits of its own, a grey level."""

    def __init__(self, name: str = "V4L2", missing: tuple[int, ...] = ()) -> None:
        self.name = name
        self.missing = missing
        self.values = {cv2.CAP_PROP_EXPOSURE: 50.0, cv2.CAP_PROP_AUTO_EXPOSURE: 3.0, cv2.CAP_PROP_GAIN: 10.0}
        self.refuses: set[int] = set()
        self.alive = True
        self.reads = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's names
        return True

    def getBackendName(self) -> str:  # noqa: N802
        return self.name

    def get(self, propId: int, /) -> float:  # noqa: N803
        return -1.0 if propId in self.missing else self.values.get(propId, -1.0)

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803
        if propId in self.missing or propId in self.refuses:
            return False
        manual = 1 if self.name == "V4L2" else 0
        if propId == cv2.CAP_PROP_EXPOSURE and self.values[cv2.CAP_PROP_AUTO_EXPOSURE] != manual:
            return False
        top = 5000.0 if propId == cv2.CAP_PROP_EXPOSURE else 255.0
        self.values[propId] = min(value, top)
        return True

    def read(self) -> tuple[bool, Any]:
        time.sleep(0.002)  # a camera has a rate
        self.reads += 1
        level = min(255, abs(int(self.values[cv2.CAP_PROP_EXPOSURE])))
        return self.alive, np.full((8, 8, 3), level, np.uint8) if self.alive else None

    def release(self) -> None:
        pass


Make = Callable[..., CaptureSource]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[CaptureSource] = []

    def one(device: FakeDevice, settings: CameraSettings | None = None) -> CaptureSource:
        controls = CaptureControls("Camera 0", settings)
        connect: Any = lambda: device  # noqa: E731
        made.append(CaptureSource("camera", "Camera 0", connect, silence_s=0.5, controls=controls))
        made[-1].open()
        return made[-1]

    yield one
    for source in made:
        source.close()


def next_picture(source: CaptureSource) -> Frame:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        frame = source.read(0.2)
        if isinstance(frame, Frame):
            return frame
    raise AssertionError("no picture came")


def read_until_lost(source: CaptureSource) -> list[Frame | FailedFrame]:
    """What came before the loss was said."""
    found: list[Frame | FailedFrame] = []
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            frame = source.read(0.2)
        except SourceLost:
            return found
        if frame is not None:
            found.append(frame)
    raise AssertionError("the loss was not said")


def controls_of(source: CaptureSource) -> CaptureControls:
    assert source.controls is not None
    return source.controls


def test_a_camera_says_what_its_driver_lets_be_set(make: Make) -> None:
    can = controls_of(make(FakeDevice())).capabilities
    assert can.exposure_us is not None
    assert can.gain is not None
    assert can.auto_exposure
    assert can.gain_unit == "", "OpenCV does not say how large a step is"
    none = (cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_GAIN)
    can = controls_of(make(FakeDevice(missing=none))).capabilities
    assert (can.exposure_us, can.gain, can.auto_exposure) == (None, None, False)


def test_exposure_and_gain_reach_the_device_and_what_holds_comes_back(make: Make) -> None:
    device = FakeDevice()
    source = make(device)
    held = controls_of(source).apply(CameraSettings(exposure_us=9000, gain=1000))
    assert (held.exposure_us, held.auto_exposure, held.gain) == (9000, False, 255), "limited by the device"
    assert device.values[cv2.CAP_PROP_EXPOSURE] == 90
    until = time.monotonic() + PATIENCE_S
    while next_picture(source).pixels.max() != 90:
        assert time.monotonic() < until
    assert controls_of(source).apply(CameraSettings(auto_exposure=True)).auto_exposure is True


def test_drivers_that_count_in_powers_of_two_get_the_nearest_one(make: Make) -> None:
    device = FakeDevice("DSHOW")
    device.values.update({cv2.CAP_PROP_EXPOSURE: -6.0, cv2.CAP_PROP_AUTO_EXPOSURE: 1.0})
    held = controls_of(make(device)).apply(CameraSettings(exposure_us=4000))
    assert device.values[cv2.CAP_PROP_EXPOSURE] == -8
    assert held.exposure_us == pytest.approx(3906.25)


def test_what_the_driver_does_not_have_is_said_and_nothing_changes(make: Make) -> None:
    device = FakeDevice(missing=(cv2.CAP_PROP_GAIN,))
    controls = controls_of(make(device))
    before = dict(device.values)
    with pytest.raises(SourceError, match="does not let its gain be set"):
        controls.apply(CameraSettings(exposure_us=100, gain=1))
    with pytest.raises(SourceError, match="no hardware trigger"):
        controls.apply(CameraSettings(trigger=Trigger.HARDWARE))
    with pytest.raises(SourceError, match="Mono12"):
        controls.apply(CameraSettings(pixel_format="Mono12"))
    assert device.values == before


def test_a_value_that_the_device_refuses_leaves_what_was_before(make: Make) -> None:
    device = FakeDevice()
    device.refuses = {cv2.CAP_PROP_GAIN}
    controls = controls_of(make(device))
    with pytest.raises(SourceError, match="did not take the gain"):
        controls.apply(CameraSettings(exposure_us=7000, gain=3))
    assert device.values[cv2.CAP_PROP_AUTO_EXPOSURE] != 1, "it chooses its exposure itself, as before"
    assert controls.triggered is False


def test_settings_come_back_with_the_camera(make: Make) -> None:
    device = FakeDevice()
    source = make(device, CameraSettings(exposure_us=2000))
    next_picture(source)
    assert device.values[cv2.CAP_PROP_EXPOSURE] == 20
    controls_of(source).apply(CameraSettings(gain=7))
    device.alive = False
    read_until_lost(source)
    device.alive = True
    device.values.update(FakeDevice().values)  # it was without power
    source.open()
    next_picture(source)
    assert device.values[cv2.CAP_PROP_EXPOSURE] == 20
    assert device.values[cv2.CAP_PROP_GAIN] == 7


def test_in_software_trigger_a_picture_comes_for_each_trigger_and_never_without(make: Make) -> None:
    device = FakeDevice()
    source = make(device, CameraSettings(trigger=Trigger.SOFTWARE))
    assert source.info.overflow is Overflow.FAULT
    assert source.read(0.05) is None
    for _ in range(5):
        controls_of(source).trigger()
    assert [next_picture(source).info.frame_id for _ in range(5)] == [0, 1, 2, 3, 4]
    assert source.read(0.05) is None
    controls_of(source).apply(CameraSettings(trigger=Trigger.FREE_RUN))
    assert source.info.overflow is Overflow.DROP_OLDEST
    assert next_picture(source).info.frame_id == 5
    with pytest.raises(SourceError, match="runs freely"):
        controls_of(source).trigger()


def test_a_picture_that_was_asked_for_and_never_came_is_a_failed_frame(make: Make) -> None:
    device = FakeDevice()
    source = make(device, CameraSettings(trigger=Trigger.SOFTWARE))
    device.alive = False
    controls_of(source).trigger()
    (failed,) = read_until_lost(source)
    assert isinstance(failed, FailedFrame)
    assert "lost" in failed.reason
    with pytest.raises(SourceError, match="is lost"):
        controls_of(source).trigger()


def test_a_camera_that_is_not_open_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tilesight.line.sources.camera_controls._ANSWER_S", 0.05)
    with pytest.raises(SourceError, match="does not answer"):
        CaptureControls("Camera 0").apply(CameraSettings(trigger=Trigger.SOFTWARE))


def test_a_queue_takes_the_rule_of_each_frame() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1, Overflow.DROP_OLDEST)
    assert queue.put(1) is Put.ACCEPTED
    assert queue.put(2, overflow=Overflow.FAULT) is Put.REFUSED
    assert queue.put(3) is Put.ACCEPTED
    assert [one.item for one in queue.get(0.0)] == [3]


@given(
    st.none() | st.floats(0, 1e6),
    st.none() | st.floats(0, 1e3),
    st.none() | st.booleans(),
    st.sampled_from([None, Trigger.SOFTWARE]),
)
def test_settings_are_written_and_read_as_text(
    exposure: float | None, gain: float | None, auto: bool | None, trigger: Trigger | None
) -> None:
    read = settings_of(text_of(CameraSettings(trigger, exposure, auto, gain)))
    assert (read.trigger, read.auto_exposure) == (trigger, auto)
    assert read.gain == (None if gain is None else pytest.approx(gain, rel=1e-4))
    assert read.exposure_us == (None if exposure is None or auto else pytest.approx(exposure, rel=1e-4))


def test_a_source_text_names_settings_and_wrong_ones_are_refused() -> None:
    source = open_source("camera:3?exposure=5000&trigger=software")
    assert source.info.title == "Camera 3"
    assert source.info.overflow is Overflow.FAULT
    for wrong in (
        "camera:0?speed=3",
        "camera:0?exposure=-1",
        "camera:0?exposure=much",
        "camera:0?auto=maybe",
    ):
        with pytest.raises(SourceError, match="cannot be set up"):
            open_source(wrong)
