"""Which workspaces there are, and where each one's code lies; it is imported when first opened."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tilesight.ui.context import AppContext
from tilesight.ui.i18n import QT_TRANSLATE_NOOP
from tilesight.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class WorkspaceEntry:
    """One place on the rail.

    Attributes:
        key: Name in settings and requests.
        icon: Name in the icon family.
        word: Title in English, marked for translation.
        place: "module:class" of the workspace.
    """

    key: str
    icon: str
    word: str
    place: str

    def title(self) -> str:
        """Its word in the language in force."""
        return QCoreApplication.translate("Workspace", self.word)

    def build(self, context: AppContext) -> Workspace:
        """Imports and makes the workspace.

        Raises:
            ImportError: If its code is not part of this installation.
        """
        module, _, name = self.place.partition(":")
        kind: type[Workspace] = getattr(importlib.import_module(module), name)
        return kind(context)


#: From the top of the rail; Ctrl+1 is the first one.
ENTRIES: tuple[WorkspaceEntry, ...] = (
    WorkspaceEntry(
        "run", "run", QT_TRANSLATE_NOOP("Workspace", "Run"), "tilesight.ui.run.workspace:RunWorkspace"
    ),
    WorkspaceEntry(
        "review",
        "review",
        QT_TRANSLATE_NOOP("Workspace", "Review"),
        "tilesight.ui.review.workspace:ReviewWorkspace",
    ),
    WorkspaceEntry(
        "tune", "tune", QT_TRANSLATE_NOOP("Workspace", "Tune"), "tilesight.ui.tune.workspace:TuneWorkspace"
    ),
    WorkspaceEntry(
        "train",
        "train",
        QT_TRANSLATE_NOOP("Workspace", "Train"),
        "tilesight.ui.train.workspace:TrainWorkspace",
    ),
    WorkspaceEntry(
        "records",
        "records",
        QT_TRANSLATE_NOOP("Workspace", "Records"),
        "tilesight.ui.records.workspace:RecordsWorkspace",
    ),
)
