"""Every version of the recipe: compared with the one in force, and restored."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QScrollArea, QVBoxLayout, QWidget

from tilesight.line.recipe import Recipe
from tilesight.store.recipes import RecipeVersion
from tilesight.ui.empty_state import EmptyState
from tilesight.ui.labels import Button, IconButton, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Theme, Type
from tilesight.ui.tune import words
from tilesight.ui.tune.apply_sheet import ReasonForm, change_grid
from tilesight.ui.tune.change_words import change_rows

_WIDTH, _HEIGHT = 960, 600


class HistorySheet(Sheet):
    """Versions at the left, what one of them would change at the right.

    Args:
        host: Widget that it covers.
        theme: Colours.
    """

    version_chosen = Signal(object)  #: RecipeVersion; answer with `say_effect`.
    restore_asked = Signal(object, str, str)  #: RecipeVersion, reason, name.

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, _WIDTH, _HEIGHT)
        self._versions: list[RecipeVersion] = []
        self._recipe: Recipe | None = None
        self._name = ""
        head = QHBoxLayout()
        self.title = Words("", Type.HEAD)
        close = IconButton("close", self.tr("Close"), theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(self.title, 1)
        head.addWidget(close)
        self.list = QListWidget()
        self.list.setFixedWidth(360)
        self.list.setAccessibleName(self.tr("Versions of the recipe, newest first"))
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._choose)
        self.empty = EmptyState(
            theme,
            "history",
            self.tr("No versions yet"),
            self.tr("The first change that is put in force makes one."),
        )
        self.detail = self._make_detail()
        body = QHBoxLayout()
        body.setSpacing(3 * GRID)
        body.addWidget(self.list)
        body.addWidget(self.detail, 1)
        body.addWidget(self.empty, 1)
        self.card.column.setSpacing(2 * GRID)
        self.card.column.addLayout(head)
        self.card.column.addLayout(body, 1)

    def _make_detail(self) -> QWidget:
        self.what = Words(role=Type.TITLE, wrap=True)
        self.why = Words(wrap=True, dim=True)
        self.compared = Words(bold=True)
        self._changes = QWidget()
        self.effect = Words(wrap=True)
        self.restore = Button(self.tr("Restore this version"))
        self.restore.clicked.connect(self._begin_restore)
        self.form = ReasonForm()
        self.form.hide()
        self.form.cancelled.connect(self._end_restore)
        self.form.confirmed.connect(self._confirm)
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.what)
        column.addWidget(self.why)
        column.addSpacing(GRID)
        column.addWidget(self.compared)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(self._changes)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.effect)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.restore)
        column.addLayout(row)
        column.addWidget(self.form)
        return detail

    def show_versions(self, recipe: Recipe, versions: list[RecipeVersion], name: str) -> None:
        """Opens it.

        Args:
            recipe: In force.
            versions: Of that recipe, newest first.
            name: Who sits there; "" asks when something is restored.
        """
        self._recipe, self._versions, self._name = recipe, versions, name
        self.title.setText(self.tr("Versions of {recipe}").format(recipe=recipe.name))
        self.list.clear()
        for version in versions:
            text = self.tr("Version {version}   {at}").format(
                version=version.version, at=words.moment(version.at)
            )
            who = version.actor or self.tr("nobody named")
            item = QListWidgetItem(f"{text}\n{who}: {version.why or self.tr('no reason given')}")
            if version.sha256 == recipe.sha256:
                item.setText(f"{text}   {self.tr('in force')}\n{who}: {version.why}")
            self.list.addItem(item)
        self.list.setVisible(bool(versions))
        self.detail.setVisible(bool(versions))
        self.empty.setVisible(not versions)
        self._end_restore()
        self.open()
        if versions:
            self.list.setCurrentRow(0)
            self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def say_effect(self, text: str) -> None:
        """What the chosen version would do to the stored records, translated."""
        self.effect.setText(text)

    def current(self) -> RecipeVersion | None:
        """The chosen version."""
        row = self.list.currentRow()
        return self._versions[row] if 0 <= row < len(self._versions) else None

    @Slot(int)
    def _choose(self, row: int) -> None:
        version, recipe = self.current(), self._recipe
        if version is None or recipe is None:
            return
        self._end_restore()
        same = version.sha256 == recipe.sha256
        self.what.setText(
            self.tr("Version {version}, {at}").format(version=version.version, at=words.moment(version.at))
        )
        who = version.actor or self.tr("nobody named")
        self.why.setText(f"{who}: {version.why or self.tr('no reason given')}")
        rows = change_rows(recipe.content(), version.content)
        self.compared.setText(
            self.tr("This version is in force.") if same else self.tr("In force now → this version")
        )
        fresh = QWidget()
        outer = QVBoxLayout(fresh)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(change_grid(rows))
        outer.addStretch(1)
        self._scroll.setWidget(fresh)
        self.restore.setEnabled(not same)
        self.effect.setText("")
        self.version_chosen.emit(version)

    @Slot()
    def _begin_restore(self) -> None:
        self.form.begin(self._name, self.tr("Restore"))
        self.form.show()
        self.restore.hide()
        (self.form.name if not self._name else self.form.reason).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _end_restore(self) -> None:
        self.form.hide()
        self.restore.show()

    @Slot(str, str)
    def _confirm(self, reason: str, name: str) -> None:
        version = self.current()
        if version is not None:
            self.restore_asked.emit(version, reason, name)
