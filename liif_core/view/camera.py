"""The part of a photo that a viewport shows, as a frozen value in whole device pixels.

All positions are (y, x). *Device positions* are device pixels from the viewport's top left corner; *image positions*
are those of `liif_core.geometry`: 0 at the outer edge of the first image pixel, `photo.height` at that of the last one.

The centre is kept as a float, the picture's place on screen is the whole device pixel next to it. Slow drags therefore
add up, and pixels stay sharp. Every camera is within its limits, however it was made: zoom and centre are clamped.

`Camera.zoomed` has no detent at 100 %: were 0.5 % around it snapped, a slow pinch (0.2 % an event) would never get away
again, and zooming in and back out would not return. Only rounding noise is removed, so wheel steps that should meet
100 % do. Whether to stop there is the gesture's decision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size, round_half_up
from liif_core.view.fit import ZOOM_NOISE, FitMode, fit_zoom, mode_at

MAX_ZOOM = 256.0
"""Device pixels per image pixel that no zoom exceeds, except to fit a tiny or very narrow photo."""

_SNAP_SLACK = 1e-6
"""Device pixels by which floats may miss the half pixel that snapping moves a point at most."""


@dataclass(frozen=True, slots=True)
class _Pin:
    """The image point that zooming holds under an anchor.

    Each snap moves the picture by up to half a device pixel. Were the point read again from the snapped picture at
    every step of a gesture, these errors would add up, and grow with the zoom. So the first step's point is kept.
    """

    anchor_device: tuple[float, float]
    pos_image: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """What a view shows, in terms that outlive the window and the photo's size.

    Attributes:
        zoom: Device pixels per image pixel.
        center: What is at the viewport's centre, as shares (y, x) of the photo's height and width: 0 to 1.
        fit: What the photo was fitted to; then `zoom` is only what that came to.
    """

    zoom: float
    center: tuple[float, float]
    fit: FitMode | None = None

    def camera(self, photo: Size, viewport: Size) -> Camera:
        """The view of this place: fitted again, or else at the same zoom.

        Args:
            photo: Size of the upright photo in image pixels.
            viewport: Size in device pixels.

        Raises:
            RequestError: There is no such place: the zoom is not positive or the centre is not finite.
        """
        zoom = self.zoom if self.fit is None else fit_zoom(photo, viewport, self.fit)
        return Camera(photo, viewport, zoom, self.center[0] * photo.height, self.center[1] * photo.width, fit=self.fit)


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of a photo.

    Attributes:
        photo: Size of the upright photo in image pixels.
        viewport: Size of the window's canvas in device pixels.
        zoom: Device pixels per image pixel, from `min_zoom` to `max_zoom`.
        center_y: Image position at the viewport's centre, vertically.
        center_x: Image position at the viewport's centre, horizontally.
        fit: What the photo is fitted to and stays fitted to when the viewport is resized; None if to nothing. What is
            given is not kept unless it is a mode of this very zoom, and None becomes `FitMode.WINDOW` at `fit_zoom`.
        grid: The whole photo at this zoom; one grid pixel is one device pixel.
        origin_device: Device position (y, x) of the grid's first pixel; negative where the picture begins outside.
        visible: The grid pixels inside of the viewport; never empty.

    Raises:
        RequestError: the zoom is not positive or the centre is not finite.
    """

    photo: Size
    viewport: Size
    zoom: float
    center_y: float
    center_x: float
    fit: FitMode | None = field(default=None, kw_only=True)
    _pin: _Pin | None = field(default=None, repr=False, compare=False, kw_only=True)
    # Asked for dozens of times for each view.
    grid: OutputGrid = field(init=False, repr=False, compare=False)
    origin_device: tuple[int, int] = field(init=False, repr=False, compare=False)
    visible: Rect = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.zoom > 0 or not (math.isfinite(self.center_y) and math.isfinite(self.center_x)):
            raise RequestError(f"no view at zoom {self.zoom:g}, centre ({self.center_y:g}, {self.center_x:g})")
        object.__setattr__(self, "zoom", self._limited(self.zoom))
        object.__setattr__(self, "fit", mode_at(self.zoom, self.photo, self.viewport, self.fit))
        grid = OutputGrid(self.photo, self.photo.scaled(self.zoom))
        output = grid.output
        center_y = _clamped_center(self.center_y, self.photo.height, output.height, self.viewport.height)
        center_x = _clamped_center(self.center_x, self.photo.width, output.width, self.viewport.width)
        object.__setattr__(self, "center_y", center_y)
        object.__setattr__(self, "center_x", center_x)
        y = _origin(center_y, self.photo.height, output.height, self.viewport.height)
        x = _origin(center_x, self.photo.width, output.width, self.viewport.width)
        object.__setattr__(self, "grid", grid)
        object.__setattr__(self, "origin_device", (y, x))
        object.__setattr__(self, "visible", self.viewport.rect.shifted(-y, -x).intersected(output.rect))

    @staticmethod
    def fitting(photo: Size, viewport: Size, mode: FitMode = FitMode.WINDOW) -> Camera:
        """The middle of a photo that fits the viewport; a small photo is enlarged."""
        return Camera(photo, viewport, fit_zoom(photo, viewport, mode), photo.height / 2, photo.width / 2, fit=mode)

    @property
    def fit_zoom(self) -> float:
        """The largest zoom at which the whole photo is visible."""
        return fit_zoom(self.photo, self.viewport, FitMode.WINDOW)

    @property
    def min_zoom(self) -> float:
        """The smallest zoom: the whole photo is visible, or at 100 % if it is smaller than the viewport."""
        return min(self.fit_zoom, 1.0)

    @property
    def max_zoom(self) -> float:
        """The largest zoom: `MAX_ZOOM`, or what fills the viewport with a tiny or narrow photo."""
        return max(fit_zoom(self.photo, self.viewport, FitMode.FILL), MAX_ZOOM)

    @property
    def is_fitted(self) -> bool:
        """Whether the whole photo is visible and exactly as large as the viewport allows, in whatever mode."""
        return math.isclose(self.zoom, self.fit_zoom, rel_tol=ZOOM_NOISE)

    @property
    def place(self) -> Place:
        """What is shown, for another window or another day."""
        return Place(self.zoom, (self.center_y / self.photo.height, self.center_x / self.photo.width), self.fit)

    def to_image(self, pos_device: tuple[float, float]) -> tuple[float, float]:
        """The image position (y, x) that is seen at a device position; outside of the photo, too."""
        origin_y, origin_x = self.origin_device
        output = self.grid.output
        return (
            (pos_device[0] - origin_y) * self.photo.height / output.height,
            (pos_device[1] - origin_x) * self.photo.width / output.width,
        )

    def to_device(self, pos_image: tuple[float, float]) -> tuple[float, float]:
        """The device position (y, x) at which an image position is seen; outside of the viewport, too."""
        origin_y, origin_x = self.origin_device
        output = self.grid.output
        return (
            origin_y + pos_image[0] * output.height / self.photo.height,
            origin_x + pos_image[1] * output.width / self.photo.width,
        )

    def fitted(self, mode: FitMode = FitMode.WINDOW) -> Camera:
        """The photo fitted to the viewport; along a side that does not fit, the centre stays."""
        zoom = fit_zoom(self.photo, self.viewport, mode)
        return Camera(self.photo, self.viewport, zoom, self.center_y, self.center_x, fit=mode)

    def at_zoom(self, zoom: float) -> Camera:
        """The same centre at another zoom in device pixels per image pixel."""
        return Camera(self.photo, self.viewport, zoom, self.center_y, self.center_x)

    def zoomed(self, factor: float, anchor_device: tuple[float, float]) -> Camera:
        """The zoom times `factor`; the image point under the anchor stays there, to half a device pixel.

        Repeated about one anchor, the point that was there at first is kept throughout. A clamp has precedence: at the
        photo's borders and along a side that is smaller than the viewport the point moves.

        Args:
            factor: More than 1 enlarges.
            anchor_device: Device position (y, x), as a rule the cursor's.

        Raises:
            RequestError: the factor is not positive.
        """
        if not factor > 0:
            raise RequestError(f"a zoom factor must be positive, not {factor:g}")
        zoom = self._limited(self.zoom * factor)
        if zoom == self.zoom:
            return self
        pin = self._pinned(anchor_device)
        # The scale of the new grid, not the zoom: its sides are rounded to whole pixels.
        output = self.photo.scaled(zoom)
        center_y = pin.pos_image[0] + (self.viewport.height / 2 - anchor_device[0]) * self.photo.height / output.height
        center_x = pin.pos_image[1] + (self.viewport.width / 2 - anchor_device[1]) * self.photo.width / output.width
        return Camera(self.photo, self.viewport, zoom, center_y, center_x, _pin=pin)

    def panned(self, dy_device: float, dx_device: float) -> Camera:
        """The picture moved down and to the right by that many device pixels; fractions add up over many calls."""
        output = self.grid.output
        center_y = self.center_y - dy_device * self.photo.height / output.height
        center_x = self.center_x - dx_device * self.photo.width / output.width
        return Camera(self.photo, self.viewport, self.zoom, center_y, center_x, fit=self.fit)

    def resized(self, viewport: Size) -> Camera:
        """The same zoom and centre in another viewport (device pixels); a fitted photo stays fitted."""
        zoom = self.zoom if self.fit is None else fit_zoom(self.photo, viewport, self.fit)
        return Camera(self.photo, viewport, zoom, self.center_y, self.center_x, fit=self.fit)

    def carried_to(self, photo: Size, viewport: Size) -> Camera:
        """The same zoom and relative centre on another photo (image pixels), for a look at the same place of it.

        Not fitted again, as `place.camera` does it: photos of nearly one size could not be compared.
        """
        # The quotients first: between photos of one size nothing moves, not even by rounding.
        center_y = self.center_y * (photo.height / self.photo.height)
        center_x = self.center_x * (photo.width / self.photo.width)
        return Camera(photo, viewport, self.zoom, center_y, center_x, fit=self.fit)

    def centered_on(self, y: float, x: float) -> Camera:
        """The same zoom with an image position at the viewport's centre, or as near to it as the borders allow."""
        return Camera(self.photo, self.viewport, self.zoom, y, x, fit=self.fit)

    def _limited(self, zoom: float) -> float:
        """The zoom within the limits and without rounding noise around 100 %."""
        if math.isclose(zoom, 1.0, rel_tol=ZOOM_NOISE):
            zoom = 1.0
        return min(max(zoom, self.min_zoom), self.max_zoom)

    def _pinned(self, anchor_device: tuple[float, float]) -> _Pin:
        """What to hold under the anchor: the gesture's point, or what is seen if there is none or a clamp moved it."""
        if self._pin is not None and self._pin.anchor_device == anchor_device:
            seen_device = self.to_device(self._pin.pos_image)
            missed = max(abs(seen - anchor) for seen, anchor in zip(seen_device, anchor_device, strict=True))
            if missed <= 0.5 + _SNAP_SLACK:
                return self._pin
        return _Pin(anchor_device, self.to_image(anchor_device))


def _clamped_center(center_image: float, side_image: int, side_grid: int, side_viewport: int) -> float:
    """The nearest centre along one axis that leaves no part of the viewport empty, or centres a smaller picture."""
    if side_grid <= side_viewport:
        return side_image / 2
    half_image = side_viewport * side_image / (2 * side_grid)
    return min(max(center_image, half_image), side_image - half_image)


def _origin(center_image: float, side_image: int, side_grid: int, side_viewport: int) -> int:
    """The device pixel at which the grid begins along one axis."""
    if side_grid <= side_viewport:
        return (side_viewport - side_grid) // 2
    origin = round_half_up(side_viewport / 2 - center_image * side_grid / side_image)
    # The centre is clamped already, but only to float precision.
    return min(0, max(side_viewport - side_grid, origin))
