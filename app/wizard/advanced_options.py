"""Settings for people who know the field, and the field's words explained for those who want to."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from app.training.recipe import DEFAULT_BATCH, DEFAULT_PARTS, DEFAULT_VALIDATE_EVERY
from app.windows.limited_spin import DecimalSpin
from app.wizard.draft import Draft
from app.wizard.page import faint_label, show_choices, show_number

MAX_BATCH, MAX_VALIDATE_EVERY = 256, 1_000_000


class AdvancedOptions(QWidget):
    """Batch, memory, learning rate, validation, licence.

    Signals:
        changed: A `Draft` with what was chosen here.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._draft = Draft()
        self.batch, self.parts = QSpinBox(), QComboBox()
        self.rate, self.validate_every, self.licence = DecimalSpin(), QSpinBox(), QLineEdit()
        self.batch.setRange(1, MAX_BATCH)
        self.rate.setRange(1e-6, 0.1)
        self.rate.setDecimals(6)
        self.rate.setSingleStep(1e-4)
        self.validate_every.setRange(1, MAX_VALIDATE_EVERY)
        self.validate_every.setGroupSeparatorShown(True)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(2, 1)
        self._rows: list[tuple[QLabel, QWidget, QLabel]] = []
        for field in (self.batch, self.parts, self.rate, self.validate_every, self.licence):
            name, sentence = QLabel(), faint_label()
            name.setBuddy(field)
            row = len(self._rows)
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(name, row, 0, top)
            grid.addWidget(field, row, 1, top)
            grid.addWidget(sentence, row, 2)
            field.setMinimumWidth(120)
            self._rows.append((name, field, sentence))
        for box in (self.batch, self.rate, self.validate_every):
            box.setKeyboardTracking(False)
        self.batch.valueChanged.connect(self._take_batch)
        self.parts.activated.connect(lambda _index: self._change(parts=self.parts.currentData()))
        self.rate.valueChanged.connect(lambda value: self._change(learning_rate=value))
        self.validate_every.valueChanged.connect(lambda value: self._change(validate_every=value))
        self.licence.textEdited.connect(lambda text: self._set(replace(self._draft, licence=text)))
        self._retranslate()

    def set_draft(self, draft: Draft) -> None:
        """Show what is chosen."""
        self._draft = draft
        train = draft.table()["train"]
        batch = int(train.get("batch", DEFAULT_BATCH))
        fields = (self.batch, self.parts, self.rate, self.validate_every)
        blockers = [QSignalBlocker(field) for field in fields]
        show_number(self.batch, batch)
        show_number(self.rate, float(train["learning_rate"]))
        show_number(self.validate_every, int(train.get("validate_every", DEFAULT_VALIDATE_EVERY)))
        self._fill_parts(batch, int(train.get("accumulate", DEFAULT_PARTS)))
        if self.licence.text() != draft.licence:
            self.licence.setText(draft.licence)
        del blockers

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _take_batch(self, batch: int) -> None:
        parts = self._draft.changes.parts
        # Parts divide the batch.
        self._change(batch=batch, parts=parts if parts and batch % parts == 0 else None)

    def _change(self, **values: object) -> None:
        self._set(replace(self._draft, changes=replace(self._draft.changes, **values)))  # type: ignore[arg-type]

    def _set(self, draft: Draft) -> None:
        self._draft = draft
        self.changed.emit(draft)

    def _fill_parts(self, batch: int, current: int) -> None:
        divisors = [parts for parts in range(1, batch + 1) if batch % parts == 0]
        all_at_once, fewer = self.tr("All at once"), self.tr("{0} patches at a time")
        choices = [(all_at_once if parts == 1 else fewer.format(batch // parts), parts) for parts in divisors]
        show_choices(self.parts, choices, divisors.index(current) if current in divisors else 0)

    def _retranslate(self) -> None:
        texts = (
            (
                self.tr("Bat&ch"),
                self.tr("Patches of photos that each step learns from. More make smoother steps, which take longer."),
            ),
            (
                self.tr("M&emory"),
                self.tr(
                    "Fewer at a time need less memory and give the same result. Where memory runs out, this is done "
                    "by itself."
                ),
            ),
            (
                self.tr("&Learning rate"),
                self.tr("How far a step moves the model at most; it becomes smaller towards the end."),
            ),
            (
                self.tr("Meas&ure every"),
                self.tr("Steps between two validations: the PSNR on photos that the model does not learn from."),
            ),
            (
                self.tr("L&icence"),
                self.tr("Of the photos, for the model card; matters when you give the model to others."),
            ),
        )
        for (name, field, sentence), (title, explanation) in zip(self._rows, texts, strict=True):
            name.setText(title)
            field.setAccessibleName(title.replace("&", ""))
            field.setAccessibleDescription(explanation)
            sentence.setText(explanation)
        self.licence.setPlaceholderText(self.tr("unknown"))
        self.set_draft(self._draft)
