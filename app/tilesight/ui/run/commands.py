"""What can be done in Run, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tilesight.ui.run.workspace import RunWorkspace

_GROUP = QT_TRANSLATE_NOOP("Action", "Run")


def run_actions(workspace: RunWorkspace) -> list[Action]:
    """The actions of the Run workspace."""
    session, line = workspace.context.session, workspace.line
    return [
        Action(
            "run.start",
            QT_TRANSLATE_NOOP("Action", "Start"),
            session.start,
            "play",
            ("F5",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Start inspection"),
        ),
        Action(
            "run.pause",
            QT_TRANSLATE_NOOP("Action", "Pause"),
            session.pause,
            "pause",
            ("F6",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Pause inspection, or go on"),
            checkable=True,
        ),
        Action(
            "run.stop",
            QT_TRANSLATE_NOOP("Action", "Stop"),
            session.stop,
            "stop",
            ("Shift+F5",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Stop inspection"),
        ),
        Action(
            "run.demo",
            QT_TRANSLATE_NOOP("Action", "Start the demo line"),
            session.start_demo,
            "demo",
            (),
            _GROUP,
        ),
        Action(
            "run.source",
            QT_TRANSLATE_NOOP("Action", "Choose a source"),
            session.ask_source,
            "folder",
            ("Ctrl+O",),
            _GROUP,
        ),
        Action(
            "run.recipe",
            QT_TRANSLATE_NOOP("Action", "Choose a recipe"),
            session.ask_recipe,
            "recipe",
            ("Ctrl+R",),
            _GROUP,
        ),
        Action(
            "run.edit-recipe",
            QT_TRANSLATE_NOOP("Action", "Edit the recipe"),
            session.ask_edit,
            "pencil",
            ("Ctrl+Shift+R",),
            _GROUP,
        ),
        Action(
            "run.camera",
            QT_TRANSLATE_NOOP("Action", "Camera settings"),
            session.ask_camera,
            "camera",
            ("F8",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Exposure, gain and trigger of the camera"),
        ),
        Action(
            "run.trigger",
            QT_TRANSLATE_NOOP("Action", "Take a picture"),
            session.take_picture,
            "bolt",
            ("F7",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Take a picture with a camera that waits for a trigger"),
        ),
        Action(
            "run.lot",
            QT_TRANSLATE_NOOP("Action", "Set lot and serial"),
            session.ask_lot,
            "tag",
            ("Ctrl+L",),
            _GROUP,
        ),
        Action(
            "run.not-inspected",
            QT_TRANSLATE_NOOP("Action", "Show what was not inspected"),
            workspace.show_not_inspected,
            "error",
            (),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "The tiles of this run that were not inspected, with their reasons"),
        ),
        Action(
            "run.live",
            QT_TRANSLATE_NOOP("Action", "Back to live"),
            session.follow,
            "live",
            ("L",),
            _GROUP,
        ),
        Action(
            "run.previous",
            QT_TRANSLATE_NOOP("Action", "Previous tile"),
            lambda: line.want_step(-1),
            "left",
            ("A",),
            _GROUP,
        ),
        Action(
            "run.next",
            QT_TRANSLATE_NOOP("Action", "Next tile"),
            lambda: line.want_step(1),
            "right",
            ("D",),
            _GROUP,
        ),
    ]
