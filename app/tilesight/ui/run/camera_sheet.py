"""Exposure, gain and trigger of the camera that runs."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QWidget

from tilesight.line.sources.base import CameraCapabilities, CameraSettings, Trigger
from tilesight.ui.choice import Choice
from tilesight.ui.context import AppContext, Role
from tilesight.ui.labels import Button, Words, roomy
from tilesight.ui.messages import said
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Type

_LABEL = 15 * GRID


class CameraSheet(Sheet):
    """Shows what the camera lets be set; what it does not is said, not offered.

    Args:
        host: The window's middle.
        context: The session that knows the camera.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 560)
        self._context = context
        self._held = CameraSettings()
        column = self.card.column
        column.addWidget(Words(self.tr("Camera"), Type.HEAD))
        self.note = Words("", dim=True, wrap=True)
        column.addWidget(self.note)
        ways = [("free run", self.tr("Free run")), ("software", self.tr("Software trigger"))]
        self.trigger = Choice(ways, self.tr("Pictures"))
        self._trigger_row = self._row(self.tr("Pictures"), self.trigger)
        self.auto = Choice([("auto", self.tr("Automatic")), ("fixed", self.tr("Fixed"))], self.tr("Exposure"))
        self.auto.chosen.connect(self._follow_auto)
        self.exposure = _number(self.tr("Exposure time"), " µs", 0)
        self._exposure_row = self._row(self.tr("Exposure"), self.auto, self.exposure)
        self.gain = _number(self.tr("Gain"), "", 1)
        self._gain_row = self._row(self.tr("Gain"), self.gain)
        self.missing = Words("", dim=True, wrap=True)
        column.addWidget(self.missing)
        self.problem = Words("", wrap=True)
        self.problem.set_tone("ng")
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 2 * GRID, 0, 0)
        foot.addStretch(1)
        close = Button(self.tr("Close"), "quiet")
        close.clicked.connect(self.close_sheet)
        self.set_button = Button(self.tr("Set"), "primary")
        self.set_button.clicked.connect(self._set)
        foot.addWidget(close)
        foot.addWidget(self.set_button)
        column.addLayout(foot)

    def _row(self, label: str, *fields: QWidget) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GRID)
        name = Words(label, dim=True, wrap=True)
        name.setFixedWidth(_LABEL)
        name.setMinimumHeight(TARGET)
        line.addWidget(name)
        for field in fields:
            line.addWidget(field)
        line.addStretch(1)
        self.card.column.addWidget(row)
        return row

    def open_now(self) -> None:
        """Opens with what the camera says now."""
        session = self._context.session
        controls, source = session.camera, session.line.snapshot.source
        self._say_problem("")
        if controls is None:
            title = source.title if source is not None and session.line.active else ""
            words = self.tr("{title} has nothing to set. Only cameras do.").format(title=title)
            self.note.setText(words if title else self.tr("Start a camera first."))
            self._offer(CameraCapabilities(triggers=()))
        else:
            self.note.setText(said(source.title) if source is not None else "")
            self._offer(controls.capabilities)
            self._show(controls.held)
        allowed = self._context.person.role is not Role.OPERATOR
        self.set_button.setVisible(controls is not None)
        self.set_button.setEnabled(allowed)
        if not allowed:
            self._say_problem(self.tr("Engineers set cameras; see Settings for your role."))
        self.open()
        self.relayout()

    def _offer(self, can: CameraCapabilities) -> None:
        """Shows the fields of what can be set, and says what cannot."""
        some = bool(can.triggers)
        self._trigger_row.setVisible(len(can.triggers) > 1)
        self._exposure_row.setVisible(can.exposure_us is not None)
        self._gain_row.setVisible(can.gain is not None)
        self.auto.setVisible(can.auto_exposure)
        # Below its limits a field says that nothing was set, and sets nothing.
        for field, limits in ((self.exposure, can.exposure_us), (self.gain, can.gain)):
            field.setSpecialValueText(self.tr("as it is"))
            if limits is not None:
                field.setRange(limits.low - 1, limits.high)
        unit = f" {can.gain_unit}" if can.gain_unit else ""
        self.gain.setSuffix(unit)
        self.gain.setToolTip("" if unit else self.tr("In steps of the camera's own driver."))
        lacking = [
            name
            for name, there in (
                (self.tr("exposure"), can.exposure_us is not None),
                (self.tr("gain"), can.gain is not None),
            )
            if not there
        ]
        text = self.tr("The driver of this camera does not let these be set: {names}.")
        self.missing.setText(text.format(names=", ".join(lacking)))
        self.missing.setVisible(some and bool(lacking))

    def _show(self, held: CameraSettings) -> None:
        self._held = held
        self.trigger.choose((held.trigger or Trigger.FREE_RUN).value)
        fixed = held.auto_exposure is not True
        self.auto.choose("fixed" if fixed else "auto")
        for field, value in ((self.exposure, held.exposure_us), (self.gain, held.gain)):
            field.setValue(field.minimum() if value is None else value)
        self._follow_auto()

    @Slot()
    def _follow_auto(self) -> None:
        self.exposure.setEnabled(self.auto.isHidden() or self.auto.value != "auto")

    def wanted(self) -> CameraSettings:
        """What the fields say and the camera does not have already; None for what stays."""
        held = self._held
        trigger = Trigger(self.trigger.value or Trigger.FREE_RUN.value)
        chooses = not self.auto.isHidden() and self.auto.value == "auto"
        # Going over to a fixed exposure sets it, even to the value that the camera has just now.
        before = None if held.auto_exposure else held.exposure_us
        return CameraSettings(
            trigger=trigger if trigger is not (held.trigger or Trigger.FREE_RUN) else None,
            exposure_us=None if chooses else _chosen(self.exposure, before),
            auto_exposure=True if chooses and not held.auto_exposure else None,
            gain=_chosen(self.gain, held.gain),
        )

    @Slot()
    def _set(self) -> None:
        self._say_problem("")
        self.set_button.setEnabled(False)
        self._context.session.set_camera(self.wanted(), self._done, self._failed)

    def _done(self, held: CameraSettings) -> None:
        self.set_button.setEnabled(True)
        self._show(held)
        self._context.toast(self.tr("The camera is set."))

    def _failed(self, error: Exception) -> None:
        self.set_button.setEnabled(True)
        self._say_problem(said(error))

    def _say_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.relayout()


def _number(name: str, suffix: str, decimals: int) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setDecimals(decimals)
    field.setSuffix(suffix)
    field.setAccessibleName(name)
    field.setFixedWidth(18 * GRID)
    roomy(field)
    return field


def _chosen(field: QDoubleSpinBox, held: float | None) -> float | None:
    """What a person chose; None where that is what holds, or nothing."""
    value = field.value()
    same = held is not None and value == round(held, field.decimals())
    return None if field.isHidden() or value == field.minimum() or same else value
