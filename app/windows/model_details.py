"""The card of a model in the manager: what the drawer tells, and which file it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.model_facts import FileHash, ModelFacts
from app.windows.fact_table import FactTable
from app.windows.model_information import ModelInformation
from liif_core.library import InstalledModel


class ModelDetails(QScrollArea):
    """One model; an empty area without one."""

    def __init__(self) -> None:
        super().__init__()
        self._model: InstalledModel | None = None
        self._hash: FileHash | None = None
        self._hash_problem = ""
        self.information = ModelInformation()
        self.file_table = FactTable()
        self.path, self.sha256 = QLineEdit(), QLineEdit()
        self._line_labels = (QLabel(), QLabel())
        self._file_title = QLabel()
        font = self._file_title.font()
        font.setBold(True)
        self._file_title.setFont(font)
        self._inside = QWidget()
        layout = QVBoxLayout(self._inside)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        for widget in (self.information, self._file_title, self.file_table):
            layout.addWidget(widget)
        layout.addLayout(self._lines())
        layout.addStretch()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._inside)
        self._retranslate()

    def set_model(self, model: InstalledModel | None) -> None:
        """Show what is known of a model at once; facts and hash follow."""
        if model is not None and model == self._model:
            self._fill()
            return
        self._model, self._hash, self._hash_problem = model, None, ""
        self._inside.setVisible(model is not None)
        if model is not None:
            self.information.set_facts(ModelFacts(model.name, model.card))
        self.verticalScrollBar().setValue(0)
        self._fill()

    def set_facts(self, facts: ModelFacts) -> None:
        """Show a model's card; that of another one comes too late."""
        if self._model is not None and facts.name == self._model.name:
            self.information.set_facts(facts)

    def set_hash(self, found: FileHash) -> None:
        """Show which file it is; that of another one comes too late."""
        if self._model is not None and found.path == self._model.path:
            self._hash = found
            self._fill()

    def set_hash_problem(self, text: str) -> None:
        """Say why there is no hash."""
        self._hash_problem = text
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _lines(self) -> QFormLayout:
        """What is too long to be shown whole, and is there to be copied."""
        lines = QFormLayout()
        lines.setHorizontalSpacing(12)
        lines.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, line in zip(self._line_labels, (self.path, self.sha256), strict=True):
            label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            label.setBuddy(line)
            line.setReadOnly(True)
            line.setFrame(False)
            lines.addRow(label, line)
        return lines

    def _fill(self) -> None:
        model = self._model
        if model is None:
            return
        self.path.setText(str(model.path))
        self.sha256.setText(self._hash_text())
        for line in (self.path, self.sha256):
            line.setCursorPosition(0)
        size = self.locale().formattedDataSize(model.size_bytes, 1, self.locale().DataSizeFormat.DataSizeSIFormat)
        origin = self.tr("with the program") if model.bundled else self.tr("installed by you")
        self.file_table.set_rows([(self.tr("Origin"), origin), (self.tr("Size"), size)])

    def _hash_text(self) -> str:
        if self._hash is None:
            return self._hash_problem or self.tr("is being computed…")
        verdicts = {
            True: self.tr("as published"),
            False: self.tr("not the file that was published"),
            None: "",
        }
        verdict = verdicts[self._hash.is_as_published]
        return f"{self._hash.sha256} ({verdict})" if verdict else self._hash.sha256

    def _retranslate(self) -> None:
        self._file_title.setText(self.tr("File"))
        for label, line, text in zip(
            self._line_labels, (self.path, self.sha256), (self.tr("Path"), "SHA-256"), strict=True
        ):
            label.setText(text)
            line.setAccessibleName(text)
        self.setAccessibleName(self.tr("Model card"))
        self._fill()
