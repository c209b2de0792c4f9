"""The page without a photo, and the menu of recent photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from app.browsing import Browsing
from app.recent import Recent
from app.thumbnails import Thumbnails
from app.windows.main_window import MainWindow


class StartPresenter(QObject):
    """Offers what was opened last.

    Args:
        window: Has the page and the menu.
        recent: Knows the photos.
        browsing: Opens them.
    """

    def __init__(self, window: MainWindow, recent: Recent, browsing: Browsing) -> None:
        super().__init__(window)
        self._page = window.start_page
        self._menu = window.menus.recent
        self._recent = recent
        self._thumbnails = Thumbnails()
        self._thumbnails.ready.connect(self._page.set_picture)
        self._thumbnails.failed.connect(self._page.leave_out)
        self._page.pictures_asked.connect(self._thumbnails.ask)
        self._page.open_asked.connect(window.actions_["open"].trigger)
        self._page.photo_chosen.connect(browsing.open)
        self._page.paths_dropped.connect(window.paths_dropped)
        self._menu.chosen.connect(browsing.open)
        self._menu.clear_asked.connect(recent.clear)
        recent.changed.connect(self._show)
        self._show()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._thumbnails.stop(timeout_s=timeout_s)

    def _show(self) -> None:
        photos: Sequence[Path] = self._recent.photos
        self._page.set_recent(photos)
        self._menu.set_paths(photos)
