"""The numbers of each way to say how large an export is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from app.export.limits import Limits, in_mm
from app.export.size_modes import DEFAULT_DPI, SizeMode, is_linked, print_sides_mm, with_link
from app.windows.limited_spin import RealSpin, WholeSpin
from liif_core.export.sizes import (
    Exact,
    Height,
    LongSide,
    Megapixels,
    Print,
    Scale,
    Width,
    Wish,
    Within,
)
from liif_core.geometry import Size
from liif_core.imaging.encoding import MAX_DPI

UNITS_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}


class SizePage(QWidget):
    """The numbers of one way.

    Signals:
        chosen: The wish that a person has just made.
        refused: Something larger was typed than is possible: what is allowed, with its unit.
    """

    chosen = Signal(object)
    refused = Signal(str)

    def show_wish(self, wish: Wish, size: Size, limits: Limits) -> None:
        """Show a wish of this way, which gives this size."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Write all texts in the language chosen."""

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _watch(self, spin: WholeSpin | RealSpin, choose: Callable[[], object], unit: str) -> None:
        spin.valueChanged.connect(lambda _value: choose())
        spin.refused.connect(lambda most: self.refused.emit(f"{spin.locale().toString(most, 'f', -128)} {unit}"))


class NumberPage(SizePage):
    """One number: percent, the longer side, or megapixels."""

    def __init__(self, mode: SizeMode) -> None:
        super().__init__()
        self._mode = mode
        if mode is SizeMode.PERCENT:
            self.spin: WholeSpin | RealSpin = RealSpin(0.001, 3)
        elif mode is SizeMode.MEGAPIXELS:
            self.spin = RealSpin(0.01, 2)
        else:
            self.spin = WholeSpin()
        unit = {SizeMode.PERCENT: "%", SizeMode.MEGAPIXELS: "MP"}.get(mode, "px")
        self.spin.setSuffix(f" {unit}")
        self._watch(self.spin, self._choose, unit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.spin)
        row.addStretch()
        self.setFocusProxy(self.spin)
        self.retranslate()

    def show_wish(self, wish: Wish, size: Size, limits: Limits) -> None:
        """See `SizePage`."""
        most = limits.largest(self._mode)
        if isinstance(wish, Scale) and isinstance(self.spin, RealSpin):
            self.spin.show_value(wish.factor * 100, most)
        elif isinstance(wish, Megapixels) and isinstance(self.spin, RealSpin):
            self.spin.show_value(wish.millions, most)
        elif isinstance(wish, LongSide) and isinstance(self.spin, WholeSpin):
            self.spin.show_value(wish.pixels, int(most))

    def retranslate(self) -> None:
        """See `SizePage`."""
        names = {
            SizeMode.PERCENT: self.tr("Percentage of the photo’s own size"),
            SizeMode.MEGAPIXELS: self.tr("Megapixels"),
            SizeMode.LONG_SIDE: self.tr("Longer side in pixels"),
        }
        self.spin.setAccessibleName(names[self._mode])

    def _choose(self) -> None:
        value = self.spin.value()
        if self._mode is SizeMode.PERCENT:
            self.chosen.emit(Scale(value / 100))
        elif self._mode is SizeMode.MEGAPIXELS:
            self.chosen.emit(Megapixels(float(value)))
        else:
            self.chosen.emit(LongSide(int(value)))


class SidesPage(SizePage):
    """Width and height in pixels, linked or free; or a frame, whose sides are always free.

    Args:
        is_frame: Whether it is a frame.
    """

    def __init__(self, *, is_frame: bool = False) -> None:
        super().__init__()
        self._is_frame = is_frame
        self._wish: Wish | None = None
        self._size = Size(1, 1)
        self.width_spin, self.height_spin, self.link = WholeSpin(), WholeSpin(), QCheckBox()
        for spin, choose in ((self.width_spin, self._choose_width), (self.height_spin, self._choose_height)):
            spin.setSuffix(" px")
            self._watch(spin, choose, "px")
        self.link.clicked.connect(self._set_link)
        self.link.setVisible(not is_frame)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.width_spin, 0, 0)
        grid.addWidget(QLabel("×"), 0, 1)
        grid.addWidget(self.height_spin, 0, 2)
        grid.addWidget(self.link, 1, 0, 1, 4)
        grid.setColumnStretch(3, 1)
        self.setFocusProxy(self.width_spin)
        self.retranslate()

    def show_wish(self, wish: Wish, size: Size, limits: Limits) -> None:
        """See `SizePage`."""
        self._wish, self._size = wish, size
        linked = is_linked(wish)
        self.link.setChecked(linked)
        if isinstance(wish, Within):
            self.width_spin.show_value(wish.frame.width, limits.max_side)
            self.height_spin.show_value(wish.frame.height, limits.max_side)
        else:
            widest = limits.max_width if linked else limits.max_beside(size.height)
            highest = limits.max_height if linked else limits.max_beside(size.width)
            self.width_spin.show_value(size.width, widest)
            self.height_spin.show_value(size.height, highest)

    def retranslate(self) -> None:
        """See `SizePage`."""
        self.width_spin.setAccessibleName(self.tr("Width in pixels"))
        self.height_spin.setAccessibleName(self.tr("Height in pixels"))
        self.link.setText(self.tr("&Keep the shape"))

    def _choose_width(self) -> None:
        self._choose(lambda: Width(self.width_spin.value()))

    def _choose_height(self) -> None:
        self._choose(lambda: Height(self.height_spin.value()))

    def _choose(self, linked: Callable[[], Wish]) -> None:
        size = Size(self.height_spin.value(), self.width_spin.value())
        if isinstance(self._wish, Within):
            self.chosen.emit(Within(size, self._wish.dpi))
        else:
            self.chosen.emit(linked() if self.link.isChecked() else Exact(size))

    def _set_link(self, linked: bool) -> None:
        if self._wish is not None:
            self.chosen.emit(with_link(self._wish, self._size, linked=linked))


