"""What every test has: no screen, no touch of the user's own folders, the same random examples each time.

Fixtures to ask for: ``no_leftover_threads``; ``mt_folder``, the real tile images; ``x_display``, a real X
server.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
# Another place for the images can be named, because they are not part of the repository.
TILES = Path(os.environ.get("TILESIGHT_TILES", ROOT.parent / "shared" / "data" / "mt"))


def _private_folders() -> None:
    """Give the program under test folders of its own: a test must never read or write a person's settings."""
    home = Path(tempfile.mkdtemp(prefix="tilesight-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


# Forced, not defaulted: a desktop session may have set another platform, and windows would flash up.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["MPLBACKEND"] = "Agg"
if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers share the cores; without this each starts a thread for every core in each numeric library.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
_private_folders()

settings.register_profile(
    "default",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("default"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the real tile images where they are missing."""
    if TILES.is_dir():
        return
    missing = pytest.mark.skip(reason="the magnetic tile images are not on this computer (docs/data.md)")
    for item in items:
        if "tiles" in item.keywords:
            item.add_marker(missing)


@pytest.fixture(scope="session")
def mt_folder() -> Path:
    """The real magnetic tile images; mark the test with ``tiles``."""
    if not TILES.is_dir():
        pytest.skip("the magnetic tile images are not on this computer (docs/data.md)")
    return TILES


@pytest.fixture
def no_leftover_threads() -> Iterator[None]:
    """Fail the test if a thread that it started still runs two seconds after its end."""
    before = set(threading.enumerate())
    yield
    end = time.monotonic() + 2.0
    left: list[str] = []
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, end - time.monotonic()))
        if thread.is_alive():
            left.append(thread.name)
    assert not left, f"threads that did not end: {', '.join(sorted(left))}"


@dataclass(frozen=True, slots=True)
class XDisplay:
    """A running X server with a window manager.

    Attributes:
        name: For instance ":99".
        environment: The environment to start a program with, so that its windows open there.
    """

    name: str
    environment: dict[str, str]


def _wait_for_window_manager(environment: dict[str, str]) -> None:
    """Return once openbox has told the X server that it is there; it announces itself in no other way."""
    end = time.monotonic() + 20.0
    question = ["xdotool", "get_num_desktops"]
    while subprocess.run(question, env=environment, capture_output=True, check=False).returncode != 0:
        assert time.monotonic() < end, "the window manager did not start"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def x_display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XDisplay]:
    """A real X server (Xvfb, 1600 x 1000, openbox) for tests that press real keys and mouse buttons."""
    missing = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see CONTRIBUTING.md)")
    log = (tmp_path_factory.mktemp("x_display") / "log.txt").open("wb")
    read_end, write_end = os.pipe()
    # The server chooses a free number by itself and says which: parallel runs never collide.
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[write_end],
        stdout=log,
        stderr=log,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as answer:
            number = answer.readline().strip()
        assert number, "the X server did not start"
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        manager = subprocess.Popen(["openbox"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for_window_manager(environment)
            yield XDisplay(f":{number}", environment)
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)
        log.close()
