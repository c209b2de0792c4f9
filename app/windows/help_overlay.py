"""All keys at a glance, over the window."""

from __future__ import annotations

from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.painter import painter_on
from app.windows.action_table import ACTIONS, MENU_TITLES
from app.windows.actions import Actions, menu_title, plain_text, without_mnemonic

OPACITY = 0.95
COLUMN_WIDTH_PX, COLUMN_CHARACTERS = 300, 48
MARGIN_PX = 28
TITLE_ROWS = 2

_SCROLLING = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}


@dataclass(frozen=True, slots=True)
class _Group:
    """Actions of one menu: its title, and of each action the text and the keys."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


class HelpOverlay(QWidget):
    """Lists the keys of all actions, by menu, in as many columns as there is room for.

    It lies over its parent and follows its size. Esc, a key of the action `shortcuts_help` or a click closes it, and
    the focus goes back to who had it.

    Args:
        actions: Whose keys.
        parent: What it covers.
    """

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions = actions
        self._focus_before: QWidget | None = None
        self._column_count = 0
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        parent.installEventFilter(self)
        actions.shortcuts_changed.connect(self._refill)
        self.hide()

    def open(self) -> None:
        """Cover the parent and take the focus."""
        if not self.isVisible():
            self._focus_before = QApplication.focusWidget()
        self._cover()
        self._fill()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle(self) -> None:
        """Open it, or close it."""
        if self.isVisible():
            self.close()
        else:
            self.open()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._cover()
            if self._columns_that_fit() != self._column_count:
                self._fill()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that close and scroll, which mean something else to the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and (self._closes(event) or event.key() in _SCROLLING):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close or scroll."""
        if self._closes(event):
            self.close()
        elif (action := _SCROLLING.get(Qt.Key(event.key()))) is not None:
            self._scroll.verticalScrollBar().triggerAction(action)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Close; what lies beneath hears nothing of the click."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the focus back."""
        super().closeEvent(event)
        before = self._focus_before
        if self.hasFocus() and before is not None and shiboken6.isValid(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """The focus stays: what it would go to is covered."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let a little of the window through."""
        color = QColor(self.palette().color(QPalette.ColorRole.Window))
        color.setAlphaF(OPACITY)
        with painter_on(self) as painter:
            painter.fillRect(self.rect(), color)

    def _closes(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            return True
        keys = self._actions["shortcuts_help"].shortcuts()
        # "?" needs Shift on many keyboards, and is "?" all the same.
        bare = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        plain = QKeySequence(QKeyCombination(bare, Qt.Key(event.key())))
        return QKeySequence(event.keyCombination()) in keys or (event.text().isprintable() and plain in keys)

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

    def _columns_that_fit(self) -> int:
        return max(1, (self.width() - MARGIN_PX) // (self._column_width() + MARGIN_PX))

    def _column_width(self) -> int:
        """Of one column: more where letters are large, and no more than there is."""
        wanted = max(COLUMN_WIDTH_PX, COLUMN_CHARACTERS * self.fontMetrics().averageCharWidth())
        room = self.width() - 2 * MARGIN_PX - self._scroll.verticalScrollBar().sizeHint().width()
        return max(COLUMN_WIDTH_PX, min(wanted, room))

    def _refill(self) -> None:
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        groups = self._groups()
        self._column_count = self._columns_that_fit()
        page = QWidget()
        page.setAutoFillBackground(False)
        line = QHBoxLayout(page)
        line.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        line.setSpacing(MARGIN_PX)
        line.addStretch()
        for groups_of_column in _in_columns(groups, self._column_count):
            column = QVBoxLayout()
            for group in groups_of_column:
                column.addWidget(_widget_of(group, width=self._column_width()))
            column.addStretch()
            line.addLayout(column)
        line.addStretch()
        self._scroll.setWidget(page)
        # The scroll area fills what it is given.
        page.setAutoFillBackground(False)
        self.setAccessibleName(self.tr("Keyboard shortcuts"))
        rows = [f"{text}: {', '.join(keys)}" for group in groups for text, keys in group.rows]
        self.setAccessibleDescription("\n".join(rows))

    def _groups(self) -> list[_Group]:
        groups = []
        for menu in MENU_TITLES:
            rows = [
                (plain_text(spec), tuple(self._actions.native_keys(spec.id))) for spec in ACTIONS if spec.menu == menu
            ]
            rows = [row for row in rows if row[1]]
            if rows:
                groups.append(_Group(without_mnemonic(menu_title(menu)), tuple(rows)))
        mouse = (
            (self.tr("Zoom about the pointer"), (self.tr("Wheel"),)),
            (self.tr("Move the photo"), (self.tr("Drag"),)),
            (self.tr("Fit window or 100 %"), (self.tr("Double click"),)),
        )
        return [*groups, _Group(self.tr("Mouse"), mouse)]


def _in_columns(groups: list[_Group], count: int) -> list[list[_Group]]:
    """Groups dealt out so that the columns get about the same length."""
    columns: list[list[_Group]] = [[] for _ in range(min(count, len(groups)))]
    for group in groups:
        shortest = min(columns, key=lambda column: sum(len(each.rows) + TITLE_ROWS for each in column))
        shortest.append(group)
    return columns


def _widget_of(group: _Group, *, width: int) -> QWidget:
    widget = QWidget()
    widget.setFixedWidth(width)
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 12)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    title = QLabel(group.title)
    font = title.font()
    font.setBold(True)
    title.setFont(font)
    grid.addWidget(title, 0, 0, 1, 2)
    for row, (text, keys) in enumerate(group.rows, start=1):
        label = QLabel(text)
        label.setWordWrap(True)
        grid.addWidget(label, row, 0)
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch()
        for key in keys:
            cap = QLabel(key)
            cap.setObjectName("keycap")
            caps.addWidget(cap)
        grid.addLayout(caps, row, 1)
    return widget
