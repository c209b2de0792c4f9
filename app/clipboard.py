"""Pictures to and from the clipboard."""

from __future__ import annotations

import secrets
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage, QPainter

from app.viewer.controller import ViewController
from app.viewer.view_painting import paint_view
from liif_core.atomic import atomic_path
from liif_core.errors import ImageWriteError
from liif_core.paths import cache_folder


def picture_of_view(controller: ViewController) -> QImage:
    """What is visible of the photo, pixel by pixel, without what lies over it; transparent where the photo is."""
    screen = controller.screen
    picture = QImage(screen.width, screen.height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    painter = QPainter(picture)
    photo = paint_view(painter, controller, ratio=1.0, cursor=None, checkers=False)
    painter.end()
    document = controller.document
    part = picture.copy(photo.boundingRect())
    if document is not None and not document.has_alpha:
        part = part.convertToFormat(QImage.Format.Format_RGB32)
    return part


def local_files(data: QMimeData) -> list[Path]:
    """The files and folders that were copied or are dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def save_pasted(picture: QImage) -> Path:
    """Keep a pasted picture as a file, which a photo has to be; runs on a worker thread.

    Raises:
        ImageWriteError: It cannot be written.
    """
    path = cache_folder() / "pasted" / f"pasted-{secrets.token_hex(4)}.png"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            if not picture.save(str(temporary)):
                raise OSError("the picture cannot be saved")
    except OSError as exc:
        raise ImageWriteError(f"{path}: the pasted picture cannot be written: {exc.strerror or exc}") from exc
    return path
