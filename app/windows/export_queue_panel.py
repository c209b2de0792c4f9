"""The exports that run, wait or are done, beneath the photo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.windows import theme
from app.windows.elided_label import plain_tooltip
from app.windows.export_texts import left_text, state_text
from app.windows.icons import LOOK_CHANGES, icon
from liif_core.export.queue import QueueEntry, QueueState

NAME, PROGRESS, LEFT, STATE = range(4)
_SHARE = Qt.ItemDataRole.UserRole + 1
# On keyboards of Macs, the delete key is what others call Backspace.
_DELETE_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ROW_KEYS = (*_DELETE_KEYS, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_RETRIED = (QueueState.FAILED, QueueState.CANCELLED)


class ExportQueuePanel(QDockWidget):
    """Shows entries, and asks for what is to be done with them.

    Attributes:
        tree: A row for each entry.
        buttons: By what they do: "pause", "cancel", "retry", "reveal", "clear".

    Signals:
        pause_asked: All exports are to be held (True), or to go on.
        cancel_asked: Id of an entry.
        retry_asked: Id of an entry.
        reveal_asked: A file whose folder is to be shown.
        clear_asked: Finished ones are to be taken out.
    """

    pause_asked = Signal(bool)
    cancel_asked = Signal(int)
    retry_asked = Signal(int)
    reveal_asked = Signal(object)
    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # `QMainWindow.saveState` asks for a name.
        self.setObjectName("export queue")
        self.setAllowedAreas(Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.TopDockWidgetArea)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self._entries: dict[int, QueueEntry] = {}
        self._items: dict[int, QTreeWidgetItem] = {}
        self._paused = False
        self.tree = _Rows()
        self.buttons = {name: QToolButton() for name in ("pause", "cancel", "retry", "reveal", "clear")}
        self._lay_out()
        self.tree.itemSelectionChanged.connect(self._show_buttons)
        self.tree.itemDoubleClicked.connect(lambda _item, _column: self._reveal())
        self.tree.delete_pressed.connect(self._cancel)
        for name, run in (
            ("pause", lambda: self.pause_asked.emit(not self._paused)),
            ("cancel", self._cancel),
            ("retry", self._retry),
            ("reveal", self._reveal),
            ("clear", self.clear_asked.emit),
        ):
            self.buttons[name].clicked.connect(lambda _on=False, run=run: run())
        self._retranslate()

    def set_entries(self, entries: Sequence[QueueEntry], *, paused: bool) -> None:
        """Show these."""
        self._paused = paused
        gone = set(self._items) - {entry.id for entry in entries}
        for id_ in gone:
            self.tree.takeTopLevelItem(self.tree.indexOfTopLevelItem(self._items.pop(id_)))
            del self._entries[id_]
        for entry in entries:
            self._put(entry)
        self._set_texts()

    def update_entry(self, entry: QueueEntry) -> None:
        """An entry is another one now, or a new one."""
        self._put(entry)
        self._show_buttons()

    def _put(self, entry: QueueEntry) -> None:
        self._entries[entry.id] = entry
        item = self._items.get(entry.id)
        if item is None:
            item = self._items[entry.id] = QTreeWidgetItem()
            item.setData(NAME, Qt.ItemDataRole.UserRole, entry.id)
            self.tree.addTopLevelItem(item)
            if self.tree.currentItem() is None:
                self.tree.setCurrentItem(item)
        self._show_entry(item, entry)

    def sizeHint(self) -> QSize:
        """A few rows."""
        return QSize(600, 170)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, and follow the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()
            for id_, item in self._items.items():
                self._show_entry(item, self._entries[id_])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        for name, button in self.buttons.items():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setAutoRaise(True)
            if name == "clear":
                row.addStretch()
            row.addWidget(button)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 4, 8, 8)
        column.addLayout(row)
        column.addWidget(self.tree)
        self.setWidget(inside)

    def _show_entry(self, item: QTreeWidgetItem, entry: QueueEntry) -> None:
        target = entry.task.request.target
        state = state_text(entry, paused=self._paused)
        share = _share_of(entry)
        item.setText(NAME, target.name)
        item.setToolTip(NAME, plain_tooltip(str(target)))
        item.setData(PROGRESS, _SHARE, share)
        item.setText(PROGRESS, "" if share is None else f"{share * 100:.0f} %")
        item.setText(LEFT, left_text(entry) if not self._paused else "")
        item.setText(STATE, state.partition("\n")[0])
        item.setToolTip(STATE, plain_tooltip(state))
        failed = entry.state is QueueState.FAILED
        text = theme.colors().warning if failed else self.palette().color(QPalette.ColorRole.Text)
        item.setForeground(STATE, QColor(text))

    def _selected(self) -> QueueEntry | None:
        item = self.tree.currentItem()
        return None if item is None else self._entries.get(item.data(NAME, Qt.ItemDataRole.UserRole))

    def _cancel(self) -> None:
        entry = self._selected()
        if entry is not None and not entry.state.is_finished:
            self.cancel_asked.emit(entry.id)

    def _retry(self) -> None:
        entry = self._selected()
        if entry is not None and entry.state in _RETRIED:
            self.retry_asked.emit(entry.id)

    def _reveal(self) -> None:
        entry = self._selected()
        if entry is not None:
            path: Path = entry.task.request.target
            self.reveal_asked.emit(path)

    def _show_buttons(self) -> None:
        entry = self._selected()
        states = [other.state for other in self._entries.values()]
        self.buttons["pause"].setEnabled(not all(state.is_finished for state in states))
        self.buttons["cancel"].setEnabled(entry is not None and not entry.state.is_finished)
        self.buttons["retry"].setEnabled(entry is not None and entry.state in _RETRIED)
        self.buttons["reveal"].setEnabled(entry is not None)
        self.buttons["clear"].setEnabled(any(state.is_finished for state in states))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Exports"))
        self.tree.setAccessibleName(self.tr("Exports"))
        self.tree.setHeaderLabels([self.tr("File"), self.tr("Progress"), self.tr("Time left"), self.tr("State")])
        for id_, item in self._items.items():
            self._show_entry(item, self._entries[id_])
        self._set_texts()

    def _set_texts(self) -> None:
        """Of the buttons."""
        texts = {
            "pause": self.tr("Resume") if self._paused else self.tr("Pause"),
            "cancel": self.tr("Cancel"),
            "retry": self.tr("Try again"),
            "reveal": self.tr("Show in folder"),
            "clear": self.tr("Clear finished"),
        }
        for name, text in texts.items():
            self.buttons[name].setText(text)
            self.buttons[name].setAccessibleName(text)
        self._set_icons()
        self._show_buttons()

    def _set_icons(self) -> None:
        names = {
            "pause": "export_resume" if self._paused else "export_pause",
            "cancel": "export_cancel",
            "retry": "export_retry",
            "reveal": "show_in_files",
            "clear": "export_clear",
        }
        for name, file in names.items():
            self.buttons[name].setIcon(icon(file))


class _Rows(QTreeWidget):
    """Signals: delete_pressed: The delete key, on a row."""

    delete_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(4)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setItemDelegateForColumn(PROGRESS, _ProgressBar(self))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Interactive)
        em = self.fontMetrics().averageCharWidth()
        for column, characters in ((NAME, 34), (PROGRESS, 24), (LEFT, 16)):
            header.resizeSection(column, em * characters)

    def event(self, event: QEvent) -> bool:
        """With the focus, the keys of a list are its own: some of them go through the photos otherwise."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_of_rows(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The delete key cancels."""
        if event.key() in _DELETE_KEYS:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


