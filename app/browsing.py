"""Going from photo to photo: which one is next, reading ahead, leaving out what cannot be opened.

`FolderBrowser` knows the photos of a folder, the controller reads and shows one, the preloader reads the next ones when
the view is sharp. A photo that was stepped to, or that is one of many dropped together, is left out with a notice if it
cannot be opened; one that was asked for by name is told in a dialog.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.folder import FolderBrowser
from app.photo_list import absolute
from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.viewer.preloader import Preloader
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Place

# After the view is sharp; who goes through a folder quickly needs the machine for the photo at hand.
READ_AHEAD_AFTER_MS = 250


class Browsing(QObject):
    """Lives on the GUI thread and never waits there.

    Args:
        controller: Shows the photo.
        browser: Knows its neighbours.
        preloader: Reads them.

    Signals:
        shown: The `Document` of another photo is shown.
        notice: A sentence that needs no answer.
        failed: A `LiifError` about a photo that was asked for by name.
    """

    shown = Signal(object)
    notice = Signal(str)
    failed = Signal(object)

    def __init__(self, controller: ViewController, browser: FolderBrowser, preloader: Preloader) -> None:
        super().__init__()
        self._controller = controller
        self._browser = browser
        self._preloader = preloader
        # Since a photo was asked for by name. Of several steps in a row each may fail, the earlier ones late.
        self._stepped_to: set[Path] = set()
        # How often something was asked for.
        self._wishes = 0
        self._changed_on_disk: Path | None = None
        # The photo that is shown has changed, while another one was on its way.
        self._missed_change = False
        self._idle = QTimer(self, singleShot=True, interval=READ_AHEAD_AFTER_MS)
        self._idle.timeout.connect(self._read_ahead)
        controller.document_read.connect(self._note_read)
        controller.read_failed.connect(self._note_failure)
        controller.read_failed.connect(self._follow_view)
        controller.became_sharp.connect(self._idle.start)
        controller.view_changed.connect(self._follow_view)
        browser.chosen.connect(self.open)
        browser.moved.connect(self._go_to)
        browser.failed.connect(self.failed)
        browser.reached_end.connect(self._tell_end)
        browser.current_changed_on_disk.connect(self._read_again)
        browser.current_removed.connect(lambda: self.notice.emit(self.tr("The photo's file was moved or removed.")))

    # -- what to look at

    def open(self, path: Path) -> None:
        """Look at a photo; what is not absolute is in the working folder, as a command line names it."""
        self._drop_wishes()
        # The session, the clipboard and an export need it wherever they are made use of.
        self._controller.open(absolute(path))

    def open_at(self, path: Path, page: int, place: Place, orientation: Orientation = UPRIGHT) -> None:
        """Look at a photo where and as it was looked at before."""
        self._drop_wishes()
        self._controller.open(path, page=page, place=place, orientation=orientation)

    def expect(self) -> Callable[[Path], None]:
        """Ask for a photo whose file is still to be made; what is returned then opens it, unless more was asked for."""
        self._drop_wishes()
        wish = self._wishes
        return lambda path: self.open(path) if self._wishes == wish else None

    def open_all(self, paths: Sequence[Path]) -> None:
        """Look at what was dropped or chosen: photos, or folders of photos."""
        if paths:
            self._wishes += 1
            self._browser.choose(paths)

    def next(self) -> None:
        """Look at the next photo."""
        self._step(self._browser.next)

    def previous(self) -> None:
        """Look at the photo before."""
        self._step(self._browser.previous)

    def first(self) -> None:
        """Look at the first photo of the folder."""
        self._step(self._browser.first)

    def last(self) -> None:
        """Look at the last photo of the folder."""
        self._step(self._browser.last)

    def turn_page(self, pages: int) -> None:
        """Look at a later (or earlier) page of the same file."""
        document = self._controller.document
        if not isinstance(document, Document):
            return
        # Keys may come faster than pages are read.
        is_awaited = self._controller.awaited == document.path
        page = (self._controller.awaited_page if is_awaited else document.page) + pages
        if 0 <= page < document.pages:
            self._drop_wishes()
            self._controller.open(document.path, page=page)

    def reload(self) -> None:
        """Read the photo from its file again; the view stays."""
        document = self._controller.document
        if document is not None:
            self._preloader.pause()
            self._controller.reopen()

    def close(self) -> None:
        """Look at nothing any more."""
        self._drop_wishes()
        self._preloader.forget()
        self._browser.forget()
        self._controller.close()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._idle.stop()
        ended = [part.stop(timeout_s=timeout_s) for part in (self._preloader, self._browser)]
        return all(ended)

    def _drop_wishes(self) -> None:
        """What was asked for before, and is still on its way, is not waited for any more."""
        self._wishes += 1
        self._stepped_to.clear()
        self._changed_on_disk = None
        self._preloader.pause()
        self._browser.stay()

    # -- steps

    def _step(self, step: Callable[[], Path | None]) -> None:
        seen = self._controller.document
        if seen is not None and seen.path == self._controller.awaited != self._browser.current:
            # In its preview: what is beside it is meant, and not what is beside the photo before.
            self._browser.go_from(seen.path)
        path = step()
        if path is not None:
            self._wishes += 1
            self._go_to(path)

    def _go_to(self, path: Path) -> None:
        self._stepped_to.add(path)
        kept = self._preloader.take(path)
        if kept is None:
            self._controller.open(path)
        else:
            self._controller.show(kept)

    def _is_leaving(self) -> bool:
        """Whether another photo is on its way: to read the shown one again would stop that, and nobody would know."""
        document, awaited = self._controller.document, self._controller.awaited
        self._missed_change = document is not None and awaited not in (None, document.path)
        return self._missed_change

    def _read_again(self) -> None:
        if self._is_leaving():
            return
        document = self._controller.document
        # Told when it is done: a file that is being written may not be whole yet.
        self._changed_on_disk = document.path if document is not None else None
        self._controller.reopen()

    def _tell_end(self, at_end: bool) -> None:
        self.notice.emit(self.tr("This is the last photo.") if at_end else self.tr("This is the first photo."))

    # -- what became of it

    def _note_read(self, document: Document) -> None:
        changed, self._changed_on_disk = self._changed_on_disk, None
        self._missed_change = False
        if document.path == changed:
            self.notice.emit(self.tr("The photo has changed on the disk and was read again."))
        self._browser.set_current(document.path, state=document.file_state)
        skipped = self._browser.take_notice()
        if skipped is not None:
            self.notice.emit(skipped)
        self.shown.emit(document)

    def _note_failure(self, error: object, path: Path) -> None:
        changed, self._changed_on_disk = self._changed_on_disk, None
        if path == changed:
            # Nobody has asked for anything, and the next change is read again.
            text = self.tr("The photo has changed on the disk and is shown as it was, since {0}.")
            self.notice.emit(text.format(error))
            return
        document = self._controller.document
        # Of the photo that is shown, once more or another page was asked for; it stays among those to step to.
        if path not in self._stepped_to or (document is not None and document.path == path):
            if path == self._browser.current:
                # A step from its preview led nowhere.
                self._browser.come_back()
            self.failed.emit(error)
        else:
            self._leave_out(error, path)
        if self._missed_change:
            self._read_again()

    def _leave_out(self, error: object, path: Path) -> None:
        """A photo that was stepped to; the next one in the same direction follows."""
        is_newest = path == self._browser.current
        instead = self._browser.mark_bad(path, str(error))
        if instead is not None:
            self._go_to(instead)
        elif is_newest:
            # There is nothing else that way. Of earlier steps is told when a photo is read.
            self.notice.emit(self._browser.take_notice() or str(error))

    def _follow_view(self) -> None:
        """A view that was seen before is sharp at once, and is told so before it is told to have changed."""
        if self._controller.is_sharp:
            self._idle.start()
        else:
            self._idle.stop()

    def _read_ahead(self) -> None:
        """The neighbours; but that would hold up a photo that is awaited, and whose view will be sharp, too."""
        if self._controller.awaited is None:
            self._preloader.want(self._browser.neighbours)
