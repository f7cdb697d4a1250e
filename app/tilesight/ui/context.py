"""What the workspaces share: engine, store, settings, recipe, detector, and the news about them."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tilesight.line.settings import Settings
from tilesight.ui.actions import ActionRegistry
from tilesight.ui.background import Background
from tilesight.ui.theme import Theme

if TYPE_CHECKING:
    from bsdrd.detector import ModelInfo
    from tilesight.line.engine import Engine
    from tilesight.line.recipe import Recipe
    from tilesight.line.recipe_book import RecipeBook
    from tilesight.store.records import RecordStore
    from tilesight.ui.session import Session


class Level(StrEnum):
    """How serious a banner is."""

    INFO = "info"
    WARNING = "warning"  #: Amber: it runs, but not as asked.
    ERROR = "error"  #: Red: something does not run.


@dataclass(frozen=True, slots=True)
class Banner:
    """A line across the top of the window that stays until its cause is gone.

    Attributes:
        key: One banner a key; a newer one replaces it.
        level: How serious.
        text: What happened and what was kept, translated.
        button: Text of the one button, "" for none, translated.
        action: Key of the action that the button does.
        closable: A person may put it away.
    """

    key: str
    level: Level
    text: str
    button: str = ""
    action: str = ""
    closable: bool = True


class Role(StrEnum):
    """What a person may do."""

    OPERATOR = "operator"
    ENGINEER = "engineer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits there; goes into records, labels and the audit log."""

    name: str = ""
    role: Role = Role.ENGINEER


