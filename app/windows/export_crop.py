"""The part of a photo that is exported, in numbers: aspect, place and size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QGridLayout, QGroupBox, QLabel, QPushButton, QToolButton

from app.export.crop_frame import resized
from app.export.draft import FREE, ORIGINAL
from app.windows import theme
from app.windows.icons import LOOK_CHANGES, icon
from app.windows.limited_spin import WholeSpin
from liif_core.export.crops import ASPECTS, Aspect, moved_inside
from liif_core.geometry import Rect, Size


class CropGroup(QGroupBox):
    """Numbers of a crop in pixels of the photo as it lies in the file.

    Attributes:
        aspect_box: The aspects.
        spins: Left, top, width and height.

    Signals:
        chosen: Another crop.
        aspect_chosen: Another aspect, as `Draft.aspect`.
        swap_asked: Upright and across are to be exchanged.
        view_asked: The crop is to be what is seen.
    """

    chosen = Signal(object)
    aspect_chosen = Signal(str)
    swap_asked = Signal()
    view_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._crop, self._photo = Rect(0, 0, 1, 1), Size(1, 1)
        self._aspect: Aspect | None = None
        self.aspect_box, self.swap_button, self.view_button = QComboBox(), QToolButton(), QPushButton()
        self.aspect_box.setEditable(False)
        self.spins = {name: WholeSpin(0 if name in ("x", "y") else 1) for name in ("x", "y", "width", "height")}
        self._labels = {name: QLabel() for name in ("aspect", *self.spins)}
        self.view_button.setAutoDefault(False)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.hide()
        self._lay_out()
        self.aspect_box.activated.connect(lambda index: self.aspect_chosen.emit(self.aspect_box.itemData(index)))
        self.swap_button.clicked.connect(self.swap_asked)
        self.view_button.clicked.connect(self.view_asked)
        for name, spin in self.spins.items():
            spin.valueChanged.connect(lambda _value, name=name: self._choose(name))
            spin.refused.connect(self._tell_refused)
        self._retranslate()
        self._set_icons()

    def show_crop(self, crop: Rect, photo: Size, aspect: str, shape: Aspect | None) -> None:
        """Show a crop.

        Args:
            crop: In pixels of the photo as it lies in the file.
            photo: Its size.
            aspect: As `Draft.aspect`.
            shape: What that is for this photo; None for a free one.
        """
        self._crop, self._photo, self._aspect = crop, photo, shape
        self._hint.hide()
        if self.aspect_box.findData(aspect) < 0:
            self.aspect_box.addItem(aspect, aspect)
        self.aspect_box.setCurrentIndex(self.aspect_box.findData(aspect))
        self.spins["x"].show_value(crop.x, photo.width - crop.width)
        self.spins["y"].show_value(crop.y, photo.height - crop.height)
        free = shape is None
        self.spins["width"].show_value(crop.width, photo.width - crop.x if free else photo.width)
        self.spins["height"].show_value(crop.height, photo.height - crop.y if free else photo.height)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, and follow the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.addWidget(self._labels["aspect"], 0, 0)
        grid.addWidget(self.aspect_box, 0, 1, 1, 2)
        grid.addWidget(self.swap_button, 0, 3)
        self._labels["aspect"].setBuddy(self.aspect_box)
        for row, names in enumerate((("x", "width"), ("y", "height")), 1):
            for column, name in enumerate(names):
                self.spins[name].setSuffix(" px")
                self._labels[name].setBuddy(self.spins[name])
                grid.addWidget(self._labels[name], row, 2 * column)
                grid.addWidget(self.spins[name], row, 2 * column + 1)
        grid.addWidget(self._hint, 3, 0, 1, 4)
        grid.addWidget(self.view_button, 4, 0, 1, 4)

    def _choose(self, name: str) -> None:
        value, crop = self.spins[name].value(), self._crop
        if name == "x":
            crop = moved_inside(self._photo, Rect(crop.y, value, crop.height, crop.width))
        elif name == "y":
            crop = moved_inside(self._photo, Rect(value, crop.x, crop.height, crop.width))
        elif name == "width":
            crop = resized(self._photo, crop, (0, value - crop.width), aspect=self._aspect)
        else:
            crop = resized(self._photo, crop, (value - crop.height, 0), aspect=self._aspect)
        self.chosen.emit(crop)

    def _tell_refused(self, most: float) -> None:
        text = self.tr("At most {0} px: the photo has {1} × {2} pixels, and the crop stays inside of it.")
        self._hint.setText(text.format(round(most), self._photo.width, self._photo.height))
        palette = self._hint.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.colors().warning)
        self._hint.setPalette(palette)
        self._hint.show()

    def _fill_aspects(self) -> None:
        kept = self.aspect_box.currentData()
        self.aspect_box.clear()
        self.aspect_box.addItem(self.tr("Free"), FREE)
        self.aspect_box.addItem(self.tr("As the photo"), ORIGINAL)
        for aspect in ASPECTS:
            self.aspect_box.addItem(self._aspect_text(aspect), aspect.text)
        if kept is not None:
            if self.aspect_box.findData(kept) < 0:
                self.aspect_box.addItem(kept, kept)
            self.aspect_box.setCurrentIndex(self.aspect_box.findData(kept))

    def _aspect_text(self, aspect: Aspect) -> str:
        if aspect.text == "297:210":
            return self.tr("A4 paper")
        return self.tr("Square (1:1)") if aspect.ratio == 1 else aspect.text

    def _retranslate(self) -> None:
        self.setTitle(self.tr("Crop"))
        texts = {
            "aspect": (self.tr("Aspe&ct"), self.tr("Aspect of the crop")),
            "x": (self.tr("Left"), self.tr("Left edge of the crop")),
            "y": (self.tr("Top"), self.tr("Top edge of the crop")),
            "width": (self.tr("Width"), self.tr("Width of the crop")),
            "height": (self.tr("Height"), self.tr("Height of the crop")),
        }
        for name, (text, meaning) in texts.items():
            self._labels[name].setText(text)
            widget = self.aspect_box if name == "aspect" else self.spins[name]
            widget.setAccessibleName(meaning)
        self.swap_button.setToolTip(self.tr("Exchange width and height"))
        self.swap_button.setAccessibleName(self.tr("Exchange width and height"))
        self.view_button.setText(self.tr("Crop to what &you see"))
        self._fill_aspects()

    def _set_icons(self) -> None:
        self.swap_button.setIcon(icon("swap_sides"))
