"""What is open and how it is looked at; lives on the GUI thread and never waits.

The sole owner of the open photo, the camera, its orientation on screen, and the comparison. A gesture replaces the
frozen `Camera`; the `Pictures` of the view are told, and make its pixels.

All device positions and movements that the methods take are those on screen, (y, x); the camera's are turned back.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.display_colours import Display
from app.viewer.comparison import Comparison
from app.viewer.document import Document, Preview
from app.viewer.picture import Picture
from app.viewer.pictures import Pictures
from app.viewer.reader import PhotoReader
from app.viewer.status import Progress, ViewStatus
from liif_core.geometry import Size
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Camera, Place
from liif_core.view.fit import FitMode

_BY_A_SIDE = (FitMode.WIDTH, FitMode.HEIGHT)

Position = tuple[float, float]
FirstView = Callable[[Preview, Size, Camera | None], Camera]
"""How a photo is first looked at: from the photo, the viewport, and the view of the photo before."""


def fitted_view(photo: Preview, viewport: Size, before: Camera | None) -> Camera:
    """All of it."""
    return Camera.fitting(photo.size, viewport)


class ViewController(QObject):
    """Between the canvas and the pictures.

    Args:
        picture: Of the view.

    Signals:
        repaint_needed: What the canvas shows has changed.
        status_changed: A `ViewStatus`.
        view_changed: Another camera or orientation.
        document_opened: Another photo is shown: its `Document`, or a `Preview` with the same size first.
        document_read: The `Document` of the photo that is shown; its pixels can be asked for from now on.
        document_closed: Nothing is shown any more: as was asked for, or because the photo of the preview cannot be read
            after all, and nothing was open before it.
        comparison_changed: Its `Comparison`, or None.
        rival_failed: The rival's model cannot work, after `failed`; its picture goes on without one.
        became_sharp: The view at hand is complete.
        read_failed: A `LiifError` and the path of the photo that was asked for; what was open stays open.
        display_failed: A `RequestError`: the display's profile cannot be used, and the photo is shown in sRGB.
        failed: A `LiifError`, of whatever else.
    """

    repaint_needed = Signal()
    status_changed = Signal(object)
    view_changed = Signal()
    document_opened = Signal(object)
    document_read = Signal(object)
    document_closed = Signal()
    comparison_changed = Signal(object)
    rival_failed = Signal()
    became_sharp = Signal()
    read_failed = Signal(object, object)
    display_failed = Signal(object)
    failed = Signal(object)

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self._pictures = Pictures(picture)
        self.first_view: FirstView = fitted_view
        self._comparison: Comparison | None = None
        self._document: Preview | None = None
        self._camera: Camera | None = None
        self._orientation = UPRIGHT
        self._before_preview: tuple[Document, Camera, Orientation] | None = None
        self._screen = Size(1, 1)
        self._reopening: Path | None = None
        self._place: Place | None = None
        self._turned = UPRIGHT
        self._reader = PhotoReader()
        self._reader.previewed.connect(self._show)
        self._reader.read.connect(self._show_read)
        self._reader.failed.connect(self._reading_failed)
        self._reader.display_failed.connect(self.display_failed)
        self._pictures.repaint_needed.connect(self.repaint_needed)
        self._pictures.progressed.connect(self._report)
        self._pictures.became_sharp.connect(self.became_sharp)
        self._pictures.failed.connect(self.failed)
        self._pictures.rival_failed.connect(self.rival_failed)

    # -- what is open

    @property
    def document(self) -> Preview | None:
        """The photo that is shown: a `Document`, or a `Preview` until its pixels are there."""
        return self._document

    @property
    def awaited(self) -> Path | None:
        """The photo that is being read, which may be the one that is shown: as a preview, or once more."""
        return self._reader.path

    @property
    def awaited_page(self) -> int:
        """Which of the pages of `awaited`."""
        return self._reader.page

    def open(
        self, path: Path, *, page: int = 0, place: Place | None = None, orientation: Orientation = UPRIGHT
    ) -> None:
        """Read a photo; it replaces the open one when there is something of it to show.

        Args:
            path: Its file.
            page: Which of its pages.
            place: Where to look first; None for the first view of every photo.
            orientation: How to turn it at first.
        """
        self._reopening, self._place, self._turned = None, place, orientation
        self._reader.open(path, page=page)

    def reopen(self) -> None:
        """Read the open photo from its file again; what is seen of it stays in view.

        Where another photo or page is on its way, that one is read from its beginning: it is what the person waits for.
        """
        document, awaited = self._document, self.awaited
        is_shown = document is not None and (document.path, document.page) == (awaited, self.awaited_page)
        if awaited is not None and not is_shown:
            self._reader.begin_again()
        elif document is not None:
            self._reopening = document.path
            self._reader.open(document.path, page=document.page)

    def set_display(self, display: Display) -> None:
        """The display's colours for photos that are opened from now on; see `display_colours.usable_space`."""
        self._reader.display = display

    def set_photo_memory(self, photo_bytes: int) -> None:
        """Larger photos than this are held in a file that the system caches."""
        self._reader.photo_bytes = photo_bytes

    def stop(self, *, timeout_s: float) -> bool:
        """Stop the threads that read photos, when the program ends; whether they ended in time."""
        return self._reader.stop(timeout_s=timeout_s)

    def show(self, document: Document) -> None:
        """Show a photo that was read ahead; a photo that is being read is not waited for any more."""
        self._reopening = self._place = None
        self._turned = UPRIGHT
        self._reader.forget()
        self._show_read(document)

    # -- how it is looked at

    @property
    def camera(self) -> Camera | None:
        """The view, once a photo is open."""
        return self._camera

    @property
    def orientation(self) -> Orientation:
        """How the photo is turned on screen."""
        return self._orientation

    @property
    def screen(self) -> Size:
        """The canvas in device pixels."""
        return self._screen

    def to_image(self, pos_device: Position) -> Position | None:
        """The image position that is seen at a device position, also outside of the photo; None without a photo."""
        if self._camera is None:
            return None
        return self._camera.to_image(self._orientation.to_photo(pos_device, self._screen))

    def pixel_at(self, pos_device: Position) -> tuple[int, int] | None:
        """Row and column of the photo's pixel that the device pixel at a position shows; None beside the photo."""
        y, x = pos_device
        # Of its centre: on a turned photo, its upper left edge may be the end of the photo's pixel beside it.
        place = self.to_image((math.floor(y) + 0.5, math.floor(x) + 0.5))
        if place is None or self._camera is None:
            return None
        row, column, photo = math.floor(place[0]), math.floor(place[1]), self._camera.photo
        return (row, column) if 0 <= row < photo.height and 0 <= column < photo.width else None

    def to_device(self, pos_image: Position) -> Position | None:
        """The device position at which an image position is seen, also off the canvas; None without a photo."""
        if self._camera is None:
            return None
        return self._orientation.to_screen(self._camera.to_device(pos_image), self._camera.viewport)

    def set_viewport(self, screen: Size) -> None:
        """The canvas has another size in device pixels."""
        self._screen = screen
        self._pictures.set_viewport(screen)
        if self._camera is not None:
            self.look(self._camera.resized(self._viewport))

    def look(self, camera: Camera) -> None:
        """Replace the camera."""
        if camera == self._camera:
            return
        self._camera = camera
        self._pictures.move_to(camera)
        self.view_changed.emit()

    def zoom(self, factor: float, anchor_device: Position | None = None) -> None:
        """Multiply the zoom about a device position, the canvas' centre by default."""
        if self._camera is not None:
            center = (self._screen.height / 2, self._screen.width / 2)
            self.look(self._camera.zoomed(factor, self._orientation.to_photo(anchor_device or center, self._screen)))

    def zoom_to(self, zoom: float, anchor_device: Position | None = None) -> None:
        """Zoom to a number of device pixels per image pixel."""
        if self._camera is not None:
            self.zoom(zoom / self._camera.zoom, anchor_device)

    def pan(self, dy_device: float, dx_device: float) -> None:
        """Move the picture by device pixels."""
        if self._camera is not None:
            self.look(self._camera.panned(*self._orientation.vector_to_photo((dy_device, dx_device))))

    def fit(self, mode: FitMode = FitMode.WINDOW) -> None:
        """Fit the photo, as it lies on screen, to the canvas."""
        if self._camera is not None:
            self.look(self._camera.fitted(mode.turned if self._orientation.swaps_sides else mode))

    def center_on(self, y_image: float, x_image: float) -> None:
        """Show an image position in the middle."""
        if self._camera is not None:
            self.look(self._camera.centered_on(y_image, x_image))

    def orient(self, orientation: Orientation) -> None:
        """Turn or mirror what is seen; the same part of the photo stays in the middle."""
        if orientation == self._orientation:
            return
        fit = self._camera.fit if self._camera is not None else None
        turned = orientation.swaps_sides != self._orientation.swaps_sides
        self._orientation = orientation
        if self._camera is not None:
            camera = self._camera.resized(self._viewport)
            # A photo that was as wide as the canvas is so again, by its other side.
            self.look(camera.fitted(fit.turned) if turned and fit is not None and fit in _BY_A_SIDE else camera)
        self.view_changed.emit()
        self.repaint_needed.emit()

    def set_focus(self, focus_device: Position | None) -> None:
        """Where the person looks, as a rule at the cursor: tiles there come first."""
        focus = None if focus_device is None else self._orientation.to_photo(focus_device, self._screen)
        self._pictures.set_focus(focus)

    # -- comparing

    @property
    def comparison(self) -> Comparison | None:
        """How two pictures are compared, if at all."""
        return self._comparison

    def compare(self, comparison: Comparison | None, rival: Picture | None = None) -> None:
        """Begin to compare, compare otherwise, or end it (None).

        Args:
            comparison: How.
            rival: The other picture, where it is another one than before; whoever made the one before ends it.
        """
        if comparison is None:
            self._pictures.set_rival(None)
        elif rival is not None and rival is not self.rival:
            self._pictures.set_rival(rival)
        self._comparison = comparison if self.rival is not None else None
        self.comparison_changed.emit(self._comparison)
        self.repaint_needed.emit()

    # -- the pictures

    @property
    def picture(self) -> Picture:
        """The view as a person has chosen to enlarge it."""
        return self._pictures.own

    @property
    def rival(self) -> Picture | None:
        """The other picture of the view, while two are compared."""
        return self._pictures.rival

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come for the view at hand."""
        return self._document is not None and self._pictures.is_sharp

    def photo_painted(self) -> None:
        """The canvas has painted a photo for the first time: from now on torch may be imported."""
        self._pictures.allow_model()

    @property
    def _viewport(self) -> Size:
        """The camera's."""
        return self._orientation.size_of_photo(self._screen)

    def _report(self, progress: Progress) -> None:
        if self._camera is not None:
            self.status_changed.emit(ViewStatus(self._camera.zoom, progress))

    # -- photos come and go

    def _show(self, photo: Preview) -> None:
        """Put a photo, or at first its preview, in place of the open one."""
        before = self._camera
        if isinstance(self._document, Document) and before is not None:
            self._before_preview = self._document, before, self._orientation
        again = before is not None and photo.path == self._reopening
        self._document = photo
        self._orientation = self._orientation if again else self._turned
        if again and before is not None:
            camera = before.carried_to(photo.size, self._viewport)
        elif self._place is not None:
            camera = self._place.camera(photo.size, self._viewport)
        else:
            camera = self.first_view(photo, self._viewport, before)
        self._camera = camera
        self._pictures.show_photo(photo, camera)
        self.document_opened.emit(photo)
        self.view_changed.emit()

    def _show_read(self, document: Document) -> None:
        """All pixels are there. Under a preview the camera stays where the person has moved it meanwhile."""
        shown = self._document
        if shown is None or (shown.photo_id, shown.size) != (document.photo_id, document.size):
            self._show(document)
        if self._before_preview is not None:
            self._pictures.forget_photo(self._before_preview[0].photo_id)
            self._before_preview = None
        self._document = document
        self._pictures.read(document)
        self.document_read.emit(document)

    def _reading_failed(self, error: object, path: object, is_newest: bool) -> None:
        """Bring back what was open.

        A preview only shows that the file begins well: the disk may fail or fill up later. To show it at once is worth
        more than to be sure, so the photo before it is kept until the new one is read, and nothing is lost.
        """
        if is_newest and self._document is not None and not isinstance(self._document, Document):
            before, self._before_preview = self._before_preview, None
            if before is None:
                self._close()
            else:
                self._bring_back(*before)
        if is_newest:
            self.read_failed.emit(error, path)

    def _bring_back(self, document: Document, camera: Camera, orientation: Orientation) -> None:
        self._document, self._orientation = document, orientation
        self._camera = camera = camera.resized(self._viewport)
        self._pictures.show_photo(document, camera)
        self.document_opened.emit(document)
        # Whoever listens may have placed the view as for a new photo.
        self.look(camera)
        self.view_changed.emit()

    def close(self) -> None:
        """Look at nothing any more."""
        self._reader.forget()
        self._before_preview = None
        self._close()

    def _close(self) -> None:
        self._document = self._camera = None
        self._pictures.clear()
        self.document_closed.emit()
