"""The drawer's section about the model: its card and how good it was measured to be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.model_facts import ModelFacts
from app.windows.fact_table import FactTable
from liif_core.checkpoint.card import ModelCard

_NAME_CHARACTERS = 16


class ModelInformation(QWidget):
    """A model's card, and a table of decibels beside those of bicubic enlargement."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: ModelFacts | None = None
        self.facts_table = FactTable()
        self._psnr = QWidget()
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.facts_table)
        layout.addWidget(self._psnr)
        layout.addWidget(self._note)
        self._retranslate()

    def set_facts(self, facts: ModelFacts | None) -> None:
        """Show this model; None where none is used."""
        self._facts = facts
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        facts = self._facts
        if facts is None:
            self.facts_table.set_rows([(self.tr("Model"), self.tr("None: conventional enlargement"))])
        else:
            self.facts_table.set_rows(self._rows_of(facts))
        has_figures = facts is not None and bool(facts.card.psnr)
        self._note.setVisible(has_figures)
        self._note.setText(self.tr("PSNR in decibels; more is better, and one decibel more can be seen."))
        self._fill_psnr(facts if has_figures else None)

    def _rows_of(self, facts: ModelFacts) -> list[tuple[str, str]]:
        card = facts.card
        scales = self.tr("{0} to {1} times").format(f"{card.min_scale:g}", f"{card.max_scale:g}")
        return [
            (self.tr("Model"), facts.name),
            (self.tr("Description"), card.description),
            (self.tr("Parts"), facts.parts),
            (self.tr("Parameters"), self.locale().toString(facts.parameters) if facts.parameters else ""),
            (self.tr("Trained for"), scales),
            (self.tr("Learned from"), card.training_data),
            (self.tr("Recipe"), card.recipe),
            (self.tr("Training"), self._effort_of(card) if card.iterations else ""),
            (self.tr("Licence"), card.licence),
        ]

    def _effort_of(self, card: ModelCard) -> str:
        is_long = card.hours >= 1
        text = self.tr("{0} steps in {1} hours on {2}") if is_long else self.tr("{0} steps in {1} minutes on {2}")
        time = card.hours if is_long else 60 * card.hours
        return text.format(self.locale().toString(card.iterations), f"{time:.3g}", card.device)

    def _fill_psnr(self, facts: ModelFacts | None) -> None:
        # A new widget, since a grid keeps the rows that it once had.
        fresh = QWidget()
        self.layout().replaceWidget(self._psnr, fresh)  # type: ignore[union-attr]
        self._psnr.deleteLater()
        self._psnr = fresh
        fresh.setVisible(facts is not None)
        if facts is None:
            return
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        # A long name must not push the figures out of sight.
        width = self.fontMetrics().averageCharWidth() * _NAME_CHARACTERS
        name = self.fontMetrics().elidedText(facts.name, Qt.TextElideMode.ElideMiddle, width)
        for column, text in enumerate([self.tr("Photos"), name, self.tr("bicubic"), self.tr("gain")]):
            _put(grid, 0, column, text, faint=True)
        for row, (photos, value) in enumerate(facts.card.psnr.items(), start=1):
            rival = facts.bicubic.get(photos)
            _put(grid, row, 0, photos.replace(" x", " × "))
            _put(grid, row, 1, f"{value:.2f}")
            _put(grid, row, 2, f"{rival:.2f}" if rival is not None else "–")
            _put(grid, row, 3, f"{value - rival:+.2f}" if rival is not None else "–")


def _put(grid: QGridLayout, row: int, column: int, text: str, *, faint: bool = False) -> None:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if faint:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    grid.addWidget(label, row, column, side | Qt.AlignmentFlag.AlignVCenter)
