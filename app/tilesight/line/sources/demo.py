"""The demo line as a source: a simulated camera over a belt, or ready cut tiles, with known truth.

At a rate above 0 it is a free-running camera: pictures are due at fixed times, and one that nobody took in
time is gone and shows as a gap in the frame ids. At rate 0 it waits for whoever takes its pictures.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from tilesight.line.demo.scenes import MM_PER_PX, DemoSettings, Scene, render_scene
from tilesight.line.frames import Frame, FrameInfo
from tilesight.line.sources.base import (
    CameraCapabilities,
    CameraControls,
    CameraSettings,
    EndOfSource,
    Limits,
    Overflow,
    SourceError,
    SourceInfo,
    Trigger,
)

#: How a demo line is written, as help for people.
DEMO_FORMS = (
    "demo, demo:tiles, or with options demo:tiles?rate=5&count=100&seed=3&defects=0.2&texture=coarse "
    "(rate 0: as fast as possible)"
)
#: Grey level of a tile for a microsecond of exposure without gain.
_GREY_PER_US = 0.011


def demo_source(options: str = "") -> DemoSource:
    """The demo line for the text after "demo:".

    Args:
        options: "", "belt" or "tiles", then "?" and `DemoSettings` as key=value joined by "&".

    Raises:
        SourceError: If that names no demo line.
    """
    view, _, query = options.strip().partition("?")
    values: dict[str, object] = {"view": view.lower()} if view else {}
    types = {"seed": int, "count": int, "lot_size": int, "rate": float, "defects": float, "texture": str}
    try:
        for key, text in parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []:
            if key not in types:
                raise ValueError(f"there is no option {key}")
            values[key] = types[key](text)
        settings = DemoSettings(**values)  # pyright: ignore[reportArgumentType] - checked by its own rules
    except ValueError as error:
        raise SourceError(
            f"demo:{options} names no demo line: {error}.", do_next=f"Use {DEMO_FORMS}."
        ) from error
    return DemoSource(settings)


class DemoSource:
    """Frames of the demo line; `FrameInfo.truth` says what was drawn.

    Args:
        settings: What the line makes.
        waiting: How many due pictures the camera keeps for a late reader, at a rate above 0.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        settings: DemoSettings | None = None,
        *,
        waiting: int = 3,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings or DemoSettings()
        self._waiting = waiting
        self._clock = clock
        self._camera = _DemoCamera() if self.settings.rate > 0 else None
        self._closed = threading.Event()
        self._next = 0
        self._begun: float | None = None
        self._ahead: tuple[int, float | None, Scene] | None = None

    @property
    def info(self) -> SourceInfo:
        """What it is."""
        settings, camera = self.settings, self._camera
        overflow = Overflow.WAIT
        if camera is not None:
            triggered = camera.settings.trigger is Trigger.SOFTWARE
            overflow = Overflow.FAULT if triggered else Overflow.DROP_OLDEST
        title = "Demo line" if settings.view == "belt" else "Demo line, cut tiles"
        finite = settings.count is not None
        return SourceInfo("demo", title, finite, camera is not None, overflow, settings.count)

    @property
    def controls(self) -> CameraControls | None:
        """Exposure, gain and trigger of the simulated camera; None at rate 0."""
        return self._camera

    def open(self) -> None:
        """Starts the belt.

        Raises:
            EndOfSource: If it was closed before.
        """
        if self._closed.is_set():
            raise EndOfSource
        self._begun = None

    def read(self, timeout_s: float) -> Frame | None:
        """The next picture, or None if none was due within `timeout_s` seconds.

        Raises:
            EndOfSource: After the last picture, and after `close`.
        """
        if self._closed.is_set():
            raise EndOfSource
        camera = self._camera
        number = self._next
        if camera is not None and camera.settings.trigger is Trigger.SOFTWARE:
            self._begun = None
            self._check_end(number)
            if not camera.wait_for_trigger(timeout_s, self._closed):
                return self._nothing()
        elif camera is not None:
            number = self._due(number)
            self._check_end(number)
            if not self._wait_until_due(number, timeout_s):
                return self._nothing()
        self._check_end(number)
        scene = self._scene(number)
        self._next = number + 1
        return Frame(self._frame_info(number, scene), scene.pixels)

    def close(self) -> None:
        """Ends a waiting `read`."""
        self._closed.set()
        if self._camera is not None:
            self._camera.wake()

    def _nothing(self) -> None:
        if self._closed.is_set():
            raise EndOfSource

    def _check_end(self, number: int) -> None:
        if self.settings.count is not None and number >= self.settings.count:
            raise EndOfSource

    def _due(self, number: int) -> int:
        """The picture that a reader gets now: what came long ago has been overwritten."""
        now = self._clock()
        if self._begun is None:
            # The first picture is due at once: whoever starts the program waits for it.
            self._begun = now - number / self.settings.rate
        newest = int((now - self._begun) * self.settings.rate)
        if self.settings.count is not None:
            # The camera stands still after its last picture: those still waiting are not overwritten.
            newest = min(newest, self.settings.count - 1)
        return max(number, newest - self._waiting + 1)

    def _wait_until_due(self, number: int, timeout_s: float) -> bool:
        """Waits for the time of a picture; False if that is later than `timeout_s`, or at `close`."""
        assert self._begun is not None
        end = self._clock() + timeout_s
        due = self._begun + number / self.settings.rate
        if due <= end:
            self._scene(number)
        return not self._closed.wait(max(0.0, min(due, end) - self._clock())) and due <= end

    def _scene(self, number: int) -> Scene:
        """Picture `number`, drawn at most once for one exposure."""
        exposure = self._camera.grey_level if self._camera is not None else None
        if self._ahead is None or self._ahead[:2] != (number, exposure):
            self._ahead = (number, exposure, render_scene(self.settings, number, exposure))
        return self._ahead[2]

    def _frame_info(self, number: int, scene: Scene) -> FrameInfo:
        single = len(scene.tiles) == 1
        return FrameInfo(
            frame_id=number,
            source=self.info.title,
            name=f"frame {number}",
            captured_at=datetime.now(UTC),
            lot=f"DEMO-{number // self.settings.lot_size + 1:03d}",
            serial=f"D{number + 1:06d}" if single else None,
            mm_per_px=MM_PER_PX,
            truth=scene.truth,
        )


