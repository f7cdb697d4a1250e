"""Step 2: from what to start, how long to train, and the rest folded away."""

from __future__ import annotations

import os
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QWidget,
)

from tilesight.line.training.job import JobSettings, Preset
from tilesight.line.training.pace import TEACHERS, expected_seconds
from tilesight.line.training.replay import OldTiles
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.gate_model import usual_threads
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.pace_model import PaceModel
from tilesight.ui.train.parts import BusyLine, FolderList, Page, Trouble, duration
from tilesight.ui.train.quality_card import PRESETS, QualityCard, noted_choice
from tilesight.ui.tune.fields import CountField

_MODES = ("warm", "scratch", "calibrate")
_FIELD = 160


class SettingsPage(Page):
    """How to train.

    Args:
        context: The recipe in force.
        model: What is chosen.
    """

    def __init__(self, context: AppContext, model: TrainModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Settings"),
            self.tr("Training runs in a process of its own, gives way to inspection and can be paused."),
            parent,
        )
        self._context, self._model = context, model
        self.modes = QButtonGroup(self)
        self.quality = QualityCard()
        self.name = QLineEdit()
        self.name.setMinimumHeight(TARGET)
        self.name.setMaxLength(80)
        self.name.setAccessibleName(self.tr("Name of the new model"))
        self.threads = CountField(self.tr("Processor threads"), 1, max(1, os.cpu_count() or 1))
        self.threads.put(usual_threads())
        self.seed = CountField(self.tr("Seed"), 0, 1_000_000)
        self.batch = CountField(self.tr("Tiles in a step"), 1, 64)
        self.batch.put(8)
        self.steps = CountField(self.tr("Steps (0: as the quality says)"), 0, 100_000)
        self.every = CountField(self.tr("Steps between checkpoints (0: usual)"), 0, 100_000)
        self.give_way = QCheckBox(self.tr("Give way to the line: stand still while a tile is inspected"))
        self.give_way.setChecked(True)
        self.more = Button(self.tr("Advanced settings"), "quiet", theme=context.theme, icon_name="down")
        self.advanced = Card()
        self.missing = Words(dim=True, wrap=True)
        self.start = Button(self.tr("Start training"), "primary", theme=context.theme, icon_name="play")
        self.trouble = Trouble()
        self.pace = PaceModel(context, model, self)
        self.measure = Button(
            self.tr("Measure the time on this computer"), theme=context.theme, icon_name="clock"
        )
        self.busy = BusyLine()
        self.teacher = QComboBox()
        self.teacher.setMinimumHeight(TARGET)
        self.teacher.setAccessibleName(self.tr("Teacher"))
        for name, here in TEACHERS.items():
            self.teacher.addItem(
                name if here else self.tr("{name} (weights are fetched)").format(name=name), name
            )
        self.teacher_note = Words(dim=True, wrap=True)
        self.mix = QCheckBox(self.tr("Mix in old good tiles, so that it does not forget them"))
        self.mix.setChecked(True)
        self.old_folders = FolderList(context.theme, self.tr("Add a folder of old good tiles"))
        self.old_says = Words(dim=True, wrap=True)
        self._lay_out()
        self.more.clicked.connect(self._fold)
        self.start.clicked.connect(self.begin)
        self.modes.idToggled.connect(self._ask)
        for field in (self.threads, self.batch, self.steps, self.every):
            field.valueChanged.connect(self._ask)
        self.teacher.currentIndexChanged.connect(self._ask)
        self.mix.toggled.connect(self._old_changed)
        self.old_folders.changed.connect(self._old_changed)
        self.measure.clicked.connect(self._measure)
        self.quality.quality_asked.connect(self._no_own_steps)
        self.busy.cancelled.connect(model.stop_work)
        self.pace.changed.connect(self._follow)
        model.progressed.connect(self._progress)
        model.tiles_changed.connect(self._ask)
        model.tiles_changed.connect(self._follow)
        model.run_changed.connect(self._follow)
        model.registry_changed.connect(self._follow)
        self._follow()

    def _lay_out(self) -> None:
        modes = Card()
        modes.column.addWidget(Words(self.tr("Start from"), Type.TITLE))
        for at, (text, note) in enumerate(
            (
                (
                    self.tr("The live model"),
                    self.tr("It keeps what it knows and learns the new tiles: quickest to a usable model."),
                ),
                (
                    self.tr("Scratch"),
                    self.tr("For other tiles, or where the live model should be forgotten."),
                ),
                (
                    self.tr("Calibrate only"),
                    self.tr("The live model unchanged, with T1 and T2 found anew on these good tiles."),
                ),
            )
        ):
            noted_choice(modes, self.modes, at, text, note)
        self.quality.column.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignLeft)
        self.quality.column.addWidget(self.busy)
        old = self._old_card = Card()
        old.column.addWidget(Words(self.tr("Old tiles"), Type.TITLE))
        for part in (self.mix, self.old_folders, self.old_says):
            old.column.addWidget(part)
        teachers = self._teacher_card = Card()
        teachers.column.addWidget(Words(self.tr("Teacher"), Type.TITLE))
        teachers.column.addWidget(self.teacher, 0, Qt.AlignmentFlag.AlignLeft)
        teachers.column.addWidget(self.teacher_note)
        self.modes.button(0).setChecked(True)
        form = QGridLayout()
        form.setHorizontalSpacing(3 * GRID)
        form.setColumnStretch(2, 1)
        for row, field in enumerate((self.threads, self.batch, self.seed, self.steps, self.every)):
            field.setFixedWidth(_FIELD)
            form.addWidget(Words(field.accessibleName()), row, 0)
            form.addWidget(field, row, 1)
        self.advanced.column.addLayout(form)
        self.advanced.column.addWidget(self.give_way)
        self.advanced.hide()
        names = Card()
        names.column.addWidget(Words(self.tr("Name of the new model"), Type.TITLE))
        names.column.addWidget(self.name)
        for part in (modes, old, teachers, self.quality, names):
            self.column.addWidget(part)
        self.column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.advanced, self.trouble, self.missing):
            self.column.addWidget(part)
        self.column.addWidget(self.start, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    @Slot()
    def _fold(self) -> None:
        opens = self.advanced.isHidden()
        self.advanced.setVisible(opens)
        self.more.set_icon("up" if opens else "down")
        if opens:
            # Once the page has grown by it.
            QTimer.singleShot(0, self, self._show_advanced)

    @Slot()
    def _show_advanced(self) -> None:
        self.ensureWidgetVisible(self.start)
        self.ensureWidgetVisible(self.more)

    @Slot()
    def _follow(self) -> None:
        recipe, settings = self._context.recipe, self.settings()
        mode = settings.mode
        self.name.setPlaceholderText(f"{recipe.name if recipe else 'Model'} {datetime.now():%Y-%m-%d}")
        self.quality.setVisible(mode != "calibrate")
        self.quality.show_times([self._time_of(preset) for preset in PRESETS], settings.steps)
        self.batch.setEnabled(mode != "calibrate")
        scratch, warm = mode == "scratch", mode == "warm"
        self._teacher_card.setVisible(scratch)
        self._old_card.setVisible(warm)
        usual = self.teacher.currentIndex() == 0
        self.teacher_note.setText(
            self.tr("The pre-trained network that the students learn from. The first one is usual.")
            if usual
            else self.tr("Another teacher makes another model: measure how long it takes, and compare.")
        )
        self.old_folders.setVisible(self.mix.isChecked())
        about = self._about_old()
        self.old_says.setText(about)
        self.old_says.setVisible(bool(about))
        if self.pace.measuring:
            self.busy.show_progress(self.tr("Training a few steps to measure"))
        else:
            self.busy.hide()
        tiles = self._model.tiles
        self.measure.setVisible(not self.pace.measuring)
        self.measure.setEnabled(tiles is not None and tiles.trainable and not self._model.busy)
        missing = self._missing()
        self.missing.setText(missing)
        self.missing.setVisible(bool(missing))
        self.start.setEnabled(not missing and not self._model.busy)

    def _time_of(self, preset: Preset) -> str:
        settings, tiles = self.settings(), self._model.tiles
        pace = self.pace.paces.get(preset)
        if pace is not None and tiles is not None and settings.mode != "calibrate":
            asked = settings.model_copy(update={"preset": preset})
            seconds = expected_seconds(pace, asked, tiles, self.pace.old or 0)
            return self.tr("About {time}, measured on this computer.").format(time=duration(seconds))
        # What trainings took that went by a quality says nothing of other steps.
        known = {} if settings.steps else self._model.registry.pace
        seconds = known.get((settings.mode, preset))
        if seconds is None:
            return self.tr("Not measured on this computer yet.")
        return self.tr("The last one took {time} on this computer.").format(time=duration(seconds))

    def _about_old(self) -> str:
        if not self.mix.isChecked():
            return self.tr("Without old tiles the model may forget them.")
        if self.pace.old_trouble:
            return self.pace.old_trouble
        if self.pace.old is None:
            return ""
        if not self.pace.old:
            return self.tr(
                "No old good tiles are found: label records good whose pictures are kept, or add a folder."
            )
        return self.tr(
            "%Ln old picture(s) mixed in, from records labelled good and these folders.", "", self.pace.old
        )

    @Slot()
    def _ask(self) -> None:
        self.pace.ask(self.settings())
        self._follow()

    @Slot()
    def _no_own_steps(self) -> None:
        self.steps.setValue(0)

    @Slot()
    def _old_changed(self) -> None:
        share = 1.0 if self.mix.isChecked() else 0.0
        self.pace.choose_old(OldTiles(True, self.old_folders.folders, share), self.settings())
        self._follow()

    @Slot()
    def _measure(self) -> None:
        self.trouble.hide()
        self.pace.measure(self.settings(), self.trouble.show_error)

    @Slot(str, int, int)
    def _progress(self, what: str, done: int, of: int) -> None:
        if what == "pace" and self.pace.measuring:
            self.busy.show_progress(self.tr("Training a few steps to measure"), done, of)

    def _missing(self) -> str:
        tiles, run = self._model.tiles, self._model.run
        if run is not None and run.running:
            return self.tr("A training is running. Pause or cancel it first.")
        if tiles is None:
            return self.tr("Tiles are missing: choose them in step 1.")
        if not tiles.trainable:
            return said(tiles.notes[0])
        if self._context.recipe is None and self.settings().mode != "scratch":
            return self.tr("No recipe is in force, so there is no live model: choose a source in Run.")
        return ""

    def settings(self) -> JobSettings:
        """What is chosen now."""
        batch = self.batch.value()
        mode = _MODES[max(self.modes.checkedId(), 0)]
        own = mode == "scratch" and self.teacher.currentIndex() > 0
        return JobSettings(
            mode=mode,
            teacher=str(self.teacher.currentData()) if own else None,
            preset=self.quality.preset,
            threads=self.threads.value(),
            low_priority=self.give_way.isChecked(),
            seed=self.seed.value(),
            batch_size=None if batch == 8 else batch,
            steps=self.steps.value() or None,
            every=self.every.value() or None,
        )

    @Slot()
    def begin(self) -> None:
        """Starts."""
        self.trouble.hide()
        name = self.name.text().strip() or self.name.placeholderText()
        self._model.start_training(self.settings(), name, self.trouble.show_error)
