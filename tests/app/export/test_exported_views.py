"""An exported view has the pixels of the screen, to the last bit of every byte where all is opaque."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from app.qimage import to_qimage
from app.viewer.document import Document, open_document
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import BaseSource, NeuralSource
from liif_core.cancel import CancelToken
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import run_export
from liif_core.export.plan import plan_export
from liif_core.export.request import ExportRequest, Sized, View
from liif_core.export.sizes import Scale
from liif_core.geometry import Size
from liif_core.imaging.encoding import EncodingOptions
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.paths import resource_path
from liif_core.view.camera import Camera
from liif_core.view.tiles import Layer, extent_of, tile_key, tiles_covering

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    y, x = np.mgrid[0:150, 0:210]
    waves = np.stack([np.sin(x / 5), np.cos(y / 3), np.sin((x - y) / 7)], -1)
    noise = np.random.default_rng(0).normal(0, 20, (150, 210, 3))
    path = tmp_path_factory.mktemp("photos") / "photo.png"
    write_image(path, np.clip(128 + 80 * waves + noise, 0, 255).astype(np.uint8))
    return open_document(path)


@pytest.fixture(scope="module")
def cut_out(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """A disc of even colour with a hard edge, and a soft one, on nothing."""
    y, x = np.mgrid[0:90, 0:120]
    alpha = np.where(np.hypot(y - 40, x - 45) < 30, 255, np.clip(255 * (1.5 - np.hypot(y - 50, x - 100) / 12), 0, 255))
    pixels = np.dstack([np.full((90, 120, 3), (230, 200, 60)), alpha]).astype(np.uint8)
    path = tmp_path_factory.mktemp("cut out") / "cut out.png"
    PillowImage.fromarray(pixels).save(path)
    return open_document(path)


def on_screen(document: Document, camera: Camera, model: Path | None) -> NDArray[np.uint8]:
    """What the viewer's tiles show of a view, before any conversion for the display; premultiplied, with alpha."""
    neural = model is not None and not camera.grid.reduces
    layer = Layer.NEURAL if neural else Layer.BASE
    source = NeuralSource(ModelSlot(ModelChoice(model, "cpu", "fp32"))) if model and neural else BaseSource()
    cells = tiles_covering(camera.grid, camera.visible)
    keys = [tile_key(1, model_id="m", layer=layer, grid=camera.grid, row=row, column=column) for row, column in cells]
    around = extent_of(keys)
    screen = np.zeros((around.height, around.width, 4), np.uint8)
    # From the last to the first: the viewer's order is another one than that of a file.
    for key in reversed(keys):
        image = to_qimage(source.tile(document, key, around=around, cancel=CancelToken()), None)
        bgra = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
        screen[key.rect.shifted(-around.y, -around.x).slices] = bgra[:, : image.width(), [2, 1, 0, 3]]
    return screen[camera.visible.shifted(-around.y, -around.x).slices]


def exported(
    document: Document, camera: Camera, target: Path, model: Path, orientation: Orientation = UPRIGHT
) -> NDArray[np.uint8]:
    request = ExportRequest(target, View.of(camera), orientation=orientation)
    write_view(document, request, model)
    pixels: NDArray[np.uint8] = read_image(target).pixels
    return pixels


def write_view(document: Document, request: ExportRequest, model: Path | None) -> None:
    enlarger = Enlarger(EnlargerChoice(model, "cpu", "fp32"))
    run_export(plan_export(document.size, request), document.image, enlarger.renderer_of)


@pytest.mark.parametrize("zoom", [0.41, 0.8, 1.0, 1.37, 3.3, 16.0])
def test_view_equals_the_screen(document: Document, tiny_model: Path, tmp_path: Path, zoom: float) -> None:
    camera = Camera(document.size, Size(300, 400), zoom, 70.3, 101.8)
    if zoom < 1:
        camera = Camera(document.size, Size(50, 60), zoom, 70.3, 101.8)
    pixels = exported(document, camera, tmp_path / "view.png", tiny_model)
    assert pixels.shape[:2] == (camera.visible.height, camera.visible.width)
    assert np.array_equal(pixels, on_screen(document, camera, tiny_model)[..., :3])


@pytest.mark.parametrize("zoom", [0.41, 0.8, 1.37, 4.0])
@pytest.mark.parametrize("decoded", [True, False], ids=["model", "bicubic"])
def test_transparent_view_has_the_colours_of_the_screen(
    cut_out: Document, tiny_model: Path, tmp_path: Path, zoom: float, decoded: bool
) -> None:
    camera = Camera(cut_out.size, Size(300, 400) if zoom > 1 else Size(30, 40), zoom, 41.3, 60.8)
    target, by = tmp_path / "view.png", tiny_model if decoded else None
    shown = on_screen(cut_out, camera, by).astype(float)
    assert (shown[..., 3] > 250).any() and (shown[..., 3] < 5).any()
    write_view(cut_out, ExportRequest(target, View.of(camera), EncodingOptions(bits=16)), by)
    kept = read_image(target, keep_alpha=True)
    assert kept.alpha is not None
    found = np.dstack([kept.pixels, kept.alpha]) / 257
    assert np.abs(found - shown).max() < 1
    write_view(cut_out, ExportRequest(target, View.of(camera), EncodingOptions(bits=16, keep_alpha=False)), by)
    over_white = shown[..., :3] + (255 - shown[..., 3:])
    assert np.abs(read_image(target).pixels / 257 - over_white).max() < 1.5


def test_an_exported_cut_out_has_no_dark_rim(cut_out: Document, tmp_path: Path) -> None:
    request = ExportRequest(tmp_path / "large.png", Sized(Scale(4.0)))
    write_view(cut_out, request, resource_path("models", "fast.safetensors"))
    pixels = np.asarray(PillowImage.open(request.target)).astype(int)
    seen = pixels[pixels[..., 3] > 30]
    assert np.abs(seen[:, :3] - (230, 200, 60)).max() <= 6
    assert not pixels[-8:, :8].any(), "nothing is told of what is not seen at all"


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_view_is_turned_in_the_file(
    document: Document, tiny_model: Path, tmp_path: Path, quarter_turns: int, mirrored: bool
) -> None:
    camera = Camera(document.size, Size(290, 330), 0.9 if mirrored else 0.7, 70.3, 101.8)
    turned = exported(document, camera, tmp_path / "turned.png", tiny_model, Orientation(quarter_turns, mirrored))
    upright = exported(document, camera, tmp_path / "upright.png", tiny_model)
    expected = np.rot90(upright[:, ::-1] if mirrored else upright, -quarter_turns)
    assert np.array_equal(turned, expected)
