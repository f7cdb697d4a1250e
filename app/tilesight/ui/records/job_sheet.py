"""Base of the sheets that do long work: a form, then progress with a way out, then what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bsdrd.errors import BsdrdError
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.messages import parts, said
from tilesight.ui.records.jobs import Job, Progress, Tell
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type


class JobSheet(Sheet):
    """Form, progress, outcome.

    Args:
        host: Widget that it covers.
        context: Theme, background, store.
        title: Translated.
        go: Text of the button that starts the work, translated.
    """

    def __init__(self, host: QWidget, context: AppContext, title: str, go: str) -> None:
        super().__init__(host, context.theme, 620)
        self.context = context
        self.job = Job(context.background, self)
        self.job.progressed.connect(self._show_progress)
        self.job.done.connect(self._show_done)
        self.job.failed.connect(self._show_failed)
        head = QHBoxLayout()
        head.addWidget(Words(title, Type.HEAD), 1)
        self.cross = IconButton("close", self.tr("Close"), context.theme)
        self.cross.clicked.connect(self.close_sheet)
        head.addWidget(self.cross)
        self.form = QVBoxLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(GRID)
        form = QWidget()
        form.setLayout(self.form)
        self._pages = (form, self._progress_page(), self._outcome_page())
        self.pages = QStackedWidget()
        for page in self._pages:
            self.pages.addWidget(page)
        self.go = Button(go, "primary")
        self.go.clicked.connect(self._go)
        self.stop = Button(self.tr("Cancel"), "quiet")
        self.stop.clicked.connect(self._stop)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addStretch(1)
        foot.addWidget(self.stop)
        foot.addWidget(self.go)
        self.card.column.addLayout(head)
        self.card.column.addWidget(self.pages)
        self.card.column.addLayout(foot)
        self.show_form()

    def _progress_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 2 * GRID, 0, 2 * GRID)
        self.doing = Words("", bold=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.left = Words("", Type.CAPTION, dim=True)
        for part in (self.doing, self.bar, self.left):
            column.addWidget(part)
        column.addStretch(1)
        return page

    def _outcome_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 2 * GRID, 0, 2 * GRID)
        self.outcome = Words("", bold=True, wrap=True)
        self.outcome_more = Words("", wrap=True)
        self.problems = QPlainTextEdit()
        self.problems.setReadOnly(True)
        self.problems.setMaximumHeight(160)
        self.problems.setAccessibleName(self.tr("What could not be done"))
        for part in (self.outcome, self.outcome_more, self.problems):
            column.addWidget(part)
        column.addStretch(1)
        return page

    def first_focus(self) -> QWidget:
        """The first part of the form."""
        for child in self._pages[0].findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.isVisible():
                return child
        return self.stop

    # For the sheets made of it

    def work(self) -> Callable[[Tell], Any] | None:
        """What to do with the form as it is; None where it is not filled in."""
        raise NotImplementedError

    def doing_words(self) -> str:
        """What is being done, translated."""
        raise NotImplementedError

    def say_done(self, result: Any) -> None:
        """Shows what came of it with `say`."""
        raise NotImplementedError

    def say(self, head: str, more: str = "", problems: list[str] | None = None, tone: str = "") -> None:
        """Shows the outcome."""
        self.outcome.set_tone(tone)
        self.outcome.setText(head)
        self.outcome_more.setText(more)
        self.outcome_more.setVisible(bool(more))
        self.problems.setPlainText("\n".join(said(problem) for problem in problems or []))
        self.problems.setVisible(bool(problems))
        self._show_page(2)

    # States

    @property
    def state(self) -> str:
        """ "form", "busy" or "outcome"."""
        return ("form", "busy", "outcome")[self.pages.currentIndex()]

    def show_form(self) -> None:
        """Goes back to the form."""
        self._show_page(0)

    def _show_page(self, at: int) -> None:
        for place, page in enumerate(self._pages):
            # A page that is not shown must not keep the sheet high.
            policy = QSizePolicy.Policy.Preferred if place == at else QSizePolicy.Policy.Ignored
            page.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self.pages.setCurrentIndex(at)
        self.go.setVisible(at == 0)
        self.stop.setText(self.tr("Done") if at == 2 else self.tr("Cancel"))
        self.cross.setVisible(at != 1)
        if self.isVisible():
            self.relayout()

    @Slot()
    def _go(self) -> None:
        work = self.work()
        if work is None or self.job.running:
            return
        self.doing.setText(self.doing_words())
        self._show_progress(Progress())
        self._show_page(1)
        self.job.start(work)

    @Slot()
    def _stop(self) -> None:
        if self.state == "busy":
            self.job.cancel()
            self.doing.setText(self.tr("Stopping"))
        else:
            self.close_sheet()

    def close_sheet(self) -> None:
        """Stays while it works: Escape must not hide a running restore."""
        if self.state != "busy":
            super().close_sheet()
            self.show_form()

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        share = progress.share
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(0 if share is None else round(1000 * share))
        locale = QLocale()
        parts: list[str] = []
        if progress.total:
            parts.append(
                self.tr("{done} of {total}").format(
                    done=locale.toString(progress.done), total=locale.toString(progress.total)
                )
            )
        elif progress.done:
            parts.append(locale.toString(progress.done))
        if progress.seconds_left is not None:
            seconds = max(1, round(progress.seconds_left))
            parts.append(self.tr("about {n} s left").format(n=locale.toString(seconds)))
        self.left.setText("   ".join(parts) or self.tr("Starting"))

    @Slot(object)
    def _show_done(self, result: Any) -> None:
        self.say_done(result)

    @Slot(object)
    def _show_failed(self, error: Exception) -> None:
        if isinstance(error, BsdrdError):
            what, kept, do_next = parts(error)
            more = " ".join(part for part in (kept, do_next) if part)
            self.say(what, more, tone="" if self.job.cancelled else "ng")
        else:
            self.say(said(error), self.tr("The log file has the details."), tone="ng")
