"""Colours and transparency on screen, of photos as people have them: from the file to the painted `QImage`."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms, ImageOps
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace, QImage

from app.display_colours import DISPLAY_SPACES, conversion_for, display_space, srgb_space
from app.qimage import to_qimage
from app.viewer.document import Document, Preview, open_document
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import BaseSource, NeuralSource
from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError, RequestError
from liif_core.geometry import OutputGrid, Size
from liif_core.paths import resource_path
from liif_core.view.camera import Camera
from liif_core.view.tiles import Layer, tile_key

MODEL = resource_path("models", "fast.safetensors")
TOLERANCE = 2  # of 255
Named = QColorSpace.NamedColorSpace


def icc(space: QColorSpace | Named) -> bytes:
    return bytes(QColorSpace(space).iccProfile().data())


def cmyk_profile() -> bytes:
    import pyvips

    return bytes(pyvips.Image.profile_load("cmyk"))


PROFILES: dict[str, Callable[[], bytes | None]] = {
    "none": lambda: None,
    "srgb": lambda: icc(Named.SRgb),
    "adobe": lambda: icc(Named.AdobeRgb),
    "p3": lambda: icc(Named.DisplayP3),
    "grey 2.2": lambda: icc(QColorSpace(QPointF(0.3127, 0.329), QColorSpace.TransferFunction.Gamma, 2.2)),
    "cmyk": cmyk_profile,
}


@pytest.fixture(scope="module")
def scene() -> NDArray[np.uint8]:
    """(48, 64, 3) uint8: smooth, different in all directions, and far from the borders of all spaces.

    There conversions are steep: rounding to 8 bits, which references begin with, would count many times.
    """
    y, x = np.mgrid[0:48, 0:64]
    return np.stack([x / 63 * 70 + 120, y / 47 * 60 + 100, (x + y) / 110 * 80 + 100], -1).astype(np.uint8)


def exif(orientation: int) -> bytes:
    block = PillowImage.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def written(folder: Path, picture: PillowImage.Image, name: str, profile: str, orientation: int) -> Path:
    """A file by Pillow or pillow-heif, as little lossy as its format allows."""
    path = folder / name
    options: dict[str, Any] = {"exif": exif(orientation)} if orientation != 1 else {}
    data = PROFILES[profile]()
    if data is not None:
        options["icc_profile"] = data
    if path.suffix == ".heic":
        import pillow_heif

        if data is not None:
            picture.info["icc_profile"] = data
        heif = pillow_heif.from_pillow(picture)
        heif.save(path, quality=-1, chroma=444, exif=exif(orientation))
        return path
    if path.suffix == ".avif":
        # By libvips, which can do without YCbCr, in whose rounding decoders differ.
        import pyvips

        image = pyvips.Image.new_from_array(np.asarray(picture)).copy()
        if data is not None:
            image.set_type(pyvips.GValue.blob_type, "icc-profile-data", data)
        image.heifsave(str(path), compression="av1", lossless=True)
        return path
    lossy: dict[str, dict[str, Any]] = {
        ".jpg": {"quality": 98, "subsampling": 0},
        ".webp": {"lossless": True, "exact": True},
    }
    picture.save(path, {".jp2": "JPEG2000"}.get(path.suffix), **options, **lossy.get(path.suffix, {}))
    return path


def to_srgb(picture: PillowImage.Image, profile: bytes | None) -> NDArray[np.uint8]:
    """The reference: LittleCMS, by way of Pillow."""
    if profile is None:
        return np.asarray(picture.convert("RGB"))
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    shown = ImageCms.profileToProfile(
        picture,
        opened,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert shown is not None
    return np.asarray(shown)


def tile_image(document: Document, zoom: float = 1.0, source: Any = None) -> QImage:
    """The first tile of a view as the worker makes it."""
    grid = OutputGrid(document.size, document.size.scaled(zoom))
    key = tile_key(document.photo_id, model_id="m", layer=Layer.BASE, grid=grid, row=0, column=0)
    pixels = (source or BaseSource()).tile(document, key, around=key.rect, cancel=CancelToken())
    return to_qimage(pixels, document.conversion)


def values(image: QImage) -> NDArray[np.uint8]:
    """Red, green, blue, alpha (h, w, 4) of what is painted, as stored."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., [2, 1, 0, 3]].copy()


def rgb_of(image: QImage) -> NDArray[np.int64]:
    assert image.format() == QImage.Format.Format_RGB32
    assert not image.colorSpace().isValid()
    return values(image)[..., :3].astype(np.int64)


