"""Number fields that refuse what is too large while it is typed, and say so."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget


class WholeSpin(QSpinBox):
    """Whole numbers.

    Signals:
        refused: Something was typed that is beyond the limits: the largest value that is allowed.
    """

    refused = Signal(float)

    def __init__(self, least: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(least, 2**31 - 1)
        _prepare(self)

    def show_value(self, value: int, most: int) -> None:
        """Show a number without telling of it; one that is beyond the limit stays until it is changed."""
        with QSignalBlocker(self):
            self.setMaximum(max(most, value, self.minimum()))
            if self.value() != value:
                self.setValue(value)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """See `QSpinBox.validate`."""
        state, text, pos = super().validate(text, pos)
        if state is QValidator.State.Invalid and _is_too_large(self, text):
            self.refused.emit(float(self.maximum()))
        return state, text, pos


class DecimalSpin(QDoubleSpinBox):
    """Numbers with a fraction, in which the text that is shown is the number.

    Qt leaves out the signs that part thousands wherever they stand, and goes on showing them: of "12.5" it makes 125
    where these are points.
    """

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """See `QDoubleSpinBox.validate`."""
        return super().validate(self._plain(text), len(self._plain(text[:pos])))

    def _plain(self, text: str) -> str:
        """Nothing parts thousands, and a point is a decimal one where there is no other yet."""
        point, group = self.locale().decimalPoint(), self.locale().groupSeparator()
        if group == "." and point not in text:
            return text.replace(group, point)
        return text.replace(group, "") if group.strip() else text


class RealSpin(DecimalSpin):
    """A number with a fraction and limits.

    Args:
        least: The smallest one.
        decimals: Digits behind the point.

    Signals:
        refused: See `WholeSpin`.
    """

    refused = Signal(float)

    def __init__(self, least: float, decimals: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDecimals(decimals)
        self.setRange(least, 1e9)
        _prepare(self)

    def show_value(self, value: float, most: float) -> None:
        """See `WholeSpin`."""
        shown = round(value, self.decimals())
        with QSignalBlocker(self):
            self.setMaximum(max(most, shown, self.minimum()))
            if round(self.value(), self.decimals()) != shown:
                self.setValue(shown)

    def validate(self, text: str, pos: int) -> tuple[QValidator.State, str, int]:
        """See `QDoubleSpinBox.validate`."""
        state, text, pos = super().validate(text, pos)
        if state is QValidator.State.Invalid and _is_too_large(self, text):
            self.refused.emit(self.maximum())
        return state, text, pos

    def textFromValue(self, value: float) -> str:
        """Without zeros at the end."""
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


def _prepare(spin: QAbstractSpinBox) -> None:
    spin.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
    spin.setAlignment(Qt.AlignmentFlag.AlignTrailing)


def _is_too_large(spin: QSpinBox | QDoubleSpinBox, text: str) -> bool:
    """Whether a refused text is a number beyond the limit, and not a letter or a digit too many behind the point."""
    number, is_number = spin.locale().toDouble(text.removesuffix(spin.suffix()).strip())
    return is_number and number > spin.maximum()
