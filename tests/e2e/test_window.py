"""The real window on a real X server, driven by real keys and a real mouse, with the shipped model."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.conftest import XDisplay
from tests.ui.hand_made import texture

from tilesight.line.models import model_path
from tilesight.store.records import RecordStore

PATIENCE_S = 60.0
ROOT = Path(__file__).resolve().parents[2]
#: By another client of the X server, so that it shows what a person would see.
_SCREENSHOT = (
    "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication(sys.argv);"
    "assert app.primaryScreen().grabWindow(0).save(sys.argv[1])"
)


class Person:
    """Sits at the window: looks, presses keys, moves the mouse."""

    def __init__(self, program: subprocess.Popen[str], environment: dict[str, str]) -> None:
        self._program = program
        self._environment = environment
        self._window = ""

    def see(self) -> dict[str, Any]:
        """How everything stands."""
        return self._ask("state")

    def where(self, name: str) -> tuple[int, int]:
        """The middle of a part on the screen."""
        x, y = self._ask(f"where {name}")
        return int(x), int(y)

    def wait(self, what: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Waits until it stands like that."""
        end = time.monotonic() + PATIENCE_S
        state = self.see()
        while not until(state):
            assert time.monotonic() < end, f"waited in vain for {what}: {state}"
            time.sleep(0.05)
            state = self.see()
        return state

    def take_seat(self) -> None:
        """Brings the window to the front."""
        end = time.monotonic() + PATIENCE_S
        while not self._window:
            assert time.monotonic() < end, "no window appeared"
            assert self._program.poll() is None, "the program ended"
            found = self._do("search", "--onlyvisible", "--name", "^Tilesight$", check=False)
            self._window = found.split()[0] if found.split() else ""
            time.sleep(0.05)
        self._do("windowactivate", "--sync", self._window)
        self.wait("an active window", lambda state: bool(state["active"]))

    def press(self, *keys: str) -> None:
        """Presses keys, by the names of X."""
        self._do("key", "--clearmodifiers", *keys)

    def type(self, text: str) -> None:
        """Types."""
        self._do("type", "--clearmodifiers", "--delay", "5", text)

    def point(self, name: str) -> None:
        """Moves the mouse over a part."""
        x, y = self.where(name)
        self._do("mousemove", "--sync", str(x), str(y))

    def click(self, name: str, button: int = 1, times: int = 1) -> None:
        """Clicks on a part; 4 and 5 are the wheel."""
        self.point(name)
        self._do("click", "--repeat", str(times), "--delay", "20", str(button))

    def drag(self, name: str, dx: int, dy: int, button: int = 2) -> None:
        """Drags from the middle of a part."""
        self.point(name)
        self._do("mousedown", str(button))
        for _ in range(4):
            self._do("mousemove_relative", "--sync", "--", str(dx // 4), str(dy // 4))
        self._do("mouseup", str(button))

    def resize(self, width: int, height: int) -> None:
        """Gives the window another size."""
        self._do("windowsize", "--sync", self._window, str(width), str(height))

    def picture(self, path: Path) -> np.ndarray[Any, Any]:
        """What stands on the screen."""
        subprocess.run([sys.executable, "-c", _SCREENSHOT, str(path)], env=self._environment, check=True)
        found = cv2.imread(str(path))
        assert found is not None
        return found

    def _ask(self, question: str) -> Any:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(question + "\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        assert answer, f"the program ended with {self._program.wait(10)}"
        return json.loads(answer)

    def _do(self, *words: str, check: bool = True) -> str:
        command = ["xdotool", *words]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=check, timeout=PATIENCE_S
        )
        return done.stdout


@contextmanager
def started(display: XDisplay, home: Path, *arguments: str) -> Iterator[tuple[Person, subprocess.Popen[str]]]:
    """The program, with settings of its own."""
    environment = {**display.environment, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    command = [sys.executable, str(Path(__file__).with_name("answering_window.py")), *arguments]
    log = (home / "program.log").open("a")
    program = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
    )
    try:
        yield Person(program, environment), program
    finally:
        if program.poll() is None:
            program.kill()
        program.communicate()
        log.close()


def tiles(folder: Path) -> Path:
    folder.mkdir()
    for at in range(3):
        pixels = texture(200, 240, at)
        if at == 1:
            cv2.circle(pixels, (150, 90), 12, 10, -1)
        assert cv2.imwrite(str(folder / f"tile {at}.png"), pixels)
    return folder


@pytest.mark.timeout(300)
def test_a_first_day_at_the_window(x_display: XDisplay, tmp_path: Path) -> None:
    if not model_path_is_there():
        pytest.skip("the shipped model is not in this checkout (git lfs)")
    store = tmp_path / "store"
    with started(x_display, tmp_path, "--store", str(store)) as (person, program):
        person.take_seat()
        # The tour comes by itself; the line already runs behind it.
        person.wait("the tour", lambda state: state["tour"])
        for step in range(1, 5):
            person.click("tour-next")
            person.wait("the next step", lambda state, step=step: state["tour_step"] == step)
        person.click("tour-next")
        person.wait("the end of the tour", lambda state: not state["tour"])
        state = person.wait("the demo line's verdicts", lambda state: state["total"] >= 3)
        assert state["verdict"] in ("OK", "GREY", "NG")
        assert state["provider"]
        assert person.picture(tmp_path / "screen.png").std() > 10, "something is drawn"

        # Keys of the picture.
        for key, name in (("z", "struct"), ("x", "detail"), ("c", "fused")):
            person.press(key)
            person.wait(f"the {name} map", lambda state, name=name: state["map"] == name)
        person.press("t")
        person.wait("no overlay", lambda state: not state["overlay"])
        person.press("t")
        person.wait("the overlay", lambda state: state["overlay"])

        # Pause; then the wheel zooms, the middle button drags, F shows all.
        person.press("F6")
        # What waited is still inspected; another tile would change the view.
        before = person.wait("the pause", lambda state: state["state"] == "paused" and not state["under_way"])
        person.click("canvas", button=4, times=3)
        near = person.wait("a nearer view", lambda state: state["zoom"] > 1.5 * before["zoom"])
        person.drag("canvas", 80, 0)
        person.wait("a moved view", lambda state: state["x"] < near["x"] - 5)
        person.press("shift+f")
        person.wait("one to one", lambda state: abs(state["zoom"] - 1) < 0.01)
        person.press("f")
        person.wait("the whole tile", lambda state: state["fit"])
        person.press("s")
        person.wait("tile and map", lambda state: state["split"])
        person.press("s")
        person.wait("the tile alone", lambda state: not state["split"])
        person.press("bracketleft")
        person.wait("a fainter overlay", lambda state: state["opacity"] < before["opacity"])

        # What can be set at the camera, here the demo line's.
        person.press("F8")
        person.wait("the camera settings", lambda state: state["camera"])
        person.press("Escape")
        person.wait("no camera settings", lambda state: not state["camera"])

        # A past tile by a click, and back to live.
        oldest = person.see()["tickets"][-3]
        person.click(f"tile:{oldest}")
        person.wait("the past tile", lambda state: state["shown"] == oldest and not state["following"])
        person.click("live")
        person.wait("live", lambda state: state["following"])

        # Any action by its name.
        person.press("ctrl+k")
        person.wait("the palette", lambda state: state["palette"] and state["focus"] == "QLineEdit")
        person.type("light col")
        person.press("Return")
        person.wait("light colours", lambda state: not state["dark"] and not state["palette"])

        # Another source, chosen with the mouse and typed.
        folder = tiles(tmp_path / "tiles")
        person.press("ctrl+o")
        person.wait("the source picker", lambda state: state["sources"])
        person.click("source-folder")
        person.click("source-path")
        person.press("ctrl+a")
        person.type(str(folder))
        person.press("Return")
        state = person.wait(
            "the end of the folder", lambda state: state["run"] == 2 and state["state"] == "finished"
        )
        assert (state["total"], state["saved"]) == (3, 3)

        # Keys, settings by the rail, another size.
        person.press("F1")
        person.wait("the keys", lambda state: state["keys"])
        person.press("Escape")
        person.wait("no keys", lambda state: not state["keys"])
        person.click("rail-settings")
        person.wait("the settings", lambda state: state["settings"])
        person.press("Escape")
        person.wait("no settings", lambda state: not state["settings"])
        person.resize(1300, 820)
        person.wait("the new size", lambda state: state["size"] == [1300, 820])
        person.press("ctrl+q")
        assert program.wait(PATIENCE_S) == 0

    with RecordStore.open(store) as records:
        assert records.count() >= 6
    # Found again at the next start: size, colours, and that the tour was seen.
    with started(x_display, tmp_path, "--store", str(store)) as (person, program):
        person.take_seat()
        state = person.wait("verdicts", lambda state: state["total"] >= 1)
        assert state["size"] == [1300, 820]
        assert not state["dark"]
        assert not state["tour"]
        person.press("ctrl+q")
        assert program.wait(PATIENCE_S) == 0


def model_path_is_there() -> bool:
    """Whether the model that ships with the program is in this checkout."""
    try:
        return model_path("starter").stat().st_size > 100_000
    except Exception:
        return False
