"""What is in a file that was exported, as Pillow and libvips read it: size, depth, profile, metadata, alpha."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image as PillowImage
from PIL import ImageCms
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from liif_core.errors import ImageWriteError
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.job import ExportResult, Note, run_export
from liif_core.export.plan import plan_export
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Exact, Scale, Within
from liif_core.geometry import Size
from liif_core.imaging.encoding import (
    MAX_DPI,
    Chroma,
    EncodingOptions,
    TiffCompression,
    check_encoding,
    writable_formats,
)
from liif_core.imaging.image import Image
from liif_core.imaging.metadata import Metadata, photoshop_block, read_metadata
from liif_core.imaging.read import read_image

NAMES = ["out.png", "out.jpg", "out.tif", "out.webp", "out.avif"]
WITH_ALPHA = ["out.png", "out.tif", "out.webp", "out.avif"]
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    b'tiff:Orientation="6" tiff:ImageWidth="70" exif:GPSLatitude="48,8.1N" xmlns:dc="d" dc:creator="Somebody">'
    b"<exif:PixelXDimension>70</exif:PixelXDimension><exif:GPSLongitude>11,34E</exif:GPSLongitude>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
IPTC = b"\x1c\x02\x78\x00\x05words"
LARGER = Scale(2.5)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif_block() -> bytes:
    block = PillowImage.Exif()
    block[0x010F] = "Maker"
    block[0x0112] = 1
    block[0x0100] = 70
    block.get_ifd(0x8769)[0xA002] = 70
    block.get_ifd(0x8769)[0xA003] = 45
    block.get_ifd(0x8769)[0x927C] = b"note" * 8
    block.get_ifd(0x8825)[1] = "N"
    block.get_ifd(0x8825)[2] = (48.0, 8.0, 6.0)
    return block.tobytes().removeprefix(b"Exif\0\0")


@pytest.fixture
def photo() -> Image:
    y, x = np.mgrid[0:45, 0:70]
    waves = [np.sin(x / 3.1 + y / 9), np.cos(y / 2.7 - x / 11), np.sin((x * y) ** 0.5)]
    pixels = np.clip(120 + 70 * np.stack(waves, -1), 0, 255).astype(np.uint8)
    return Image(pixels, icc_profile=PROFILE, exif=exif_block())


def export(
    target: Path, image: Image, *, wish: Any = LARGER, metadata: Metadata | None = None, **how: Any
) -> ExportResult:
    request = ExportRequest(target, Sized(wish), EncodingOptions(**how))
    enlarger = Enlarger(EnlargerChoice(None))
    return run_export(plan_export(image.size, request), image, enlarger.renderer_of, metadata=metadata)


@pytest.fixture(autouse=True)
def _needs_its_format(request: pytest.FixtureRequest) -> None:
    name = request.node.callspec.params.get("name", "") if hasattr(request.node, "callspec") else ""
    known = {extension for form in writable_formats() for extension in form.extensions}
    if name == "out.avif" and ".avif" not in known:
        pytest.skip(f"this libvips writes no {Path(name).suffix}")


@pytest.mark.parametrize("name", NAMES)
def test_size_profile_and_metadata_arrive(tmp_path: Path, photo: Image, name: str) -> None:
    result = export(tmp_path / name, photo, metadata=Metadata(photo.exif, XMP, IPTC))
    assert (result.size, result.file_bytes) == (Size(113, 175), (tmp_path / name).stat().st_size)
    with PillowImage.open(tmp_path / name) as picture:
        picture.load()
        assert (picture.size, picture.mode) == ((175, 113), "RGB")
        assert picture.info["icc_profile"] == PROFILE
        exif = picture.getexif()
        assert exif[0x010F] == "Maker"
        inner = exif.get_ifd(0x8769)
        assert (inner[0xA002], inner[0xA003]) == (175, 113)
        assert exif.get(0x0112, 1) == 1
        assert exif.get_ifd(0x8825)[1] == "N"
    image = pyvips.Image.new_from_file(str(tmp_path / name))
    assert (image.width, image.height, image.bands) == (175, 113, 3)
    found = read_metadata(tmp_path / name)
    assert found.xmp is not None and b"Somebody" in found.xmp
    assert b'tiff:Orientation="1"' in found.xmp and b'ImageWidth="175"' in found.xmp
    assert b"<exif:PixelXDimension>175<" in found.xmp and b"GPSLatitude" in found.xmp
    assert found.exif is not None or name != "out.tif"
    if name in ("out.jpg", "out.tif"):
        assert found.iptc is not None and b"words" in found.iptc
        assert result.notes == ()
    else:
        assert result.notes == (Note.IPTC_LEFT_OUT,)


@pytest.mark.parametrize("name", ["out.png", "out.jpg", "out.webp"])
def test_exif_is_kept_byte_for_byte_but_for_its_sides(tmp_path: Path, photo: Image, name: str) -> None:
    export(tmp_path / name, photo, wish=Scale(1.0))
    back = read_image(tmp_path / name).exif
    assert photo.exif is not None and back is not None
    assert len(back) == len(photo.exif) and b"note" * 8 in back


@pytest.mark.parametrize("name", NAMES)
def test_location_goes_and_the_rest_stays(tmp_path: Path, photo: Image, name: str) -> None:
    city = b"\x1c\x02\x5a\x00\x05Paris"
    export(tmp_path / name, photo, metadata=Metadata(photo.exif, XMP, city + IPTC), keep_location=False)
    found = read_metadata(tmp_path / name)
    if name in ("out.jpg", "out.tif"):
        assert found.iptc == IPTC
    assert found.xmp is not None and b"Somebody" in found.xmp and b"GPS" not in found.xmp
    with PillowImage.open(tmp_path / name) as picture:
        exif = picture.getexif()
        assert exif[0x010F] == "Maker"
        assert 0x8825 not in exif
    content = (tmp_path / name).read_bytes()
    assert b"48,8.1N" not in content and b"11,34E" not in content and b"Paris" not in content


@pytest.mark.parametrize("name", NAMES)
def test_no_metadata_leaves_only_the_profile(tmp_path: Path, photo: Image, name: str) -> None:
    export(tmp_path / name, photo, metadata=Metadata(photo.exif, XMP, IPTC), keep_metadata=False)
    content = (tmp_path / name).read_bytes()
    assert b"Maker" not in content and b"Somebody" not in content and b"words" not in content
    with PillowImage.open(tmp_path / name) as picture:
        assert picture.info["icc_profile"] == PROFILE


@pytest.mark.parametrize(
    ("metadata", "note"),
    [
        (Metadata(exif_block() + bytes(65_600)), Note.EXIF_TOO_LONG),
        (Metadata(xmp=XMP + b" " * 65_600), Note.XMP_TOO_LONG),
        (Metadata(iptc=IPTC * 8_000), Note.IPTC_LEFT_OUT),
    ],
    ids=["EXIF", "XMP", "IPTC"],
)
def test_what_is_too_long_for_jpeg_is_left_out_and_said(
    tmp_path: Path, photo: Image, metadata: Metadata, note: Note
) -> None:
    result = export(tmp_path / "out.jpg", photo, metadata=metadata)
    assert result.notes == (note,)
    assert read_metadata(tmp_path / "out.jpg") == Metadata()
    assert export(tmp_path / "out.tif", photo, metadata=metadata).notes == ()


@pytest.mark.parametrize("name", ["out.png", "out.tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_16_bits_keep_every_value(tmp_path: Path, name: str, alpha: bool) -> None:
    values = np.random.default_rng(0).integers(0, 65536, (60, 50, 3), dtype=np.uint16)
    cover = np.full((60, 50), 65535, np.uint16)
    cover[:, :9] = 40_000
    photo = Image(np.minimum(values, cover[..., None]), alpha=cover) if alpha else Image(values)
    export(tmp_path / name, photo, wish=Scale(1.0), bits=16)
    back = np.asarray(pyvips.Image.new_from_file(str(tmp_path / name)).numpy())
    assert back.dtype == np.uint16 and back.shape == (60, 50, 4 if alpha else 3)
    assert np.array_equal(back[:, 9:, :3], photo.pixels[:, 9:])
    if alpha:
        assert np.array_equal(back[..., 3], cover)


def transparent() -> Image:
    """Red, half transparent on the left and opaque on the right."""
    alpha = np.full((40, 60), 65535, np.uint16)
    alpha[:, :30] = 32768
    red = np.zeros((40, 60, 3), np.uint16)
    red[..., 0] = alpha
    return Image(red, alpha=alpha, source_bits=8)


@pytest.mark.parametrize("name", WITH_ALPHA)
@pytest.mark.parametrize("wish", [Scale(2.0), Scale(0.5)], ids=["enlarged", "reduced"])
def test_alpha_is_kept_with_colours_that_are_not_multiplied(tmp_path: Path, name: str, wish: Scale) -> None:
    result = export(tmp_path / name, transparent(), wish=wish)
    assert result.notes == ()
    with PillowImage.open(tmp_path / name) as picture:
        pixels = np.asarray(picture.convert("RGBA")).astype(int)
        assert picture.mode == "RGBA"
    for column, alpha in ((2, 128), (-3, 255)):
        assert np.abs(pixels[:, column] - (255, 0, 0, alpha)).max() <= 6


@pytest.mark.parametrize("how", [{}, {"is_lossless": True}], ids=["lossy", "lossless"])
@pytest.mark.parametrize("profile", [None, PROFILE], ids=["plain", "profile"])
def test_webp_of_an_opaque_part_of_a_transparent_photo_has_no_alpha(
    tmp_path: Path, photo: Image, how: dict[str, Any], profile: bytes | None
) -> None:
    """Its encoder drops an alpha that hides nothing; what the header says of the file has to agree."""
    alpha = np.full((45, 70), 65535, np.uint16)
    opaque = Image(photo.pixels * np.uint16(257), alpha=alpha, icc_profile=profile, source_bits=8)
    export(tmp_path / "out.webp", opaque, metadata=Metadata(photo.exif), **how)
    with PillowImage.open(tmp_path / "out.webp") as picture:
        picture.load()
        assert (picture.size, picture.mode) == ((175, 113), "RGB")
        assert picture.getexif()[0x010F] == "Maker"
    head = (tmp_path / "out.webp").read_bytes()[12:21]
    assert head.startswith(b"VP8X") and not head[8] & 0x10


@pytest.mark.parametrize("how", [{}, {"is_lossless": True}], ids=["lossy", "lossless"])
def test_webp_with_exif_keeps_its_alpha(tmp_path: Path, photo: Image, how: dict[str, Any]) -> None:
    export(tmp_path / "out.webp", transparent(), metadata=Metadata(photo.exif), **how)
    with PillowImage.open(tmp_path / "out.webp") as picture:
        picture.load()
        assert picture.mode == "RGBA"
        assert picture.getexif()[0x010F] == "Maker"


@pytest.mark.parametrize(("name", "how"), [("out.jpg", {}), ("out.png", {"keep_alpha": False})])
def test_without_alpha_it_is_flattened_over_white_and_said(tmp_path: Path, name: str, how: dict[str, Any]) -> None:
    result = export(tmp_path / name, transparent(), **how)
    assert result.notes == (Note.FLATTENED,)
    pixels = read_image(tmp_path / name).pixels.astype(int)
    assert np.abs(pixels[:, 2] - (255, 127, 127)).max() <= 6
    assert np.abs(pixels[:, -3] - (255, 0, 0)).max() <= 6


def test_noise_is_no_broken_stream_as_jpeg(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (900, 1200, 3), dtype=np.uint8)
    export(tmp_path / "out.jpg", Image(noise), wish=Scale(1.0), quality=100)
    assert np.abs(read_image(tmp_path / "out.jpg").pixels.astype(int) - noise).mean() < 3


def test_quality_and_chroma_are_heeded(tmp_path: Path, photo: Image) -> None:
    low = export(tmp_path / "low.jpg", photo, quality=30)
    high = export(tmp_path / "high.jpg", photo, quality=98)
    half = export(tmp_path / "half.jpg", photo, quality=98, chroma=Chroma.HALF)
    assert low.file_bytes < half.file_bytes < high.file_bytes
    assert export(tmp_path / "a.webp", photo, is_lossless=True).file_bytes > 0
    export(tmp_path / "b.png", photo)
    assert np.array_equal(read_image(tmp_path / "a.webp").pixels, read_image(tmp_path / "b.png").pixels)


@pytest.mark.parametrize("compression", TiffCompression)
def test_tiff_may_be_tiled_and_have_a_pyramid(tmp_path: Path, compression: TiffCompression) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    export(tmp_path / "out.tif", Image(pixels), wish=Scale(1.0), tiff_compression=compression, has_pyramid=True)
    first = pyvips.Image.new_from_file(str(tmp_path / "out.tif"))
    second = pyvips.Image.new_from_file(str(tmp_path / "out.tif"), page=1)
    assert np.array_equal(first.numpy(), pixels)
    assert (second.width, second.height) == (450, 350)


@pytest.mark.parametrize("name", ["out.png", "out.jpg", "out.tif"])
def test_paper_sizes_tell_printers_their_resolution(tmp_path: Path, photo: Image, name: str) -> None:
    export(tmp_path / name, photo, wish=Within(Size(200, 300), dpi=300.0))
    with PillowImage.open(tmp_path / name) as picture:
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("name", ["out.png", "out.tif"])
def test_a_resolution_that_nobody_asked_for_is_not_told(tmp_path: Path, photo: Image, name: str) -> None:
    export(tmp_path / name, photo, wish=Scale(8.0), metadata=Metadata(photo.exif), has_pyramid=True)
    with PillowImage.open(tmp_path / name) as picture:
        picture.load()
        assert "dpi" not in picture.info
        assert picture.getexif()[0x010F] == "Maker"
        # The shape of a pixel is.
        if isinstance(picture, PngImageFile):
            assert picture.info["aspect"] == (1, 1)
        if isinstance(picture, TiffImageFile):
            for page in range(picture.n_frames):
                picture.seek(page)
                assert (picture.tag_v2[282], picture.tag_v2[283], picture.tag_v2[296]) == (1, 1, 1)


def test_xmp_of_a_heic_photo_is_kept(tmp_path: Path, photo: Image) -> None:
    import pillow_heif

    heic = tmp_path / "photo.heic"
    # Its encoder would turn the picture.
    packet = XMP.replace(b'tiff:Orientation="6" ', b"")
    pillow_heif.from_pillow(PillowImage.fromarray(photo.pixels)).save(heic, exif=photo.exif, xmp=packet)
    image = read_image(heic)
    export(tmp_path / "out.jpg", image, metadata=read_metadata(heic, exif=image.exif))
    found = read_metadata(tmp_path / "out.jpg").xmp
    assert found is not None and b"Somebody" in found and b'ImageWidth="175"' in found
    heic.write_bytes(heic.read_bytes()[:200])
    assert read_metadata(heic, exif=image.exif).exif == image.exif


def test_a_resolution_is_the_same_in_all_metadata(tmp_path: Path, photo: Image) -> None:
    attributes = b'tiff:XResolution="720000/10000" tiff:ResolutionUnit="3" '
    told = XMP.replace(b"tiff:Orientation", attributes + b"tiff:Orientation")
    told = told.replace(b"<exif:", b"<tiff:YResolution>720000/10000</tiff:YResolution><exif:", 1)
    for dpi, expected in ((None, told), (300.0, told.replace(b"720000/10000", b"300000/1000").replace(b'"3"', b'"2"'))):
        export(tmp_path / "out.jpg", photo, wish=Scale(1.0), metadata=Metadata(xmp=told), dpi=dpi)
        assert read_metadata(tmp_path / "out.jpg").xmp == Metadata(xmp=expected).for_size(photo.size).xmp


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dpi", [1.0, float(MAX_DPI)])
def test_the_least_and_the_highest_resolution_can_be_written(
    tmp_path: Path, photo: Image, name: str, dpi: float
) -> None:
    exif = PillowImage.Exif()
    exif[0x011A] = 72.0
    export(tmp_path / name, photo, metadata=Metadata(exif.tobytes().removeprefix(b"Exif\0\0")), dpi=dpi)
    with PillowImage.open(tmp_path / name) as picture:
        assert picture.getexif()[0x011A] == dpi


@pytest.mark.parametrize(
    ("name", "size", "how", "told"),
    [
        ("a.jpg", Size(1, 65501), {}, "65500"),
        ("a.webp", Size(16384, 1), {}, "16383"),
        ("a.png", Size(1, 1_000_001), {}, "1000000"),
        ("a.avif", Size(16000, 16000), {}, "megapixels"),
        ("a.jpg", Size(1, 1), {"bits": 16}, "takes 8"),
        ("a.png", Size(1, 1), {"bits": 12}, "8 or 16"),
        ("a.jpg", Size(1, 1), {"quality": 101}, "1 to 100"),
        ("a.jpg", Size(1, 1), {"quality": 0}, "1 to 100"),
        ("a.png", Size(1, 1), {"compression": 10}, "0 to 9"),
        ("a.png", Size(1, 1), {"dpi": 65_536.0}, "1 to 65535 dpi, not 65536"),
        ("a.tif", Size(1, 1), {"dpi": 0.5}, "1 to 65535 dpi, not 0.5"),
        ("a.gif", Size(1, 1), {}, ".png"),
    ],
)
def test_what_a_format_cannot_hold_is_refused_with_what_it_can(
    name: str, size: Size, how: dict[str, Any], told: str
) -> None:
    with pytest.raises(ImageWriteError, match=re.escape(told)):
        check_encoding(name, size, EncodingOptions(**how))


def test_iptc_is_found_in_photoshops_resources() -> None:
    from liif_core.imaging.metadata import iptc_records

    other = b"8BIM\x03\xed\0\0\0\0\0\x03abc\0"
    block = photoshop_block(IPTC)
    assert iptc_records(block) == IPTC
    assert iptc_records(block[:14] + other + block[14:]) == IPTC
    assert iptc_records(IPTC) == IPTC
    assert iptc_records(b"Photoshop 3.0\0" + other) is None
    assert iptc_records(b"8BIM\x04\x04") is None


@pytest.mark.parametrize("target", [Size(45, 140), Size(90, 70), Size(30, 140)])
def test_one_side_may_be_reduced_and_the_other_enlarged(tmp_path: Path, photo: Image, target: Size) -> None:
    export(tmp_path / "out.png", photo, wish=Exact(target))
    assert read_image(tmp_path / "out.png").size == target
