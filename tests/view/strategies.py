"""What the property tests of the viewer are given."""

from __future__ import annotations

from hypothesis import strategies as st

from liif_core.geometry import Size
from liif_core.view.camera import Camera

unit = st.floats(0.0, 1.0)


def sizes(largest: int) -> st.SearchStrategy[Size]:
    return st.builds(Size, st.integers(1, largest), st.integers(1, largest))


photos = st.one_of(sizes(8000), st.sampled_from([Size(1, 1), Size(1, 20000), Size(20000, 1), Size(20000, 20000)]))
viewports = sizes(2000)
log2_zooms = st.floats(-12.0, 8.5)


@st.composite
def cameras(draw: st.DrawFn, log2: st.SearchStrategy[float] = log2_zooms) -> Camera:
    """Any view; zoom and centre are drawn beyond the limits, too."""
    photo = draw(photos)
    center_y = (draw(unit) * 1.2 - 0.1) * photo.height
    center_x = (draw(unit) * 1.2 - 0.1) * photo.width
    return Camera(photo, draw(viewports), 2.0 ** draw(log2), center_y, center_x)


def inside(camera: Camera, share: tuple[float, float]) -> tuple[float, float]:
    """The device position at some share of the viewport's height and width."""
    return share[0] * camera.viewport.height, share[1] * camera.viewport.width
