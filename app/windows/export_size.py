"""How large an export is to be: presets, ways to say it, and the numbers of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QGroupBox, QLabel, QToolButton

from app.export.limits import Limits
from app.export.size_modes import DEFAULT_DPI, SizeMode, in_mode, mode_of
from app.windows import theme
from app.windows.export_size_pages import pages
from app.windows.icons import LOOK_CHANGES, icon
from liif_core.export.presets import BUILT_IN, SizePreset
from liif_core.export.sizes import Wish, dpi_of
from liif_core.geometry import Size


class SizeGroup(QGroupBox):
    """Shows a wish, and tells another one that a person has chosen.

    Attributes:
        mode_box: The ways to say a size.
        preset_box: The presets.
        pages: The numbers of each way.
        keep_button: Keeps the size as a preset.
        remove_button: Removes the preset that is chosen, if it is the person's own.

    Signals:
        chosen: A wish, or None for the size on screen.
        preset_chosen: A `SizePreset`.
        keep_asked: The size is to be kept as a preset.
        remove_asked: A `SizePreset` of the person's own is to be removed.
    """

    chosen = Signal(object)
    preset_chosen = Signal(object)
    keep_asked = Signal()
    remove_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wish: Wish | None = None
        self._size, self._part = Size(1, 1), Size(1, 1)
        # The last one that was wished: other ways to say a size have none, and may be a detour.
        self._dpi = DEFAULT_DPI
        self._own: tuple[SizePreset, ...] = ()
        self._modes: list[SizeMode] = []
        self._has_screen = False
        self.preset_box, self.mode_box = QComboBox(), QComboBox()
        self.keep_button, self.remove_button = QToolButton(), QToolButton()
        self._preset_label, self._mode_label, self._hint = QLabel(), QLabel(), QLabel()
        self.pages = pages()
        self._lay_out()
        self.preset_box.activated.connect(self._choose_preset)
        self.mode_box.activated.connect(self._choose_mode)
        self.keep_button.clicked.connect(self.keep_asked)
        self.remove_button.clicked.connect(self._remove)
        for page in self.pages.values():
            page.chosen.connect(self.chosen)
            page.refused.connect(self._tell_refused)
        self._retranslate()
        self._set_icons()

    def show_wish(self, wish: Wish | None, size: Size | None, limits: Limits, *, has_screen: bool) -> None:
        """Show a wish.

        Args:
            wish: None for the size on screen.
            size: What it gives, if it gives any.
            limits: Of the export.
            has_screen: Whether the size on screen can be chosen.
        """
        self._wish, self._part = wish, limits.part
        self._size = size or self._size
        self._dpi = (dpi_of(wish) if wish is not None else None) or self._dpi
        if has_screen != self._has_screen:
            self._has_screen = has_screen
            self._fill_modes()
        mode = mode_of(wish)
        self.mode_box.setCurrentIndex(self._modes.index(mode))
        for its_mode, page in self.pages.items():
            # Not a stack of pages, which would be as high as the highest.
            page.setVisible(its_mode is mode)
        if wish is not None and mode in self.pages:
            self.pages[mode].show_wish(wish, self._size, limits)
        self._show_preset()
        self._tell_dpi()

    def set_own_presets(self, presets: Sequence[SizePreset]) -> None:
        """Offer these behind those that are always there."""
        self._own = tuple(presets)
        self.preset_box.clear()
        self.preset_box.addItem(self.tr("None"))
        for preset in (*BUILT_IN, *self._own):
            self.preset_box.addItem(preset.name, preset)
        if self._own:
            self.preset_box.insertSeparator(len(BUILT_IN) + 1)
        self._show_preset()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, and follow the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()

    def _lay_out(self) -> None:
        self._hint.setWordWrap(True)
        self._preset_label.setBuddy(self.preset_box)
        self._mode_label.setBuddy(self.mode_box)
        grid = QGridLayout(self)
        grid.addWidget(self._preset_label, 0, 0)
        grid.addWidget(self.preset_box, 0, 1)
        grid.addWidget(self.keep_button, 0, 2)
        grid.addWidget(self.remove_button, 0, 3)
        grid.addWidget(self._mode_label, 1, 0)
        grid.addWidget(self.mode_box, 1, 1, 1, 3)
        for row, page in enumerate(self.pages.values(), 2):
            grid.addWidget(page, row, 1, 1, 3)
            page.hide()
        grid.addWidget(self._hint, 2 + len(self.pages), 1, 1, 3)
        grid.setColumnStretch(1, 1)

    def _fill_modes(self) -> None:
        self._modes = [mode for mode in SizeMode if mode is not SizeMode.SCREEN or self._has_screen]
        self.mode_box.clear()
        self.mode_box.addItems([self._mode_text(mode) for mode in self._modes])

    def _mode_text(self, mode: SizeMode) -> str:
        return {
            SizeMode.SCREEN: self.tr("As on the screen"),
            SizeMode.PERCENT: self.tr("Percentage"),
            SizeMode.PIXELS: self.tr("Width and height"),
            SizeMode.LONG_SIDE: self.tr("Longer side"),
            SizeMode.MEGAPIXELS: self.tr("Megapixels"),
            SizeMode.WITHIN: self.tr("Fit into a frame"),
            SizeMode.PRINT: self.tr("Size on paper"),
        }[mode]

    def _choose_mode(self, index: int) -> None:
        mode = self._modes[index]
        if mode is not mode_of(self._wish):
            self.chosen.emit(in_mode(mode, self._size, self._part, dpi=self._dpi))

    def _choose_preset(self, index: int) -> None:
        preset = self.preset_box.itemData(index)
        if isinstance(preset, SizePreset):
            self.preset_chosen.emit(preset)

    def _remove(self) -> None:
        preset = self.preset_box.currentData()
        if preset in self._own:
            self.remove_asked.emit(preset)

    def _show_preset(self) -> None:
        """The preset of the size at hand, if there is one; the chosen one where several have it."""
        current = self.preset_box.currentData()
        if not isinstance(current, SizePreset) or current.wish != self._wish:
            presets = [self.preset_box.itemData(index) for index in range(self.preset_box.count())]
            found = [number for number, preset in enumerate(presets) if preset and preset.wish == self._wish]
            self.preset_box.setCurrentIndex(found[0] if found else 0)
        self.remove_button.setEnabled(self.preset_box.currentData() in self._own)
        self.keep_button.setEnabled(self._wish is not None)

    def _tell_refused(self, most: str) -> None:
        self._hint.setText(self.tr("At most {0} are possible here.").format(most))
        palette = self._hint.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colors().warning)
        self._hint.setPalette(palette)
        self._hint.show()

    def _tell_dpi(self) -> None:
        dpi = dpi_of(self._wish) if self._wish is not None and mode_of(self._wish) is SizeMode.WITHIN else None
        self._hint.setPalette(self.palette())
        self._hint.setText(self.tr("The file tells printers {0} dpi.").format(f"{dpi:g}") if dpi else "")
        self._hint.setVisible(dpi is not None)

    def _retranslate(self) -> None:
        self.setTitle(self.tr("Size"))
        self._preset_label.setText(self.tr("Pre&set"))
        self._mode_label.setText(self.tr("Size &by"))
        self.preset_box.setAccessibleName(self.tr("Preset"))
        self.mode_box.setAccessibleName(self.tr("Size by"))
        for button, text in (
            (self.keep_button, self.tr("Keep this size as a preset")),
            (self.remove_button, self.tr("Remove the preset")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._fill_modes()
        if mode_of(self._wish) in self._modes:
            self.mode_box.setCurrentIndex(self._modes.index(mode_of(self._wish)))
        self.set_own_presets(self._own)

    def _set_icons(self) -> None:
        self.keep_button.setIcon(icon("keep_preset"))
        self.remove_button.setIcon(icon("remove_preset"))
