"""Builds the window around the line and runs it."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from bsdrd.errors import BsdrdError
from tilesight.line import models
from tilesight.line.engine import Engine
from tilesight.line.inspecting import TileDetector
from tilesight.line.ledger import Counts
from tilesight.line.recipe import Recipe, recipe_for
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.settings import Folders, Settings, load_settings, save_settings
from tilesight.line.summary import summary
from tilesight.line.training.finishing import finish_release
from tilesight.store.records import RecordStore
from tilesight.ui.context import AppContext, Banner, Level, Person, Role
from tilesight.ui.i18n import Translation
from tilesight.ui.icons import app_icon
from tilesight.ui.main_window import MainWindow
from tilesight.ui.messages import said
from tilesight.ui.session import Session
from tilesight.ui.theme import Appearance, Theme
from tilesight.ui.unattended import DONE, NOT_STARTED, Unattended

_log = logging.getLogger(__name__)


class StartOptions(Protocol):
    """What the command line says; None or "" where it says nothing."""

    @property
    def source(self) -> str | None:
        """As `open_source` reads it."""
        ...

    @property
    def model(self) -> str | None:
        """Path of a model file."""
        ...

    @property
    def recipe(self) -> str | None:
        """Name of a saved recipe."""
        ...

    @property
    def store(self) -> str | None:
        """Folder of the records, or address of a database."""
        ...

    @property
    def device(self) -> str | None:
        """ "auto", "cpu" or "cuda"; None leaves it to the recipe."""
        ...

    @property
    def exit_when_done(self) -> bool:
        """Inspect a finite source to its end, print the counts and end."""
        ...

    @property
    def offscreen(self) -> bool:
        """Show no window."""
        ...


def run(options: StartOptions) -> int:
    """Runs the program until its window is closed.

    Returns:
        0; with `exit_when_done` 0 if every frame was inspected, 1 if some were not, 2 if it could not start.
    """
    if options.offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Tilesight")
    app.setApplicationDisplayName("Tilesight")
    app.setDesktopFileName("tilesight")
    app.setWindowIcon(app_icon())
    folders = Folders.usual()
    settings, settings_problem = load_settings(folders.settings_file)
    translation = Translation()
    translation.choose(settings.language)
    try:
        program = Program(app, options, folders, settings)
    except BsdrdError as error:
        quiet = options.exit_when_done or options.offscreen
        return refuse(app, error, settings, quiet=quiet, counted=options.exit_when_done)
    if settings_problem:
        program.context.show_banner(Banner("settings", Level.WARNING, said(settings_problem)))
    return program.run()


def refuse(
    app: QApplication, error: BsdrdError, settings: Settings, *, quiet: bool, counted: bool = False
) -> int:
    """Says why the program cannot start: on the terminal, and in a window where somebody looks.

    Args:
        app: Qt's application.
        error: Why.
        settings: For the colours of the window.
        quiet: Nobody looks.
        counted: Somebody waits for the line of counts, which are all 0.

    Returns:
        2.
    """
    sys.stderr.write(f"tilesight: {error}\n")
    if counted:
        sys.stdout.write(json.dumps(summary(Counts(), str(error))) + "\n")
    if not quiet:
        from tilesight.ui.start_error import StartErrorWindow

        app.setQuitOnLastWindowClosed(True)
        theme = Theme(app, Appearance(settings.theme))
        window = StartErrorWindow(theme, error)
        window.show()
        app.exec()
    return NOT_STARTED


class Program(QObject):
    """The running program: store, engine, window, and their end in order.

    Args:
        app: Qt's application.
        options: From the command line.
        folders: Where things live.
        settings: As read.
        open_detector: Opens the detector of a recipe; a test or benchmark may bring its own.

    Raises:
        BsdrdError: If the store cannot be opened, or the recipe or model that was asked for is refused.
    """

    def __init__(
        self,
        app: QApplication,
        options: StartOptions,
        folders: Folders,
        settings: Settings,
        open_detector: Callable[[Recipe], TileDetector] = models.open_for,
    ) -> None:
        super().__init__()
        self._app, self._options = app, options
        # Closing the window ends the line first, and only then the program.
        app.setQuitOnLastWindowClosed(False)
        where = options.store or settings.store_folder or folders.store
        recipes = RecipeBook(folders.recipes)
        recipe, recipe_problem = _recipe(options, settings, recipes)
        self.store = RecordStore.open(where)
        wanted = recipe
        if not options.model:
            recipe = _followed(self.store, recipe, recipes)
        self.theme = Theme(app, Appearance(settings.theme))
        self.context = AppContext(self.theme)
        context = self.context
        context.set_settings(settings, _Saver(folders.settings_file, context))
        context.set_recipes(recipes)
        if recipe is not wanted:
            context.change_settings(recipe=recipe.name)
        context.set_store(self.store)
        role = context.remembered("person").get("role")
        context.set_person(Person(settings.operator, Role(role) if role in list(Role) else Role.ENGINEER))
        self.session = Session(context)
        wake, give_way = self.session.bridge.wake, self.session.give_way
        self.session.make_engine = lambda store: Engine(
            store, open_detector=open_detector, on_news=wake, give_way=give_way
        )
        self.engine = self.session.make_engine(self.store)
        # The model loads while the window is built; whether that works the start of the line says.
        self.engine.swap_recipe(recipe)
        self.session.set_engine(self.engine)
        context.set_recipe(recipe)
        self.window = MainWindow(context)
        self.window.closing.connect(self._close)
        if recipe_problem:
            context.show_banner(Banner("recipe", Level.WARNING, said(recipe_problem)))
        self._closed = self._running = False
        self.unattended: Unattended | None = None
        context.recipe_changed.connect(self._remember_recipe)

    def run(self) -> int:
        """Shows the window, starts the line, and waits for the end."""
        if self._options.exit_when_done:
            self.unattended = Unattended(self.session, self.context, self)
            self.unattended.ended.connect(self.window.close_now)
        # First the line, so that the detector loads while the window is drawn.
        self.session.start()
        self.window.restore()
        self.window.show()
        if not self._options.exit_when_done:
            self.window.offer_tour()
        self._listen_to_signals()
        note = CrashNote(self.context, folders_of_logs())
        self._running = True
        try:
            self._app.exec()
        finally:
            self._running = False
            note.close()
            self._close()
        return self.unattended.code if self.unattended is not None else DONE

    def _listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupted)
        # Python sees a signal only when it runs; Qt may keep it from running for long.
        self._pulse = QTimer(self)
        self._pulse.setInterval(250)
        self._pulse.timeout.connect(_nothing)
        self._pulse.start()

    def _interrupted(self, number: int, frame: object) -> None:
        del number, frame
        self.window.close_now()

    @Slot()
    def _remember_recipe(self) -> None:
        recipe = self.context.recipe
        book = self.context.recipes
        if recipe is not None and book is not None and book.path(recipe.name).exists():
            self.context.change_settings(recipe=recipe.name)

    @Slot()
    def _close(self) -> None:
        """Source, inference, store, in this order; then what the window used."""
        if self._closed:
            return
        self._closed = True
        report = self.session.close()
        if self.unattended is not None:
            self.unattended.cut_short(report)
        self.context.close()
        # A backup that was restored meanwhile is another store in the same place.
        for store in (self.context.store, self.store):
            if store is not None:
                store.close()
        # Without a loop to end, Qt would keep the wish and end the next one at once.
        if self._running:
            self._app.quit()


def folders_of_logs() -> Path:
    """Where crash reports lie."""
    return Folders.usual().logs


class CrashNote:
    """Tells the person at the window of an error that nobody caught; the report itself is written before.

    Args:
        context: Shows the banner.
        logs: Where reports lie.
    """

    def __init__(self, context: AppContext, logs: Path) -> None:
        self._context, self._logs = context, logs
        self._before = sys.excepthook
        sys.excepthook = self._on_error

    def _on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._before(kind, error, trace)
        if issubclass(kind, KeyboardInterrupt):
            return
        text = QCoreApplication.translate(
            "Program",
            "Something went wrong ({error}). Inspection goes on; a report is in {place}.",
        )
        words = text.format(error=f"{kind.__name__}: {said(error)}", place=self._logs)
        self._context.show_banner(Banner("crash", Level.ERROR, words))

    def close(self) -> None:
        """Errors go the way they went before."""
        sys.excepthook = self._before


def _recipe(options: StartOptions, settings: Settings, book: RecipeBook) -> tuple[Recipe, str]:
    """The recipe to start with, and what was wrong with the one that was wished for."""
    problem = ""
    if options.recipe:
        recipe = book.load(options.recipe)
    elif options.source:
        recipe = recipe_for(options.source)
    else:
        recipe, problem = book.load_or_demo(settings.recipe)
    changes: dict[str, object] = {}
    if options.recipe and options.source:
        changes["source"] = options.source
    if options.model:
        changes |= {"model": str(Path(options.model).expanduser()), "model_sha256": None}
    if options.device:
        changes["device"] = options.device
    return (recipe.changed(**changes) if changes else recipe), problem


def _followed(store: RecordStore, recipe: Recipe, book: RecipeBook) -> Recipe:
    """The recipe, after a promotion or rollback that the last program did not get to its end."""
    try:
        changed = finish_release(store, recipe)
        if changed is None:
            return recipe
        book.save(changed)
    except BsdrdError as error:
        _log.warning("a release could not be finished: %s", error)
        return recipe
    return changed


class _Saver:
    """Writes settings; a disk that does not take them is said once and is no reason to end."""

    def __init__(self, path: Path, context: AppContext) -> None:
        self._path, self._context = path, context

    def __call__(self, settings: Settings) -> None:
        try:
            save_settings(self._path, settings)
        except BsdrdError as error:
            _log.warning("settings: %s", error)
            self._context.show_banner(Banner("settings", Level.WARNING, said(error)))


def _nothing() -> None:
    """Lets Python look at its signals."""
