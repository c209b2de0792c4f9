"""The list of installed models: names, what each is used for, and the room that it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.windows.elided_label import plain_tooltip
from liif_core.library import InstalledModel
from liif_core.library.defaults import Kind

_NAME_ROLE = Qt.ItemDataRole.UserRole
_BADGES_ROLE = Qt.ItemDataRole.UserRole + 1
_SIZE_ROLE = Qt.ItemDataRole.UserRole + 2
_PAD = 8
_GAP = 6
_HEADING_SPACE = 6
_BADGE_SCALE = 0.88


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model as the list shows it.

    Attributes:
        model: The model.
        in_use: Whether it makes the picture now.
        chosen: Whether a person has chosen it, and not only the device.
        default_on: The kinds of device whose default it is.
    """

    model: InstalledModel
    in_use: bool = False
    chosen: bool = False
    default_on: tuple[Kind, ...] = ()


class ModelList(QListWidget):
    """Bundled models, and beneath them the user's own.

    Signals:
        selected: The name of the model that is selected; "" for none.
    """

    selected = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[ModelEntry] = []
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.currentItemChanged.connect(lambda item, _before: self.selected.emit(_name_of(item)))
        self._retranslate()

    @property
    def entries(self) -> list[ModelEntry]:
        """What is shown."""
        return list(self._entries)

    @property
    def current_entry(self) -> ModelEntry | None:
        """The one that is selected."""
        name = _name_of(self.currentItem())
        return next((entry for entry in self._entries if entry.model.name == name), None)

    def set_entries(self, entries: Sequence[ModelEntry]) -> None:
        """Show these; the model that was selected stays so, or else the nearest one is."""
        if list(entries) == self._entries:
            return
        self._entries = list(entries)
        self._fill()

    def select(self, name: str) -> None:
        """Select a model; nothing happens if it is not there."""
        for row in range(self.count()):
            if _name_of(self.item(row)) == name:
                self.setCurrentRow(row)

    def sizeHint(self) -> QSize:
        """Room for a name and its badges."""
        return QSize(self.fontMetrics().averageCharWidth() * 38, super().sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _fill(self) -> None:
        before, row_before = _name_of(self.currentItem()), self.currentRow()
        # What is between is told to nobody: the selection as a whole is told at the end.
        blocked = self.blockSignals(True)
        self.clear()
        bundled = [entry for entry in self._entries if entry.model.bundled]
        own = [entry for entry in self._entries if not entry.model.bundled]
        for title, entries in ((self.tr("Bundled"), bundled), (self.tr("Your own"), own)):
            if entries:
                self._add_heading(title)
                for entry in entries:
                    self._add(entry)
        self._restore(before, row_before)
        self.blockSignals(blocked)
        self.selected.emit(_name_of(self.currentItem()))

    def _restore(self, name: str, row: int) -> None:
        rows = [at for at in range(self.count()) if _name_of(self.item(at))]
        if not rows:
            return
        same = [at for at in rows if _name_of(self.item(at)) == name]
        in_use = [at for at in rows if any(e.in_use and e.model.name == _name_of(self.item(at)) for e in self._entries)]
        nearest = [min(rows, key=lambda at: abs(at - row))] if row >= 0 else []
        self.setCurrentRow((same or nearest or in_use or rows)[0])

    def _add_heading(self, title: str) -> None:
        item = QListWidgetItem(title, self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)

    def _add(self, entry: ModelEntry) -> None:
        name, badges = entry.model.name, self._badges(entry)
        size = self.locale().formattedDataSize(entry.model.size_bytes, 1, self.locale().DataSizeFormat.DataSizeSIFormat)
        item = QListWidgetItem(name, self)
        item.setData(_NAME_ROLE, name)
        item.setData(_BADGES_ROLE, badges)
        item.setData(_SIZE_ROLE, size)
        kind = self.tr("bundled") if entry.model.bundled else self.tr("your own")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join([name, kind, *badges, size]))
        item.setToolTip(plain_tooltip(name))

    def _badges(self, entry: ModelEntry) -> list[str]:
        badges = [self.tr("in use")] if entry.in_use else []
        if len(entry.default_on) == 2:
            return [*badges, self.tr("default")]
        texts = {"cpu": self.tr("default on CPU"), "gpu": self.tr("default on GPU")}
        return badges + [texts[kind] for kind in entry.default_on]

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Installed models"))
        if self._entries:
            self._fill()


