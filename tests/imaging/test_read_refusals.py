from __future__ import annotations

import logging
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import ImageReadError
from liif_core.imaging import pixels
from liif_core.imaging.opened import DecodeError
from liif_core.imaging.read import read_image, read_size

Save = Callable[..., Path]


def refusal(path: Path | str, **options: Any) -> str:
    """The sentence of the refusal, after a look at what all of them have in common."""
    with pytest.raises(ImageReadError) as caught:
        read_image(path, **options)
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    "content", [None, b"", b"no photo", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"BM" + bytes(30)]
)
def test_a_header_that_is_no_photos_is_refused_in_the_same_words(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageReadError) as caught:
        read_size(path)
    assert str(caught.value) == refusal(path)


def test_a_size_beyond_the_limit_is_refused_in_the_same_words(save: Save, gradient: NDArray[np.uint8]) -> None:
    path = save("a.png", gradient)
    pixels = gradient.shape[0] * gradient.shape[1]
    assert read_size(path, max_pixels=pixels).area == pixels
    with pytest.raises(ImageReadError) as caught:
        read_size(path, max_pixels=pixels - 1)
    assert str(caught.value) == refusal(path, max_pixels=pixels - 1)


def test_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.jpg")


def test_folder(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX")
def test_pipe_is_refused_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert "device or a pipe" in refusal(tmp_path / "pipe.jpg")


def test_impossible_names(tmp_path: Path) -> None:
    refusal(tmp_path / ("x" * 400 + ".jpg"))
    with pytest.raises(ImageReadError, match="null"):
        read_image("a\0b.jpg")


def test_no_permission(save: Save, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch) -> None:
    path = save("a.png", gradient)

    def denied(self: Path, *_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    assert "permission" in refusal(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission_for_real(save: Save, gradient: NDArray[np.uint8]) -> None:
    path = save("a.png", gradient)
    path.chmod(0)
    assert "permission" in refusal(path)


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    assert "empty (0 bytes)" in refusal(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    "content", [b"hello, this is a text", b"x", b"BM is how this text begins, and goes on", b"\0" * 99]
)
def test_what_is_not_a_photo(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    sentence = refusal(path)
    assert "not a photo" in sentence
    assert "JPEG" in sentence


def test_camera_raw_is_not_opened_as_its_thumbnail(save: Save, gradient: NDArray[np.uint8]) -> None:
    assert "camera raw" in refusal(save("a.NEF", gradient, "TIFF"))


@pytest.mark.parametrize("share", [0.02, 0.2, 0.6, 0.95])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        *[("a.jpg", {}), ("a.jpg", {"progressive": True}), ("a.png", {}), ("a.webp", {}), ("a.avif", {})],
        *[("a.tif", {}), ("a.tif", {"compression": "tiff_lzw"}), ("a.bmp", {}), ("a.gif", {})],
    ],
)
def test_truncated_file_is_refused_and_not_half_grey(
    save: Save, name: str, options: dict[str, Any], share: float
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    path = save(name, noise, **options)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "cut off or damaged" in refusal(path)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_truncated_16_bit_and_heic_files_are_refused(
    save_deep: Save, tmp_path: Path, deep_noise: NDArray[np.uint16], gradient: NDArray[np.uint8], share: float
) -> None:
    import pillow_heif

    heic = tmp_path / "a.heic"
    pillow_heif.from_pillow(PillowImage.fromarray(gradient)).save(heic)
    for path in (save_deep("a.png", deep_noise, "rgb16"), save_deep("a.tif", deep_noise, "rgb16"), heic):
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        assert "cut off or damaged" in refusal(path)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_decompression_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(60000, 50000))
    sentence = refusal(path)
    assert "60000 x 50000 pixels (3000 megapixels)" in sentence
    assert "at most 600 megapixels" in sentence


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.gif", "a.webp", "a.avif", "a.tif"])
def test_limit_counts_for_every_format_and_is_inclusive(save: Save, gradient: NDArray[np.uint8], name: str) -> None:
    path = save(name, gradient)
    assert read_image(path, max_pixels=48 * 64).size.area == 48 * 64
    assert "64 x 48 pixels" in refusal(path, max_pixels=48 * 64 - 1)


def test_limit_counts_for_heic(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    import pillow_heif

    pillow_heif.from_pillow(PillowImage.fromarray(gradient)).save(tmp_path / "a.heic")
    assert "64 x 48 pixels" in refusal(tmp_path / "a.heic", max_pixels=100)


@pytest.mark.parametrize("raised", [MemoryError(), DecodeError("out of memory --- size == 100MB")])
def test_too_little_memory(
    save: Save, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(pixels, "_strips", fail)
    assert "not enough free memory" in refusal(save("a.png", gradient))


def test_samples_of_an_unknown_kind(save_deep: Save) -> None:
    path = save_deep("a.tif", np.zeros((4, 4, 3), np.int16), "srgb")
    assert "samples of type 'short'" in refusal(path)


@pytest.mark.parametrize("block", [b"garbage", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 30])
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
def test_damaged_exif_is_dropped(
    save: Save, gradient: NDArray[np.uint8], caplog: pytest.LogCaptureFixture, block: bytes, name: str
) -> None:
    with caplog.at_level(logging.WARNING, "liif_core.imaging"):
        image = read_image(save(name, gradient, exif=b"Exif\0\0" + block))
    assert image.exif is None
    assert "exif" in caplog.text.lower()
    assert image.pixels.shape == gradient.shape


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
@pytest.mark.parametrize("damage", ["garbage", "tables"])
def test_damaged_profile_is_dropped(
    save: Save,
    gradient: NDArray[np.uint8],
    caplog: pytest.LogCaptureFixture,
    srgb_profile: bytes,
    name: str,
    damage: str,
) -> None:
    profile = b"garbage" * 50 if damage == "garbage" else srgb_profile[:128] + b"\xff" * (len(srgb_profile) - 128)
    with caplog.at_level(logging.WARNING, "liif_core.imaging"):
        image = read_image(save(name, gradient, icc_profile=profile))
    assert image.icc_profile is None
    assert image.pixels.shape == gradient.shape


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.bmp", "a.gif", "a.avif", "a.heic"])
def test_random_damage_gives_a_photo_or_one_sentence(
    save: Save, tmp_path: Path, gradient: NDArray[np.uint8], exif_with: Callable[..., bytes], name: str
) -> None:
    import pillow_heif

    if name == "a.heic":
        path = tmp_path / name
        pillow_heif.from_pillow(PillowImage.fromarray(gradient)).save(path, exif=exif_with(1))
    else:
        path = save(name, gradient, **({} if name in ("a.bmp", "a.gif") else {"exif": exif_with(6)}))
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(content)
        for position in rng.integers(0, min(len(content), 600), rng.integers(1, 6)):
            damaged[position] = rng.integers(256)
        path.write_bytes(damaged)
        sentence = f"{path} opened"
        try:
            read_image(path, max_pixels=1_000_000)
        except ImageReadError as exc:
            sentence = str(exc)
        assert str(path) in sentence
        assert "\n" not in sentence
