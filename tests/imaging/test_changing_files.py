"""Files that another program changes while they are read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.geometry import Size
from liif_core.imaging import decode
from liif_core.imaging.image import Image
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import read_image, read_size

Save = Callable[..., Path]

CUT_OFF_WHILE_READ = """
import os, sys
from liif_core.imaging import pixels
from liif_core.imaging.{module} import {read}
strips = pixels._strips

def cut_off(*given, **named):
    # The decoder has not begun with the pixels.
    os.truncate(sys.argv[1], 0)
    return strips(*given, **named)

pixels._strips = cut_off
try:
    {read}(sys.argv[1]{options})
except Exception as exc:
    # Told in one sentence, or not at all.
    sys.exit(0 if type(exc).__name__ == "ImageReadError" else 3)
"""


@pytest.fixture
def noise() -> np.ndarray[Any, Any]:
    """Several pages of memory in any format."""
    return np.random.default_rng(0).integers(0, 256, (700, 900, 3), dtype=np.uint8)


@pytest.mark.skipif(os.name == "nt", reason="the system keeps mapped files as they are")
@pytest.mark.parametrize(
    ("read", "name"),
    [
        *(("read_image", f"a.{kind}") for kind in ("jpg", "png", "webp", "gif", "tif", "avif", "bmp")),
        *(("read_preview", f"a.{kind}") for kind in ("jpg", "webp")),
    ],
)
def test_a_file_that_is_cut_off_while_it_is_read_does_not_end_the_program(
    save: Save, noise: np.ndarray[Any, Any], read: str, name: str
) -> None:
    module, options = ("read", "") if read == "read_image" else ("preview", ", side=100")
    code = CUT_OFF_WHILE_READ.format(module=module, read=read, options=options)
    ended = subprocess.run([sys.executable, "-c", code, str(save(name, noise))], check=False)
    assert ended.returncode == 0


def _comments(count: int) -> bytes:
    return (b"\xff\xfe\xff\xff" + bytes(65533)) * count


@pytest.mark.parametrize("count", [0, 1, 30])
def test_the_header_of_a_jpeg_is_found_behind_whatever_is_before_it(
    save: Save, noise: np.ndarray[Any, Any], monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Only the beginning of a file is read for it, and all of it where that is not enough."""
    monkeypatch.setattr(decode, "HEAD_BYTES", 100_000)
    path = save("a.jpg", noise, quality=95)
    plain: Image = read_image(path)
    content = path.read_bytes()
    path.write_bytes(content[:2] + _comments(count) + content[2:])
    assert path.stat().st_size > 100_000
    assert read_size(path) == plain.size == Size(700, 900)
    assert np.array_equal(read_image(path).pixels, plain.pixels)


class _Late(CancelToken):
    """Is cancelled at a check, so many after the first."""

    def __init__(self, checks: int) -> None:
        super().__init__()
        self.left = checks

    def check(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().check()


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.gif"])
@pytest.mark.parametrize("read", [read_image, lambda path, cancel: read_preview(path, side=100, cancel=cancel)])
def test_a_file_is_not_read_to_its_end_for_nobody(
    save: Save, noise: np.ndarray[Any, Any], monkeypatch: pytest.MonkeyPatch, name: str, read: Callable[..., object]
) -> None:
    """A slow network may take minutes for it."""
    monkeypatch.setattr(decode, "PART_BYTES", 1000)
    monkeypatch.setattr(decode, "HEAD_BYTES", 10_000)
    token = _Late(checks=60)
    with pytest.raises(Cancelled):
        read(save(name, noise), cancel=token)
    assert token.left == 0
