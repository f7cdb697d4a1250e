"""Step 3: the training as it goes: curves, pace, what it sees, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QProgressBar, QSlider, QWidget

from tilesight.line.training.job import Status
from tilesight.line.training.progress import TrainingState
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, Words
from tilesight.ui.messages import said
from tilesight.ui.theme import GRID, TARGET, Type
from tilesight.ui.train.charts import LossChart
from tilesight.ui.train.model import TrainModel
from tilesight.ui.train.parts import Page, Trouble, duration, number, tinted_image

#: Where the tint of a sample map begins and is strongest, in means of good tiles: the same for every step.
_TINT_FROM, _TINT_FULL = 2.0, 5.0
_SIDE = 176
#: From this share of a minute on, in percent, the training does not get on to speak of.
_HARDLY_ANY = 80


class TrainingPage(Page):
    """Shows the job.

    Args:
        context: Colours and background.
        model: The job.
    """

    continued = Signal()

    def __init__(self, context: AppContext, model: TrainModel, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Training"),
            self.tr("Closing the window does not end it: it is found again at the next start."),
            parent,
        )
        self._context, self._model = context, model
        self.head = Words(role=Type.TITLE, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.facts = Words(tabular=True, wrap=True)
        self.waits = Words(dim=True, wrap=True)
        self.pause = Button(self.tr("Pause"), theme=context.theme, icon_name="pause")
        self.resume = Button(self.tr("Resume"), "primary", theme=context.theme, icon_name="play")
        self.cancel = Button(self.tr("Give it up"), "danger", theme=context.theme, icon_name="close")
        self.to_compare = Button(self.tr("Go on to compare"), "primary")
        self.sure = Button(self.tr("Really give it up; the checkpoint is deleted"), "danger")
        self.stay = Button(self.tr("No, keep it"))
        self.trouble, self.refusal = Trouble(), Trouble()
        self.chart = LossChart(context.theme)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Checkpoint whose sample maps are shown"))
        self.slider.setMinimumHeight(TARGET)
        self.slider_text = Words(dim=True)
        self.pictures = [QLabel() for _ in range(4)]
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFixedHeight(150)
        self.log.setAccessibleName(self.tr("What the training says"))
        self._samples: tuple[tuple[int, tuple[Path, ...]], ...] = ()
        self._lay_out()
        self.pause.clicked.connect(model.pause)
        self.resume.clicked.connect(self._resume)
        self.to_compare.clicked.connect(self.continued)
        self.cancel.clicked.connect(self._ask_first)
        self.stay.clicked.connect(self._keep)
        self.sure.clicked.connect(self._give_up)
        self.slider.valueChanged.connect(self._show_samples)
        context.theme.changed.connect(self._draw_legend)
        model.run_changed.connect(self.follow)
        self.follow()

    def _lay_out(self) -> None:
        top = Card()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.to_compare, self.pause, self.resume, self.cancel, self.sure, self.stay):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.sure.hide()
        self.stay.hide()
        for part in (self.head, self.bar, self.facts, self.waits):
            top.column.addWidget(part)
        top.column.addLayout(buttons)
        self.curves = Card()
        self._legend = QLabel()
        self._draw_legend()
        self.curves.column.addWidget(Words(self.tr("What is still to be learnt"), Type.TITLE))
        self.curves.column.addWidget(self._legend)
        self.curves.column.addWidget(self.chart)
        self.samples = Card()
        self.samples.column.addWidget(Words(self.tr("What it sees on held-out tiles"), Type.TITLE))
        note = self.tr(
            "Every other one has a drawn defect. A good tile turns plain; the defect stays tinted."
        )
        self.samples.column.addWidget(Words(note, Type.CAPTION, dim=True, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for picture in self.pictures:
            picture.setFixedSize(_SIDE, _SIDE)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row.addWidget(picture)
        row.addStretch(1)
        self.samples.column.addLayout(row)
        line = QHBoxLayout()
        line.addWidget(self.slider, 1)
        line.addWidget(self.slider_text)
        self.samples.column.addLayout(line)
        log = Card()
        log.column.addWidget(Words(self.tr("Log"), Type.TITLE))
        log.column.addWidget(self.log)
        for part in (top, self.trouble, self.refusal, self.curves, self.samples, log):
            self.column.addWidget(part)
        self.column.addStretch(1)

    @Slot()
    def _draw_legend(self) -> None:
        colours = self._context.theme.colours
        struct, detail, head = self.tr("struct"), self.tr("detail"), self.tr("defect head")
        lines = self.tr("levels: fine solid, middle dashed, coarse dotted")
        self._legend.setText(
            f'<span style="color:{colours.struct}">■ {struct}</span> &nbsp; '
            f'<span style="color:{colours.detail}">■ {detail}</span> &nbsp; '
            f'<span style="color:{colours.accent}">■ {head}</span> &nbsp; '
            f'<span style="color:{colours.dim}">{lines}</span>'
        )

    # Following

    @Slot()
    def follow(self) -> None:
        """Shows the job as it stands."""
        run = self._model.run
        if run is None:
            return
        state, status = run.state, run.status
        self.head.setText(self._headline(status, state, run.asked))
        if status is Status.RUNNING:
            self.bar.setRange(0, state.of)  # moves to and fro while that is unknown
            self.bar.setValue(state.done)
        else:
            self.bar.setRange(0, max(state.steps, 1))
            self.bar.setValue(self.bar.maximum() if status is Status.FINISHED else state.steps_done)
        self.facts.setText(self._facts(state, run.job.old_pictures))
        running = status is Status.RUNNING
        self.waits.setText(self._waiting(self._model.held_percent if running else 0))
        self.waits.setVisible(bool(self.waits.text()))
        self.pause.setVisible(running and run.job.settings.mode != "calibrate")
        self.pause.setEnabled(not run.asked)
        self.resume.setVisible(run.can_start)
        self.resume.setEnabled(not self._model.busy)
        self.to_compare.setVisible(status is Status.FINISHED)
        over = status in (Status.FINISHED, Status.CANCELLED)
        if over:
            self._ask(False)
        self.cancel.setVisible(not over and self.sure.isHidden())
        if status is Status.FAILED and state.failure is not None:
            rest = (said(state.failure.kept), said(state.failure.do_next))
            self.trouble.say(said(state.failure.what), " ".join(filter(None, rest)))
        else:
            self.trouble.hide()
        self.curves.setVisible(bool(state.points))
        self.chart.show_state(state)
        self._follow_samples(state)
        text = "\n".join(map(said, state.log))
        if self.log.toPlainText() != text:
            self.log.setPlainText(text)
            self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    def _headline(self, status: Status, state: TrainingState, asked: str) -> str:
        if status is Status.RUNNING:
            if asked == "pause":
                return self.tr("Pausing: the checkpoint is being written")
            if asked == "cancel":
                return self.tr("Giving up")
            phases = {
                "starting": self.tr("Reading the tiles"),
                "training": self.tr("Step {done} of {of}").format(done=state.done, of=state.of),
                "statistics": self.tr("Learning what is usual on held-out tiles"),
                "thresholds": self.tr("Finding T1 and T2 on held-out tiles"),
                "export": self.tr("Exporting, and proving that the export says the same"),
                "saving": self.tr("Writing the model file"),
            }
            return phases.get(state.phase, self.tr("Working"))
        return {
            Status.READY: self.tr("Ready to start"),
            Status.PAUSED: self.tr("Paused after step {done} of {of}").format(
                done=state.steps_done, of=state.steps
            ),
            Status.FAILED: self.tr("Stopped"),
            Status.FINISHED: self.tr("The model is ready and is a candidate now"),
            Status.CANCELLED: self.tr("Given up"),
        }[status]

    def _facts(self, state: TrainingState, old: int) -> str:
        known: list[str] = []
        if state.seconds_left is not None and state.phase == "training" and not state.ended:
            known.append(self.tr("{time} left").format(time=duration(state.seconds_left)))
        if state.images_per_second and not state.ended:
            known.append(self.tr("{n} pictures/s").format(n=number(state.images_per_second, 1)))
        if state.points:
            known.append(self.tr("learning rate {rate}").format(rate=f"{state.learning_rate:.1e}"))
        if state.looks:
            text = self.tr("drawn defects told apart: AUROC {value}")
            known.append(text.format(value=number(state.looks[-1].drawn_auroc, 3)))
        if state.train_tiles:
            text = self.tr("%Ln picture(s) to learn from, {held} held out", "", state.train_tiles)
            known.append(text.format(held=state.held_out_tiles))
        if old:
            known.append(self.tr("%Ln old one(s) mixed in", "", old))
        if state.thresholds is not None:
            low, high = (number(value) for value in state.thresholds)
            known.append(self.tr("T1 {low}, T2 {high}").format(low=low, high=high))
        return "   ·   ".join(known)

    def _waiting(self, held: int) -> str:
        if held < 1:
            return ""
        if held < _HARDLY_ANY:
            text = self.tr("Gives way to the line: it stood still for {percent} % of the last minute.")
        else:
            text = self.tr(
                "Waits for the line, which leaves it hardly any time: it stood still for {percent} % of the "
                "last minute. It gets on as soon as there is time between tiles, or while the line is paused."
            )
        return text.format(percent=held)

    def _follow_samples(self, state: TrainingState) -> None:
        self.samples.setVisible(bool(state.samples))
        if state.samples == self._samples:
            return
        newest = self.slider.value() == self.slider.maximum() or not self._samples
        self._samples = state.samples
        self.slider.setRange(0, max(len(state.samples) - 1, 0))
        if newest:
            self.slider.setValue(self.slider.maximum())
        self._show_samples()

    @Slot()
    def _show_samples(self) -> None:
        if not self._samples:
            return
        step, paths = self._samples[min(self.slider.value(), len(self._samples) - 1)]
        self.slider_text.setText(self.tr("after step {step}").format(step=step))
        self._context.background.run(
            lambda: [_sample_image(path) for path in paths], self._take_samples, topic="train.samples"
        )

    def _take_samples(self, images: list[QImage | None]) -> None:
        for at, picture in enumerate(self.pictures):
            image = images[at] if at < len(images) else None
            picture.setVisible(image is not None)
            if image is not None:
                picture.setPixmap(
                    QPixmap.fromImage(image).scaled(
                        _SIDE,
                        _SIDE,
                        Qt.AspectRatioMode.KeepAspectRatio,
                        Qt.TransformationMode.SmoothTransformation,
                    )
                )

    # Buttons

    @Slot()
    def _resume(self) -> None:
        self.refusal.hide()
        self._model.resume(self.refusal.show_error)

    @Slot()
    def _ask_first(self) -> None:
        self._ask(True)

    @Slot()
    def _keep(self) -> None:
        self._ask(False)

    def _ask(self, on: bool) -> None:
        for button in (self.sure, self.stay):
            button.setVisible(on)
        self.cancel.setVisible(not on)

    @Slot()
    def _give_up(self) -> None:
        self._ask(False)
        self._model.cancel()


def _sample_image(path: Path) -> QImage | None:
    """A held-out tile with its map tinted over it; None where the file is gone or damaged."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            pixels: Any = archive["pixels"]
            fused: Any = archive["fused"]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return tinted_image(pixels, fused, _TINT_FROM, _TINT_FULL)
