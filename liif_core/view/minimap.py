"""The small map of the whole photo in a corner of the screen, while only a part of it is visible."""

from __future__ import annotations

from dataclasses import dataclass

from liif_core.geometry import Rect, Size, round_half_up
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Camera

LONGEST_SIDE = 180
"""Device-independent pixels of the map's longer side, as a rule."""

LARGEST_SHARE = 0.3
"""Of the screen's sides that the map's may take."""

SMALLEST_BOX = 40
"""Device-independent pixels; where there is room for less, a map is no help."""

MARGIN = 12
"""Device-independent pixels between the map and the borders of the screen."""

_THINNEST_SIDE = 8  # device-independent pixels: what can be pointed at


@dataclass(frozen=True, slots=True)
class Minimap:
    """Where the map lies, at the lower right, and what it shows. All is on screen, in device pixels.

    Attributes:
        rect: The map: the whole photo as it is turned. Its sides are in proportion, except for very narrow photos.
        frame: What of it is visible; inside of `rect`, and at least one pixel.
        photo: Size of the upright photo in image pixels.
        orientation: How the photo lies on screen.
    """

    rect: Rect
    frame: Rect
    photo: Size
    orientation: Orientation

    @staticmethod
    def of(camera: Camera, *, ratio: float = 1.0, orientation: Orientation = UPRIGHT) -> Minimap | None:
        """The map of a view.

        Args:
            camera: The view.
            ratio: Device pixels per device-independent one.
            orientation: How the photo lies on screen.

        Returns:
            The map; None where all of the photo is visible, or where the screen is too small.
        """
        screen = orientation.size_on_screen(camera.viewport)
        box = min(LONGEST_SIDE * ratio, LARGEST_SHARE * min(screen.height, screen.width))
        if camera.visible == camera.grid.output.rect or box < SMALLEST_BOX * ratio:
            return None
        upright = camera.photo.scaled(box / max(camera.photo.height, camera.photo.width))
        thinnest = round_half_up(_THINNEST_SIDE * ratio)
        upright = Size(max(upright.height, thinnest), max(upright.width, thinnest))
        size = orientation.size_on_screen(upright)
        margin = round_half_up(MARGIN * ratio)
        rect = size.rect.shifted(screen.height - margin - size.height, screen.width - margin - size.width)
        frame = orientation.rect_on_screen(_frame_upright(camera, upright), upright)
        return Minimap(rect, frame.shifted(rect.y, rect.x), camera.photo, orientation)

    def hit(self, pos_device: tuple[float, float]) -> bool:
        """Whether a device position (y, x) on screen is on the map."""
        y, x = pos_device
        return self.rect.y <= y < self.rect.bottom and self.rect.x <= x < self.rect.right

    def to_image(self, pos_device: tuple[float, float]) -> tuple[float, float]:
        """The image position (y, x) at a device position on screen; beside the map, the nearest that is on it."""
        on_map = (pos_device[0] - self.rect.y, pos_device[1] - self.rect.x)
        size = Size(self.rect.height, self.rect.width)
        y, x = self.orientation.to_photo(on_map, size)
        upright = self.orientation.size_of_photo(size)
        share_y, share_x = min(max(y / upright.height, 0.0), 1.0), min(max(x / upright.width, 0.0), 1.0)
        return share_y * self.photo.height, share_x * self.photo.width


def _frame_upright(camera: Camera, size: Size) -> Rect:
    """The visible part on a map of some size, grown to whole pixels of the map."""
    visible, grid = camera.visible, camera.grid.output
    top, bottom = visible.y * size.height // grid.height, -(-visible.bottom * size.height // grid.height)
    left, right = visible.x * size.width // grid.width, -(-visible.right * size.width // grid.width)
    return Rect.spanning(top, left, bottom, right)
