"""What the window shows before a photo is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.clipboard import dragged_files
from app.painter import painter_on
from app.windows.recent_grid import RecentGrid
from liif_core.paths import sample_photo

_MARGIN = 24
_RADIUS = 14.0
_DASHES = (5.0, 4.0)
_HINT_SCALE = 1.8
_LEAST_AREA_HEIGHT = 210


class DropArea(QWidget):
    """A dashed frame that lights up while files are held over it."""

    def __init__(self) -> None:
        super().__init__()
        self._lit = False

    @property
    def is_lit(self) -> bool:
        """Whether files are held over the page."""
        return self._lit

    def set_lit(self, lit: bool) -> None:
        """Say that files can be let go here, or do not."""
        self._lit = lit
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            role = QPalette.ColorRole.Highlight if self._lit else QPalette.ColorRole.WindowText
            color = QColor(self.palette().color(role))
            fill = QColor(color)
            fill.setAlphaF(0.12 if self._lit else 0.03)
            color.setAlphaF(1.0 if self._lit else 0.35)
            pen = QPen(color, 2)
            pen.setDashPattern(_DASHES)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)


class StartPage(QWidget):
    """A large area to drop photos on, buttons for opening one, and the photos opened last.

    Signals:
        open_asked: The button was pressed.
        photo_chosen: The `Path` of a photo.
        paths_dropped: Paths of files and folders, a list of `Path`.
        pictures_asked: See `RecentGrid`.
        cursor_moved: How far the cursor is below the upper edge, in device-independent pixels.
    """

    open_asked = Signal()
    photo_chosen = Signal(object)
    paths_dropped = Signal(list)
    pictures_asked = Signal(object, object)
    cursor_moved = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._hint, self._more = QLabel(), QLabel()
        self._open_button, self._sample_button = QPushButton(), QPushButton()
        self._recent_title = QLabel()
        self._recent = RecentGrid()
        self._area = DropArea()
        self.setAcceptDrops(True)
        # Of a cursor that holds no button only those hear that ask for it; the area hands on what it hears.
        for widget in (self, self._area):
            widget.setMouseTracking(True)
        self.setFocusProxy(self._open_button)
        self._open_button.setDefault(True)
        self._open_button.clicked.connect(self.open_asked)
        self._sample_button.clicked.connect(lambda: self.photo_chosen.emit(sample_photo()))
        self._recent.chosen.connect(self.photo_chosen)
        self._recent.pictures_asked.connect(self.pictures_asked)
        self._recent.changed.connect(self._show_or_hide_recent)
        self._lay_out()
        self._show_or_hide_recent()
        self._retranslate()

    def set_recent(self, paths: Sequence[Path]) -> None:
        """Offer these photos, the first eight of them; those that cannot be read are left out."""
        self._recent.set_paths(paths)

    def set_picture(self, path: Path, image: QImage) -> None:
        """Show the picture of a recent photo."""
        self._recent.set_picture(path, image)

    def leave_out(self, path: Path) -> None:
        """A recent photo cannot be read: do not offer it."""
        self._recent.leave_out(path)

    # -- events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for files."""
        if dragged_files(event):
            self._area.set_lit(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went elsewhere."""
        self._area.set_lit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over the files."""
        self._area.set_lit(False)
        paths = dragged_files(event)
        if paths:
            self.paths_dropped.emit(paths)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of it."""
        self.cursor_moved.emit(event.position().y())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many photos as there is room for beneath the area."""
        super().resizeEvent(event)
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    # -- layout and language

    def _lay_out(self) -> None:
        font = self._hint.font()
        font.setPointSizeF(font.pointSizeF() * _HINT_SCALE)
        self._hint.setFont(font)
        for label in (self._hint, self._more):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self._open_button)
        buttons.addWidget(self._sample_button)
        buttons.addStretch()
        inside = QVBoxLayout(self._area)
        inside.addStretch()
        inside.addWidget(self._hint)
        inside.addWidget(self._more)
        inside.addSpacing(14)
        inside.addLayout(buttons)
        inside.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.addWidget(self._area, 1)
        layout.addSpacing(8)
        layout.addWidget(self._recent_title)
        layout.addWidget(self._recent)

    def _make_room(self) -> None:
        width = self.width() - 2 * _MARGIN
        height = self.height() - 2 * _MARGIN - _LEAST_AREA_HEIGHT - 3 * self._recent_title.sizeHint().height()
        self._recent.set_room(width, height)

    def _show_or_hide_recent(self) -> None:
        self._recent_title.setVisible(bool(self._recent.offered))

    def _retranslate(self) -> None:
        self._hint.setText(self.tr("Drop a photo here"))
        self._more.setText(self.tr("or a folder of photos"))
        self._open_button.setText(self.tr("&Open photo…"))
        self._sample_button.setText(self.tr("Open the &sample photo"))
        self._recent_title.setText(self.tr("Recent photos"))
        self._area.setAccessibleName(self.tr("Place to drop photos on"))
