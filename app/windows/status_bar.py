"""The line beneath the photo: what is shown, how large, and by which model."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from app.windows.elided_label import ElidedLabel, plain_tooltip
from app.windows.sharpness_ring import SharpnessRing
from liif_core.view.zoom_entry import format_ratio, format_zoom

# A sentence is read in a few seconds, also when the eyes were elsewhere.
NOTICE_MS = 10_000
_SPACE = 6


class PhotoStatusBar(QStatusBar):
    """Shows plain values; knows neither the photo nor the controller."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom: float | None = None
        self._position: tuple[int, int] | None = None
        self._page: tuple[int, int] | None = None
        self._size: tuple[int, int] | None = None
        self._name_label = ElidedLabel()
        self._pixels_label, self._position_label, self._page_label = QLabel(), QLabel(), QLabel()
        self._zoom_label, self._ratio_label = QLabel(), QLabel()
        self._model_label = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._device_label = QLabel()
        self.ring = SharpnessRing()
        self._indicators: list[QWidget] = []
        self.setSizeGripEnabled(False)
        self._lay_out()
        self._retranslate()

    # -- values

    def set_photo(self, name: str, *, width: int, height: int) -> None:
        """Show the photo's name and its pixels."""
        self._name_label.setText(name)
        self._size = (width, height)
        self._show_values()

    def clear_photo(self) -> None:
        """No photo is open: nothing of one is shown any more."""
        self._name_label.setText("")
        self._size = self._position = self._page = self._zoom = None
        self.ring.set_progress(0, 0)
        self._show_values()

    def set_position(self, position: tuple[int, int] | None) -> None:
        """Show the place in the folder: the photo's number from 1 on, and how many there are; None for nothing."""
        self._position = position
        self._show_values()

    def set_page(self, page: tuple[int, int] | None) -> None:
        """Show the page from 1 on, and how many the file has; nothing for None and for a file of one page."""
        self._page = page
        self._show_values()

    def set_zoom(self, zoom: float | None) -> None:
        """Show the zoom in device pixels per photo pixel."""
        self._zoom = zoom
        self._show_values()

    def set_model(self, name: str) -> None:
        """Show which model makes the picture."""
        self._model_label.setText(name)
        self._fit()

    def set_device(self, name: str) -> None:
        """Show what the model runs on."""
        self._device_label.setText(name)
        self._fit()

    def set_neural(self, neural: bool) -> None:
        """Grey model and device where the photo itself is shown."""
        self._model_label.setEnabled(neural)
        self._device_label.setEnabled(neural)

    def set_progress(self, done: int, needed: int) -> None:
        """Show how many of the tiles on screen are sharp."""
        self.ring.set_progress(done, needed)

    def add_indicator(self, indicator: QWidget) -> None:
        """Show one more thing at the far end, whenever it is visible."""
        self._indicators.append(indicator)
        # Qt counts the widgets at the other end, too.
        self.insertPermanentWidget(len(self._left()), indicator)

    def show_notice(self, text: str) -> None:
        """Tell something that needs no answer."""
        room = self.width() - sum(label.width() for label in self._permanent() if label.isVisible()) - 8 * _SPACE
        self.showMessage(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0)), NOTICE_MS)
        # What there is no room for can still be read by pointing at it, and by a screen reader.
        self.setToolTip(plain_tooltip(text))
        self.setAccessibleDescription(text)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    # -- layout and language

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the less important values give way."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """The window may be as narrow as it likes."""
        return QSize(0, super().minimumSizeHint().height())

    def _lay_out(self) -> None:
        for widget in self._left():
            widget.setContentsMargins(_SPACE, 0, _SPACE, 0)
            self.addWidget(widget)
        for permanent in self._permanent():
            permanent.setContentsMargins(_SPACE, 0, _SPACE, 0)
            self.addPermanentWidget(permanent)
        self.messageChanged.connect(self._forget_notice)

    def fit(self) -> None:
        """An indicator came, went or has another text."""
        self._fit()

    def _fit(self) -> None:
        """Show what has something to say and finds room, the most important first."""
        # A third of the bar is the name's, if it is as long as that.
        name = min(self._name_label.sizeHint().width(), self.width() // 3)
        room = self.width() - name - self.ring.sizeHint().width() - 3 * _SPACE
        room -= sum(indicator.sizeHint().width() for indicator in self._indicators if not indicator.isHidden())
        for label in self._by_importance():
            room -= label.sizeHint().width() + _SPACE if label.text() else 0
            # A notice stands where the others are; Qt has hidden them, and they would be painted over it.
            if label in self._permanent() or not self.currentMessage():
                label.setVisible(bool(label.text()) and room >= 0)

    def _by_importance(self) -> tuple[QLabel, ...]:
        return (
            self._zoom_label,
            self._pixels_label,
            self._position_label,
            self._model_label,
            self._page_label,
            self._device_label,
            self._ratio_label,
        )

    def _left(self) -> tuple[QWidget, ...]:
        return self._name_label, self._pixels_label, self._position_label, self._page_label

    def _permanent(self) -> tuple[QWidget, ...]:
        own = (self._zoom_label, self._ratio_label, self._model_label, self._device_label, self.ring)
        return (*self._indicators, *own)

    def _forget_notice(self, text: str) -> None:
        if not text:
            self.setToolTip("")
            self.setAccessibleDescription("")
            self._fit()

    def _show_values(self) -> None:
        several = self._page is not None and self._page[1] > 1
        self._pixels_label.setText("{} × {}".format(*self._size) if self._size else "")
        self._position_label.setText("{} / {}".format(*self._position) if self._position else "")
        self._page_label.setText(self.tr("page {0} / {1}").format(*self._page) if several and self._page else "")
        self._zoom_label.setText(format_zoom(self._zoom) if self._zoom else "")
        self._ratio_label.setText(format_ratio(self._zoom) if self._zoom else "")
        self._fit()

    def _retranslate(self) -> None:
        self._pixels_label.setToolTip(self.tr("Width and height of the photo in pixels"))
        self._position_label.setToolTip(self.tr("Number of the photo in its folder"))
        self._page_label.setToolTip(self.tr("Page of the file"))
        for label in (self._zoom_label, self._ratio_label):
            label.setToolTip(self.tr("Device pixels per photo pixel"))
        self._model_label.set_meaning(self.tr("Model; grey at 100 % and below, where the photo itself is shown"))
        self._device_label.setToolTip(self.tr("Device that the model runs on"))
        self._show_values()
