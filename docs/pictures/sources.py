"""Makes the pictures of other sources: a folder, a video and a stream that is lost. Rendered tiles only.

    python docs/pictures/sources.py [--theme light]

Runs the real program offscreen in a fresh, temporary home. The stream is a real MJPEG server on loopback.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))


def main() -> None:
    """Parses the command line and makes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--theme", choices=("dark", "light"), default="light")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    with TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        make(arguments.theme, arguments.out, Path(home))


def render(folder: Path) -> tuple[Path, Path]:
    """A folder of rendered tiles, good and defective, and a video of them on the belt."""
    import cv2

    from bsdrd.data.images import write_image
    from tilesight.line.demo.scenes import DemoSettings, render_scene
    from tilesight.line.tile_finding import Automatic, find_tiles

    tiles, video = folder / "tiles", folder / "belt.avi"
    tiles.mkdir()
    writer = None
    for number in range(24):
        frame = render_scene(DemoSettings(seed=11, defects=0.4), number).pixels
        for index, found in enumerate(find_tiles(frame, Automatic())):
            write_image(tiles / f"tile_{number:02d}_{index}.png", found.pixels)
        if writer is None:
            size = (frame.shape[1], frame.shape[0])
            writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 5, size)
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    if writer is not None:
        writer.release()
    return tiles, video


def make(theme: str, out: Path, home: Path) -> None:
    """Runs the program on each source and saves what Run shows."""
    from PySide6.QtCore import QDeadlineTimer
    from PySide6.QtWidgets import QApplication
    from tests.line.mjpeg_server import MjpegServer

    from tilesight.command import Options
    from tilesight.line.recipe import on_a_belt
    from tilesight.line.settings import Folders, Settings
    from tilesight.ui.app import Program
    from tilesight.ui.i18n import Translation

    app = QApplication(sys.argv[:1])
    english = Translation()
    english.choose("en")  # for its plurals

    def wait(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        deadline = QDeadlineTimer(int(seconds * 1000))
        while not deadline.hasExpired() and not until():
            app.processEvents()

    def show(name: str, source: str, act: Callable[[Program], None]) -> None:
        options = Options(source, None, None, str(home / name), "cpu", False, True)
        program = Program(app, options, Folders.usual(), Settings(theme=theme, tour_done=True))
        program.window.resize(1440, 900)
        program.window.show()
        if name == "video":  # its frames show the belt
            program.context.set_recipe(on_a_belt(program.context.recipe))
        program.session.start()
        act(program)
        wait(1.5)
        path = out / f"run-{name}-{theme}.png"
        program.window.grab().save(str(path))
        sys.stdout.write(f"{path}\n")
        program.window.close_now()
        wait(5.0)

    def until_seen(count: int) -> Callable[[Program], None]:
        return lambda program: wait(90.0, lambda: program.engine.snapshot().counts.total >= count)

    def to_its_end(program: Program) -> None:
        wait(90.0, lambda: program.engine.snapshot().state.value == "finished")

    tiles, video = render(home)
    show("folder", str(tiles), to_its_end)
    show("video", str(video), until_seen(12))
    server = MjpegServer(frames_per_s=4.0)

    def lose(program: Program) -> None:
        until_seen(6)(program)
        server.kill()
        wait(10.0, lambda: program.engine.snapshot().source_state.value == "lost")

    show("stream-lost", server.address, lose)


if __name__ == "__main__":
    main()
