"""Settings: how the window looks, who sits there, where records lie. They apply at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QCoreApplication, QLocale, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tilesight.ui.choice import Choice
from tilesight.ui.context import AppContext, Banner, Level, Person, Role
from tilesight.ui.i18n import languages
from tilesight.ui.labels import Button, Elided, IconButton, Words
from tilesight.ui.messages import said
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Appearance, Type


def role_word(role: Role) -> str:
    """A role in the language in force."""
    return {
        Role.OPERATOR: QCoreApplication.translate("Role", "Inspector"),
        Role.ENGINEER: QCoreApplication.translate("Role", "Engineer"),
        Role.ADMIN: QCoreApplication.translate("Role", "Administrator"),
    }[role]


class SettingsDialog(Sheet):
    """Changes settings; each change holds from the moment it is made.

    Args:
        host: The window's middle.
        context: Holds and saves them.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 720, 688)
        self._context = context
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Settings"), Type.HEAD))
        head.addStretch(1)
        close = IconButton("close", self.tr("Close"), context.theme)
        close.clicked.connect(self.close_sheet)
        head.addWidget(close)
        self.card.column.addLayout(head)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 2 * GRID, 0)
        self._column.setSpacing(GRID)
        self._build_look()
        self._build_person()
        self._build_computer()
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(page)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.card.column.addWidget(scroll, 1)
        context.settings_changed.connect(self.refresh)
        context.recipe_changed.connect(self.refresh)
        self.refresh()

    # Building

    def _head(self, text: str) -> None:
        self._column.addSpacing(2 * GRID)
        self._column.addWidget(Words(text, Type.TITLE))

    def _row(self, label: str, field: QWidget, hint: str = "") -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        name = Words(label, dim=True)
        name.setFixedWidth(20 * GRID)
        name.setMinimumHeight(TARGET)
        name.setWordWrap(True)
        name.setBuddy(field)
        field.setAccessibleName(label)
        row.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(field)
        if hint:
            column.addWidget(Words(hint, Type.CAPTION, dim=True, wrap=True))
        row.addLayout(column, 1)
        self._column.addLayout(row)

    def _build_look(self) -> None:
        self._head(self.tr("Appearance"))
        self.theme_choice = Choice(
            [
                (Appearance.SYSTEM.value, self.tr("Like the system")),
                (Appearance.DARK.value, self.tr("Dark")),
                (Appearance.LIGHT.value, self.tr("Light")),
            ],
            self.tr("Colours"),
        )
        self.theme_choice.chosen.connect(self._theme_chosen)
        self._row(self.tr("Colours"), self.theme_choice)
        self.language = QComboBox()
        self.language.addItem(self.tr("Like the system"), "")
        for name in languages():
            self.language.addItem(_language_word(name), name)
        self.language.activated.connect(self._language_chosen)
        self._row(self.tr("Language"), self.language, self.tr("Takes effect at the next start."))

    def _build_person(self) -> None:
        self._head(self.tr("Who works here"))
        self.operator = QLineEdit()
        self.operator.setMaxLength(100)
        self.operator.setPlaceholderText(self.tr("Name"))
        self.operator.editingFinished.connect(self._person_changed)
        hint = self.tr("Stands in every record, label and change, so that anybody can ask later.")
        self._row(self.tr("Name"), self.operator, hint)
        self.role = Choice([(role.value, role_word(role)) for role in Role], self.tr("Role"))
        self.role.chosen.connect(self._role_chosen)
        self._row(self.tr("Role"), self.role)

    def _build_computer(self) -> None:
        self._head(self.tr("This computer"))
        self.station = QLineEdit()
        self.station.setMaxLength(100)
        self.station.setPlaceholderText(self.tr("for instance Line 2"))
        self.station.editingFinished.connect(self._station_changed)
        self._row(self.tr("Station"), self.station)
        runs_on = self.tr("Detector runs on")
        self.device = Choice([("auto", self.tr("Automatic")), ("cpu", "CPU"), ("cuda", "CUDA")], runs_on)
        self.device.chosen.connect(self._device_chosen)
        self._row(runs_on, self.device, self.tr("Of the recipe in force; the status bar shows what runs."))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        self.store_folder = Elided("", middle=True)
        choose = Button(self.tr("Choose…"))
        choose.clicked.connect(self._choose_store)
        self.usual = Button(self.tr("Usual place"), "quiet")
        self.usual.clicked.connect(self._usual_store)
        row.addWidget(self.store_folder, 1)
        row.addWidget(choose)
        row.addWidget(self.usual)
        hint = self.tr(
            "Takes effect at the next start; records that are there stay. "
            "What is kept of each tile is part of the recipe."
        )
        self._row(self.tr("Records"), holder, hint)

    # Following and changing

    @Slot()
    def refresh(self) -> None:
        """Shows the settings as they are."""
        settings = self._context.settings
        self.theme_choice.choose(settings.theme)
        self.language.setCurrentIndex(max(self.language.findData(settings.language), 0))
        if not self.operator.hasFocus():
            self.operator.setText(settings.operator)
        if not self.station.hasFocus():
            self.station.setText(settings.station)
        self.role.choose(self._context.person.role.value)
        recipe = self._context.recipe
        self.device.choose(recipe.device if recipe is not None else "auto")
        self.device.setEnabled(recipe is not None and self._context.person.role is not Role.OPERATOR)
        self.store_folder.setText(settings.store_folder or self.tr("The usual place"))
        self.usual.setVisible(settings.store_folder is not None)

    @Slot(str)
    def _device_chosen(self, device: str) -> None:
        recipe = self._context.recipe
        if recipe is not None and device != recipe.device:
            changed = recipe.changed(device=device)
            self._context.apply_recipe(changed, "Device chosen in the settings", failed=self._device_refused)

    def _device_refused(self, error: Exception) -> None:
        self.refresh()
        self._context.show_banner(Banner("recipe", Level.ERROR, said(error)))

    def _change(self, **values: object) -> None:
        try:
            self._context.change_settings(**values)
        except ValidationError:
            self.refresh()

    @Slot(str)
    def _theme_chosen(self, value: str) -> None:
        self._context.theme.choose(Appearance(value))
        self._change(theme=value)

    @Slot()
    def _language_chosen(self) -> None:
        self._change(language=str(self.language.currentData()))

    @Slot()
    def _person_changed(self) -> None:
        name = self.operator.text().strip()
        self._change(operator=name)
        self._context.set_person(Person(name, self._context.person.role))

    @Slot(str)
    def _role_chosen(self, value: str) -> None:
        self._context.set_person(Person(self._context.person.name, Role(value)))
        self._context.remember("person", {"role": value})

    @Slot()
    def _station_changed(self) -> None:
        self._change(station=self.station.text().strip())

    @Slot()
    def _choose_store(self) -> None:
        start = self._context.settings.store_folder or str(Path.home())
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of the records"), start)
        if folder:
            self._change(store_folder=folder)

    @Slot()
    def _usual_store(self) -> None:
        self._change(store_folder=None)


def _language_word(name: str) -> str:
    """A language in its own words."""
    locale = QLocale(name)
    return locale.nativeLanguageName().capitalize() or name
