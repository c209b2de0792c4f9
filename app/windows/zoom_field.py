"""The zoom as a text and as a place on a logarithmic slider: both show it, and both can change it."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QSizePolicy, QSlider, QToolTip, QWidget

from app.windows.theme import colors
from liif_core.view.zoom_entry import format_zoom, parse_zoom, slider_of, zoom_of

# Finer than the slider's pixels.
SLIDER_STEPS = 1000
SLIDER_WIDTH_PX = 130
WIDE_TEXT = " 99999.9 % "

_ENTRY_KEYS = frozenset({Qt.Key.Key_Escape})
_SLIDER_KEYS = frozenset(
    {
        *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down),
        *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
    }
)


class ZoomField(QWidget):
    """Shows a zoom and asks for others. Without one (`clear`) it is empty and disabled.

    Signals:
        zoom_asked: Device pixels per image pixel, within the limits, by the slider or a text.
    """

    zoom_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zoom: float | None = None
        self._limits = (1.0, 1.0)
        self._focus_before: QWidget | None = None
        self.entry = _Entry()
        self.entry.setFixedWidth(self.fontMetrics().horizontalAdvance(WIDE_TEXT) + 16)
        self.entry.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.entry.applied.connect(self._apply_text)
        self.entry.given_up.connect(self._leave_entry)
        self.entry.focus_lost.connect(self._show_zoom)
        self.slider = _Slider()
        self.slider.valueChanged.connect(self._apply_slider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.addWidget(self.entry)
        layout.addWidget(self.slider)
        # A line edit would like to be wider than it may, and the toolbar would give it room for that.
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFocusProxy(self.entry)
        QApplication.instance().focusChanged.connect(self._note_focus)  # type: ignore[union-attr]
        self._set_texts()
        self.clear()

    def set_zoom(self, zoom: float, min_zoom: float, max_zoom: float) -> None:
        """Show a zoom, without a signal; a text that is being typed stays.

        Args:
            zoom: Device pixels per image pixel.
            min_zoom: The least that can be asked for.
            max_zoom: The largest.
        """
        self._zoom, self._limits = zoom, (min_zoom, max_zoom)
        self.setEnabled(True)
        if not self.entry.is_being_typed:
            self._show_zoom()
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(slider_of(zoom, min_zoom, max_zoom) * SLIDER_STEPS))

    def clear(self) -> None:
        """No photo, no zoom."""
        self._zoom = None
        self._show_zoom()
        with QSignalBlocker(self.slider):
            self.slider.setValue(0)
        self.setEnabled(False)

    def start_entry(self) -> None:
        """Let the person type; Enter and Esc give the focus back to who has it now."""
        self.entry.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.entry.selectAll()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()

    def _apply_text(self) -> None:
        if not self.entry.isModified():
            # The text is the program's, and rounded.
            self._leave_entry()
            return
        zoom = parse_zoom(self.entry.text())
        if zoom is None:
            self.entry.mark_wrong(self.tr("A zoom is written like 350 %, 3.5x or 1:2."))
            return
        least, largest = self._limits
        self._leave_entry()
        self.zoom_asked.emit(min(max(zoom, least), largest))

    def _apply_slider(self, value: int) -> None:
        self.zoom_asked.emit(zoom_of(value / SLIDER_STEPS, *self._limits))

    def _leave_entry(self) -> None:
        self._show_zoom()
        before = self._focus_before
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.entry.clearFocus()

    def _show_zoom(self) -> None:
        self.entry.show_text("" if self._zoom is None else format_zoom(self._zoom))

    def _note_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is self.entry and before is not None and not self.isAncestorOf(before):
            self._focus_before = before

    def _set_texts(self) -> None:
        self.entry.setAccessibleName(self.tr("Zoom"))
        self.entry.setToolTip(self.tr("Zoom, as a percentage (350 %), a factor (3.5x) or a ratio (1:2)"))
        self.slider.setAccessibleName(self.tr("Zoom slider"))
        self.slider.setToolTip(self.tr("Zoom"))


class _Entry(QLineEdit):
    """A text that is applied or given up; its keys are no shortcuts of the window meanwhile.

    Signals:
        applied: By Enter.
        given_up: By Esc.
        focus_lost: The person went elsewhere without either.
    """

    applied = Signal()
    given_up = Signal()
    focus_lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(self._unmark)

    @property
    def is_being_typed(self) -> bool:
        """Whether the text is the person's."""
        return self.hasFocus() and self.isModified()

    def show_text(self, text: str) -> None:
        """Show a text of the program's."""
        self._unmark()
        self.setText(text)

    def mark_wrong(self, reason: str) -> None:
        """Say that the text cannot be applied; it stays, to be corrected."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(colors().warning))
        self.setPalette(palette)
        self.setAccessibleDescription(reason)
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), reason, self)

    def event(self, event: QEvent) -> bool:
        """Keep Esc, which means something else to the window."""
        if _overrides_shortcut(event, _ENTRY_KEYS):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Apply or give up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.applied.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed and not applied is forgotten; a menu or another window only interrupts."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.focus_lost.emit()

    def _unmark(self) -> None:
        # An empty palette takes everything from the parent again, also after a change of theme.
        self.setPalette(QPalette())
        self.setAccessibleDescription("")


class _Slider(QSlider):
    """Takes the focus by the tab key alone: after a drag the arrow keys still go to the next photo."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, SLIDER_STEPS)
        self.setPageStep(SLIDER_STEPS // 20)
        self.setSingleStep(SLIDER_STEPS // 200)
        self.setFixedWidth(SLIDER_WIDTH_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent) -> bool:
        """With the focus, its keys are its own and no shortcuts of the window."""
        if _overrides_shortcut(event, _SLIDER_KEYS):
            event.accept()
            return True
        return super().event(event)


def _overrides_shortcut(event: QEvent, keys: frozenset[Qt.Key]) -> bool:
    """Whether the window is about to take one of these keys, without a modifier, for a shortcut."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() in keys
        and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    )