@pytest.mark.parametrize(
    ("name", "profile", "orientation"),
    [
        *[("a.jpg", "none", 2), ("a.jpg", "srgb", 6), ("a.jpg", "adobe", 5), ("a.jpg", "p3", 8)],
        *[("a.png", "none", 7), ("a.png", "srgb", 1), ("a.png", "adobe", 8), ("a.png", "p3", 3)],
        *[("a.tif", "none", 6), ("a.tif", "srgb", 3), ("a.tif", "adobe", 4), ("a.tif", "p3", 5)],
        *[("a.webp", "none", 5), ("a.webp", "srgb", 7), ("a.webp", "adobe", 3), ("a.webp", "p3", 2)],
        *[("a.avif", "none", 1), ("a.avif", "adobe", 1), ("a.avif", "p3", 1)],
        *[("a.heic", "none", 1), ("a.heic", "adobe", 1), ("a.heic", "p3", 1)],
        *[("a.bmp", "none", 1), ("a.gif", "none", 1), ("a.jp2", "none", 1)],
    ],
)
def test_colour_photos_are_painted_as_littlecms_converts_them(
    tmp_path: Path, scene: NDArray[np.uint8], name: str, profile: str, orientation: int
) -> None:
    picture = PillowImage.fromarray(scene)
    path = written(tmp_path, picture, name, profile, orientation)
    stored = decoded_by_pillow(path)
    assert np.abs(np.asarray(stored.convert("RGB")).astype(int) - upright(picture, orientation)).max() < 9
    expected = to_srgb(stored.convert("RGB"), PROFILES[profile]())
    document = open_document(path)
    assert not document.has_alpha
    assert np.abs(rgb_of(tile_image(document)) - expected).max() <= TOLERANCE
    assert np.abs(rgb_of(document.overview) - expected).max() <= TOLERANCE
    if profile in ("adobe", "p3"):
        assert np.abs(expected.astype(int) - np.asarray(stored.convert("RGB"))).max() > 8, "a conversion can be seen"


def upright(picture: PillowImage.Image, orientation: int) -> PillowImage.Image:
    picture = picture.copy()
    picture.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(picture)


def decoded_by_pillow(path: Path) -> PillowImage.Image:
    """What Pillow, or pillow-heif's plugin, makes of a file, upright."""
    if path.suffix == ".heic":
        from pillow_heif import as_plugin

        with path.open("rb") as file:
            picture: PillowImage.Image = as_plugin.HeifImageFile(file)
            picture.load()
            return picture
    with PillowImage.open(path) as picture:
        picture.load()
        return ImageOps.exif_transpose(picture)


@pytest.mark.parametrize(("name", "orientation"), [("a.jpg", 3), ("a.png", 5), ("a.tif", 8)])
def test_grey_photos_with_a_grey_profile(tmp_path: Path, scene: NDArray[np.uint8], name: str, orientation: int) -> None:
    grey = PillowImage.fromarray(scene).convert("L")
    path = written(tmp_path, grey, name, "grey 2.2", orientation)
    # Pillow does not turn grey and CMYK photos in TIFF.
    stored = decoded_by_pillow(path) if name != "a.tif" else upright(grey, orientation)
    found = rgb_of(tile_image(open_document(path)))
    assert np.abs(found - to_srgb(stored, PROFILES["grey 2.2"]())).max() <= TOLERANCE


@pytest.mark.parametrize(("name", "orientation"), [("a.jpg", 4), ("a.tif", 7)])
def test_cmyk_photos(tmp_path: Path, scene: NDArray[np.uint8], name: str, orientation: int) -> None:
    inks = PillowImage.fromarray(scene).convert("CMYK")
    path = written(tmp_path, inks, name, "cmyk", orientation)
    stored = decoded_by_pillow(path) if name != "a.tif" else upright(inks, orientation)
    found = rgb_of(tile_image(open_document(path)))
    assert np.abs(found - to_srgb(stored, cmyk_profile())).max() <= TOLERANCE


@pytest.mark.parametrize("name", ["a.png", "a.tif", "f.tif"])
@pytest.mark.parametrize("profile", ["none", "adobe", "p3"])
def test_deep_photos(tmp_path: Path, scene: NDArray[np.uint8], name: str, profile: str) -> None:
    import pyvips

    deep = scene / 255 if name == "f.tif" else scene.astype(np.uint16) * 257
    meaning = "scrgb" if name == "f.tif" else "rgb16"
    picture = pyvips.Image.new_from_array(
        deep.astype(np.float32 if name == "f.tif" else np.uint16), interpretation=meaning
    ).copy()
    data = PROFILES[profile]()
    if data is not None:
        picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", data)
    picture.write_to_file(str(tmp_path / name))
    document = open_document(tmp_path / name)
    assert document.image.source_bits == (32 if name == "f.tif" else 16)
    expected = to_srgb(PillowImage.fromarray(scene), data)
    assert np.abs(rgb_of(tile_image(document)) - expected).max() <= TOLERANCE


