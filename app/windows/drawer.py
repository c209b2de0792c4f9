"""The drawer at the side of the window: what is known of the photo, the pixel under the cursor, and the model."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.histogram import Histogram
from app.model_facts import ModelFacts
from app.photo_facts import PhotoFacts
from app.windows.histogram_view import HistogramView
from app.windows.icons import LOOK_CHANGES, icon
from app.windows.model_information import ModelInformation
from app.windows.photo_information import PhotoInformation
from app.windows.pixel_information import PixelInformation, PixelReading

_WIDTH = 290
_MARGIN = 14


class Drawer(QDockWidget):
    """Sections one beneath the other, scrolled where there is too little room; closed at first.

    `visibilityChanged` and `toggleViewAction` are those of every dock.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # `QMainWindow.saveState` asks for a name.
        self.setObjectName("drawer")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self._photo, self._histogram = PhotoInformation(), HistogramView()
        self._pixel, self._model = PixelInformation(), ModelInformation()
        self._titles = [QLabel(), QLabel(), QLabel(), QLabel()]
        self._title_bar = _TitleBar()
        self._title_bar.close_button.clicked.connect(self.close)
        self.setTitleBarWidget(self._title_bar)
        self.setWidget(self._scrolled())
        self._retranslate()
        self.hide()

    def set_photo(self, facts: PhotoFacts | None) -> None:
        """Show what is known of a photo; None for none."""
        self._photo.set_facts(facts)

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show a photo's histogram; None while it is not known."""
        self._histogram.set_histogram(histogram)

    def set_pixel(self, reading: PixelReading | None) -> None:
        """Show the pixel under the cursor; None where the cursor is elsewhere."""
        self._pixel.set_reading(reading)

    def set_model(self, facts: ModelFacts | None) -> None:
        """Show the model; None for conventional enlargement."""
        self._model.set_facts(facts)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _scrolled(self) -> QScrollArea:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(_MARGIN, 0, _MARGIN, _MARGIN)
        layout.setSpacing(6)
        for title, section in zip(self._titles, (self._photo, self._histogram, self._pixel, self._model), strict=True):
            title.setContentsMargins(0, 10, 0, 0)
            font = title.font()
            font.setWeight(QFont.Weight.DemiBold)
            title.setFont(font)
            # At the side where the layout begins, whatever direction its letters have.
            layout.addWidget(title, alignment=Qt.AlignmentFlag.AlignLeading)
            layout.addWidget(section)
        layout.addStretch()
        area = _DrawerArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Information"))
        self._title_bar.set_texts(self.windowTitle(), self.tr("Close the drawer"))
        texts = (self.tr("Photo"), self.tr("Histogram"), self.tr("Pixel under the cursor"), self.tr("Model"))
        for label, text in zip(self._titles, texts, strict=True):
            label.setText(text)


class _TitleBar(QWidget):
    """The title in line with what is beneath it, and a button to close the drawer; the style's own has neither."""

    def __init__(self) -> None:
        super().__init__()
        self._title, self.close_button = QLabel(), QToolButton()
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setIconSize(QSize(16, 16))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 6, 6, 2)
        layout.addWidget(self._title)
        layout.addStretch()
        layout.addWidget(self.close_button)
        self._set_icon()

    def set_texts(self, title: str, close: str) -> None:
        """Say what the drawer is called, and what the button does."""
        self._title.setText(title)
        self.close_button.setToolTip(close)
        self.close_button.setAccessibleName(close)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() in LOOK_CHANGES:
            self._set_icon()

    def _set_icon(self) -> None:
        self.close_button.setIcon(icon("close_photo"))


class _DrawerArea(QScrollArea):
    def sizeHint(self) -> QSize:
        """Narrow beside a photo."""
        return QSize(_WIDTH, 400)
