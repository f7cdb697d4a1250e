"""What every test of the window has: its own settings, no leftovers, and a program to drive."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tests.ui.hand_made import texture
from tests.ui.simple_detector import SimpleDetector

from tilesight.line.engine import Engine
from tilesight.line.inspecting import TileDetector
from tilesight.line.recipe import Recipe
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.settings import Settings
from tilesight.store.records import RecordStore
from tilesight.ui.context import AppContext
from tilesight.ui.i18n import Translation
from tilesight.ui.main_window import MainWindow
from tilesight.ui.session import Session
from tilesight.ui.theme import Appearance, Theme

PATIENCE_MS = 20_000
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of size hints, raising and grabbing; nothing is wrong with it."""
    harmless = pytest.mark.qt_log_ignore("This plugin does not support")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(harmless)


@pytest.fixture(scope="session", autouse=True)
def _english(qapp: QApplication) -> Iterator[None]:
    """English as people read it: its plurals are a translation too."""
    translation = Translation()
    translation.choose("en")
    yield
    translation.remove()


@pytest.fixture(scope="session")
def _theme(qapp: QApplication) -> Theme:
    # A quit that no loop takes would end the next test's waiting at once.
    qapp.setQuitOnLastWindowClosed(False)
    return Theme(qapp, Appearance.DARK)


@pytest.fixture
def theme(_theme: Theme) -> Iterator[Theme]:
    """The dark theme; a test may change it."""
    yield _theme
    _theme.choose(Appearance.DARK)


@pytest.fixture(autouse=True)
def _nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """A test leaves no window and no thread behind."""
    threads = set(threading.enumerate())
    yield
    QApplication.closeAllWindows()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    shown = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert not shown, f"windows that stayed open: {shown}"
    end = time.monotonic() + 5.0
    left = [thread for thread in threading.enumerate() if thread not in threads]
    for thread in left:
        thread.join(max(0.0, end - time.monotonic()))
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture
def context(qapp: QApplication, theme: Theme, tmp_path: Path) -> Iterator[AppContext]:
    """What workspaces share, with a session but without engine and store."""
    made = AppContext(theme)
    made.set_recipes(RecipeBook(tmp_path / "recipes"))
    made.set_settings(Settings(tour_done=True))
    Session(made, made)
    yield made
    made.session.close()
    made.close()
    made.deleteLater()


@dataclass
class Program:
    """A window on a real engine and store; only the detector is a simple one."""

    window: MainWindow
    context: AppContext
    store: RecordStore
    detectors: list[TileDetector]

    @property
    def session(self) -> Session:
        return self.context.session

    def start(self, source: str) -> None:
        """Starts to inspect a source."""
        self.session.use_source(source)


@pytest.fixture
def open_detector() -> Callable[[Recipe], TileDetector]:
    """Opens detectors for the program; a test may ask for another one by its own fixture of this name."""
    return lambda recipe: SimpleDetector()


@pytest.fixture
def program(
    qtbot: QtBot,
    context: AppContext,
    tmp_path: Path,
    open_detector: Callable[[Recipe], TileDetector],
) -> Iterator[Program]:
    """The whole window at 1280 x 720, on the demo line's recipe, not yet started."""
    opened: list[TileDetector] = []

    def open_one(recipe: Recipe) -> TileDetector:
        opened.append(open_detector(recipe))
        return opened[-1]

    with ExitStack() as end:
        store = RecordStore.open(tmp_path / "store")
        end.callback(store.close)
        context.set_store(store)
        session = context.session
        engine = Engine(store, open_detector=open_one, on_news=session.bridge.wake, give_way=session.give_way)
        end.callback(engine.close)
        end.callback(context.session.close)
        context.session.set_engine(engine)
        window = MainWindow(context)
        end.callback(window.deleteLater)
        end.callback(window.close_now)
        window.resize(1280, 720)
        window.show()
        qtbot.waitExposed(window)
        yield Program(window, context, store, opened)


class Watchdog(QObject):
    """Measures what the GUI thread does between two rounds of its event loop: computing time and waiting.

    Computing time is the thread's own, which a busy machine hardly changes; the time on the clock is not, so
    only a wide limit on it says anything.
    """

    def __init__(self) -> None:
        super().__init__()
        #: Seconds of computing and on the clock, round by round.
        self.rounds: list[tuple[float, float]] = []
        self._last = (0.0, 0.0)
        self._timer = QTimer(self)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Watchdog:
        self._last = (time.thread_time(), time.monotonic())
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()

    @property
    def computing(self) -> list[float]:
        """Seconds of computing in each round, largest first."""
        return sorted((own for own, _ in self.rounds), reverse=True)

    @property
    def on_the_clock(self) -> list[float]:
        """Seconds on the clock of each round, largest first."""
        return sorted((clock for _, clock in self.rounds), reverse=True)

    @Slot()
    def _beat(self) -> None:
        now = (time.thread_time(), time.monotonic())
        self.rounds.append((now[0] - self._last[0], now[1] - self._last[1]))
        self._last = now


@pytest.fixture
def watchdog() -> Watchdog:
    """See `Watchdog`; use it as a context manager."""
    return Watchdog()


def settle(milliseconds: int = 50) -> None:
    """Lets the window draw and answer for a moment."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@pytest.fixture
def tiles_folder(tmp_path: Path) -> Path:
    """A folder with three pictures of tiles: two even ones, and one with a dark spot."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    for at in range(3):
        pixels = texture(160, 200, at)
        if at == 2:
            cv2.circle(pixels, (120, 80), 9, 10, -1)
        assert cv2.imwrite(str(folder / f"tile {at}.png"), pixels)
    return folder