class PrintPage(SizePage):
    """A size on paper, in a unit of the person's own."""

    def __init__(self) -> None:
        super().__init__()
        self._wish = Print(100.0, None, DEFAULT_DPI)
        self._size, self._limits = Size(1, 1), Limits(Size(1, 1), 1, 1)
        self.width_spin, self.height_spin, self.dpi_spin = RealSpin(0.1, 2), RealSpin(0.1, 2), RealSpin(1, 1)
        self.unit, self.link, self._dpi_label = QComboBox(), QCheckBox(), QLabel()
        self.unit.addItems(list(UNITS_MM))
        self.unit.currentIndexChanged.connect(self._show)
        self._watch(self.width_spin, lambda: self._choose(by_width=True), "")
        self._watch(self.height_spin, lambda: self._choose(by_width=False), "")
        self._watch(self.dpi_spin, lambda: self._choose(by_width=None), "dpi")
        self.dpi_spin.setSuffix(" dpi")
        self.link.clicked.connect(
            lambda linked: self.chosen.emit(with_link(self._wish, self._size, linked=bool(linked)))
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, widget in enumerate((self.width_spin, QLabel("×"), self.height_spin, self.unit)):
            grid.addWidget(widget, 0, column)
        grid.addWidget(self.dpi_spin, 1, 0)
        grid.addWidget(self.link, 1, 2, 1, 3)
        grid.setColumnStretch(4, 1)
        self.setFocusProxy(self.width_spin)
        self.retranslate()

    def show_wish(self, wish: Wish, size: Size, limits: Limits) -> None:
        """See `SizePage`."""
        if isinstance(wish, Print):
            self._wish, self._size, self._limits = wish, size, limits
            self._show()

    def retranslate(self) -> None:
        """See `SizePage`."""
        self.width_spin.setAccessibleName(self.tr("Width on paper"))
        self.height_spin.setAccessibleName(self.tr("Height on paper"))
        self.dpi_spin.setAccessibleName(self.tr("Pixels per inch"))
        self.unit.setAccessibleName(self.tr("Unit of length"))
        self.link.setText(self.tr("&Keep the shape"))

    @property
    def _unit_mm(self) -> float:
        return UNITS_MM[self.unit.currentText()]

    def _show(self) -> None:
        linked, dpi, limits = is_linked(self._wish), self._wish.dpi, self._limits
        width_mm, height_mm = print_sides_mm(self._wish, self._size)
        widest = limits.max_width if linked else limits.max_beside(self._size.height)
        highest = limits.max_height if linked else limits.max_beside(self._size.width)
        self.width_spin.show_value(width_mm / self._unit_mm, in_mm(widest, dpi) / self._unit_mm)
        self.height_spin.show_value(height_mm / self._unit_mm, in_mm(highest, dpi) / self._unit_mm)
        longest_inches = max(width_mm, height_mm) / UNITS_MM["in"]
        self.dpi_spin.show_value(dpi, min(MAX_DPI, max(1.0, limits.max_long_side / max(longest_inches, 1e-6))))
        with QSignalBlocker(self.link):
            self.link.setChecked(linked)

    def _choose(self, *, by_width: bool | None) -> None:
        """Take the number that was typed; the others stay to the last digit that was given, which is not shown."""
        if by_width is None:
            self.chosen.emit(Print(self._wish.width_mm, self._wish.height_mm, self.dpi_spin.value()))
            return
        spin = self.width_spin if by_width else self.height_spin
        side_mm, dpi = spin.value() * self._unit_mm, self._wish.dpi
        width_mm, height_mm = (None, None) if self.link.isChecked() else print_sides_mm(self._wish, self._size)
        self.chosen.emit(Print(side_mm, height_mm, dpi) if by_width else Print(width_mm, side_mm, dpi))


def pages() -> dict[SizeMode, SizePage]:
    """A page for each way that has numbers."""
    return {
        SizeMode.PERCENT: NumberPage(SizeMode.PERCENT),
        SizeMode.PIXELS: SidesPage(),
        SizeMode.LONG_SIDE: NumberPage(SizeMode.LONG_SIDE),
        SizeMode.MEGAPIXELS: NumberPage(SizeMode.MEGAPIXELS),
        SizeMode.WITHIN: SidesPage(is_frame=True),
        SizeMode.PRINT: PrintPage(),
    }
