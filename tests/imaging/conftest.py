"""Photos and profiles made on the spot; no test here needs a file from elsewhere."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms


@pytest.fixture(scope="session")
def gradient() -> NDArray[np.uint8]:
    """(48, 64, 3) uint8: smooth, so that lossy formats keep it, and different in all directions."""
    y, x = np.mgrid[0:48, 0:64]
    return np.stack([x / 63 * 200 + 20, y / 47 * 200 + 20, (x + y) / 110 * 200 + 20], -1).astype(np.uint8)


@pytest.fixture(scope="session")
def deep_noise() -> NDArray[np.uint16]:
    """(21, 34, 3) uint16 whose lower bytes matter."""
    return np.random.default_rng(1).integers(0, 65536, (21, 34, 3), dtype=np.uint16)


@pytest.fixture(scope="session")
def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def cmyk_profile() -> bytes:
    import pyvips

    profile = pyvips.Image.profile_load("cmyk")
    return bytes(profile)


@pytest.fixture(scope="session")
def linear_grey_profile() -> bytes:
    """A whole ICC version 2 profile for grey values that are proportional to light."""
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    curve = struct.pack(">4s4xI", b"curv", 0)
    text = b"text\0\0\0\0made by a test\0\0"
    title = b"grey"
    desc = struct.pack(">4s4xI", b"desc", len(title) + 1) + title + b"\0" + bytes(12 + 67)
    tags = {b"desc": desc, b"cprt": text, b"wtpt": white, b"kTRC": curve}
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    header = struct.pack(
        ">I4sI4s4s4s12s4s4sIIIIQ3iI44x",
        *(offset + len(body), b"test", 0x02400000, b"mntr", b"GRAY", b"XYZ "),
        *(struct.pack(">6H", 2024, 1, 1, 0, 0, 0), b"acsp", b"\0\0\0\0", 0, 0, 0, 0, 0),
        *(63190, 65536, 54061, 0),
    )
    return header + table + body


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Encode an array or a Pillow picture by Pillow into `tmp_path / name`."""

    def save_it(name: str, picture: Any, kind: str | None = None, **options: Any) -> Path:
        if not isinstance(picture, PillowImage.Image):
            picture = PillowImage.fromarray(picture)
        encoded = io.BytesIO()
        extension = name.rsplit(".", 1)[-1].upper()
        picture.save(encoded, kind or {"JPG": "JPEG", "TIF": "TIFF"}.get(extension, extension), **options)
        path = tmp_path / name
        path.write_bytes(encoded.getvalue())
        return path

    return save_it


@pytest.fixture
def save_deep(tmp_path: Path) -> Callable[..., Path]:
    """Encode an array of any depth by libvips into `tmp_path / name`."""

    def save_it(name: str, pixels: NDArray[Any], interpretation: str, **options: Any) -> Path:
        import pyvips

        path = tmp_path / name
        pyvips.Image.new_from_array(pixels, interpretation=interpretation).write_to_file(str(path), **options)
        return path

    return save_it


@pytest.fixture(scope="session")
def exif_with() -> Callable[..., bytes]:
    """An EXIF block (with JPEG's prefix) of a given orientation, with a maker and a maker note."""

    def exif(orientation: int, extra: int = 0) -> bytes:
        block = PillowImage.Exif()
        block[0x010F] = "Maker"
        block[0x0112] = orientation
        block.get_ifd(0x8769)[0x927C] = b"note" * (8 + extra // 4)
        return block.tobytes()

    return exif