class _DemoCamera:
    """The controls of the simulated camera; all methods from any thread."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._triggers = 0
        self.settings = CameraSettings(trigger=Trigger.FREE_RUN, gain=0.0, pixel_format="Mono8")

    @property
    def capabilities(self) -> CameraCapabilities:
        """Free run and software trigger, exposure, gain; 8 bits grey."""
        return CameraCapabilities(
            triggers=(Trigger.FREE_RUN, Trigger.SOFTWARE),
            exposure_us=Limits(2000, 20000),
            gain=Limits(0, 12),
            pixel_formats=("Mono8",),
        )

    @property
    def held(self) -> CameraSettings:
        """What holds now."""
        return self.settings

    @property
    def grey_level(self) -> float | None:
        """Mean grey level that exposure and gain give; None while no exposure is set: it varies."""
        settings = self.settings
        if settings.exposure_us is None:
            return None
        return min(255.0, _GREY_PER_US * settings.exposure_us * 10 ** ((settings.gain or 0.0) / 20))

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Sets what is not None; exposure and gain are brought into their limits.

        Raises:
            SourceError: If trigger or pixel format are not among the capabilities; nothing was changed.
        """
        can = self.capabilities
        if settings.trigger is not None and settings.trigger not in can.triggers:
            raise SourceError(
                f"The demo camera has no {settings.trigger} trigger.", kept="Nothing was changed."
            )
        if settings.auto_exposure:
            raise SourceError(
                "The demo camera does not choose its exposure itself.", kept="Nothing was changed."
            )
        if settings.pixel_format is not None and settings.pixel_format not in can.pixel_formats:
            raise SourceError(
                f"The demo camera gives no {settings.pixel_format}.", kept="Nothing was changed."
            )
        assert can.exposure_us is not None
        assert can.gain is not None
        with self._news:
            held = self.settings
            if settings.trigger is not None:
                held = replace(held, trigger=settings.trigger)
                self._triggers = 0
            if settings.exposure_us is not None:
                held = replace(held, exposure_us=can.exposure_us.clamp(settings.exposure_us))
            if settings.gain is not None:
                held = replace(held, gain=can.gain.clamp(settings.gain))
            self.settings = held
            self._news.notify_all()
        return held

    def trigger(self) -> None:
        """Takes one picture now.

        Raises:
            SourceError: If the camera runs freely.
        """
        with self._news:
            if self.settings.trigger is not Trigger.SOFTWARE:
                raise SourceError(
                    "The demo camera runs freely and takes no trigger.",
                    do_next="Set the software trigger first.",
                )
            self._triggers += 1
            self._news.notify_all()

    def wait_for_trigger(self, timeout_s: float, closed: threading.Event) -> bool:
        """Waits for a trigger and takes it; False if none came, at `close` or when the mode was changed."""

        def news() -> bool:
            return self._triggers > 0 or closed.is_set() or self.settings.trigger is not Trigger.SOFTWARE

        with self._news:
            self._news.wait_for(news, timeout_s)
            if closed.is_set() or self._triggers == 0:
                return False
            self._triggers -= 1
            return True

    def wake(self) -> None:
        """Ends a wait for a trigger."""
        with self._news:
            self._news.notify_all()
