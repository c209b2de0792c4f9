"""The kind of the file, and how it is encoded; each format shows what it heeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QWidget,
)

from liif_core.imaging.encoding import (
    DEFAULT_QUALITY,
    Chroma,
    EncodingOptions,
    TiffCompression,
    WriteFormat,
    quality_of,
)

_FLAGS = ("is_lossless", "is_tiled", "has_pyramid", "keep_alpha", "keep_metadata", "keep_location")


class QualityField(QWidget):
    """A quality by a slider or as a number.

    Signals:
        chosen: A person has chosen another one.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.slider, self.spin = QSlider(Qt.Orientation.Horizontal), QSpinBox()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for control in (self.slider, self.spin):
            control.setRange(1, 100)
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            control.valueChanged.connect(self._choose)
            row.addWidget(control)
        self.setFocusProxy(self.slider)

    def show_value(self, value: int) -> None:
        """Show a quality."""
        for control in (self.slider, self.spin):
            with QSignalBlocker(control):
                control.setValue(value)

    def set_name(self, name: str) -> None:
        """Say what screen readers call it."""
        self.slider.setAccessibleName(name)
        self.spin.setAccessibleName(name)

    def _choose(self, value: int) -> None:
        self.show_value(value)
        self.chosen.emit(value)


class FormatGroup(QGroupBox):
    """Shows a format and its options, and tells others that a person has chosen.

    Attributes:
        format_box: The formats.
        rows: The control of each option by its name in `EncodingOptions`.

    Signals:
        format_chosen: A `WriteFormat`.
        options_chosen: `EncodingOptions`.
    """

    format_chosen = Signal(object)
    options_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._options = EncodingOptions()
        self._form: WriteFormat | None = None
        self.format_box = QComboBox()
        self.rows: dict[str, QWidget] = {
            "bits": QComboBox(),
            "quality": QualityField(),
            "chroma": QComboBox(),
            "compression": QSpinBox(),
            "tiff_compression": QComboBox(),
            **{flag: QCheckBox() for flag in _FLAGS},
        }
        self._layout = QFormLayout(self)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.addRow(QLabel(), self.format_box)
        for name, row in self.rows.items():
            if name in _FLAGS:
                self._layout.addRow(row)
            else:
                self._layout.addRow(QLabel(), row)
        self._connect()
        self._retranslate()

    def set_formats(self, formats: Sequence[WriteFormat]) -> None:
        """Offer these; the one that is shown stays."""
        self.format_box.clear()
        for form in formats:
            self.format_box.addItem(f"{form.name} (*{form.extensions[0]})", form)
        self._show_format()

    def show_options(self, form: WriteFormat, options: EncodingOptions, *, has_alpha: bool) -> None:
        """Show a format and how it encodes.

        Args:
            form: The format.
            options: How.
            has_alpha: Whether the photo has transparency.
        """
        self._form, self._options = form, options
        self._show_format()
        shown = {name for name in self.rows if name in form.options}
        shown |= {"keep_metadata", "keep_location"}
        shown |= {"bits"} if len(form.bits) > 1 else set()
        shown |= {"keep_alpha"} if has_alpha and form.has_alpha else set()
        if options.is_lossless and "is_lossless" in form.options:
            shown.discard("quality")
        for name, row in self.rows.items():
            self._layout.setRowVisible(row, name in shown)
        self._show_values(form, options)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _connect(self) -> None:
        self.format_box.activated.connect(lambda index: self.format_chosen.emit(self.format_box.itemData(index)))
        for name, row in self.rows.items():
            if isinstance(row, QComboBox):
                row.activated.connect(lambda index, name=name, row=row: self._choose(name, row.itemData(index)))
            elif isinstance(row, QCheckBox):
                row.clicked.connect(lambda on, name=name: self._choose(name, bool(on)))
            elif isinstance(row, QualityField):
                row.chosen.connect(lambda value: self._choose("quality", value))
            elif isinstance(row, QSpinBox):
                row.setRange(0, 9)
                row.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                row.valueChanged.connect(lambda value: self._choose("compression", value))

    def _choose(self, name: str, value: Any) -> None:
        if name == "quality" and self._form is not None and value == DEFAULT_QUALITY.get(self._form.name):
            value = None
        # A plain value of an enumeration may come back from Qt.
        if name == "chroma":
            value = Chroma(value)
        elif name == "tiff_compression":
            value = TiffCompression(value)
        self.options_chosen.emit(replace(self._options, **{name: value}))

    def _show_format(self) -> None:
        if self._form is None:
            return
        names = [self.format_box.itemData(index).name for index in range(self.format_box.count())]
        if self._form.name not in names:
            self.format_box.addItem(f"{self._form.name} (*{self._form.extensions[0]})", self._form)
            names.append(self._form.name)
        self.format_box.setCurrentIndex(names.index(self._form.name))

    def _show_values(self, form: WriteFormat, options: EncodingOptions) -> None:
        values = {name: getattr(options, name) for name in self.rows}
        for name, row in self.rows.items():
            if isinstance(row, QCheckBox):
                row.setChecked(values[name])
            elif isinstance(row, QualityField):
                if form.name in DEFAULT_QUALITY:
                    row.show_value(quality_of(form.name, options))
            elif isinstance(row, QSpinBox):
                with QSignalBlocker(row):
                    row.setValue(values[name])
            elif isinstance(row, QComboBox):
                value = getattr(values[name], "value", values[name])
                row.setCurrentIndex(row.findData(value))
        location, pyramid = self.rows["keep_location"], options.has_pyramid
        location.setEnabled(options.keep_metadata)
        self.rows["is_tiled"].setEnabled(not pyramid)

    def _retranslate(self) -> None:
        self.setTitle(self.tr("File"))
        labels = {
            "bits": self.tr("Dept&h"),
            "quality": self.tr("&Quality"),
            "chroma": self.tr("C&olours"),
            "compression": self.tr("Com&pression"),
            "tiff_compression": self.tr("Com&pression"),
        }
        flags = {
            "is_lossless": self.tr("Lossl&ess: every pixel exact, a larger file"),
            "is_tiled": self.tr("In &tiles, for programs that read parts"),
            "has_pyramid": self.tr("With smaller copies (pyramid), for viewers of huge pictures"),
            "keep_alpha": self.tr("Keep tr&ansparency"),
            "keep_metadata": self.tr("Keep &metadata: camera, time, author"),
            "keep_location": self.tr("Keep the place where it was taken"),
        }
        self._set_label(self.format_box, self.tr("&Format"))
        for name, text in labels.items():
            self._set_label(self.rows[name], text)
        for name, text in flags.items():
            row = self.rows[name]
            assert isinstance(row, QCheckBox)
            row.setText(text)
        self._fill_choices()

    def _set_label(self, row: QWidget, text: str) -> None:
        label = self._layout.labelForField(row)
        label.setText(text)  # type: ignore[attr-defined]
        label.setBuddy(row)  # type: ignore[attr-defined]
        plain = text.replace("&", "")
        if isinstance(row, QualityField):
            row.set_name(plain)
        else:
            row.setAccessibleName(plain)

    def _fill_choices(self) -> None:
        choices: dict[str, list[tuple[str, object]]] = {
            "bits": [(self.tr("8 bits per channel"), 8), (self.tr("16 bits per channel"), 16)],
            "chroma": [
                (self.tr("Full resolution (4:4:4)"), Chroma.FULL.value),
                (self.tr("Half resolution (4:2:0), a smaller file"), Chroma.HALF.value),
            ],
            "tiff_compression": [
                (self.tr("Deflate"), TiffCompression.DEFLATE.value),
                ("LZW", TiffCompression.LZW.value),
                (self.tr("No compression"), TiffCompression.NONE.value),
            ],
        }
        for name, entries in choices.items():
            box = self.rows[name]
            assert isinstance(box, QComboBox)
            kept = box.currentData()
            box.clear()
            for text, value in entries:
                box.addItem(text, value)
            box.setCurrentIndex(max(0, box.findData(kept)))
        level = self.rows["compression"]
        assert isinstance(level, QSpinBox)
        level.setToolTip(self.tr("0: none; 1: quick; 9: the smallest file, several times slower"))
