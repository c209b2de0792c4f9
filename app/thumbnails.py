"""Small pictures of photos, made one after the other on a thread of low priority and kept in memory."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.display_colours import conversion_for
from app.qimage import to_qimage
from app.workers.mailbox import Mailbox
from app.workers.priority import yield_to_the_gui
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageReadError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import read_image, read_size
from liif_core.imaging.resample import Pyramid

logger = logging.getLogger(__name__)

# Formats without a reduced picture are decoded whole, up to this: half a second, and 72 MB for that long.
MAX_WHOLE_PIXELS = 25_000_000
# Pictures that are kept; 320 x 240 pixels take 0.3 MB.
KEPT = 64

_Key = tuple[str, int, int, Size]


@dataclass(frozen=True, slots=True)
class _Wish:
    paths: tuple[Path, ...]
    box: Size
    token: CancelToken


class Thumbnails(QObject):
    """Owner of the thread, which starts with the first wish.

    Signals:
        ready: A path as asked for, and its `QImage`. A photo that would take too long has none, and has not failed.
        failed: The path of a photo that cannot be read; the log says why.
    """

    ready = Signal(object, object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._mailbox: Mailbox[_Wish] = Mailbox()
        self._token = CancelToken()
        self._thread: threading.Thread | None = None
        # Used on the thread only.
        self._kept: OrderedDict[_Key, QImage | None] = OrderedDict()

    def ask(self, paths: Sequence[Path], box: Size) -> None:
        """Make these pictures, in this order, and no others any more; returns at once.

        Args:
            paths: The photos; none at all only ends what is under way.
            box: Height and width of the pictures in pixels. What sticks out is cut off evenly; photos that are smaller
                than the box are not enlarged.
        """
        self._token.cancel()
        self._token = CancelToken()
        if paths and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)
            self._thread.start()
        self._mailbox.put(_Wish(tuple(paths), box, self._token))

    def stop(self, *, timeout_s: float = 30.0) -> bool:
        """End the thread after the chunk at hand; whether it ended in time."""
        self._mailbox.close()
        self._token.cancel()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        yield_to_the_gui()
        while (wish := self._mailbox.take()) is not None:
            for path in wish.paths:
                if wish.token.cancelled:
                    break
                self._make(path, wish)

    def _make(self, path: Path, wish: _Wish) -> None:
        try:
            picture = self._picture(path, wish)
        except Cancelled:
            return
        except (ImageReadError, OSError) as exc:
            logger.info("no thumbnail: %s", exc)
            self.failed.emit(path)
        except Exception:  # the thread's entry: one photo must not take the others' pictures away
            logger.exception("no thumbnail of %s", path)
            self.failed.emit(path)
        else:
            if picture is not None:
                self.ready.emit(path, picture)

    def _picture(self, path: Path, wish: _Wish) -> QImage | None:
        status = path.stat()
        key = (os.fspath(path), status.st_mtime_ns, status.st_size, wish.box)
        if key not in self._kept:
            self._kept[key] = _thumbnail(path, wish.box, wish.token)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def _thumbnail(path: Path, box: Size, token: CancelToken) -> QImage | None:
    """Read a photo and reduce it; None where that would take too long.

    Raises:
        ImageReadError: It is no photo, or cannot be read.
        Cancelled: `token` was set.
    """
    reduced = read_preview(path, side=2 * max(box.height, box.width), cancel=token)
    if reduced is None and read_size(path).area > MAX_WHOLE_PIXELS:
        return None
    image = reduced.image if reduced is not None else read_image(path, cancel=token)
    grid, rect = covering(image.size, box)
    return to_qimage(Pyramid(image).reduced(grid, rect), conversion_for(image.icc_profile, None))


def covering(photo: Size, box: Size) -> tuple[OutputGrid, Rect]:
    """How a photo fills a box without being enlarged.

    Returns:
        The grid of the whole photo, and the part of it that is in the box, from the middle.
    """
    scale = min(1.0, max(box.height / photo.height, box.width / photo.width))
    grid = OutputGrid(photo, photo.scaled(scale))
    height, width = min(box.height, grid.output.height), min(box.width, grid.output.width)
    return grid, Rect((grid.output.height - height) // 2, (grid.output.width - width) // 2, height, width)
