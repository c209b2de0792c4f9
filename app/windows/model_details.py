"""The card of a model in the manager: what the drawer tells, and which file it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

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
        layout.addStretch()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._inside)
        self._retranslate()

    def set_model(self, model: InstalledModel | None) -> None:
        """Show what is known of a model at once; facts and hash follow."""
        if model is not None and self._model is not None and model.path == self._model.path:
            self._model = model
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

    def _fill(self) -> None:
        model = self._model
        if model is None:
            return
        size = self.locale().formattedDataSize(model.size_bytes, 1, self.locale().DataSizeFormat.DataSizeSIFormat)
        origin = self.tr("with the program") if model.bundled else self.tr("installed by you")
        self.file_table.set_rows(
            [
                (self.tr("Origin"), origin),
                (self.tr("Size"), size),
                (self.tr("Path"), str(model.path)),
                (self.tr("SHA-256"), self._hash_text()),
            ]
        )

    def _hash_text(self) -> str:
        if self._hash is None:
            return self._hash_problem or self.tr("is being computed…")
        # Groups, since a line is broken at spaces only.
        digits = self._hash.sha256
        grouped = " ".join(digits[at : at + 16] for at in range(0, len(digits), 16))
        verdicts = {
            True: self.tr("as published"),
            False: self.tr("not the file that was published"),
            None: "",
        }
        verdict = verdicts[self._hash.is_as_published]
        return f"{grouped} ({verdict})" if verdict else grouped

    def _retranslate(self) -> None:
        self._file_title.setText(self.tr("File"))
        self.setAccessibleName(self.tr("Model card"))
        self._fill()
