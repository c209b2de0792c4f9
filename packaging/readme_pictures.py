"""Takes the README's pictures of the sample photo, with the real viewer.

Run as `.venv/bin/python packaging/readme_pictures.py` after a change of the bundled model. The first picture is bicubic
enlargement beside the model at 8x, the second nearest neighbour, bicubic and the model at 30x.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import PIL.Image
from bootstrap import ROOT, SAMPLE

FOLDER = ROOT / "resources" / "readme"
GAP = 4
NEAREST = "nearest"


def take(model: str, *, zoom: int, center: tuple[int, int], size: tuple[int, int]) -> PIL.Image.Image:
    """The photo's area of the viewer's window; nearest neighbour, which the viewer does not offer, is made by Pillow.

    Args:
        model: As `--model` takes it, or "nearest".
        zoom: Device pixels per photo pixel.
        center: Photo pixel (x, y) in the middle.
        size: Width and height in pixels.
    """
    if model == NEAREST:
        (x, y), (width, height) = center, size
        box = (x - width / 2 / zoom, y - height / 2 / zoom, x + width / 2 / zoom, y + height / 2 / zoom)
        with PIL.Image.open(SAMPLE) as sample:
            return sample.convert("RGB").resize(size, PIL.Image.Resampling.NEAREST, box=box)
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        command = [sys.executable, "-m", "app", "view", str(SAMPLE), "--model", model, "--zoom", str(zoom)]
        command += ["--center", f"{center[0]},{center[1]}", "--size", f"{size[0]}x{size[1]}"]
        command += ["--photo-only", "--screenshot", str(shot)]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        with PIL.Image.open(shot) as opened:
            return opened.convert("RGB")


def save_side_by_side(name: str, pictures: Sequence[PIL.Image.Image]) -> None:
    """One row of pictures of one size, as a PNG in the README's folder."""
    width, height = pictures[0].size
    row = PIL.Image.new("RGB", (len(pictures) * (width + GAP) - GAP, height), "white")
    for column, picture in enumerate(pictures):
        row.paste(picture, (column * (width + GAP), 0))
    FOLDER.mkdir(parents=True, exist_ok=True)
    row.save(FOLDER / name, optimize=True)
    print(FOLDER / name)


def main() -> None:
    """Take both pictures."""
    at_8 = [take(model, zoom=8, center=(412, 118), size=(560, 600)) for model in ("bicubic", "fast")]
    save_side_by_side("zoom-8x.png", at_8)
    at_30 = [take(model, zoom=30, center=(383, 91), size=(380, 380)) for model in (NEAREST, "bicubic", "fast")]
    save_side_by_side("zoom-30x.png", at_30)


if __name__ == "__main__":
    main()
