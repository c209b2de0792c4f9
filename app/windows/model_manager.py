"""The model manager: installed models at the left, the card of one at the right, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.clipboard import dragged_files
from app.windows.elided_label import ElidedLabel, plain_tooltip
from app.windows.first_size import take_room
from app.windows.model_details import ModelDetails
from app.windows.model_list import ModelEntry, ModelList
from app.windows.progress_row import ProgressRow
from liif_core.library.defaults import CPU, GPU
from liif_core.paths import user_models_folder

# Four would not find room on a laptop's 1024 pixels, enlarged by half.
_BUTTON_COLUMNS = 3


class ModelManager(QDialog):
    """Shows the models and says what a person wants of them; does nothing to them itself.

    Args:
        parent: As for every dialog.

    Attributes:
        list: The models.
        details: The card of the one selected.
        progress: Of what is being done.
        buttons: By what they do.

    Signals:
        selected: The name of the model whose card is wanted; "" for none.
        use_asked: Enlarge by it.
        default_asked: Make it the default of a kind of device: name, kind.
        rename_asked: Give it another name.
        remove_asked: Delete it.
        export_asked: Write it to a file.
        evaluate_asked: Measure how good it is.
        import_asked: Choose a file to install.
        automatic_asked: Whether the model is to follow the device.
        files_dropped: Files to install, a list of `Path`.
    """

    selected = Signal(str)
    use_asked = Signal(str)
    default_asked = Signal(str, str)
    rename_asked = Signal(str)
    remove_asked = Signal(str)
    export_asked = Signal(str)
    evaluate_asked = Signal(str)
    import_asked = Signal()
    automatic_asked = Signal(bool)
    files_dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = ModelList()
        self.details = ModelDetails()
        self.progress = ProgressRow()
        self.buttons: dict[str, QPushButton] = {}
        self.import_button = self._button(self.import_asked.emit)
        self.folder_button = self._button(self._show_folder)
        self.automatic = QCheckBox()
        self.automatic.clicked.connect(self.automatic_asked)
        self._disk_use = QLabel()
        self._disk_use.setWordWrap(True)
        self._title = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        self._title.setFont(font)
        self._make_buttons()
        self._close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._close.rejected.connect(self.reject)
        self._close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.list.selected.connect(self._show_selected)
        self.setAcceptDrops(True)
        self._lay_out()
        self._retranslate()
        take_room(self)

    @property
    def current(self) -> ModelEntry | None:
        """The model that is selected."""
        return self.list.current_entry

    def set_entries(self, entries: Sequence[ModelEntry], *, automatic: bool) -> None:
        """Show these models, and whether the one in use follows the device."""
        self.automatic.setChecked(automatic)
        self.list.set_entries(entries)
        self._retranslate()
        self._update_buttons()

    def sizeHint(self) -> QSize:
        """Room for a list and a card."""
        return QSize(900, 640)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files."""
        dragged_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Install what was dropped."""
        files = dragged_files(event)
        if files:
            self.files_dropped.emit(files)

    # -- layout

    def _make_buttons(self) -> None:
        asks: dict[str, Callable[[str], object]] = {
            "use": self.use_asked.emit,
            "default_cpu": lambda name: self.default_asked.emit(name, CPU),
            "default_gpu": lambda name: self.default_asked.emit(name, GPU),
            "evaluate": self.evaluate_asked.emit,
            "export": self.export_asked.emit,
            "rename": self.rename_asked.emit,
            "remove": self.remove_asked.emit,
        }
        for id_, ask in asks.items():
            self.buttons[id_] = self._button(lambda ask=ask: self._ask(ask))  # type: ignore[misc]

    def _button(self, command: Callable[[], object]) -> QPushButton:
        button = QPushButton()
        # Enter in the list must not press whichever button is the first.
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: command())
        return button

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        beneath = QHBoxLayout()
        beneath.addWidget(self.import_button)
        beneath.addWidget(self.folder_button)
        beneath.addStretch()
        at_left = QVBoxLayout(left)
        at_left.setContentsMargins(0, 0, 0, 0)
        at_left.addWidget(self.list, 1)
        at_left.addWidget(self.automatic)
        at_left.addWidget(self._disk_use)
        at_left.addLayout(beneath)
        grid = QGridLayout()
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // _BUTTON_COLUMNS, place % _BUTTON_COLUMNS)
        at_right = QVBoxLayout(right)
        at_right.setContentsMargins(0, 0, 0, 0)
        at_right.addWidget(self._title)
        at_right.addWidget(self.details, 1)
        at_right.addLayout(grid)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.progress, 1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(splitter, 1)
        layout.addLayout(foot)

    # -- what is shown

    def _ask(self, ask: Callable[[str], object]) -> None:
        entry = self.current
        if entry is not None:
            ask(entry.model.name)

    def _show_selected(self, name: str) -> None:
        entry = self.current
        self._show_title()
        self.details.set_model(entry.model if entry is not None else None)
        self._update_buttons()
        self.selected.emit(name)

    def _show_title(self) -> None:
        entry = self.current
        self._title.setText(entry.model.name if entry is not None else self.tr("No model is installed"))

    def _update_buttons(self) -> None:
        entry = self.current
        for button in self.buttons.values():
            button.setEnabled(entry is not None)
            button.setToolTip("")
        if entry is None:
            return
        self.buttons["use"].setEnabled(not entry.chosen)
        self.buttons["default_cpu"].setEnabled(CPU not in entry.default_on)
        self.buttons["default_gpu"].setEnabled(GPU not in entry.default_on)
        for id_ in ("rename", "remove"):
            self.buttons[id_].setEnabled(not entry.model.bundled)
            self.buttons[id_].setToolTip(self.tr("Bundled models stay as they are.") if entry.model.bundled else "")

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(user_models_folder())))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Models"))
        self._show_title()
        texts = {
            "use": self.tr("&Use"),
            "default_cpu": self.tr("Default on &CPU"),
            "default_gpu": self.tr("Default on &GPU"),
            "evaluate": self.tr("&Measure quality…"),
            "export": self.tr("&Export…"),
            "rename": self.tr("&Rename…"),
            "remove": self.tr("Rem&ove…"),
        }
        for id_, text in texts.items():
            self.buttons[id_].setText(text)
        self.import_button.setText(self.tr("&Import…"))
        self.folder_button.setText(self.tr("Show &folder"))
        self.automatic.setText(self.tr("&Automatic: the default of the device is used"))
        self._close.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        own = [entry.model for entry in self.list.entries if not entry.model.bundled]
        self.folder_button.setEnabled(bool(own))
        room = sum(model.size_bytes for model in own)
        size = self.locale().formattedDataSize(room, 1, self.locale().DataSizeFormat.DataSizeSIFormat)
        self._disk_use.setText(
            self.tr("Your own models: {0}, {1} on the disk.").format(len(own), size)
            if own
            else self.tr("No models of your own yet. Drop a file here, or import one.")
        )
        self._disk_use.setToolTip(plain_tooltip(str(user_models_folder())))
