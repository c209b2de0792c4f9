"""Takes up what was open when the program ended, and keeps what is open for the next run."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.browsing import Browsing
from app.commands.compare_commands import CompareCommands
from app.recent import Recent
from app.session import Session
from app.viewer.controller import ViewController
from app.viewer.document import Preview


class SessionKeeping(QObject):
    """Lives on the GUI thread.

    Args:
        recent: Owner of the last session.
        controller: Of the view.
        browsing: Opens the photo.
        comparing: Compares it again.
    """

    def __init__(
        self, recent: Recent, controller: ViewController, browsing: Browsing, comparing: CompareCommands
    ) -> None:
        super().__init__()
        self._recent = recent
        self._controller = controller
        self._browsing = browsing
        self._comparing = comparing
        self._resumed: Session | None = None
        controller.document_opened.connect(self._compare_again)

    def resume(self) -> None:
        """Open what was open last, if anything was."""
        session = self._recent.session
        if session is not None:
            self._resumed = session
            self._browsing.open_at(session.photo, session.page, session.place, session.orientation)

    def keep(self) -> None:
        """Remember what is open."""
        document, camera, resumed = self._controller.document, self._controller.camera, self._resumed
        if document is None and resumed is not None and self._controller.awaited == resumed.photo:
            # It has not come yet, as from a slow network, and is still what was open last.
            return
        session = None
        if document is not None and camera is not None:
            compared, orientation = self._comparing.compared_by, self._controller.orientation
            session = Session(document.path, document.page, camera.place, orientation, compared)
        self._recent.keep_session(session)

    def _compare_again(self, photo: Preview) -> None:
        """With the photo, and not before: it may be gone, and another one is not to be compared."""
        session, self._resumed = self._resumed, None
        if session is not None and session.compared is not None and photo.path == session.photo:
            self._comparing.compare_by(session.compared)
