"""Camera raw files, with a stand-in for rawpy; and with rawpy itself where it is installed."""

from __future__ import annotations

import importlib.util
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import RAW_EXTENSIONS, READABLE_EXTENSIONS, read_image, read_size

Save = Callable[..., Path]

RAW_HEADERS = {
    "a.raf": b"FUJIFILMCCD-RAW 0201FF129502",
    "a.orf": b"IIRO\x08\0\0\0",
    "a.rw2": b"IIU\0\x18\0\0\0",
    "a.cr3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "a.cr2": b"II*\0\x10\0\0\0CR\2\0",
    "misnamed.tif": b"II*\0\x10\0\0\0CR\2\0",
    "a.nef": b"MM\0*\0\0\0\x08",
    "A.DNG": b"II*\0\x08\0\0\0",
}


class LibRawError(Exception):
    """As rawpy's: it carries bytes."""


class FakeRaw:
    """A raw photo of 40 x 60 pixels (sensor 60 wide) that is to be turned by a quarter."""

    def __init__(self, flip: int, error: str | None) -> None:
        self.sizes = SimpleNamespace(height=40, width=60, flip=flip)
        self.error = error
        self.options: dict[str, Any] = {}

    def postprocess(self, **options: Any) -> NDArray[np.uint16]:
        if self.error is not None:
            raise LibRawError(self.error.encode())
        self.options = options
        height, width = (60, 40) if self.sizes.flip in (5, 6) else (40, 60)
        step = 2 if options["half_size"] else 1
        ramp = np.arange(height * width, dtype=np.uint16).reshape(height, width, 1) * 20
        return np.repeat(ramp, 3, axis=2)[::step, ::step]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands in for rawpy; `raw` is the photo, `fail_open` makes the header unknown."""
    state = SimpleNamespace(raw=FakeRaw(0, None), fail_open=False)

    @contextmanager
    def imread(file: Any) -> Iterator[FakeRaw]:
        assert file.read(1), "an open file is given"
        if state.fail_open:
            raise LibRawError(b"Unsupported file format or not RAW file")
        yield state.raw

    module = ModuleType("rawpy")
    module.imread = imread  # type: ignore[attr-defined]
    module.LibRawError = LibRawError  # type: ignore[attr-defined]
    module.ColorSpace = SimpleNamespace(sRGB="srgb")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rawpy", module)
    return state


@pytest.fixture
def raw_file(tmp_path: Path) -> Path:
    path = tmp_path / "a.nef"
    path.write_bytes(RAW_HEADERS["a.nef"] + bytes(100))
    return path


@pytest.mark.parametrize("name", RAW_HEADERS)
def test_without_the_package_the_sentence_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "rawpy", None)
    path = tmp_path / name
    path.write_bytes(RAW_HEADERS[name] + bytes(300))
    for read in (read_image, read_size):
        with pytest.raises(ImageReadError, match=r"camera raw file.*pip install rawpy") as caught:
            read(path)
        assert str(path) in str(caught.value)
    assert read_preview(path, side=10) is None


@pytest.mark.parametrize(("flip", "size"), [(0, Size(40, 60)), (3, Size(40, 60)), (5, Size(60, 40)), (6, Size(60, 40))])
def test_raw_photos_are_16_bit_srgb_with_the_cameras_white(
    fake: SimpleNamespace, raw_file: Path, flip: int, size: Size
) -> None:
    fake.raw = FakeRaw(flip, None)
    image = read_image(raw_file)
    assert image.size == read_size(raw_file) == size
    assert image.source_bits == 16
    assert image.icc_profile is None
    assert image.pixels[3, 5].tolist() == [(3 * size.width + 5) * 20] * 3
    options = fake.raw.options
    assert options["use_camera_wb"] and options["output_bps"] == 16 and options["output_color"] == "srgb"


def test_a_preview_has_half_the_size(fake: SimpleNamespace, raw_file: Path) -> None:
    preview = read_preview(raw_file, side=30)
    assert preview is not None
    assert (preview.size, preview.image.size) == (Size(40, 60), Size(20, 30))
    assert fake.raw.options["half_size"]
    assert read_preview(raw_file, side=31) is None


def test_librarys_refusals_are_one_sentence(fake: SimpleNamespace, raw_file: Path) -> None:
    fake.raw = FakeRaw(0, "Input/output error")
    with pytest.raises(ImageReadError, match=r"cut off or damaged.*Input/output error"):
        read_image(raw_file)
    fake.fail_open = True
    with pytest.raises(ImageReadError, match="Unsupported file format"):
        read_image(raw_file)


def test_plain_tiffs_stay_tiffs(save: Save, gradient: NDArray[np.uint8]) -> None:
    assert np.array_equal(read_image(save("a.tif", gradient)).pixels, gradient)


def test_extensions_of_raw_files_are_apart() -> None:
    assert {".nef", ".cr2", ".cr3", ".arw", ".dng", ".raf", ".orf", ".rw2"} <= set(RAW_EXTENSIONS)
    assert not set(RAW_EXTENSIONS) & set(READABLE_EXTENSIONS)
    assert all(extension == extension.lower() and extension[0] == "." for extension in RAW_EXTENSIONS)


def dng(samples: NDArray[np.uint16], orientation: int) -> bytes:
    """A DNG over the samples of a Bayer sensor, its white level 65535."""
    height, width = samples.shape

    def entry(tag: int, kind: str, *values: int) -> tuple[int, int, int, bytes]:
        code = {"B": 1, "s": 2, "H": 3, "I": 4, "II": 5, "ii": 10}[kind]
        count = len(values) // len(kind) if kind in ("II", "ii") else len(values)
        return tag, code, count, struct.pack(f"<{len(values)}{kind[0] if kind != 's' else 'B'}", *values)

    identity = [value for row in range(3) for column in range(3) for value in (10_000 * (row == column), 10_000)]
    entries = [
        *(entry(254, "I", 0), entry(256, "I", width), entry(257, "I", height), entry(258, "H", 16)),
        *(entry(259, "H", 1), entry(262, "H", 32803), entry(271, "s", *b"Test\0"), entry(272, "s", *b"Test\0")),
        *(entry(273, "I", 4096), entry(274, "H", orientation), entry(277, "H", 1), entry(278, "I", height)),
        *(entry(279, "I", samples.nbytes), entry(284, "H", 1), entry(33421, "H", 2, 2), entry(33422, "B", 0, 1, 1, 2)),
        *(entry(50706, "B", 1, 4, 0, 0), entry(50708, "s", *b"Test\0"), entry(50717, "I", 65535)),
        *(entry(50721, "ii", *identity), entry(50728, "II", 1, 1, 1, 1, 1, 1), entry(50778, "H", 21)),
    ]
    table, body, offset = struct.pack("<H", len(entries)), b"", 8 + 2 + 12 * len(entries) + 4
    for tag, code, count, data in entries:
        place = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", offset + len(body))
        body += b"" if len(data) <= 4 else data + bytes(len(data) % 2)
        table += struct.pack("<HHI", tag, code, count) + place
    return (b"II*\0\x08\0\0\0" + table + bytes(4) + body).ljust(4096, b"\0") + samples.astype("<u2").tobytes()


@pytest.mark.skipif(importlib.util.find_spec("rawpy") is None, reason="rawpy is not installed")
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_real_raw_file_is_upright_and_as_deep_as_its_samples(tmp_path: Path, orientation: int) -> None:
    samples = np.repeat(np.linspace(5000, 60000, 96)[:, None], 128, axis=1).astype(np.uint16)
    path = tmp_path / "a.dng"
    path.write_bytes(dng(samples, orientation))
    image = read_image(path)
    assert image.size == read_size(path)
    assert image.source_bits == 16
    grey = image.pixels[..., 1].astype(int)
    turned = np.rot90(grey, {1: 0, 3: 2, 6: 1, 8: 3}[orientation])
    assert turned.shape[0] < turned.shape[1]
    profile = turned[4:-4, 4:-4].mean(axis=1)
    assert np.all(np.diff(profile) > 0), "the ramp runs from top to bottom"
    assert len(np.unique(grey)) > 60
    preview = read_preview(path, side=50)
    assert preview is not None and preview.size == image.size


@pytest.mark.skipif(importlib.util.find_spec("rawpy") is None, reason="rawpy is not installed")
def test_a_damaged_raw_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.dng"
    path.write_bytes(RAW_HEADERS["A.DNG"] + bytes(500))
    with pytest.raises(ImageReadError, match="cut off or damaged"):
        read_image(path)
