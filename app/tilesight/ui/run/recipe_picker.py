"""Which recipe decides: saved recipes, switched with one click; a model file; saving under a name."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from bsdrd.errors import BsdrdError
from tilesight.line.recipe import DEMO, STARTER, Recipe
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Elided, IconButton, Words
from tilesight.ui.messages import said
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type


class RecipeRow(Card):
    """One recipe: name, model and source, thresholds, and the button that uses it."""

    used = Signal(str)
    edited = Signal()

    def __init__(self, recipe: Recipe, in_force: bool, context: AppContext) -> None:
        super().__init__("raised", margin=GRID + 4)
        self.recipe = recipe
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(Elided(said(recipe.name), Type.BODY))
        model = self.tr("shipped model") if recipe.model == STARTER else Path(recipe.model).name
        texts.addWidget(Elided(f"{model}  ·  {recipe.source}", Type.CAPTION, dim=True, middle=True))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addLayout(texts, 1)
        row.addWidget(Words(self._thresholds(), Type.CAPTION, dim=True, tabular=True))
        if in_force:
            note = Words(self.tr("In force"), Type.CAPTION, bold=True)
            note.set_tone("ok")
            row.addWidget(note)
            edit = Button(self.tr("Edit"))
            edit.setAccessibleName(self.tr("Edit {name}").format(name=recipe.name))
            edit.clicked.connect(self.edited)
            row.addWidget(edit)
        else:
            use = Button(self.tr("Use"))
            use.setAccessibleName(self.tr("Use {name}").format(name=recipe.name))
            use.clicked.connect(self._use)
            row.addWidget(use)
        self.column.addLayout(row)
        self.setAccessibleName(recipe.name)

    def _thresholds(self) -> str:
        if self.recipe.t1 is None or self.recipe.t2 is None:
            return self.tr("thresholds of the model")
        locale = QLocale()
        low, high = locale.toString(self.recipe.t1, "f", 1), locale.toString(self.recipe.t2, "f", 1)
        return f"T1 {low}  T2 {high}"

    @Slot()
    def _use(self) -> None:
        self.used.emit(self.recipe.name)


class RecipePicker(Sheet):
    """Lists the recipes; a damaged one says so and does not stop the others.

    Args:
        host: The window's middle.
        context: Recipe book and the recipe in force.
    """

    chosen = Signal(object)  #: Recipe
    model_chosen = Signal(object)  #: Path

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 720, 560)
        self._context = context
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Recipes"), Type.HEAD))
        head.addStretch(1)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        note = self.tr("A recipe decides about a tile: model, source, thresholds, regions, what is kept.")
        page = QWidget()
        self._list = QVBoxLayout(page)
        self._list.setContentsMargins(0, 0, GRID, 0)
        self._list.setSpacing(GRID)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        self.problem = Words("", wrap=True)
        self.problem.set_tone("ng")
        self.problem.hide()
        self.name = QLineEdit()
        self.name.setMaxLength(80)
        self.name.setPlaceholderText(self.tr("Name for what is in force now"))
        self.name.setAccessibleName(self.tr("Name for what is in force now"))
        self.name.returnPressed.connect(self.save_as)
        self.save = Button(self.tr("Save"))
        self.save.clicked.connect(self.save_as)
        self.model = Button(self.tr("Model file…"), theme=context.theme, icon_name="model")
        self.model.clicked.connect(self._ask_model)
        self.load = Button(self.tr("Import…"), theme=context.theme, icon_name="import")
        self.load.clicked.connect(self._ask_import)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.name, 1)
        for button in (self.save, self.model, self.load):
            foot.addWidget(button)
        column = self.card.column
        column.addLayout(head)
        column.addWidget(Words(note, dim=True, wrap=True))
        column.addWidget(scroll, 1)
        column.addWidget(self.problem)
        column.addLayout(foot)
        self.rows: list[RecipeRow] = []
        context.recipe_changed.connect(self._refresh_if_open)

    def open(self) -> None:
        """Opens with the recipes as they are now."""
        self.problem.hide()
        self.name.clear()
        self._fill()
        super().open()

    @Slot()
    def _refresh_if_open(self) -> None:
        if self.isVisible():
            self._fill()

    def _recipes(self) -> list[Recipe]:
        book, found = self._context.recipes, [DEMO]
        for name in book.names() if book is not None else []:
            try:
                recipe = book.load(name) if book is not None else DEMO
            except BsdrdError as error:
                self._say_problem(said(error))
                continue
            found = [one for one in found if one.name != recipe.name] + [recipe]
        current = self._context.recipe
        if current is not None and all(one.sha256 != current.sha256 for one in found):
            found = [current, *(one for one in found if one.name != current.name)]
        return found

    def _fill(self) -> None:
        for row in self.rows:
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []
        current = self._context.recipe
        for at, recipe in enumerate(self._recipes()):
            row = RecipeRow(recipe, current is not None and recipe.sha256 == current.sha256, self._context)
            row.used.connect(self._use)
            row.edited.connect(self._edit)
            self.rows.append(row)
            self._list.insertWidget(at, row)
        self.save.setEnabled(current is not None and self._context.recipes is not None)

    @Slot(str)
    def _use(self, name: str) -> None:
        for row in self.rows:
            if row.recipe.name == name:
                self.close_sheet()
                self.chosen.emit(row.recipe)
                return

    @Slot()
    def _edit(self) -> None:
        self.close_sheet()
        self._context.actions.trigger("run.edit-recipe")

    @Slot()
    def save_as(self) -> None:
        """Saves the recipe in force under the name in the field."""
        recipe, book = self._context.recipe, self._context.recipes
        if recipe is None or book is None:
            return
        try:
            named = recipe.changed(name=self.name.text().strip())
            book.save(named)
        except ValidationError:
            self._say_problem(self.tr("A recipe needs a name."))
            return
        except BsdrdError as error:
            self._say_problem(said(error))
            return
        self.problem.hide()
        self.name.clear()
        self._context.toast(self.tr("Saved as {name}").format(name=named.name))
        self._context.set_recipe(named)

    def _say_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()

    @Slot()
    def _ask_model(self) -> None:
        kinds = f"{self.tr('Models')} (*.bsdrd)"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Model file"), "", kinds)
        if path:
            self.close_sheet()
            self.model_chosen.emit(Path(path))

    @Slot()
    def _ask_import(self) -> None:
        book = self._context.recipes
        kinds = f"{self.tr('Recipes')} (*.json)"
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Recipe file"), "", kinds)
        if not path or book is None:
            return
        try:
            book.import_file(Path(path))
        except BsdrdError as error:
            self._say_problem(said(error))
            return
        self._fill()

    def first_focus(self) -> QWidget:
        """The first recipe that can be used."""
        for row in self.rows:
            for button in row.findChildren(Button):
                return button
        self.name.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return self.name
