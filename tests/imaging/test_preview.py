from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging import pixels
from liif_core.imaging.image import Image
from liif_core.imaging.preview import ReducedPhoto, read_preview
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid

Save = Callable[..., Path]
# Steps of 255. Decoders leave out frequencies instead of averaging, and widen the colours' samples in other ways.
TOLERANCE = 6
MEAN_TOLERANCE = 0.8


@pytest.fixture(scope="module")
def scene() -> NDArray[np.uint8]:
    """(800, 1200, 3) uint8: forms and colours as in a photo, different in all directions, without fine noise."""
    y, x = np.mgrid[0:800, 0:1200]
    waves = [np.sin(y / 37 + band) * 40 + np.cos(x / (53 + 9 * band)) * 40 for band in range(3)]
    ramps = [x / 1199 * 60, y / 799 * 60, (x + y) / 1998 * 60]
    return np.stack([np.clip(100 + wave + ramp, 0, 255) for wave, ramp in zip(waves, ramps, strict=True)], -1).astype(
        np.uint8
    )


def previewed(path: Path, *, side: int = 300) -> ReducedPhoto:
    preview = read_preview(path, side=side)
    assert preview is not None
    return preview


def check_against_whole(path: Path, preview: ReducedPhoto) -> None:
    """The preview is the whole photo, averaged to the same size."""
    image = read_image(path)
    assert preview.size == image.size
    assert preview.image.icc_profile == image.icc_profile
    assert preview.image.source_bits == image.source_bits
    grid = OutputGrid(image.size, preview.image.size)
    exact = Pyramid(image).area(grid, grid.output.rect)
    found = preview.image.region(preview.image.size.rect)
    assert np.abs(found - exact).max() * 255 < TOLERANCE
    assert np.abs(found - exact).mean() * 255 < MEAN_TOLERANCE


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_preview_is_the_whole_photo_reduced_and_upright(
    save: Save, scene: NDArray[np.uint8], exif_with: Callable[..., bytes], name: str, orientation: int
) -> None:
    path = save(name, scene, quality=92, exif=exif_with(orientation))
    preview = previewed(path)
    assert max(preview.image.size.height, preview.image.size.width) == 300
    check_against_whole(path, preview)


@pytest.mark.parametrize("size", [(799, 1199), (801, 1201), (803, 1205)])
def test_odd_sizes_are_off_by_less_than_a_pixel(save: Save, size: tuple[int, int]) -> None:
    y, x = np.mgrid[0 : size[0], 0 : size[1]]
    ramp = np.stack([x / max(size[1] - 1, 1), y / max(size[0] - 1, 1), 0.5 + 0 * x], -1)
    path = save("a.jpg", (20 + ramp * 200).astype(np.uint8), quality=95)
    preview = previewed(path, side=150)
    assert preview.size == Size(*size)
    check_against_whole(path, preview)


@pytest.mark.parametrize("size", [(1, 2000), (2000, 3)])
@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_photos_too_thin_to_be_reduced_have_none_or_a_whole_one(save: Save, name: str, size: tuple[int, int]) -> None:
    preview = read_preview(save(name, np.full((*size, 3), 99, np.uint8)), side=150)
    assert preview is None or np.abs(preview.image.pixels.astype(int) - 99).max() <= 2


