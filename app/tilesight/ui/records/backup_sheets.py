"""Backup of the running store, and putting a backup in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QWidget

from tilesight.store.backup import BackupInfo, back_up, read_backup, restore
from tilesight.ui.context import AppContext, Role
from tilesight.ui.labels import Words
from tilesight.ui.messages import parts, said
from tilesight.ui.records.exchange_sheets import PathRow
from tilesight.ui.records.job_sheet import JobSheet
from tilesight.ui.records.jobs import Tell
from tilesight.ui.records.store_swap import StoreSwap, Swapped
from tilesight.ui.theme import TARGET


class BackupSheet(JobSheet):
    """Copies the store while inspection goes on.

    Args:
        host: Widget that it covers.
        context: Store.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        translate = QCoreApplication.translate
        title, go = translate("BackupSheet", "Back up the store"), translate("BackupSheet", "Back up")
        super().__init__(host, context, title, go)
        text = self.tr(
            "A consistent copy of records, labels and the audit log. Inspection goes on meanwhile."
        )
        self.form.addWidget(Words(text, dim=True, wrap=True))
        self.files = QCheckBox(self.tr("Copy pictures, maps and models too"))
        self.files.setChecked(True)
        self.target = PathRow(self.tr("An empty or new folder"), self._ask_folder)
        self.form.addWidget(self.target)
        self.form.addWidget(self.files)
        self.target.field.textChanged.connect(self._check)
        self._check()

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, self.tr("Where to"))

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(self.target.path is not None)

    def work(self) -> Callable[[Tell], Any] | None:
        """The backup."""
        store, target, with_files = self.context.store, self.target.path, self.files.isChecked()
        if store is None or target is None:
            return None

        def copy(tell: Tell) -> BackupInfo:
            return back_up(store, target, with_files=with_files, progress=tell)

        return copy

    def doing_words(self) -> str:
        """What is being done."""
        return self.tr("Copying the store")

    def say_done(self, result: Any) -> None:
        """What was copied."""
        assert isinstance(result, BackupInfo)
        head = self.tr("%Ln record(s) are backed up.", "", result.records)
        more = ""
        if result.missing:
            more = self.tr(
                "%Ln file(s) are missing or damaged in the store and could not be copied:",
                "",
                len(result.missing),
            )
        self.say(head, more, list(result.missing), tone="" if result.missing else "ok")


class RestoreSheet(JobSheet):
    """Puts a backup in the place of the store. The line must stand; the replaced database is kept.

    Args:
        host: Widget that it covers.
        context: Store, person, session.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        translate = QCoreApplication.translate
        title, go = translate("RestoreSheet", "Restore a backup"), translate("RestoreSheet", "Restore")
        super().__init__(host, context, title, go)
        text = self.tr(
            "Records, labels and the audit log become those of the backup. The present database is kept "
            "beside it, and what was restored is written into the audit log. The line is stopped first."
        )
        self.form.addWidget(Words(text, dim=True, wrap=True))
        self.source = PathRow(self.tr("Folder of the backup"), self._ask_folder)
        self.found = Words("", bold=True, wrap=True)
        self.why = QLineEdit()
        self.why.setPlaceholderText(self.tr("Why (for the audit log)"))
        self.why.setAccessibleName(self.tr("Why (for the audit log)"))
        self.why.setMinimumHeight(TARGET)
        for part in (self.source, self.found, self.why):
            self.form.addWidget(part)
        self.swap = StoreSwap(context, self)
        self._info: BackupInfo | None = None
        self.source.field.textChanged.connect(self._look)
        self.why.textChanged.connect(self._check)
        self._check()

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, self.tr("Folder of the backup"))

    @Slot()
    def _look(self) -> None:
        path = self.source.path
        self._info = None
        self.found.setText("")
        self._check()
        if path is not None:
            self.context.background.run(
                lambda: read_backup(path), self._found, self._not_found, topic="records.backup"
            )

    def _found(self, info: BackupInfo) -> None:
        self._info = info
        self.found.set_tone("")
        kept = self.tr("with pictures") if info.with_files else self.tr("without pictures")
        self.found.setText(
            self.tr("%Ln record(s), {kept}, made {when}", "", info.records).format(
                kept=kept, when=info.made_at
            )
        )
        self._check()

    def _not_found(self, error: Exception) -> None:
        self.found.set_tone("ng")
        self.found.setText(said(error))

    @Slot()
    def _check(self) -> None:
        ready = self._info is not None and bool(self.why.text().strip())
        self.go.setEnabled(ready and self.context.person.role is not Role.OPERATOR)
        self.go.setToolTip(
            self.tr("Only engineers and administrators restore backups.")
            if self.context.person.role is Role.OPERATOR
            else ""
        )

    def work(self) -> Callable[[Tell], Any] | None:
        """Restores while nobody has the store."""
        context, path = self.context, self.source.path
        store = context.store
        if store is None or path is None:
            return None
        if store.db.file is None:
            self.say(
                self.tr("A store on a database server is restored with the server's own tools."),
                tone="ng",
            )
            return None
        person, why = context.person, self.why.text().strip()

        def put_back(tell: Tell, folder: Path) -> Path | None:
            return restore(
                path,
                folder,
                actor=person.name or "unknown",
                why=why,
                role=person.role.value,
                progress=tell,
            )

        swap, job = self.swap.around(put_back), self.job

        def whole(tell: Tell) -> Swapped:
            swapped = swap(tell)
            if job.closed and swapped.store is not None:
                # The window was closed meanwhile: nobody takes the store over any more.
                swapped.store.close()
            return swapped

        return whole

    def doing_words(self) -> str:
        """What is being done."""
        return self.tr("Restoring the backup")

    def say_done(self, result: Any) -> None:
        """The store is open again, or why not."""
        assert isinstance(result, Swapped)
        self.swap.take(result)
        if result.error is not None:
            what, kept, do_next = parts(result.error)
            more = " ".join(part for part in (kept, do_next) if part)
            self.say(what, more, tone="" if self.job.cancelled else "ng")
            return
        locale, said = QLocale(), list[str]()
        if result.inspected_before:
            said.append(self.tr("The line was stopped first, and everything it had inspected was saved."))
        if result.records is not None and result.records_before is not None:
            text = self.tr("The store has %Ln record(s) now; it had {before}.", "", result.records)
            said.append(text.format(before=locale.toString(result.records_before)))
        if result.aside is not None:
            said.append(self.tr("The replaced database lies in {folder}.").format(folder=result.aside))
        said.append(self.tr("Start the line again in Run."))
        self.say(self.tr("The backup is restored."), " ".join(said), tone="ok")