def _account() -> str:
    """The user of the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


class AppContext(QObject):
    """The one object that every workspace gets.

    Attributes:
        theme: Colours and appearance.
        actions: Every action of the window.
        background: Worker threads that answer in the GUI thread.
    """

    engine_changed = Signal()  #: `engine` is another object now, or None.
    store_changed = Signal()  #: `store` likewise.
    recipe_changed = Signal()  #: `recipe`: another one, or another version.
    detector_changed = Signal()  #: `detector` and `provider`.
    settings_changed = Signal()
    person_changed = Signal()
    records_changed = Signal()  #: Rows were added, labelled or removed; at most a few times a second.
    banner_shown = Signal(object)  #: Banner
    banner_cleared = Signal(str)  #: its key
    toast_shown = Signal(str, str, str)  #: text, button text, action key
    workspace_asked = Signal(str, object)  #: key, request

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.actions = ActionRegistry(theme, self)
        self.background = Background(parent=self)
        self._engine: Engine | None = None
        self._store: RecordStore | None = None
        self._recipe: Recipe | None = None
        self._recipes: RecipeBook | None = None
        self._settings = Settings()
        self._save_settings: Callable[[Settings], None] | None = None
        self._detector: ModelInfo | None = None
        self._backend = ""
        self._provider = ""
        self._fallback_reason = ""
        self._person = Person()
        self._session: Session | None = None
        self._records_timer = QTimer(self)
        self._records_timer.setSingleShot(True)
        self._records_timer.setInterval(250)
        self._records_timer.timeout.connect(self.records_changed)

    @property
    def engine(self) -> Engine | None:
        """The inspection engine; None before the first start and after an error that ended it."""
        return self._engine

    def set_engine(self, engine: Engine | None) -> None:
        """For the window's bridge."""
        self._engine = engine
        self.engine_changed.emit()

    @property
    def store(self) -> RecordStore | None:
        """The records; None where no store could be opened (a banner says why)."""
        return self._store

    def set_store(self, store: RecordStore | None) -> None:
        """For the start of the program."""
        self._store = store
        self.store_changed.emit()

    @property
    def recipe(self) -> Recipe | None:
        """The recipe in force."""
        return self._recipe

    def set_recipe(self, recipe: Recipe | None) -> None:
        """Says which recipe is in force; use `apply_recipe` to change what the line does."""
        self._recipe = recipe
        self.recipe_changed.emit()

    def apply_recipe(
        self,
        recipe: Recipe,
        why: str,
        done: Callable[[Recipe], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Saves a recipe and puts it in force between two frames; returns at once.

        It becomes a version in the store (none is added where its content is the newest already), is
        written to the recipe book, and its model is loaded beside the old one before the swap.

        Args:
            recipe: The new one.
            why: The reason, for the audit log.
            done: Called in the GUI thread once it is in force, after `recipe_changed`.
            failed: Called in the GUI thread with a `BsdrdError`: the old one stays in force. Where None, a
                banner says so.
        """
        self.session.apply_recipe(recipe, why, done, failed)

    @property
    def session(self) -> Session:
        """What starts, stops and changes the line.

        Raises:
            RuntimeError: If the program has not got so far.
        """
        if self._session is None:
            raise RuntimeError("there is no session yet")
        return self._session

    def set_session(self, session: Session) -> None:
        """For the start of the program."""
        self._session = session

    @property
    def recipes(self) -> RecipeBook | None:
        """The saved recipes."""
        return self._recipes

    def set_recipes(self, recipes: RecipeBook | None) -> None:
        """For the start of the program."""
        self._recipes = recipes

    @property
    def settings(self) -> Settings:
        """The program's settings."""
        return self._settings

    def change_settings(self, **values: object) -> None:
        """Changes settings, saves them and tells everybody.

        Args:
            values: Fields of `Settings`.

        Raises:
            pydantic.ValidationError: If a value is wrong; nothing was changed.
        """
        changed = self._settings.changed(**values)
        if changed == self._settings:
            return
        self._settings = changed
        if self._save_settings is not None:
            self._save_settings(changed)
        self.settings_changed.emit()

    def set_settings(self, settings: Settings, save: Callable[[Settings], None] | None = None) -> None:
        """For the start of the program: settings as read, and what writes them."""
        self._settings, self._save_settings = settings, save
        self.settings_changed.emit()

    def remembered(self, name: str) -> dict[str, Any]:
        """What a part of the window wanted to find again, made of JSON's types; {} at the first start."""
        value = self._settings.extra.get(name)
        return dict(value) if isinstance(value, dict) else {}

    def remember(self, name: str, value: dict[str, Any]) -> None:
        """Keeps something for the next start; see `remembered`."""
        self.change_settings(extra={**self._settings.extra, name: value})

    @property
    def detector(self) -> ModelInfo | None:
        """The model that judges now; None while none is loaded."""
        return self._detector

    @property
    def provider(self) -> str:
        """The provider that really runs, for instance "CPU"; "" while none does."""
        return self._provider

    @property
    def backend(self) -> str:
        """The library that runs the model, "onnx" or "torch"; "" while none does."""
        return self._backend

    @property
    def fallback_reason(self) -> str:
        """Why another provider runs than was asked for; "" if it is as asked."""
        return self._fallback_reason

    def set_detector(
        self, info: ModelInfo | None, provider: str = "", fallback_reason: str = "", backend: str = ""
    ) -> None:
        """For the window's bridge."""
        self._detector, self._provider, self._fallback_reason = info, provider, fallback_reason
        self._backend = backend
        self.detector_changed.emit()

    @property
    def person(self) -> Person:
        """Who sits there."""
        return self._person

    @property
    def actor(self) -> str:
        """Who acts, for labels and the audit log, which take no empty name: the person, else the account."""
        return self._person.name.strip() or _account()

    def set_person(self, person: Person) -> None:
        """Somebody else sits there now."""
        if person != self._person:
            self._person = person
            self.person_changed.emit()

    def show_banner(self, banner: Banner) -> None:
        """Shows a banner until it is cleared."""
        self.banner_shown.emit(banner)

    def clear_banner(self, key: str) -> None:
        """Its cause is gone."""
        self.banner_cleared.emit(key)

    def toast(self, text: str, button: str = "", action: str = "") -> None:
        """Says something for some seconds, with one optional button such as "Undo"."""
        self.toast_shown.emit(text, button, action)

    def open_workspace(self, key: str, request: object | None = None) -> None:
        """Brings a workspace on screen and hands it a request."""
        self.workspace_asked.emit(key, request)

    @Slot()
    def note_records(self) -> None:
        """Rows changed; many calls in a short time become one `records_changed`."""
        if not self._records_timer.isActive():
            self._records_timer.start()

    def close(self) -> None:
        """Ends the worker threads."""
        self._records_timer.stop()
        self.background.close()