def _name_of(item: QListWidgetItem | None) -> str:
    """Of a model; "" for a heading and for None."""
    return str(item.data(_NAME_ROLE) or "") if item is not None else ""


class _Delegate(QStyledItemDelegate):
    """Name and size in one line, badges beneath."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line, or two with badges; the width is the list's."""
        line = QFontMetrics(option.font).height()
        if not index.data(_NAME_ROLE):
            return QSize(0, line + 2 * _HEADING_SPACE)
        badges = _badge_height(option.font) + 4 if index.data(_BADGES_ROLE) else 0
        return QSize(0, line + badges + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one entry."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect
        if index.data(_NAME_ROLE):
            self._paint_model(painter, option, index, area)
        else:
            painter.setFont(_small(option.font))
            painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
            inside = area.adjusted(_PAD, _HEADING_SPACE, -_PAD, 0)
            painter.drawText(inside, _leading(option) | Qt.AlignmentFlag.AlignVCenter, index.data())
        painter.restore()

    def _paint_model(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        area: QRect,
    ) -> None:
        widget: QWidget = option.widget
        widget.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        palette: QPalette = option.palette
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = palette.color(QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Text)
        faint = ink if is_selected else palette.color(QPalette.ColorRole.PlaceholderText)
        metrics = QFontMetrics(option.font)
        line = QRect(area.left() + _PAD, area.top() + _PAD, area.width() - 2 * _PAD, metrics.height())
        size = index.data(_SIZE_ROLE)
        size_width = metrics.horizontalAdvance(size)
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, line.width() - size_width - 2 * _GAP)
        painter.setFont(option.font)
        painter.setPen(ink)
        painter.drawText(line, _leading(option), name)
        painter.setPen(faint)
        painter.drawText(line, _trailing(option), size)
        row = QRect(line.left(), line.bottom() + 5, line.width(), _badge_height(option.font))
        self._paint_badges(painter, option, row, index.data(_BADGES_ROLE) or [], faint.name())

    def _paint_badges(
        self, painter: QPainter, option: QStyleOptionViewItem, row: QRect, badges: list[str], color: str
    ) -> None:
        font = _small(option.font)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(color)
        right_to_left = _leading(option) == Qt.AlignmentFlag.AlignRight
        edge = row.right() if right_to_left else row.left()
        for badge in badges:
            width = metrics.horizontalAdvance(badge) + 2 * _GAP
            left = edge - width if right_to_left else edge
            if left < row.left() or left + width > row.right() + 1:
                return
            place = QRect(left, row.top(), width, row.height())
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, badge)
            edge += -(width + _GAP) if right_to_left else width + _GAP


def _leading(option: QStyleOptionViewItem) -> Qt.AlignmentFlag:
    """Where lines begin; the painter, unlike labels, does not turn alignments by itself."""
    right_to_left = option.direction == Qt.LayoutDirection.RightToLeft
    return Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft


def _trailing(option: QStyleOptionViewItem) -> Qt.AlignmentFlag:
    is_left = _leading(option) == Qt.AlignmentFlag.AlignLeft
    return Qt.AlignmentFlag.AlignRight if is_left else Qt.AlignmentFlag.AlignLeft


def _small(font: QFont) -> QFont:
    small = QFont(font)
    if font.pointSizeF() > 0:
        small.setPointSizeF(font.pointSizeF() * _BADGE_SCALE)
    return small


def _badge_height(font: QFont) -> int:
    return QFontMetrics(_small(font)).height() + 3