@pytest.mark.parametrize(
    ("name", "profile", "orientation"),
    [("a.png", "none", 6), ("a.png", "adobe", 3), ("a.tif", "p3", 1), ("a.webp", "none", 1), ("a.jp2", "none", 1)],
)
def test_transparent_photos_lie_over_anything_as_they_should(
    tmp_path: Path, scene: NDArray[np.uint8], name: str, profile: str, orientation: int
) -> None:
    alpha = np.linspace(0, 255, 64).astype(np.uint8)[None].repeat(48, axis=0)
    picture = PillowImage.fromarray(np.dstack([scene, alpha]))
    document = open_document(written(tmp_path, picture, name, profile, orientation))
    assert document.has_alpha
    colours = to_srgb(PillowImage.fromarray(scene), PROFILES[profile]())
    wanted_picture = PillowImage.fromarray(np.dstack([colours, alpha]))
    expected = np.asarray(upright(wanted_picture, orientation)).astype(np.float64)
    for image in (tile_image(document), document.overview):
        assert image.format() == QImage.Format.Format_ARGB32_Premultiplied
        found = values(image).astype(np.float64)
        assert np.all(found[..., :3] <= found[..., 3:]), "valid premultiplied pixels"
        assert np.abs(found[..., 3] - expected[..., 3]).max() <= 1
        for background in (0, 255):
            share = expected[..., 3:] / 255
            wanted = expected[..., :3] * share + background * (1 - share)
            assert np.abs(found[..., :3] + background * (1 - found[..., 3:] / 255) - wanted).max() <= TOLERANCE


@pytest.mark.parametrize(
    ("source", "zoom"), [("conventional", 0.4), ("conventional", 1.0), ("conventional", 3.3), ("neural", 3.3)]
)
def test_a_transparent_red_fringe_never_tints_the_picture(tmp_path: Path, source: str, zoom: float) -> None:
    samples = np.zeros((40, 40, 4), np.uint8)
    samples[:, :20] = (0, 90, 200, 255)
    samples[:, 20:] = (255, 0, 0, 0)
    PillowImage.fromarray(samples).save(tmp_path / "a.png")
    document = open_document(tmp_path / "a.png")
    neural = source == "neural"
    image = tile_image(document, zoom, neural_source() if neural else None)
    assert image.format() == QImage.Format.Format_ARGB32_Premultiplied
    found = values(image).astype(int)
    assert np.all(found[..., :3] <= found[..., 3:])
    # A model may overshoot at an edge, by a little of its height.
    assert found[..., 0].max() <= (24 if neural else 0)
    right = found[:, int(30 * zoom) :]
    assert right.max() <= (1 if not neural else 6), "nothing is left where all is transparent"


@pytest.mark.parametrize("source", ["conventional", "neural"])
@pytest.mark.parametrize("zoom", [2.0, 5.3])
@pytest.mark.parametrize("colour", [(180, 180, 180), (255, 255, 255), (200, 60, 30), (20, 20, 20)])
def test_a_hard_edged_disc_over_coloured_garbage_has_no_rim(
    tmp_path: Path, source: str, zoom: float, colour: tuple[int, int, int], one_thread: None
) -> None:
    """Laid over its own colour, an opaque disc cannot be seen; what can be is a dark or a bright fringe."""
    y, x = np.mgrid[0:40, 0:40]
    samples = np.zeros((40, 40, 4), np.uint8)
    samples[..., :3] = np.random.default_rng(4).integers(0, 256, (40, 40, 3))
    samples[(y - 19.5) ** 2 + (x - 19.5) ** 2 < 12**2] = (*colour, 255)
    PillowImage.fromarray(samples).save(tmp_path / "disc.png")
    document = open_document(tmp_path / "disc.png")
    found = values(tile_image(document, zoom, neural_source() if source == "neural" else None)).astype(float)
    cover = found[..., 3:] / 255
    assert cover.min() == 0 and cover.max() == 1
    assert np.abs(found[..., :3] + (1 - cover) * colour - colour).max() <= 2


def neural_source() -> NeuralSource:
    return NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32")))


