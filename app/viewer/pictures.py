"""The pictures of a view: one as a rule, and beside it a rival while two ways to enlarge are compared.

Both have the same photo and the same camera, hence the same geometry: what one is told the other is told, and the view
is as sharp as the less sharp of them. A rival that comes later is told what the own picture was told before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.viewer.document import Document, Preview
from app.viewer.picture import Picture
from app.viewer.status import Progress
from liif_core.geometry import Size
from liif_core.view.camera import Camera


class Pictures(QObject):
    """Lives on the GUI thread.

    Args:
        own: The picture that is always there.

    Attributes:
        own: See above.
        rival: The other one, while two are compared.

    Signals:
        repaint_needed: What is painted of either has changed.
        progressed: The `Progress` of all together, at each tile and each change of the view.
        became_sharp: The view at hand is complete in all of them.
        failed: A `LiifError` of either.
        rival_failed: The rival's model cannot work, after `failed`; its picture goes on without one.
    """

    repaint_needed = Signal()
    progressed = Signal(object)
    became_sharp = Signal()
    failed = Signal(object)
    rival_failed = Signal()

    def __init__(self, own: Picture) -> None:
        super().__init__()
        self.own = own
        self.rival: Picture | None = None
        self._photo: Preview | None = None
        self._camera: Camera | None = None
        self._viewport = Size(1, 1)
        self._may_load_model = False
        self._connect(own)

    def __iter__(self) -> Iterator[Picture]:
        yield self.own
        if self.rival is not None:
            yield self.rival

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come for the view at hand."""
        return all(picture.is_sharp for picture in self)

    def set_rival(self, rival: Picture | None) -> None:
        """Compare with another picture, or with none (None); whoever made the one before ends it."""
        if self.rival is not None:
            self.rival.stop_work()
            for signal, slot in self._links(self.rival):
                signal.disconnect(slot)
        before, self.rival = self.rival, rival
        if rival is None:
            if before is not None and self._may_load_model:
                # Perhaps it was the last one to be awaited.
                self._report()
                self._tell_sharp()
            return
        self._connect(rival)
        rival.set_viewport(self._viewport)
        if self._may_load_model:
            rival.allow_model()
        if self._photo is not None and self._camera is not None:
            rival.show_photo(self._photo, self._camera)

    # -- what all are told: see `Picture`

    def show_photo(self, photo: Preview, camera: Camera) -> None:
        """Picture another photo, or at first its preview."""
        self._photo, self._camera = photo, camera
        for picture in self:
            picture.show_photo(photo, camera)

    def read(self, document: Document) -> None:
        """The pixels of the photo that is shown are there."""
        self._photo = document
        for picture in self:
            picture.read(document)

    def forget_photo(self, photo_id: int) -> None:
        """Nobody will come back to a photo."""
        for picture in self:
            picture.forget_photo(photo_id)

    def clear(self) -> None:
        """Nothing is open any more."""
        self._photo = self._camera = None
        for picture in self:
            picture.clear()

    def move_to(self, camera: Camera) -> None:
        """The view has changed."""
        self._camera = camera
        for picture in self:
            picture.move_to(camera)

    def set_viewport(self, viewport: Size) -> None:
        """The canvas has another size in device pixels."""
        self._viewport = viewport
        for picture in self:
            picture.set_viewport(viewport)

    def set_focus(self, focus_device: tuple[float, float] | None) -> None:
        """Where the person looks: tiles there come first."""
        for picture in self:
            picture.set_focus(focus_device)

    def allow_model(self) -> None:
        """A photo is on screen: from now on torch may be imported."""
        self._may_load_model = True
        for picture in self:
            picture.allow_model()

    # -- what they tell

    def _connect(self, picture: Picture) -> None:
        for signal, slot in self._links(picture):
            signal.connect(slot)

    def _links(self, picture: Picture) -> tuple[tuple[SignalInstance, Any], ...]:
        return (
            (picture.repaint_needed, self.repaint_needed),
            (picture.progressed, self._report),
            (picture.became_sharp, self._tell_sharp),
            (picture.failed, self.failed),
            (picture.model_failed, self._tell_rival_failed if picture is self.rival else self.failed),
        )

    def _report(self) -> None:
        parts = [part for picture in self if (part := picture.progress) is not None]
        if len(parts) == len(list(self)):
            done, needed = sum(part.done for part in parts), sum(part.needed for part in parts)
            self.progressed.emit(Progress(done, needed, parts[0].neural))

    def _tell_sharp(self) -> None:
        if self.is_sharp:
            self.became_sharp.emit()

    def _tell_rival_failed(self, error: object) -> None:
        self.failed.emit(error)
        self.rival_failed.emit()
