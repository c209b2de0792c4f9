"""Which pixels are exported, and by what they are made."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
)

from app.export.draft import Draft, What
from app.export.offers import Choice
from liif_core.library import BICUBIC


class WhatGroup(QGroupBox):
    """The whole photo, what is seen, a crop, or all photos.

    Attributes:
        buttons: One for each.
        as_seen_box: Whether the photo is turned as on screen; shown where it is.

    Signals:
        chosen: A `What`.
        as_seen_chosen: Whether it is to be turned as on screen.
    """

    chosen = Signal(object)
    as_seen_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._count = 1
        self.buttons = {what: QRadioButton() for what in What}
        self.as_seen_box = QCheckBox()
        self._group = QButtonGroup(self)
        layout = QVBoxLayout(self)
        for what, button in self.buttons.items():
            self._group.addButton(button)
            layout.addWidget(button)
            button.clicked.connect(lambda _on=False, what=what: self.chosen.emit(what))
        layout.addWidget(self.as_seen_box)
        self.as_seen_box.clicked.connect(self.as_seen_chosen)
        self._retranslate()

    def show_what(self, what: What, *, count: int, turned: bool, as_seen: bool) -> None:
        """Show a choice.

        Args:
            what: It.
            count: How many photos there are.
            turned: Whether the photo is turned or mirrored on screen.
            as_seen: Whether it will be in the file.
        """
        if count != self._count:
            self._count = count
            self._retranslate()
        self.buttons[what].setChecked(True)
        self.buttons[What.ALL].setVisible(count > 1)
        self.as_seen_box.setVisible(turned)
        self.as_seen_box.setEnabled(what is not What.ALL)
        self.as_seen_box.setChecked(as_seen and what is not What.ALL)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setTitle(self.tr("What"))
        texts = {
            What.PHOTO: self.tr("&Whole photo"),
            What.VIEW: self.tr("What is &visible in the window"),
            What.CROP: self.tr("A c&rop"),
            What.ALL: self.tr("All {0} photos of this fol&der, whole").format(self._count),
        }
        for what, text in texts.items():
            self.buttons[what].setText(text)
        self.as_seen_box.setText(self.tr("T&urned and mirrored as on the screen"))


class ModelGroup(QGroupBox):
    """The model, its precision, and whether it may take eight times as long.

    Signals:
        model_chosen: The id of another model.
        precision_chosen: Another precision.
        self_ensemble_chosen: Whether the pictures of all eight orientations are to be averaged.
    """

    model_chosen = Signal(str)
    precision_chosen = Signal(str)
    self_ensemble_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.model_box, self.precision_box, self.self_ensemble_box = QComboBox(), QComboBox(), QCheckBox()
        self._layout = QFormLayout(self)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._layout.addRow(QLabel(), self.model_box)
        self._layout.addRow(QLabel(), self.precision_box)
        self._layout.addRow(self.self_ensemble_box)
        self.model_box.activated.connect(lambda index: self.model_chosen.emit(self.model_box.itemData(index)))
        self.precision_box.activated.connect(
            lambda index: self.precision_chosen.emit(self.precision_box.itemData(index))
        )
        self.self_ensemble_box.clicked.connect(self.self_ensemble_chosen)
        self._retranslate()

    def set_choices(self, models: Sequence[Choice], precisions: Sequence[Choice]) -> None:
        """Offer these."""
        for box, choices in ((self.model_box, models), (self.precision_box, precisions)):
            box.clear()
            for id_, text in choices:
                box.addItem(text, id_)

    def show_draft(self, draft: Draft, *, is_reduction: bool) -> None:
        """Show what a draft says; a reduction is made without a model."""
        for box, id_ in ((self.model_box, draft.model), (self.precision_box, draft.precision)):
            if box.findData(id_) < 0:
                box.addItem(id_, id_)
            box.setCurrentIndex(box.findData(id_))
            box.setEnabled(not is_reduction)
        self.self_ensemble_box.setChecked(draft.self_ensemble)
        self.self_ensemble_box.setEnabled(not is_reduction and draft.model != BICUBIC)
        about = self.tr("Reductions are made in the conventional way, without a model.")
        self.setToolTip(about if is_reduction else "")

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setTitle(self.tr("Enlarged by"))
        for box, text in ((self.model_box, self.tr("Mode&l")), (self.precision_box, self.tr("Precis&ion"))):
            label = self._layout.labelForField(box)
            label.setText(text)  # type: ignore[attr-defined]
            label.setBuddy(box)  # type: ignore[attr-defined]
            box.setAccessibleName(text.replace("&", ""))
        self.self_ensemble_box.setText(self.tr("Extra accuracy: average of eight orientations"))
        self.self_ensemble_box.setToolTip(
            self.tr(
                "The photo is enlarged as it lies, turned and mirrored, and the eight results are averaged: "
                "a little nearer to the truth, in eight times the time."
            )
        )
