"""What OpenCV can set at a camera: exposure, automatic exposure, gain, and a trigger in software.

OpenCV's own calls are not made for two threads at once: what a person sets is handed to the thread that reads
the pictures, which carries it out between two of them, and again after a reconnection::

    apply() ──▶ waiting request ──▶ serve(), reading thread ──▶ what the device says holds
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field, fields, replace
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

import cv2

from tilesight.line.sources.base import CameraCapabilities, CameraSettings, Limits, SourceError, Trigger

_ANSWER_S = 3.0
_FREE = (Trigger.FREE_RUN, Trigger.SOFTWARE)
_V4L2_US = 100.0  # the unit of V4L2_CID_EXPOSURE_ABSOLUTE


class Device(Protocol):
    """The part of `cv2.VideoCapture` that sets and asks."""

    def get(self, propId: int, /) -> float:  # noqa: N803 - OpenCV's name
        """A property; -1 or 0 where there is none."""
        ...

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803
        """Whether the driver took it."""
        ...

    def getBackendName(self) -> str:  # noqa: N802
        """ "V4L2", "DSHOW", "MSMF", "AVFOUNDATION"."""
        ...


@dataclass(slots=True, eq=False)
class _Request:
    """Something to set, and the answer."""

    settings: CameraSettings
    answered: threading.Event = field(default_factory=threading.Event)
    held: CameraSettings = field(default_factory=CameraSettings)
    error: SourceError | None = None


class CaptureControls:
    """The controls of a camera that OpenCV reads.

    Args:
        title: Of the camera, for messages.
        wanted: What to set as soon as it is open.
    """

    def __init__(self, title: str, wanted: CameraSettings | None = None) -> None:
        self._title = title
        self._lock = threading.Condition()
        wanted = wanted or CameraSettings()
        self._wanted = replace(wanted, trigger=wanted.trigger or Trigger.FREE_RUN)
        self._requests: list[_Request] = []
        self._attached = False
        self._triggers: list[int] = []
        self.capabilities = CameraCapabilities(triggers=_FREE)
        self.held = self._wanted

    @property
    def triggered(self) -> bool:
        """Whether pictures come only when asked for."""
        return self._wanted.trigger is Trigger.SOFTWARE

    # -- any thread --------------------------------------------------------------------------------

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Sets what is not None, keeps it over a reconnection, and returns what the device says holds.

        Raises:
            SourceError: If the camera cannot do what is asked, or does not answer; nothing was changed.
        """
        request = _Request(settings)
        with self._lock:
            self._check(settings)
            self._requests.append(request)
        if not request.answered.wait(_ANSWER_S):
            with self._lock:
                if request in self._requests:
                    self._requests.remove(request)
            raise SourceError(f"{self._title} does not answer.", kept="Nothing was changed.")
        if request.error is not None:
            raise request.error
        return request.held

    def trigger(self) -> None:
        """Takes one picture now.

        Raises:
            SourceError: If the camera runs freely, or is lost.
        """
        with self._lock:
            if not self.triggered:
                raise SourceError(
                    f"{self._title} runs freely and takes no trigger.",
                    do_next="Set the software trigger first.",
                )
            if not self._attached:
                raise SourceError(f"{self._title} is lost and takes no picture.")
            self._triggers.append(1)

    # -- the reading thread ------------------------------------------------------------------------

    def attach(self, device: Device) -> None:
        """Finds out what a device can do that was just opened, and sets what was set before."""
        driver = _Driver(device)
        with self._lock:
            self.capabilities = driver.capabilities()
            wanted = self._wanted
        self.held = driver.put(self._possible(wanted), wanted)
        with self._lock:
            self._attached = True

    def serve(self, device: Device) -> None:
        """Carries out what was asked meanwhile."""
        with self._lock:
            requests, self._requests = self._requests, []
        for request in requests:
            try:
                self._carry_out(request, _Driver(device))
            except SourceError as error:
                request.error = error
            except cv2.error as error:
                request.error = SourceError(f"{self._title} refused: {error}.", kept="Nothing was changed.")
            request.answered.set()

    def detach(self) -> int:
        """The device is gone.

        Returns:
            Pictures that were asked for and will not come.
        """
        with self._lock:
            self._attached = False
            owed = len(self._triggers)
            self._triggers.clear()
            return owed

    def take_trigger(self) -> bool:
        """Whether the picture that was read now is one that is wanted."""
        with self._lock:
            if not self.triggered:
                return True
            if not self._triggers:
                return False
            self._triggers.pop()
            return True

    @property
    def waits_for_trigger(self) -> bool:
        """Whether the next picture is not wanted; one that began before its trigger is not either."""
        with self._lock:
            return self.triggered and not self._triggers

    def _carry_out(self, request: _Request, driver: _Driver) -> None:
        before = driver.read()
        asked = request.settings
        held = driver.put(asked, self._wanted)
        failed = [name for name in ("auto_exposure", "exposure_us", "gain") if _refused(asked, held, name)]
        if failed:
            driver.put(before, self._wanted)
            raise SourceError(
                f"{self._title} did not take the {_NAMES[failed[0]]}.", kept="What held before holds again."
            )
        given = {one.name: getattr(asked, one.name) for one in fields(asked)}
        with self._lock:
            changed = {name: value for name, value in given.items() if value is not None}
            if changed.get("auto_exposure"):
                changed["exposure_us"] = None  # the camera's own from now on
            self._wanted = replace(self._wanted, **changed)
            if "trigger" in changed:
                self._triggers.clear()
        request.held = self.held = replace(held, trigger=self._wanted.trigger)

    def _check(self, asked: CameraSettings) -> None:
        can = self.capabilities
        if asked.trigger is not None and asked.trigger not in can.triggers:
            raise SourceError(f"{self._title} has no {asked.trigger} trigger.", kept="Nothing was changed.")
        if asked.pixel_format is not None and asked.pixel_format not in can.pixel_formats:
            raise SourceError(f"{self._title} gives no {asked.pixel_format}.", kept="Nothing was changed.")
        missing = {
            "exposure": asked.exposure_us is not None and can.exposure_us is None,
            "automatic exposure": asked.auto_exposure is not None and not can.auto_exposure,
            "gain": asked.gain is not None and can.gain is None,
        }
        for name, is_missing in missing.items():
            if is_missing:
                raise SourceError(
                    f"The driver of {self._title} does not let its {name} be set.",
                    kept="Nothing was changed.",
                )

    def _possible(self, wanted: CameraSettings) -> CameraSettings:
        """What of it this device can do: another device may stand under the same number."""
        can = self.capabilities
        return replace(
            wanted,
            exposure_us=wanted.exposure_us if can.exposure_us is not None else None,
            auto_exposure=wanted.auto_exposure if can.auto_exposure else None,
            gain=wanted.gain if can.gain is not None else None,
        )


