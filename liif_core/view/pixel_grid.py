"""The borders between the photo's own pixels, where they are large enough to be told apart."""

from __future__ import annotations

from liif_core.view.camera import Camera
from liif_core.view.fit import ZOOM_NOISE

FIRST_ZOOM = 8.0
"""Device pixels per image pixel from which on there are lines: closer ones would be a tint."""


def pixel_lines(camera: Camera) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The borders between two neighbouring image pixels that are seen.

    Each is the first device pixel whose centre lies in the second of the two; so they are also the borders in a picture
    by `Kernel.NEAREST`.

    Args:
        camera: The view.

    Returns:
        Device rows of the horizontal lines and device columns of the vertical ones, in order, neither before the
        viewport's second pixel nor after its last; none below `FIRST_ZOOM`.
    """
    if camera.zoom < FIRST_ZOOM * (1 - ZOOM_NOISE):
        return (), ()
    output, (top, left) = camera.grid.output, camera.origin_device
    return (
        _lines(camera.photo.height, output.height, top, camera.viewport.height),
        _lines(camera.photo.width, output.width, left, camera.viewport.width),
    )


def _lines(side_image: int, side_grid: int, origin_device: int, side_viewport: int) -> tuple[int, ...]:
    """The lines along one axis, in whole numbers: no rounding moves one."""
    # One more at each end, which may turn out to be just outside.
    first = max(1, -origin_device * side_image // side_grid)
    last = min(side_image - 1, (side_viewport - origin_device) * side_image // side_grid + 1)
    # The smallest i with (i + 1/2) / grid >= border / image.
    lines = (
        origin_device - ((side_image - 2 * border * side_grid) // (2 * side_image)) for border in range(first, last + 1)
    )
    return tuple(line for line in lines if 0 < line < side_viewport)