@pytest.mark.parametrize(("side", "longer"), [(100, 150), (150, 150), (151, 300), (300, 300), (600, 600), (400, 600)])
def test_preview_has_at_least_the_side_asked_for(save: Save, scene: NDArray[np.uint8], side: int, longer: int) -> None:
    size = previewed(save("a.jpg", scene), side=side).image.size
    assert (size.width, size.height) == (longer, longer * 2 // 3)


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.tif"])
def test_small_photos_have_none(save: Save, scene: NDArray[np.uint8], name: str) -> None:
    assert read_preview(save(name, scene), side=601) is None


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_press_colours_are_those_of_the_photo(save: Save, scene: NDArray[np.uint8], mode: str) -> None:
    path = save("a.jpg", PillowImage.fromarray(scene).convert(mode), quality=95)
    check_against_whole(path, previewed(path))


def test_profile_is_kept(save: Save, scene: NDArray[np.uint8], srgb_profile: bytes) -> None:
    path = save("a.jpg", scene, icc_profile=srgb_profile)
    preview = previewed(path)
    assert preview.image.icc_profile == srgb_profile
    check_against_whole(path, preview)


def test_profile_for_grey_is_applied(save: Save, scene: NDArray[np.uint8], linear_grey_profile: bytes) -> None:
    path = save("a.jpg", PillowImage.fromarray(scene).convert("L"), icc_profile=linear_grey_profile, quality=95)
    check_against_whole(path, previewed(path))


@pytest.mark.parametrize("subifd", [False, True])
@pytest.mark.parametrize("options", [{"compression": "jpeg", "Q": 95}, {"compression": "deflate"}])
def test_reduced_copies_in_a_tiff_are_used(
    save_deep: Save,
    scene: NDArray[np.uint8],
    srgb_profile: bytes,
    tmp_path: Path,
    subifd: bool,
    options: dict[str, Any],
) -> None:
    profile = tmp_path / "profile.icc"
    profile.write_bytes(srgb_profile)
    path = save_deep("a.tif", scene, "srgb", tile=True, pyramid=True, subifd=subifd, profile=str(profile), **options)
    preview = previewed(path)
    assert preview.image.size == Size(200, 300)
    assert preview.image.icc_profile is not None
    check_against_whole(path, preview)


def test_16_bit_copies_keep_their_depth(save_deep: Save, scene: NDArray[np.uint8]) -> None:
    path = save_deep("a.tif", scene.astype(np.uint16) * 257, "rgb16", tile=True, pyramid=True)
    preview = previewed(path)
    assert preview.image.pixels.dtype == np.uint16
    check_against_whole(path, preview)


def test_pages_of_a_document_are_no_reduced_copies(save: Save, scene: NDArray[np.uint8]) -> None:
    pages = [PillowImage.fromarray(page) for page in (scene, 255 - scene, scene[:500], scene[:100, :1100])]
    path = save("a.tif", pages[0], save_all=True, append_images=pages[1:])
    assert read_preview(path, side=100) is None


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.gif", "a.avif", "a.tif"])
def test_formats_without_a_quicker_way_have_none(save: Save, scene: NDArray[np.uint8], name: str) -> None:
    assert read_preview(save(name, scene), side=100) is None


def test_progressive_jpeg_has_none(save: Save, scene: NDArray[np.uint8]) -> None:
    assert read_preview(save("a.jpg", scene, progressive=True), side=100) is None


def test_heic_has_none(tmp_path: Path, scene: NDArray[np.uint8]) -> None:
    import pillow_heif

    path = tmp_path / "a.heic"
    pillow_heif.from_pillow(PillowImage.fromarray(scene)).save(path)
    assert read_preview(path, side=100) is None


@pytest.mark.parametrize("share", [0.001, 0.05, 0.5, 0.95])
@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "pyramid.tif"])
def test_truncated_files_have_none_or_a_whole_one(
    save: Save, save_deep: Save, scene: NDArray[np.uint8], name: str, share: float
) -> None:
    path = save_deep(name, scene, "srgb", tile=True, pyramid=True) if name == "pyramid.tif" else save(name, scene)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    preview = read_preview(path, side=300)
    if name != "pyramid.tif":
        assert preview is None
    elif preview is not None:
        # A reduced copy may lie in the part that is left.
        grid = OutputGrid(Size(800, 1200), preview.image.size)
        exact = Pyramid(Image(scene)).area(grid, grid.output.rect)
        assert np.abs(preview.image.region(preview.image.size.rect) - exact).max() * 255 < TOLERANCE


@pytest.mark.parametrize("content", [b"", b"a text", b"\xff\xd8\xff", b"II*\0\x08\0\0\0"])
def test_what_is_not_a_photo_has_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert read_preview(path, side=100) is None
    assert read_preview(tmp_path / "missing.jpg", side=100) is None
    assert read_preview(tmp_path, side=100) is None


def test_photos_that_are_refused_have_none(save: Save, scene: NDArray[np.uint8]) -> None:
    path = save("a.jpg", scene)
    assert read_preview(path, side=100, max_pixels=800 * 1200) is not None
    assert read_preview(path, side=100, max_pixels=800 * 1200 - 1) is None


def test_too_little_memory_means_none(save: Save, scene: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Image:
        raise MemoryError

    monkeypatch.setattr(pixels, "_strips", fail)
    assert read_preview(save("a.jpg", scene), side=100) is None


@pytest.mark.parametrize("at_once", [True, False])
def test_cancelled_preview_stops(
    save: Save, scene: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    token = CancelToken()
    repaired = pixels._repaired

    def cancel(strip: NDArray[Any], bits: int | None) -> NDArray[Any]:
        token.cancel()
        return repaired(strip, bits)

    if at_once:
        token.cancel()
    monkeypatch.setattr(pixels, "_repaired", cancel)
    with pytest.raises(Cancelled):
        read_preview(save("a.jpg", scene), side=100, cancel=token)
