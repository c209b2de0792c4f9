"""The photos that are not used, or count twice: a picture of each, its name, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from app.windows.elided_label import plain_tooltip
from app.windows.icons import draw
from app.workers.surveyor import PhotoProblem
from liif_core.geometry import Size

PICTURE = Size(48, 64)
# More rows than this are not read by anybody; the summary tells how many there are.
MAX_ROWS = 300


class ProblemList(QListWidget):
    """A row for each problem.

    Signals:
        pictures_asked: Paths of photos, a list, and the size of their pictures: they are to be handed to `set_picture`.
    """

    pictures_asked = Signal(list, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: Sequence[PhotoProblem] = ()
        self._rows: dict[Path, list[QListWidgetItem]] = {}
        self.setIconSize(QSize(PICTURE.width, PICTURE.height))
        self.setUniformItemSizes(True)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setAlternatingRowColors(True)

    def set_problems(self, problems: Sequence[PhotoProblem]) -> None:
        """Show these."""
        self._problems = problems
        self.retranslate()
        ratio = self.devicePixelRatioF()
        paths = [problem.path for problem in problems[:MAX_ROWS] if problem.kind != "unreadable"]
        size = Size(round(PICTURE.height * ratio), round(PICTURE.width * ratio))
        self.pictures_asked.emit(paths, size)

    def set_picture(self, path: Path, image: QImage) -> None:
        """Show the picture of a photo."""
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        for item in self._rows.get(path, []):
            item.setIcon(QIcon(pixmap))

    def retranslate(self) -> None:
        """Write all rows anew."""
        icons = {path: items[0].icon() for path, items in self._rows.items()}
        self.setAccessibleName(self.tr("Photos with problems"))
        self.clear()
        self._rows = {}
        blank = QIcon(draw("photo", PICTURE.height // 2, self.palette().placeholderText().color()))
        for problem in self._problems[:MAX_ROWS]:
            item = QListWidgetItem(icons.get(problem.path, blank), f"{problem.path.name}\n{self._reason(problem)}")
            item.setToolTip(plain_tooltip(str(problem.path)))
            item.setSizeHint(QSize(0, PICTURE.height + 8))
            self._rows.setdefault(problem.path, []).append(item)
            self.addItem(item)
        left = len(self._problems) - MAX_ROWS
        if left > 0:
            self.addItem(self.tr("and {0} more").format(self.locale().toString(left)))

    def _reason(self, problem: PhotoProblem) -> str:
        other = Path(problem.other).name
        if problem.kind == "unreadable":
            return self.tr("Cannot be read; it is left out.")
        if problem.kind == "small":
            return self.tr("Too small with {0} × {1} pixels; it is left out.").format(*problem.size)
        if problem.kind == "leak":
            return self.tr("The same picture as {0}, which measures the model; it is left out.").format(other)
        return self.tr("The same picture as {0}; it counts twice.").format(other)
