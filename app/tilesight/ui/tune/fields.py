"""Number fields of Tune: wide enough to read, 40 px to touch, and quiet while the program sets them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from tilesight.ui.theme import TARGET, Type, apply_font


def _lay_out(field: QAbstractSpinBox) -> None:
    """Right-aligned digits of one width, clear of the arrows."""
    apply_font(field, Type.BODY, tabular=True)
    field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    field.lineEdit().setTextMargins(6, 0, 4, 0)
    field.setMinimumWidth(80)


class NumberField(QDoubleSpinBox):
    """A number with decimals.

    Args:
        name: For screen readers, translated.
        low: Smallest value.
        high: Largest value.
        step: Of the arrows and arrow keys.
        decimals: Shown.
        suffix: Unit, translated.
    """

    def __init__(
        self,
        name: str,
        low: float,
        high: float,
        step: float,
        decimals: int = 2,
        suffix: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setDecimals(decimals)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setSuffix(suffix)
        self.setMinimumHeight(TARGET)
        self.setAccessibleName(name)
        self.setToolTip(name)
        # A value is taken when it is whole: while "12" is typed, 1 must not be tried.
        self.setKeyboardTracking(False)
        _lay_out(self)

    def put(self, value: float) -> None:
        """Shows a value without saying that somebody changed it; what is being typed is left alone."""
        if self.lineEdit().isModified() and self.hasFocus():
            return
        blocker = QSignalBlocker(self)
        self.setValue(value)
        blocker.unblock()


class CountField(QSpinBox):
    """A whole number; see `NumberField`."""

    def __init__(
        self, name: str, low: int, high: int, suffix: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setSuffix(suffix)
        self.setMinimumHeight(TARGET)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setKeyboardTracking(False)
        _lay_out(self)

    def put(self, value: int) -> None:
        """Shows a value without saying that somebody changed it."""
        if self.lineEdit().isModified() and self.hasFocus():
            return
        blocker = QSignalBlocker(self)
        self.setValue(value)
        blocker.unblock()