def _is_of_rows(event: QKeyEvent) -> bool:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return event.key() in _ROW_KEYS and modifiers == Qt.KeyboardModifier.NoModifier


class _ProgressBar(QStyledItemDelegate):
    """A slim bar, and the percentage beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Rows with some air."""
        return super().sizeHint(option, index) + QSize(0, 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """See `QStyledItemDelegate.paint`."""
        super().paint(painter, option, index)
        share = index.data(_SHARE)
        if share is None:
            return
        palette: QPalette = option.palette
        rect = option.rect
        text = 6 * option.fontMetrics.averageCharWidth()
        bar = rect.adjusted(text + 8, 0, -8, 0)
        bar.setTop(rect.center().y() - 2)
        bar.setHeight(5)
        if option.direction is Qt.LayoutDirection.RightToLeft:
            bar.moveLeft(rect.left() + 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        done = bar.adjusted(0, 0, round((share - 1) * bar.width()), 0)
        if option.direction is Qt.LayoutDirection.RightToLeft:
            done.moveRight(bar.right())
        is_selected = option.state & QStyle.StateFlag.State_Selected
        role = QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Highlight
        painter.setBrush(palette.color(role))
        if done.width() > 0:
            painter.drawRoundedRect(done, 2.5, 2.5)
        painter.restore()


def _share_of(entry: QueueEntry) -> float | None:
    """Of the work that is done; None where none was begun."""
    if entry.state in (QueueState.DONE, QueueState.SKIPPED):
        return 1.0
    if entry.state is QueueState.RUNNING:
        return entry.progress.share if entry.progress is not None else 0.0
    return None
