"""Takes the README's picture with the real viewer: the sample at 8x, bicubic on the left and the model on the right.

Run as `.venv/bin/python packaging/readme_picture.py` after a change of the bundled model.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import PIL.Image
from bootstrap import ROOT, SAMPLE

TARGET = ROOT / "resources" / "readme" / "zoom-8x.png"
CENTER = "412,118"  # photo pixels
SIZE = (560, 600)
GAP = 4


def take(model: str, target: Path) -> None:
    """Save the photo's area of the viewer's window at 8x."""
    command = [sys.executable, "-m", "app", "view", str(SAMPLE), "--model", model, "--zoom", "8", "--center", CENTER]
    command += ["--size", f"{SIZE[0]}x{SIZE[1]}", "--photo-only", "--screenshot", str(target)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})


def main() -> None:
    """Take both pictures and put them side by side."""
    picture = PIL.Image.new("RGB", (2 * SIZE[0] + GAP, SIZE[1]), "white")
    with tempfile.TemporaryDirectory() as folder:
        for column, model in enumerate(("bicubic", "fast")):
            shot = Path(folder) / f"{model}.png"
            take(model, shot)
            with PIL.Image.open(shot) as opened:
                picture.paste(opened.convert("RGB"), (column * (SIZE[0] + GAP), 0))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    picture.save(TARGET, optimize=True)
    print(TARGET)


if __name__ == "__main__":
    main()
