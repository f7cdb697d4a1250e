"""What can be done with a viewer, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tilesight.ui.viewer.viewer import TileViewer

_GROUP = QT_TRANSLATE_NOOP("Action", "Picture")
#: Those that need a tile.
NEED_TILE = ("fit", "one-to-one", "zoom-in", "zoom-out", "copy", "export")

# Name, text, icon, shortcuts, hint, checkable. Digits stay free: they are labels in Review.
_TABLE: tuple[tuple[str, str, str, tuple[str, ...], str, bool], ...] = (
    (
        "struct",
        QT_TRANSLATE_NOOP("Action", "Struct"),
        "struct",
        ("Z",),
        QT_TRANSLATE_NOOP("Action", "Struct: where the overall structure differs, such as breaks"),
        True,
    ),
    (
        "detail",
        QT_TRANSLATE_NOOP("Action", "Detail"),
        "detail",
        ("X",),
        QT_TRANSLATE_NOOP("Action", "Detail: where the fine texture differs, such as cracks and blowholes"),
        True,
    ),
    (
        "fused",
        QT_TRANSLATE_NOOP("Action", "Fused"),
        "fused",
        ("C",),
        QT_TRANSLATE_NOOP("Action", "Fused: struct and detail in two hues; the score comes from it"),
        True,
    ),
    (
        "overlay",
        QT_TRANSLATE_NOOP("Action", "Overlay"),
        "overlay",
        ("T",),
        QT_TRANSLATE_NOOP("Action", "Lay the overlay on the tile, or take it off"),
        True,
    ),
    (
        "marks",
        QT_TRANSLATE_NOOP("Action", "Outline regions"),
        "region",
        ("O",),
        "",
        True,
    ),
    (
        "split",
        QT_TRANSLATE_NOOP("Action", "Side by side"),
        "split",
        ("S",),
        QT_TRANSLATE_NOOP("Action", "Tile and map side by side"),
        True,
    ),
    (
        "fit",
        QT_TRANSLATE_NOOP("Action", "Fit"),
        "fit",
        ("F",),
        QT_TRANSLATE_NOOP("Action", "Show the whole tile"),
        False,
    ),
    (
        "one-to-one",
        QT_TRANSLATE_NOOP("Action", "One to one"),
        "one-to-one",
        ("Shift+F",),
        QT_TRANSLATE_NOOP("Action", "One pixel of the tile on one pixel of the screen"),
        False,
    ),
    ("zoom-in", QT_TRANSLATE_NOOP("Action", "Zoom in"), "plus", ("+", "="), "", False),
    ("zoom-out", QT_TRANSLATE_NOOP("Action", "Zoom out"), "minus", ("-",), "", False),
    ("fainter", QT_TRANSLATE_NOOP("Action", "Fainter overlay"), "opacity", ("[", ","), "", False),
    ("stronger", QT_TRANSLATE_NOOP("Action", "Stronger overlay"), "opacity", ("]", "."), "", False),
    (
        "tones",
        QT_TRANSLATE_NOOP("Action", "Brightness and contrast"),
        "contrast",
        ("B",),
        QT_TRANSLATE_NOOP("Action", "Brightness and contrast, for display only"),
        False,
    ),
    ("as-taken", QT_TRANSLATE_NOOP("Action", "Picture as taken"), "undo", ("Shift+B",), "", False),
    ("copy", QT_TRANSLATE_NOOP("Action", "Copy picture"), "copy", ("Ctrl+Shift+C",), "", False),
    ("export", QT_TRANSLATE_NOOP("Action", "Save picture"), "export", ("Ctrl+E",), "", False),
)


def viewer_actions(viewer: TileViewer) -> list[Action]:
    """The actions of one viewer; their keys start with its prefix."""
    model = viewer.model
    calls: dict[str, Callable[..., object]] = {
        "struct": viewer.show_struct,
        "detail": viewer.show_detail,
        "fused": viewer.show_fused,
        "overlay": model.set_overlay,
        "marks": model.set_marks,
        "split": model.set_split,
        "fit": model.fit,
        "one-to-one": model.one_to_one,
        "zoom-in": lambda: model.zoom_by(1.25),
        "zoom-out": lambda: model.zoom_by(0.8),
        "fainter": lambda: model.set_opacity(model.opacity - 0.1),
        "stronger": lambda: model.set_opacity(model.opacity + 0.1),
        "tones": viewer.open_tones,
        "as-taken": viewer.as_taken,
        "copy": viewer.copy,
        "export": viewer.export,
    }
    return [
        Action(viewer.action_key(name), text, calls[name], icon, keys, _GROUP, hint, checkable)
        for name, text, icon, keys, hint, checkable in _TABLE
    ]
