"""The wizard's window: its pages, where one is among them, and the buttons beneath."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.windows.first_size import take_room
from app.windows.scrolled import scrolled
from app.wizard.model_page import ModelPage
from app.wizard.options_page import OptionsPage
from app.wizard.page import WizardPage, faint_label
from app.wizard.photos_page import PhotosPage
from app.wizard.result_page import ResultPage
from app.wizard.runs_page import RunsPage
from app.wizard.training_page import TrainingPage

RUNS, PHOTOS, MODEL, OPTIONS, TRAINING, RESULT = "runs", "photos", "model", "options", "training", "result"
STEPS = (PHOTOS, MODEL, OPTIONS, TRAINING, RESULT)


class TrainingWizard(QDialog):
    """Shown with `show`: the photo can be looked at meanwhile. Closing it ends no training.

    Args:
        device_text: What people call a device.
        parent: As for every dialog.

    Signals:
        start_asked: What was chosen is to be trained.
        runs_asked: The list of trainings is to be shown.
        page_shown: Its id.
        language_changed: Texts that others gave are to be given again.
    """

    start_asked = Signal()
    runs_asked = Signal()
    page_shown = Signal(str)
    language_changed = Signal()

    def __init__(self, device_text: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("training_wizard")
        self._start_text = ""
        self.runs, self.photos, self.model = RunsPage(), PhotosPage(), ModelPage()
        self.options, self.training, self.result_page = OptionsPage(device_text), TrainingPage(), ResultPage()
        self._pages: dict[str, WizardPage] = {
            RUNS: self.runs,
            PHOTOS: self.photos,
            MODEL: self.model,
            OPTIONS: self.options,
            TRAINING: self.training,
            RESULT: self.result_page,
        }
        self._steps = QLabel()
        self._steps.setTextFormat(Qt.TextFormat.RichText)
        self._steps.setContentsMargins(24, 12, 24, 0)
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(scrolled(page))
            page.complete_changed.connect(self._show_buttons)
        self.runs_button, self.back_button = QPushButton(), QPushButton()
        self.next_button, self.close_button = QPushButton(), QPushButton()
        self._hint = faint_label()
        self._lay_out()
        self.runs_button.clicked.connect(self.runs_asked)
        self.back_button.clicked.connect(self._go_back)
        self.next_button.clicked.connect(self._go_on)
        self.close_button.clicked.connect(self.close)
        self._page = PHOTOS
        self.retranslate()
        self.show_page(PHOTOS)
        take_room(self)

    @property
    def page(self) -> str:
        """Id of the page that is shown."""
        return self._page

    def show_page(self, page: str) -> None:
        """Show a page."""
        self._page = page
        self._stack.setCurrentIndex(list(self._pages).index(page))
        self._show_steps()
        self._show_buttons()
        self._pages[page].setFocus()
        self.page_shown.emit(page)

    def set_start_text(self, text: str) -> None:
        """What the button says that begins the training."""
        self._start_text = text
        self._show_buttons()

    def sizeHint(self) -> QSize:
        """Room for four cards beside each other, and on most screens."""
        return QSize(940, 680)

    def retranslate(self) -> None:
        """Write all texts in the language chosen."""
        self.setWindowTitle(self.tr("Train a model"))
        self.runs_button.setText(self.tr("&Trainings"))
        self.runs_button.setToolTip(self.tr("All trainings, and how much room they take."))
        self.back_button.setText(self.tr("&Back"))
        self.close_button.setText(self.tr("Close"))
        self._hint.setText(self.tr("A training goes on when this window is closed."))
        self._show_steps()
        self._show_buttons()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, in the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
            self.language_changed.emit()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_steps()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field does not begin a training of hours."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setForegroundRole(line.palette().ColorRole.Mid)
        row = QHBoxLayout()
        row.setContentsMargins(24, 6, 24, 14)
        row.setSpacing(8)
        row.addWidget(self.runs_button)
        row.addWidget(self._hint, 1)
        row.addStretch()
        for button in (self.back_button, self.next_button, self.close_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._steps)
        layout.addWidget(self._stack, 1)
        layout.addWidget(line)
        layout.addLayout(row)

    def _go_back(self) -> None:
        self.show_page(STEPS[STEPS.index(self._page) - 1])

    def _go_on(self) -> None:
        if self._page == OPTIONS:
            self.start_asked.emit()
        else:
            self.show_page(STEPS[STEPS.index(self._page) + 1])

    def _show_buttons(self) -> None:
        page = self._page
        self.back_button.setVisible(page in (MODEL, OPTIONS))
        self.next_button.setVisible(page in (PHOTOS, MODEL, OPTIONS, TRAINING))
        self.next_button.setEnabled(self._pages[page].is_complete)
        texts = {OPTIONS: self._start_text or self.tr("Begin training"), TRAINING: self.tr("Show the &result")}
        self.next_button.setText(texts.get(page, self.tr("&Next")))
        self.next_button.setDefault(page != TRAINING)
        self.runs_button.setVisible(page != RUNS)
        self._hint.setVisible(page == TRAINING and self.training.is_active)

    def _show_steps(self) -> None:
        names = (self.tr("Photos"), self.tr("Model"), self.tr("Options"), self.tr("Training"), self.tr("Result"))
        faint = self.palette().placeholderText().color().name()
        parts = [
            f"<b>{name}</b>" if page == self._page else f'<span style="color:{faint}">{name}</span>'
            for page, name in zip(STEPS, names, strict=True)
        ]
        arrow = " ‹ " if self.isRightToLeft() else " › "
        self._steps.setText(f'<span style="color:{faint}">{arrow}</span>'.join(parts))
        self._steps.setVisible(self._page != RUNS)
        current = names[STEPS.index(self._page)] if self._page in STEPS else ""
        self._steps.setAccessibleName(self.tr("Step: {0}").format(current))
