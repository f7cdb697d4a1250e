"""What a person does with the line: start, pause, stop, another source, recipe or model, past tiles."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal, Slot

from bsdrd.errors import BsdrdError
from tilesight.line.engine import Engine
from tilesight.line.give_way import GiveWay
from tilesight.line.news import Circumstances, EngineState, StopReport
from tilesight.line.recipe import DEMO, Recipe, on_a_belt, recipe_for
from tilesight.line.shadow import Shadow
from tilesight.line.sources import open_paths, open_source
from tilesight.line.sources.base import CameraControls, CameraSettings, Source, SourceError
from tilesight.line.sources.camera_controls import camera_text
from tilesight.line.tile_finding.settings import Automatic, WholeFrame
from tilesight.store.records import RecordStore
from tilesight.ui.bridge import EngineBridge
from tilesight.ui.context import AppContext, Banner, Level
from tilesight.ui.messages import said
from tilesight.ui.models.line import LineModel, ShownTile, shown_tile
from tilesight.ui.viewer.from_store import record_view

_log = logging.getLogger(__name__)

#: Recipes that nobody made: what is set in them goes with the source.
_PLAIN = frozenset({DEMO.name, recipe_for("").name, on_a_belt(recipe_for("")).name})


class Session(QObject):
    """Drives the engine for the window; every command returns at once.

    Args:
        context: What all share.
    """

    source_asked = Signal(str)  #: Show the source picker, with this source filled in.
    recipe_asked = Signal()  #: Show the recipe picker.
    edit_asked = Signal()  #: Show the editor of the recipe in force.
    not_started = Signal(str)  #: The line could not be started: why.
    camera_asked = Signal()  #: Show what can be set at the camera.
    lot_asked = Signal(str, str)  #: Show the fields for lot and serial.

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.line = LineModel(self)
        self.bridge = EngineBridge(self.line, self)
        self._engine: Engine | None = None
        #: Background processes that stand still while the line inspects; every engine must get it.
        self.give_way = GiveWay()
        #: Makes the engine for a store; used again where another store takes the place of the first.
        self.make_engine: Callable[[RecordStore], Engine] = self._usual_engine
        #: A candidate that judges beside the live model; None without engine or store.
        self.shadow: Shadow | None = None
        self._make_source: Callable[[], Source] | None = None
        self._starting = False
        self.line.following_changed.connect(self._fetch_wanted)
        self.line.snapshot_changed.connect(self._follow_detector)
        self.line.briefs_changed.connect(context.note_records)
        self.line.shown_changed.connect(self._log_first)
        context.person_changed.connect(self._say_who)
        context.set_session(self)

    def set_engine(self, engine: Engine | None) -> None:
        """Takes the engine; it must call `bridge.wake` with its news."""
        self._engine = engine
        self._context.set_engine(engine)
        self.bridge.set_engine(engine)
        self._say_who()
        self._follow_shadow()
        self._follow_training()

    def _follow_training(self) -> None:
        """A training that goes on from an earlier start gives way at once, not when somebody looks at it."""
        store, give_way = self._context.store, self.give_way
        if self._engine is None or store is None:
            return

        def work() -> None:
            # Imported here: it takes a tenth of a second, and the window is being built.
            from tilesight.line.training.child import give_way_again

            give_way_again(store.folder, give_way)

        self._context.background.run(work, _nothing, self._command_failed)

    def _follow_shadow(self) -> None:
        """Goes on with the shadow model that the store names."""
        self._end_shadow()
        engine, store = self._engine, self._context.store
        if engine is not None and store is not None:
            shadow = self.shadow = Shadow(engine, store)
            self._context.background.run(shadow.resume, _nothing, self._command_failed)

    def _end_shadow(self) -> None:
        shadow, self.shadow = self.shadow, None
        if shadow is not None:
            shadow.close()

    def _usual_engine(self, store: RecordStore) -> Engine:
        return Engine(store, on_news=self.bridge.wake, give_way=self.give_way)

    # Start, pause, stop

    def start(self) -> None:
        """Inspects the source of the recipe in force."""
        recipe, engine, store = self._context.recipe, self._engine, self._context.store
        if engine is None or store is None:
            self._refuse_start()
            return
        if recipe is None:
            self.ask_source()
            return
        if self._starting:
            return
        self._starting = True
        self._context.clear_banner("start")
        person, actor = self._context.person, self._context.actor
        make = self._make_source or (lambda: open_source(recipe.source))

        def prepare() -> tuple[Source, int]:
            why = f"Source chosen: {recipe.source}"
            version = store.recipes.save(
                recipe.name, recipe.content(), actor=actor, why=why, role=person.role.value
            )
            return make(), version.version

        def begin(made: tuple[Source, int]) -> None:
            self._starting = False
            source, version = made
            self._context.background.watch(engine.start(source, recipe, version), _nothing, self._not_started)
            self.bridge.look()

        self._context.background.run(prepare, begin, self._not_started, topic="start")

    def _refuse_start(self) -> None:
        text = self.tr("Nothing can be inspected, because records cannot be kept. Choose another store.")
        self._context.show_banner(Banner("start", Level.ERROR, text, self.tr("Settings"), "app.settings"))
        self.not_started.emit(text)

    def _not_started(self, error: Exception) -> None:
        self._starting = False
        self._context.show_banner(
            Banner("start", Level.ERROR, said(error), self.tr("Choose a source"), "run.source")
        )
        self.not_started.emit(str(error))

    def pause(self, on: bool = True) -> None:
        """Takes no more frames, or takes them again."""
        if self._engine is not None:
            (self._engine.pause if on else self._engine.resume)()
            self.bridge.look()

    def stop(self) -> None:
        """Stops; what waits is inspected first, as far as time allows."""
        if self._engine is not None and self.line.snapshot.state is not EngineState.STOPPED:
            self._context.background.watch(self._engine.stop(), _nothing, self._command_failed)
            self.bridge.look()

    def start_demo(self) -> None:
        """Runs the demo line."""
        self.use_recipe(DEMO)

    # Source, recipe, model

    def ask_source(self) -> None:
        """Shows the source picker."""
        recipe = self._context.recipe
        self.source_asked.emit(recipe.source if recipe is not None else "demo")

    def ask_recipe(self) -> None:
        """Shows the recipe picker."""
        self.recipe_asked.emit()

    def ask_edit(self) -> None:
        """Shows the editor of the recipe in force."""
        self.edit_asked.emit()

    def ask_lot(self) -> None:
        """Shows the fields for lot and serial."""
        said = self._engine.circumstances if self._engine is not None else Circumstances()
        self.lot_asked.emit(said.lot or "", said.serial or "")

    # Camera

    @property
    def camera(self) -> CameraControls | None:
        """What can be set at the source that runs; None where it is no camera."""
        return self._engine.controls if self._engine is not None and self.line.active else None

    def ask_camera(self) -> None:
        """Shows what can be set at the camera."""
        self.camera_asked.emit()

    def set_camera(
        self,
        settings: CameraSettings,
        done: Callable[[CameraSettings], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Sets the camera that runs and keeps that in the recipe.

        Args:
            settings: What to set; None stays.
            done: Takes what the camera says holds then, in the GUI thread.
            failed: Takes a `SourceError`; nothing was changed.
        """
        camera, recipe = self.camera, self._context.recipe
        if camera is None:
            failed(SourceError(self.tr("No camera runs.")))
            return

        def keep(held: CameraSettings) -> None:
            done(held)
            self.bridge.look()
            source = camera_text(recipe.source, settings) if recipe is not None else None
            if recipe is not None and source is not None and source != recipe.source:
                self._context.apply_recipe(recipe.changed(source=source), "Camera settings")

        self._context.background.run(lambda: camera.apply(settings), keep, failed)

    def take_picture(self) -> None:
        """Triggers the camera."""
        try:
            if self.camera is None:
                raise SourceError(self.tr("No camera runs."))
            self.camera.trigger()
        except SourceError as error:
            self._command_failed(error)

    @Slot(str, str)
    def use_source(self, source: str, finding: str = "") -> None:
        """Inspects another source.

        Args:
            source: As `open_source` reads it.
            finding: "whole" or "automatic" where a person said how tiles lie in its pictures.
        """
        self._make_source = None
        recipe = self._recipe_for(source)
        if finding == "automatic" and recipe.tile_finding.mode != finding:
            plain = recipe.name in _PLAIN
            recipe = on_a_belt(recipe) if plain else recipe.changed(tile_finding=Automatic())
        elif finding == "whole" and recipe.tile_finding.mode != finding:
            recipe = recipe.changed(tile_finding=WholeFrame())
        self._use(recipe)

    def use_paths(self, paths: list[Path]) -> None:
        """Inspects files and folders, for instance those dropped on the window."""
        if len(paths) == 1:
            self.use_source(str(paths[0]))
            return
        try:
            open_paths(paths)
        except BsdrdError as error:
            self._not_started(error)
            return
        recipe = self._recipe_for(str(paths[0].parent))
        self._make_source = lambda: open_paths(paths)
        self._use(recipe)

    def use_recipe(self, recipe: Recipe) -> None:
        """Inspects by another recipe; where only the rule or the model differs the line goes on."""
        running = self._context.recipe
        same_source = running is not None and running.source == recipe.source
        if self.line.active and same_source:
            self.apply_recipe(recipe, "Recipe chosen", None, None)
            return
        self._make_source = None
        self._use(recipe)

    def _recipe_for(self, source: str) -> Recipe:
        """The recipe in force with another source; what was only made up for the last source is not kept."""
        recipe = self._context.recipe
        if recipe is None or recipe.name in _PLAIN:
            fresh = recipe_for(source)
            kept = {} if recipe is None else {"device": recipe.device, "threads": recipe.threads}
            if recipe is not None and recipe.model != fresh.model:
                kept |= {"model": recipe.model, "model_sha256": recipe.model_sha256}
            return fresh.changed(**kept)
        return recipe.changed(source=source)

    def _use(self, recipe: Recipe) -> None:
        self._context.set_recipe(recipe)
        self._context.open_workspace("run")
        self.start()

    def apply_recipe(
        self,
        recipe: Recipe,
        why: str,
        done: Callable[[Recipe], object] | None,
        failed: Callable[[Exception], object] | None,
    ) -> None:
        """See `AppContext.apply_recipe`."""
        engine, store, book = self._engine, self._context.store, self._context.recipes
        person, actor, background = self._context.person, self._context.actor, self._context.background
        before, answer = self._context.recipe, failed or self._recipe_refused

        def save() -> int | None:
            version = None
            if store is not None:
                made = store.recipes.save(
                    recipe.name, recipe.content(), actor=actor, why=why, role=person.role.value
                )
                version = made.version
            if book is not None and (recipe.name not in _PLAIN or book.path(recipe.name).exists()):
                book.save(recipe)
            return version

        def finish(_: object = None) -> None:
            self._context.clear_banner("recipe")
            self._context.set_recipe(recipe)
            if done is not None:
                done(recipe)

        def refuse(error: Exception) -> None:
            # The newest version in the store is the one in force: what was refused is taken back.
            if store is not None and before is not None and before.name == recipe.name:
                log, name, content = store.recipes, before.name, before.content()
                why_back = f"Refused: {error}"
                background.run(lambda: log.save(name, content, actor=actor, why=why_back), _nothing)
            answer(error)

        def swap(version: int | None) -> None:
            if engine is None:
                finish()
            else:
                background.watch(engine.swap_recipe(recipe, version), finish, refuse)

        background.run(save, swap, answer)

    def _recipe_refused(self, error: Exception) -> None:
        self._context.show_banner(Banner("recipe", Level.ERROR, said(error)))

    def use_model(self, path: Path, why: str) -> None:
        """Judges with another model file under the recipe in force, with the model's own thresholds."""
        recipe = self._context.recipe or recipe_for("demo")
        try:
            changed = recipe.changed(model=str(path), model_sha256=None, t1=None, t2=None)
        except ValidationError as error:
            self._recipe_refused(error)
            return
        self.apply_recipe(changed, why, None, None)

    @Slot(str, str)
    def set_lot(self, lot: str, serial: str) -> None:
        """Lot and serial of the tiles that come now."""
        if self._engine is not None:
            person, settings = self._context.person, self._context.settings
            self._engine.set_circumstances(
                Circumstances(person.name, settings.station, lot or None, serial or None)
            )
            if lot:
                self._context.toast(self.tr("Lot {lot} from now on.").format(lot=lot))

    @Slot()
    def _say_who(self) -> None:
        if self._engine is not None:
            said = self._engine.circumstances
            person, settings = self._context.person, self._context.settings
            self._engine.set_circumstances(
                Circumstances(person.name, settings.station, said.lot, said.serial)
            )

    # News and past tiles

    @Slot()
    def _log_first(self) -> None:
        shown = self.line.shown
        if shown is not None:
            self.line.shown_changed.disconnect(self._log_first)
            _log.info("first verdict on screen: %s", shown.verdict.value)

    def note_shown(self, ticket: int) -> None:
        """A tile from the line is painted now."""
        if self._engine is not None:
            self._engine.note_shown(ticket)

    def follow(self) -> None:
        """Goes back to live."""
        self.line.follow()
        self.bridge.look()

    @Slot()
    def _follow_detector(self) -> None:
        snapshot, context = self.line.snapshot, self._context
        new = (snapshot.model, snapshot.provider, snapshot.fallback_reason, snapshot.backend)
        if new != (context.detector, context.provider, context.fallback_reason, context.backend):
            context.set_detector(*new)

    @Slot()
    def _fetch_wanted(self) -> None:
        ticket, engine = self.line.wanted, self._engine
        if ticket is None or engine is None:
            return
        whole = engine.tile(ticket)
        if whole is not None:
            self.line.show_past(shown_tile(whole))
            return
        record_id, store = engine.record_id(ticket), self._context.store
        if record_id is None or store is None:
            return
        self._context.background.run(
            lambda: _read_past(store, record_id, ticket),
            self.line.show_past,
            self._command_failed,
            topic="past",
        )

    def _command_failed(self, error: Exception) -> None:
        self._context.toast(said(error))

    @property
    def store(self) -> RecordStore | None:
        """The records."""
        return self._context.store

    def close(self) -> StopReport | None:
        """Ends the line in order; waits for it, and tells how the run ended; None where there was none."""
        self.bridge.close()
        engine, self._engine = self._engine, None
        report = None if engine is None else engine.close()
        self.give_way.close()
        return report


def _read_past(store: RecordStore, record_id: int, ticket: int) -> ShownTile:
    """A tile that the engine no longer holds, as its record tells it."""
    record = store.get(record_id)
    return ShownTile(
        ticket=ticket,
        name=record.name,
        verdict=record.verdict,
        captured_at=record.captured_at,
        view=record_view(store, record),
        score=record.score,
        thresholds=record.thresholds,
        reason=record.reason,
        lot=record.lot or "",
        serial=record.serial or "",
        milliseconds=sum(record.timings_ms.values()) or None,
        truth=record.truth,
        picture=record.picture,
    )


def _nothing(_: object) -> None:
    """For answers that nobody waits for."""