_NAMES = {"auto_exposure": "automatic exposure", "exposure_us": "exposure", "gain": "gain"}


def _refused(asked: CameraSettings, held: CameraSettings, name: str) -> bool:
    """Whether a device says nothing of what was asked; a rounded or limited value is no refusal."""
    wish, fact = getattr(asked, name), getattr(held, name)
    if wish is None:
        return False
    return fact is None or (name == "auto_exposure" and fact != wish)


class _Driver:
    """A device in the units of `CameraSettings`; every driver has its own."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._v4l2 = device.getBackendName().upper().startswith("V4L")
        self._log2 = device.getBackendName().upper() in ("DSHOW", "MSMF")

    def capabilities(self) -> CameraCapabilities:
        """What can be set; only what the device answers to."""
        exposure = None
        if self._exposure() is not None:
            exposure = Limits(100, 1_000_000) if self._v4l2 else Limits(100, 2_000_000)
        return CameraCapabilities(
            triggers=_FREE,
            exposure_us=exposure,
            auto_exposure=self._auto() is not None,
            gain=None if self._gain() is None else Limits(0, 1000),
            gain_unit="",
        )

    def read(self) -> CameraSettings:
        """What holds now."""
        auto = self._auto()
        return CameraSettings(exposure_us=self._exposure(), auto_exposure=auto, gain=self._gain())

    def put(self, asked: CameraSettings, wanted: CameraSettings) -> CameraSettings:
        """Sets what is not None; what holds then, None where the device did not take it."""
        taken = {"auto_exposure": True, "exposure_us": True, "gain": True}
        # A fixed exposure is only taken where the camera does not choose its own.
        auto = False if asked.exposure_us is not None and asked.auto_exposure is None else asked.auto_exposure
        if auto is not None:
            taken["auto_exposure"] = self._set_auto(auto)
        if asked.exposure_us is not None and not auto:
            taken["exposure_us"] = self._set(cv2.CAP_PROP_EXPOSURE, self._from_us(asked.exposure_us))
        if asked.gain is not None:
            taken["gain"] = self._set(cv2.CAP_PROP_GAIN, asked.gain)
        found = self.read()
        return CameraSettings(
            trigger=wanted.trigger,
            exposure_us=found.exposure_us if taken["exposure_us"] else None,
            auto_exposure=found.auto_exposure if taken["auto_exposure"] else None,
            gain=found.gain if taken["gain"] else None,
        )

    def _exposure(self) -> float | None:
        raw = self._device.get(cv2.CAP_PROP_EXPOSURE)
        if self._v4l2:
            return raw * _V4L2_US if raw > 0 else None
        # The others give powers of two of a second; 0 is also what a driver without exposure gives.
        return 1e6 * 2.0**raw if self._log2 and raw != 0 and -20 <= raw <= 4 else None

    def _from_us(self, microseconds: float) -> float:
        if self._v4l2:
            return max(1.0, round(microseconds / _V4L2_US))
        return round(math.log2(max(microseconds, 1.0) / 1e6))

    def _auto(self) -> bool | None:
        raw = self._device.get(cv2.CAP_PROP_AUTO_EXPOSURE)
        if raw < 0:
            return None
        if self._v4l2:
            return raw != 1  # 1: manual; 0, 2 and 3: the camera chooses
        return raw > 0.5 if self._log2 else None

    def _set_auto(self, on: bool) -> bool:
        name = cv2.CAP_PROP_AUTO_EXPOSURE
        if not self._v4l2:
            return self._set(name, 1.0 if on else 0.0)
        # Most cameras know 3 (the aperture stays), some only 0 (all automatic).
        return (self._set(name, 3) or self._set(name, 0)) if on else self._set(name, 1)

    def _gain(self) -> float | None:
        raw = self._device.get(cv2.CAP_PROP_GAIN)
        return raw if raw >= 0 and (self._v4l2 or self._log2) else None

    def _set(self, name: int, value: float) -> bool:
        return bool(self._device.set(name, value))


# -- as text, in recipes -----------------------------------------------------------------------------


def settings_of(query: str) -> CameraSettings:
    """Settings as a source's text has them after "?": ``exposure=5000&gain=4&auto=off&trigger=software``.

    Raises:
        ValueError: If it names something else.
    """
    found = CameraSettings()
    for key, text in parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []:
        if key == "exposure":
            found = replace(found, exposure_us=_positive(key, text))
        elif key == "gain":
            found = replace(found, gain=_positive(key, text))
        elif key == "auto" and text in ("on", "off"):
            found = replace(found, auto_exposure=text == "on")
        elif key == "trigger" and text in ("free", "software"):
            found = replace(found, trigger=Trigger.SOFTWARE if text == "software" else Trigger.FREE_RUN)
        else:
            raise ValueError(f"there is no {key}={text}")
    return found


def text_of(settings: CameraSettings) -> str:
    """The other way round; what is None, and free run, is left out."""
    values: dict[str, str] = {}
    if settings.exposure_us is not None and not settings.auto_exposure:
        values["exposure"] = f"{settings.exposure_us:g}"
    if settings.auto_exposure is not None:
        values["auto"] = "on" if settings.auto_exposure else "off"
    if settings.gain is not None:
        values["gain"] = f"{settings.gain:g}"
    if settings.trigger is Trigger.SOFTWARE:
        values["trigger"] = "software"
    return urlencode(values)


def camera_text(source: str, settings: CameraSettings) -> str | None:
    """The text of a camera with some settings changed; None where it is no camera by number."""
    head, _, query = source.partition("?")
    if not head.strip().lower().startswith("camera:"):
        return None
    changes = {one.name: getattr(settings, one.name) for one in fields(settings)}
    before = settings_of(query)
    if settings.exposure_us is not None and settings.auto_exposure is None and before.auto_exposure:
        changes["auto_exposure"] = False
    given = {name: value for name, value in changes.items() if value is not None}
    text = text_of(replace(before, **given))
    return f"{head}?{text}" if text else head


def _positive(key: str, text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{key}={text} is no number from 0")
    return value