@pytest.mark.parametrize("profile", ["adobe", "p3"])
def test_the_models_picture_is_converted_from_floats(
    tmp_path: Path, scene: NDArray[np.uint8], profile: str, one_thread: None
) -> None:
    path = written(tmp_path, PillowImage.fromarray(scene), "a.png", profile, 1)
    plain = written(tmp_path, PillowImage.fromarray(scene), "b.png", "none", 1)
    source = neural_source()
    document = open_document(path)
    image = tile_image(document, 4.0, source)
    unconverted = values(tile_image(open_document(plain), 4.0, source))[..., :3]
    expected = to_srgb(PillowImage.fromarray(np.ascontiguousarray(unconverted)), PROFILES[profile]())
    assert np.abs(rgb_of(image) - expected).max() <= TOLERANCE
    _, rect, pixels = source.frame(document, camera_of(document, 4.0), coarseness=1.0, cancel=CancelToken())
    assert pixels.dtype == np.float32
    assert pixels.shape == (rect.height, rect.width, 3)


def camera_of(document: Document, zoom: float) -> Camera:
    return Camera.fitting(document.size, Size(100, 120)).at_zoom(zoom)


def test_frames_of_transparent_photos_have_their_alpha(tmp_path: Path, one_thread: None) -> None:
    samples = np.full((50, 60, 4), 200, np.uint8)
    samples[..., 3] = np.linspace(0, 255, 60).astype(np.uint8)
    PillowImage.fromarray(samples).save(tmp_path / "a.png")
    document = open_document(tmp_path / "a.png")
    camera = camera_of(document, 3.3)
    for source in (neural_source(), BaseSource()):
        grid, rect, pixels = source.frame(document, camera, coarseness=1.0, cancel=CancelToken())
        assert grid == camera.grid
        assert rect.contains(camera.visible)
        assert pixels.shape == (rect.height, rect.width, 4)
        image = to_qimage(pixels, document.conversion, quick=True)
        middle = values(image)[rect.height // 2, :, 3].astype(float)
        columns = (np.arange(rect.x, rect.right) + 0.5) / camera.grid.scale_x - 0.5
        assert np.abs(middle - columns * 255 / 59)[8:-8].max() < 3


def test_opaque_photos_in_srgb_keep_the_quick_way(tmp_path: Path, scene: NDArray[np.uint8], one_thread: None) -> None:
    """Bytes straight from the decoder: no alpha, no conversion, the pixels that they always were."""
    path = written(
        tmp_path, PillowImage.fromarray(np.dstack([scene, np.full((48, 64), 255, np.uint8)])), "a.png", "srgb", 1
    )
    document = open_document(path)
    assert (document.conversion, document.coverage, document.has_alpha) == (None, None, False)
    assert document.image.pixels.dtype == np.uint8
    grid = OutputGrid(document.size, document.size.scaled(3.0))
    key = tile_key(document.photo_id, model_id="m", layer=Layer.NEURAL, grid=grid, row=0, column=0)
    pixels = neural_source().tile(document, key, around=key.rect, cancel=CancelToken())
    assert pixels.dtype == np.uint8 and pixels.shape[2] == 4


def test_a_16_bit_gradient_keeps_more_than_256_levels(tmp_path: Path) -> None:
    import pyvips

    ramp = np.linspace(20000, 24000, 1000).astype(np.uint16)[None].repeat(8, axis=0)
    pyvips.Image.new_from_array(np.dstack([ramp] * 3), interpretation="rgb16").write_to_file(str(tmp_path / "a.png"))
    document = open_document(tmp_path / "a.png")
    grid = OutputGrid(document.size, document.size.scaled(2.0))
    rect = grid.output.rect
    decoded = neural_source()._renderer_of(document).render(grid, rect)
    assert len(np.unique(np.rint(decoded[8, :, 1] * 65535))) > 1000
    key = tile_key(document.photo_id, model_id="m", layer=Layer.BASE, grid=grid, row=0, column=0)
    shown = BaseSource().tile(document, key, around=key.rect, cancel=CancelToken())
    assert len(np.unique(shown[..., 1])) > 200, "more in one tile than its 8-bit levels, which are 4"


@pytest.mark.parametrize("quick", [False, True])
def test_conversion_is_not_from_8_bits(quick: bool) -> None:
    """Between two neighbouring 8-bit levels of a steep conversion lie several of the display's."""
    ramp = np.linspace(0, 12 / 255, 512, dtype=np.float32)
    pixels = np.stack([ramp, ramp, ramp], -1)[None].repeat(2, axis=0)
    image = to_qimage(pixels, conversion_for(icc(Named.SRgbLinear), None), quick=quick)
    exact = np.where(ramp <= 0.0031308, 12.92 * ramp, 1.055 * ramp ** (1 / 2.4) - 0.055) * 255
    found = rgb_of(image)[0, :, 1]
    assert np.abs(found - exact).max() <= (0.9 if not quick else 2)
    assert len(np.unique(found)) > 50


def test_a_wide_display_gets_wide_colours(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    path = written(tmp_path, PillowImage.fromarray(scene), "a.png", "none", 1)
    document = open_document(path, display=display_space("display-p3"))
    assert document.conversion is not None
    found = tile_image(document)
    back = to_srgb(PillowImage.fromarray(values(found)[..., :3].copy()), icc(Named.DisplayP3))
    assert np.abs(back.astype(int) - scene).max() <= TOLERANCE
    same = written(tmp_path, PillowImage.fromarray(scene), "b.png", "p3", 1)
    document = open_document(same, display=display_space("display-p3"))
    assert document.conversion is None
    assert np.array_equal(rgb_of(tile_image(document)), scene)


def test_displays_are_known_by_name_or_by_their_profile(tmp_path: Path) -> None:
    assert {display_space(name).description() for name in DISPLAY_SPACES} == {"sRGB", "Display P3", "Adobe RGB"}
    path = tmp_path / "screen.icc"
    path.write_bytes(icc(Named.DisplayP3))
    assert display_space(path) == display_space(str(path)) == display_space("display-p3")


@pytest.mark.parametrize("content", [None, b"", b"garbage" * 100, "cmyk", "grey 2.2"])
def test_display_profiles_that_cannot_be_used_are_one_sentence(tmp_path: Path, content: bytes | str | None) -> None:
    path = tmp_path / "screen.icc"
    if content is not None:
        data = PROFILES[content]() if isinstance(content, str) else content
        assert data is not None
        path.write_bytes(data)
    with pytest.raises(RequestError) as caught:
        display_space(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unusable_photo_profiles_count_as_srgb() -> None:
    assert conversion_for(None, None) is None
    assert conversion_for(b"garbage", None) is None
    assert conversion_for(cmyk_profile(), srgb_space()) is None
    assert conversion_for(None, display_space("adobe-rgb")) is not None


def test_pages_and_values_reach_the_document(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    path = tmp_path / "a.tif"
    pages = [PillowImage.fromarray(page) for page in (scene, 255 - scene[:20])]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    document = open_document(path, page=1)
    assert (document.page, document.pages, document.size) == (1, 2, Size(20, 64))
    assert document.value_at(3, 4) == tuple((255 - scene[3, 4]).tolist())
    assert (open_document(path).page, open_document(path).pages) == (0, 2)
    with pytest.raises(ImageReadError, match="page 3 does not exist"):
        open_document(path, page=2)
    with pytest.raises(ImageReadError, match="does not exist"):
        open_document(tmp_path / "none.png")


def test_a_transparent_preview_is_one(tmp_path: Path) -> None:
    y, x = np.mgrid[0:1300, 0:2600]
    samples = np.stack([x % 256, y % 256, 0 * x, x * 255 // 2599], -1).astype(np.uint8)
    path = tmp_path / "a.webp"
    PillowImage.fromarray(samples).save(path, quality=30)
    previews: list[Preview] = []
    document = open_document(path, on_preview=previews.append)
    assert [preview.has_alpha for preview in previews] == [True]
    assert document.has_alpha
    assert document.overview is previews[0].overview
    assert (previews[0].page, previews[0].pages) == (0, 1)


def test_empty_and_odd_tiles_have_their_size() -> None:
    for width in (1, 3, 5):
        for channels in (3, 4):
            pixels = np.full((2, width, channels), 0.5, np.float32)
            for conversion in (None, conversion_for(icc(Named.AdobeRgb), None)):
                image = to_qimage(pixels, conversion)
                assert (image.width(), image.height()) == (width, 2)
                assert abs(int(values(image)[1, width - 1, 1]) - 128) <= (1 if channels == 3 else 128)


@pytest.mark.parametrize("zoom", [1.7, 6.0, 40.0])
@pytest.mark.parametrize("center", [(0.0, 0.0), (48.0, 64.0)])
def test_frames_at_the_corners_of_a_transparent_photo(
    tmp_path: Path, zoom: float, center: tuple[float, float], one_thread: None
) -> None:
    PillowImage.fromarray(np.full((48, 64, 4), 100, np.uint8)).save(tmp_path / "a.png")
    document = open_document(tmp_path / "a.png")
    camera = camera_of(document, zoom).centered_on(*center)
    grid, rect, pixels = neural_source().frame(document, camera, coarseness=1.0, cancel=CancelToken())
    assert grid.output.rect.contains(rect)
    assert pixels.shape == (rect.height, rect.width, 4)
    assert np.abs(pixels[..., 3] - 100 / 255).max() < 1e-4
