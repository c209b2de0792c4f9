"""The third page: what trains, and for how long; everything else is folded away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QToolButton,
)

from app.windows.limited_spin import DecimalSpin
from app.wizard.advanced_options import AdvancedOptions
from app.wizard.draft import AS_PRESET, BUDGETS, BY_STEPS, BY_TIME, Draft, steps_of
from app.wizard.page import WizardPage, plain_label, show_choices, show_number
from app.wizard.wording import duration_text

MAX_MINUTES, MAX_STEPS = 60 * 24 * 60, 10_000_000


class OptionsPage(WizardPage):
    """Asks for the rest.

    Args:
        device_text: What people call a device.

    Signals:
        changed: A `Draft` with what was chosen here.
    """

    changed = Signal(object)

    def __init__(self, device_text: Callable[[str], str]) -> None:
        super().__init__()
        self._draft = Draft()
        self._device_text = device_text
        self._expected_s: float | None = None
        self._device_label, self._length_label = QLabel(), QLabel()
        self.device = QComboBox()
        self.device.activated.connect(self._choose_device)
        self._device_label.setBuddy(self.device)
        self.minutes, self.steps = DecimalSpin(), QSpinBox()
        self.minutes.setRange(0.1, MAX_MINUTES)
        self.minutes.setDecimals(1)
        self.steps.setRange(1, MAX_STEPS)
        self.steps.setGroupSeparatorShown(True)
        for box in (self.minutes, self.steps):
            box.setKeyboardTracking(False)
            box.setMinimumWidth(140)
        self.budgets = {budget: QRadioButton() for budget in BUDGETS}
        self._group = QButtonGroup(self)
        self.fold, self.advanced = QToolButton(), AdvancedOptions()
        self.expected = plain_label()
        self._lay_out()
        for id_, radio in self.budgets.items():
            self._group.addButton(radio)
            radio.clicked.connect(lambda _checked=False, budget=id_: self._set(replace(self._draft, budget=budget)))
        self.minutes.valueChanged.connect(lambda value: self._set(replace(self._draft, minutes=value, budget=BY_TIME)))
        self.steps.valueChanged.connect(lambda value: self._set(replace(self._draft, steps=value, budget=BY_STEPS)))
        self.advanced.changed.connect(self._set)
        self.retranslate()

    def set_draft(self, draft: Draft, expected_s: float | None) -> None:
        """Show what is chosen, and how long the training will take, if that is known."""
        self._draft, self._expected_s = draft, expected_s
        self.budgets[draft.budget].setChecked(True)
        with QSignalBlocker(self.minutes), QSignalBlocker(self.steps):
            show_number(self.minutes, draft.minutes)
            show_number(self.steps, draft.steps)
        self.advanced.set_draft(draft)
        self._fill_devices()
        self._show()

    def retranslate(self) -> None:
        """See `WizardPage`."""
        self.title.setText(self.tr("Options"))
        self.sentence.setText(self.tr("These are good as they are."))
        self._device_label.setText(self.tr("Train &on"))
        self.device.setAccessibleName(self.tr("Device that trains"))
        self._length_label.setText(self.tr("Length"))
        self.budgets[BY_TIME].setText(self.tr("For so many &minutes"))
        self.budgets[BY_STEPS].setText(self.tr("For so many &steps"))
        self.minutes.setAccessibleName(self.tr("Minutes of training"))
        self.steps.setAccessibleName(self.tr("Steps of training"))
        self.fold.setText(self.tr("&Advanced"))
        self._fill_devices()
        self._show()

    def _lay_out(self) -> None:
        self.body.addWidget(self._device_label)
        self.body.addWidget(self.device, 0, Qt.AlignmentFlag.AlignLeading)
        self.body.addSpacing(10)
        self.body.addWidget(self._length_label)
        for id_ in BUDGETS:
            row = QHBoxLayout()
            row.addWidget(self.budgets[id_])
            field = {BY_TIME: self.minutes, BY_STEPS: self.steps}.get(id_)
            if field is not None:
                row.addWidget(field)
            row.addStretch()
            self.body.addLayout(row)
        self.body.addWidget(self.expected)
        self.body.addSpacing(10)
        self.fold.setCheckable(True)
        self.fold.setAutoRaise(True)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.fold.toggled.connect(self._unfold)
        self.advanced.hide()
        self.body.addWidget(self.fold)
        self.body.addWidget(self.advanced)
        self.body.addStretch()

    def _unfold(self, is_open: bool) -> None:
        closed = Qt.ArrowType.LeftArrow if self.isRightToLeft() else Qt.ArrowType.RightArrow
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_open else closed)
        self.advanced.setVisible(is_open)

    def _choose_device(self, index: int) -> None:
        self._set(replace(self._draft, device=self.device.itemData(index)))

    def _set(self, draft: Draft) -> None:
        self._draft = draft
        self.changed.emit(draft)

    def _fill_devices(self) -> None:
        devices = ["auto", *self._draft.devices] if self._draft.devices else ["auto", "cpu"]
        with QSignalBlocker(self.device):
            index = devices.index(self._draft.device) if self._draft.device in devices else 0
            show_choices(self.device, [(self._device_text(device), device) for device in devices], index)

    def _show(self) -> None:
        steps = self.locale().toString(steps_of(self._draft.preset))
        self.budgets[AS_PRESET].setText(self.tr("As the &recipe says: {0} steps").format(steps))
        self.expected.setText(
            self.tr("It will take about {0}; you can pause it, or finish early with what it has learned.").format(
                duration_text(self._expected_s)
            )
            if self._expected_s is not None
            else self.tr("You can pause it at any time, or finish early with what it has learned.")
        )
