from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import ImageWriteError
from liif_core.geometry import Size
from liif_core.imaging import encoders, streamed
from liif_core.imaging.encoding import EncodingOptions, TiffCompression, format_of
from liif_core.imaging.read import read_image
from liif_core.imaging.write import WRITABLE_EXTENSIONS, check_target, quantise, write_image


def refusal(path: Path, pixels: NDArray[Any]) -> str:
    """The sentence of the refusal; the folder must look as before."""
    before = {entry: entry.read_bytes() for entry in path.parent.glob("*") if entry.is_file()}
    with pytest.raises(ImageWriteError) as caught:
        write_image(path, pixels)
    assert {entry: entry.read_bytes() for entry in path.parent.glob("*") if entry.is_file()} == before
    sentence = str(caught.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("extension", [".png", ".tif", ".TIFF"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_lossless_round_trip_with_profile(
    tmp_path: Path, deep_noise: NDArray[np.uint16], srgb_profile: bytes, extension: str, dtype: str
) -> None:
    pixels = deep_noise if dtype == "uint16" else (deep_noise >> 8).astype(np.uint8)
    path = tmp_path / ("photo" + extension)
    write_image(path, pixels, icc_profile=srgb_profile)
    image = read_image(path)
    assert image.pixels.dtype.name == dtype
    assert np.array_equal(image.pixels, pixels)
    assert image.icc_profile == srgb_profile
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("extension", [".jpg", ".jpeg", ".webp"])
def test_lossy_round_trip_with_profile_and_exif(
    tmp_path: Path,
    gradient: NDArray[np.uint8],
    srgb_profile: bytes,
    exif_with: Callable[..., bytes],
    extension: str,
) -> None:
    path = tmp_path / ("photo" + extension)
    for exif in (exif_with(1), exif_with(1)[6:]):
        write_image(path, gradient, icc_profile=srgb_profile, exif=exif)
        image = read_image(path)
        assert np.abs(image.pixels.astype(int) - gradient).max() < 10
        assert image.icc_profile == srgb_profile
        assert image.exif == exif_with(1)[6:]


def test_png_keeps_what_its_exif_says(
    tmp_path: Path, gradient: NDArray[np.uint8], exif_with: Callable[..., bytes]
) -> None:
    path = tmp_path / "photo.png"
    write_image(path, gradient, exif=exif_with(1))
    with PillowImage.open(path) as picture:
        assert picture.getexif()[0x010F] == "Maker"
        assert picture.getexif()[0x0112] == 1
        assert picture.getexif().get_ifd(0x8769)[0x927C] == b"note" * 8
    assert np.array_equal(read_image(path).pixels, gradient)


@pytest.mark.parametrize(
    "damage",
    [b"\xff\xff\xff\xff", b"\x08\0\0\0\1\0\x25\x88\1\0\3\0\0\0\x08\0\0\0" + bytes(4)],
    ids=["directory outside", "place in three bytes"],
)
@pytest.mark.parametrize("extension", WRITABLE_EXTENSIONS)
def test_damaged_exif_stops_no_writing(
    tmp_path: Path, gradient: NDArray[np.uint8], extension: str, damage: bytes
) -> None:
    path = tmp_path / ("photo" + extension)
    write_image(path, gradient, exif=b"II*\0" + damage)
    assert read_image(path).size == Size(48, 64)


def test_jpeg_has_full_chroma(tmp_path: Path) -> None:
    stripes = np.zeros((32, 32, 3), np.uint8)
    stripes[:, ::2, 0] = 255
    stripes[:, 1::2, 2] = 255
    write_image(tmp_path / "a.jpg", stripes)
    assert np.abs(read_image(tmp_path / "a.jpg").pixels.astype(int) - stripes).mean() < 10


def test_exif_that_is_too_long_for_jpeg_is_left_out(
    tmp_path: Path, gradient: NDArray[np.uint8], exif_with: Callable[..., bytes], caplog: pytest.LogCaptureFixture
) -> None:
    write_image(tmp_path / "a.jpg", gradient, exif=exif_with(1, extra=70_000))
    assert read_image(tmp_path / "a.jpg").exif is None
    assert "EXIF" in caplog.text


def test_strided_pixels_and_tiny_photos_are_written(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    for pixels in (gradient[::-1, ::3], gradient[:1, :1], gradient[:, :1]):
        write_image(tmp_path / "a.png", pixels)
        assert np.array_equal(read_image(tmp_path / "a.png").pixels, pixels)


def test_unknown_extension_names_those_allowed(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    sentence = refusal(tmp_path / "a.xyz", gradient)
    assert "'.xyz'" in sentence
    assert all(extension in sentence for extension in WRITABLE_EXTENSIONS)
    assert "no extension" in refusal(tmp_path / "photo", gradient)


def test_missing_folder(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    assert "does not exist" in refusal(tmp_path / "none" / "a.png", gradient)


def test_folder_as_target(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    (tmp_path / "a.png").mkdir()
    assert "is a folder" in refusal(tmp_path / "a.png", gradient)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_a_pipe_as_target_stays_a_pipe(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    """Nor is a device replaced by a file, which root could do."""
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(ImageWriteError, match="pipe"):
        write_image(pipe, gradient)
    assert pipe.is_fifo()


def test_impossible_names(tmp_path: Path, gradient: NDArray[np.uint8]) -> None:
    refusal(tmp_path / ("x" * 400 + ".png"), gradient)
    with pytest.raises(ImageWriteError, match="null"):
        write_image("a\0b.png", gradient)


def test_a_name_that_is_too_long_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From Python 3.14 on, asking whether such a file is there raises nothing."""
    for name, ask in (("exists", os.path.exists), ("is_dir", os.path.isdir), ("is_file", os.path.isfile)):
        monkeypatch.setattr(Path, name, lambda path, ask=ask: ask(path))
    with pytest.raises(ImageWriteError, match="too long"):
        check_target(tmp_path / ("x" * 300 + ".png"), Size(10, 10), EncodingOptions())


@pytest.mark.parametrize("place", ["folder", "file"])
def test_no_permission(
    tmp_path: Path, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    protected = {"folder": tmp_path, "file": path}[place]
    monkeypatch.setattr(os, "access", lambda asked, _mode: Path(asked) != protected)
    assert "permission" in refusal(path, gradient)


@pytest.mark.parametrize("extension", [".jpg", ".jpeg", ".webp"])
def test_16_bits_into_an_8_bit_format(tmp_path: Path, deep_noise: NDArray[np.uint16], extension: str) -> None:
    assert "16 bits" in refusal(tmp_path / ("a" + extension), deep_noise)


@pytest.mark.parametrize(("extension", "side"), [(".jpg", 65500), (".webp", 16383)])
def test_sides_that_a_format_cannot_hold(tmp_path: Path, extension: str, side: int) -> None:
    path = tmp_path / ("a" + extension)
    for size in (Size(1, side + 1), Size(side + 1, 1)):
        assert str(side) in refusal(path, np.zeros((size.height, size.width, 3), np.uint8))
    write_image(path, np.zeros((1, side, 3), np.uint8))
    assert read_image(path).size == Size(1, side)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_other_pixels(tmp_path: Path, pixels: NDArray[Any]) -> None:
    assert "uint8 or uint16 are expected" in refusal(tmp_path / "a.png", pixels)


def test_target_is_checked_without_pixels_and_without_traces(tmp_path: Path) -> None:
    check_target(tmp_path / "a.png", Size(10, 10), EncodingOptions(bits=16))
    check_target(str(tmp_path / "a.JPG"), Size(10, 10), EncodingOptions())
    assert list(tmp_path.iterdir()) == []
    for name, size, bits in (
        ("a.gif", Size(1, 1), 8),
        ("a.jpg", Size(1, 1), 16),
        ("a.png", Size(1, 1), 12),
        ("a.webp", Size(1, 20000), 8),
    ):
        with pytest.raises(ImageWriteError):
            check_target(tmp_path / name, size, EncodingOptions(bits=bits))


@pytest.mark.parametrize("extension", WRITABLE_EXTENSIONS)
@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (OSError(errno.EACCES, "Permission denied"), "permission is denied"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (MemoryError(), "memory"),
    ],
)
def test_failure_while_writing_leaves_the_old_file(
    tmp_path: Path,
    gradient: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
    extension: str,
    failure: Exception,
    words: str,
) -> None:
    path = tmp_path / ("a" + extension)
    path.write_text("old")

    def half_written(image: Any, picture: Any, output: Any) -> None:
        output.write_whole(b"half")
        raise failure

    monkeypatch.setitem(encoders._ENCODERS, format_of(path).name, half_written)
    assert words in refusal(path, gradient)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failure_at_the_end_leaves_the_old_file(
    tmp_path: Path, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    assert "disk is full" in refusal(path, gradient)


def test_interruption_leaves_the_old_file(
    tmp_path: Path, gradient: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(streamed.StreamedPicture, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_image(path, gradient)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(os.name == "nt", reason="limits on files are POSIX")
@pytest.mark.parametrize("extension", [".png", ".jpg", ".tif", ".webp"])
def test_encoder_that_cannot_write_all_its_bytes(tmp_path: Path, extension: str) -> None:
    # A limit on the size of files stops the encoders in the middle as a full disk does, without filling one.
    path = tmp_path / ("a" + extension)
    code = f"""
import resource, numpy as np
from liif_core.errors import ImageWriteError
from liif_core.imaging.write import write_image
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    write_image({str(path)!r}, np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8))
except ImageWriteError as exc:
    print(exc)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{path} cannot be written: the file would be larger than this disk allows"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("compression", list(TiffCompression))
@pytest.mark.parametrize("shape", ["strips", "is_tiled", "has_pyramid"])
def test_a_tiff_has_long_offsets_where_it_may_outgrow_short_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: TiffCompression, shape: str
) -> None:
    """Of noise, whose files are larger than its pixels: at the end of hours it would be too late."""
    noise = np.random.default_rng(0).integers(0, 65536, (300, 400, 3), np.uint16)
    how: dict[str, Any] = {} if shape == "strips" else {shape: True}
    path, options = tmp_path / "a.tif", EncodingOptions(tiff_compression=compression, **how)
    write_image(path, noise, options=options)
    for limit, version in ((path.stat().st_size - 1, 43), (2 * path.stat().st_size, 42)):
        monkeypatch.setattr(encoders, "_CLASSIC_TIFF_BYTES", limit)
        write_image(path, noise, options=options)
        assert path.read_bytes()[2] == version


def test_quantise_rounds_half_up_and_clips() -> None:
    values = np.array([-1, 0, 0.5 / 255, 0.49 / 255, 1.5 / 255, 127.5 / 255, 1, 2, np.nan, np.inf, -np.inf])
    assert quantise(values, 8).tolist() == [0, 0, 1, 0, 2, 128, 255, 255, 0, 255, 0]
    assert quantise(values[:7], 16).tolist() == [0, 0, 129, 126, 386, 32768, 65535]
    assert quantise(values, 8).dtype == np.uint8
    assert quantise(values, 16).dtype == np.uint16


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_quantise_returns_every_level(bits: int, dtype: type[np.unsignedinteger[Any]]) -> None:
    levels = np.arange(2**bits).astype(dtype)
    for float_type in (np.float32, np.float64):
        unit = (levels / (2**bits - 1)).astype(float_type)
        before = unit.copy()
        assert np.array_equal(quantise(unit, bits), levels)
        assert np.array_equal(unit, before)


@given(st.floats(0, 1, width=32), st.sampled_from([8, 16]))
def test_quantise_is_off_by_half_a_level_at_most(value: float, bits: int) -> None:
    full = 2**bits - 1
    assert abs(int(quantise(np.array([value], np.float32), bits)[0]) - value * full) <= 0.5 + full * 2**-23


def test_quantise_knows_two_depths() -> None:
    with pytest.raises(ValueError, match="8 or 16"):
        quantise(np.zeros(3), 10)
