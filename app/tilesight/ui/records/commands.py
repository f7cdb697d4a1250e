"""What can be done in Records, as data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tilesight.ui.actions import Action
from tilesight.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from tilesight.ui.records.workspace import RecordsWorkspace

_GROUP = QT_TRANSLATE_NOOP("Action", "Records")


def records_actions(records: RecordsWorkspace) -> list[Action]:
    """The actions of Records."""
    return [
        Action(
            "records.search",
            QT_TRANSLATE_NOOP("Action", "Find records"),
            records.search,
            "search",
            ("Ctrl+F",),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "By serial, lot, or any text of a record or comment"),
        ),
        Action(
            "records.refresh",
            QT_TRANSLATE_NOOP("Action", "Read the records again"),
            records.refresh,
            "refresh",
            ("F5",),
            _GROUP,
        ),
        Action(
            "records.review",
            QT_TRANSLATE_NOOP("Action", "Open in Review"),
            records.open_review,
            "review",
            ("Ctrl+Return",),
            _GROUP,
        ),
        Action(
            "records.review-all",
            QT_TRANSLATE_NOOP("Action", "Review these records"),
            records.review_all,
            "review",
            (),
            _GROUP,
            QT_TRANSLATE_NOOP("Action", "Opens Review with the records that fit the filters"),
        ),
        Action(
            "records.export",
            QT_TRANSLATE_NOOP("Action", "Export records"),
            records.export,
            "export",
            ("Ctrl+Shift+E",),
            _GROUP,
        ),
        Action(
            "records.import",
            QT_TRANSLATE_NOOP("Action", "Import labels"),
            records.import_labels,
            "import",
            ("Ctrl+Shift+I",),
            _GROUP,
        ),
        Action(
            "records.backup",
            QT_TRANSLATE_NOOP("Action", "Back up the store"),
            records.back_up,
            "store",
            (),
            _GROUP,
        ),
        Action(
            "records.restore",
            QT_TRANSLATE_NOOP("Action", "Restore a backup"),
            records.restore,
            "history",
            (),
            _GROUP,
        ),
        Action(
            "records.reopen",
            QT_TRANSLATE_NOOP("Action", "Open the store again"),
            lambda: records.restore_sheet.swap.reopen(),
            "refresh",
            (),
            _GROUP,
        ),
        Action(
            "records.audit",
            QT_TRANSLATE_NOOP("Action", "Show the audit log"),
            records.show_audit,
            "shield",
            (),
            _GROUP,
        ),
        Action(
            "records.verify",
            QT_TRANSLATE_NOOP("Action", "Verify the audit log"),
            records.verify,
            "shield",
            (),
            _GROUP,
        ),
        *(
            Action(f"records.{name or 'tile'}", text, partial(records.show_map, name), icon, (key,), _GROUP)
            for name, text, icon, key in (
                ("struct", QT_TRANSLATE_NOOP("Action", "Struct map"), "struct", "Z"),
                ("detail", QT_TRANSLATE_NOOP("Action", "Detail map"), "detail", "X"),
                ("fused", QT_TRANSLATE_NOOP("Action", "Fused map"), "fused", "C"),
                ("", QT_TRANSLATE_NOOP("Action", "Tile without a map"), "picture", "T"),
            )
        ),
    ]
