"""The real program, which besides answers one line of JSON for each line on its standard input.

The answers only say where things are and how they stand; everything is done by real keys and a real mouse.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from PySide6.QtCore import QPoint, QSocketNotifier
from PySide6.QtWidgets import QApplication, QWidget

from tilesight.command import parse
from tilesight.line.settings import Folders, load_settings
from tilesight.ui.app import Program
from tilesight.ui.run.workspace import RunWorkspace


class Answers:
    """Looks at a running program.

    Args:
        program: The program.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        run = program.window.workspaces["run"]
        assert isinstance(run, RunWorkspace)
        self._run = run
        window = program.window
        self._parts: dict[str, Callable[[], QWidget]] = {
            "canvas": lambda: run.viewer.canvas,
            "live": lambda: run.live.button,
            "stop": lambda: run.stop_button,
            "region": lambda: run.card.regions.rows[0],
            "rail-settings": lambda: window.rail.findChild(QWidget, "rail-settings"),
            "source-folder": lambda: window.sources.findChild(QWidget, "source-folder"),
            "source-path": lambda: window.sources.folder,
            "tour-next": lambda: window.tour.next,
            "tour-skip": lambda: window.tour.skip,
            "light": lambda: window.settings.theme_choice.findChildren(QWidget)[2],
        }

    def where(self, name: str) -> list[int]:
        """The middle of a part on the screen, in device pixels."""
        if name.startswith("tile:"):
            strip = self._run.strip
            middle = strip.cell_of(int(name[5:])).center().toPoint()
            place = strip.mapToGlobal(middle)
        else:
            part = self._parts[name]()
            place = part.mapToGlobal(QPoint(part.width() // 2, part.height() // 2))
        return [place.x(), place.y()]

    def state(self) -> dict[str, object]:
        """How everything stands."""
        program, run = self._program, self._run
        line, window, viewer = program.session.line, program.window, run.viewer
        focus = QApplication.focusWidget()
        return {
            "state": line.snapshot.state.value,
            "run": line.snapshot.run,
            "total": line.snapshot.counts.total,
            "saved": line.snapshot.counts.saved,
            "under_way": line.snapshot.counts.under_way,
            "split": viewer.model.split,
            "opacity": viewer.model.opacity,
            "camera": window.camera.isVisible(),
            "verdict": line.shown.verdict.value if line.shown else None,
            "shown": line.shown.ticket if line.shown else None,
            "following": line.following,
            "tickets": [brief.ticket for brief in line.briefs],
            "map": viewer.model.map_name,
            "overlay": viewer.model.overlay,
            "zoom": viewer.model.view.zoom,
            "x": viewer.model.view.x,
            "fit": viewer.model.view.fit,
            "selected": viewer.model.selected,
            "dark": program.theme.colours.dark,
            "tour": window.tour.isVisible(),
            "tour_step": window.tour.step,
            "palette": window.palette_sheet.isVisible(),
            "keys": window.shortcuts.isVisible(),
            "settings": window.settings.isVisible(),
            "sources": window.sources.isVisible(),
            "size": [window.width(), window.height()],
            "active": window.isActiveWindow(),
            "focus": type(focus).__name__,
            "provider": program.context.provider,
        }

    def answer(self) -> None:
        """One line in, one line out."""
        words = sys.stdin.readline().split()
        if not words:
            return
        found: object = self.where(words[1]) if words[0] == "where" else self.state()
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def main() -> int:
    """Runs it like `python -m tilesight`."""
    app = QApplication(sys.argv[:1])
    folders = Folders.usual()
    settings, _ = load_settings(folders.settings_file)
    program = Program(app, parse(sys.argv[1:]), folders, settings)
    answers = Answers(program)
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(answers.answer)
    return program.run()


if __name__ == "__main__":
    sys.exit(main())
