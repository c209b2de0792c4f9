"""Pictures to and from the clipboard, and files that are dragged here."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from app.display_colours import srgb_space
from app.painter import painter_on
from app.viewer.controller import Position, ViewController
from app.viewer.document import Document
from app.viewer.view_painting import paint_view
from liif_core.atomic import atomic_path
from liif_core.errors import ImageWriteError, system_errors_as
from liif_core.paths import cache_folder

KEPT_PASTED = 20
MOST_PASTED_BYTES = 500_000_000


def picture_of_view(controller: ViewController, cursor: Position | None = None) -> QImage:
    """What is visible of the photo, pixel by pixel, without what lies over it; transparent where the photo is.

    In sRGB: what is painted is in the colours of this display, and whoever pastes it takes it for sRGB.

    Args:
        controller: Of the view.
        cursor: Where the loupe is, if there is one.
    """
    screen = controller.screen
    picture = QImage(screen.width, screen.height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(0)
    with painter_on(picture) as painter:
        photo = paint_view(painter, controller, ratio=1.0, cursor=cursor, checkers=False)
    document = controller.document
    part = picture.copy(photo.boundingRect())
    if document is not None and not document.has_alpha:
        part = part.convertToFormat(QImage.Format.Format_RGB32)
    if isinstance(document, Document) and document.shown_space != srgb_space():
        part.setColorSpace(document.shown_space)
        part.convertToColorSpace(srgb_space())
    return part


def local_files(data: QMimeData) -> list[Path]:
    """The files and folders that were copied or are dragged."""
    # "file:" alone is a local file without a name, which as a path would be the program's own folder.
    return [_local_path(url) for url in data.urls() if url.isLocalFile() and url.toLocalFile()]


def _local_path(url: QUrl) -> Path:
    """The file that an address stands for."""
    if sys.platform == "win32" or url.host() not in ("", "localhost"):
        return Path(url.toLocalFile())
    # By its bytes, which need not be UTF-8: Qt would put a question mark in place of what is not.
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return Path(os.fsdecode(unquote_to_bytes(encoded)))


def dragged_files(event: QDropEvent) -> list[Path]:
    """The files and folders that are dragged here or dropped; where there are any, the event is accepted.

    As a copy, whatever was proposed: a source that hears of a move removes its files, as they were taken over.
    """
    files = local_files(event.mimeData())
    if files:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    return files


def save_pasted(picture: QImage) -> Path:
    """Keep a pasted picture as a file, which a photo has to be; runs on a worker thread.

    Raises:
        ImageWriteError: It cannot be written.
    """
    folder = cache_folder() / "pasted"
    path = folder / f"pasted-{secrets.token_hex(4)}.png"
    with system_errors_as(ImageWriteError, f"{path}: the pasted picture cannot be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            if not picture.save(str(temporary)):
                raise OSError("the picture cannot be saved")
    _remove_older(folder, path)
    return path


def _remove_older(folder: Path, newest: Path) -> None:
    """Keep as many pasted pictures as there are recent photos, and no more bytes than a cache should have."""
    known: list[tuple[float, int, Path]] = []
    for path in folder.glob("pasted-*.png"):
        # Another running program may remove it at the same time, and Windows keeps what is open.
        with contextlib.suppress(OSError):
            status = path.stat()
            known.append((status.st_mtime, status.st_size, path))
    known.sort(key=lambda each: (each[2] == newest, each[0]), reverse=True)
    kept_bytes = 0
    for index, (_, nbytes, path) in enumerate(known):
        kept_bytes += nbytes
        if index > 0 and (index >= KEPT_PASTED or kept_bytes > MOST_PASTED_BYTES):
            with contextlib.suppress(OSError):
                path.unlink()
