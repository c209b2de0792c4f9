"""Takes the gallery's pictures of the window, with the real viewer on the sample photo.

Run as `.venv/bin/python packaging/make_gallery.py` after a change of the window or of the bundled model; names of
pictures as arguments take only those. They are JPEGs: PNGs of photos would be ten times as large. With all of them it
is recorded what they show (`interface_digest`), so that a test tells when they are out of date.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import chinese_font
import interface_digest
import PIL.Image
from bootstrap import ROOT, SAMPLE, SAMPLE_CENTER

FOLDER = ROOT / "resources" / "readme" / "gallery"
QUALITY = 90
SEEDS = ("--center", SAMPLE_CENTER)


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        name: Of the file.
        options: Of `stepless view`.
        size: Width and height of the window in device-independent pixels.
        density: Device pixels per device-independent one.
        photo: Whether the sample is open; without it the start page is seen.
    """

    name: str
    options: tuple[str, ...]
    size: tuple[int, int] = (1120, 740)
    density: int = 1
    photo: bool = True


GALLERY = (
    Scene("window-light-en", ("--theme", "light", "--lang", "en")),
    Scene("window-dark-zh", ("--theme", "dark", "--lang", "zh_CN", "--zoom", "3", *SEEDS)),
    Scene("compare-8x", ("--theme", "dark", "--lang", "en", "--zoom", "8", "--compare", "bicubic", *SEEDS)),
    Scene("pixels-12x", ("--theme", "light", "--lang", "en", "--zoom", "12", "--overlay", *SEEDS)),
    Scene("drawer-light-en", ("--theme", "light", "--lang", "en", "--drawer")),
    Scene("start-dark-en", ("--theme", "dark", "--lang", "en"), photo=False),
    Scene(
        "compare-8x-dense",
        ("--theme", "dark", "--lang", "zh_CN", "--zoom", "8", "--compare", "nearest", *SEEDS),
        size=(800, 530),
        density=2,
    ),
)


EXPORT_SCENES = (
    Scene("export-crop-dark-en", ("export-crop", "dark", "en"), size=(1120, 820)),
    Scene("export-photo-light-zh", ("export-photo", "light", "zh_CN"), size=(1120, 820)),
    Scene("export-queue-light-en", ("export-queue", "light", "en")),
    Scene("export-queue-dark-zh-dense", ("export-queue", "dark", "zh_CN"), size=(1000, 620), density=2),
)
"""Of the export dialog and the queue: kind, theme and language, as `export_scenes.py` takes them."""


SCENES = (*GALLERY, *EXPORT_SCENES)


def take(scene: Scene) -> Path:
    """Take one picture, wherever there is a display or none; the path of its file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{scene.name}.jpg"
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder, _pictures() as pictures:
        shot, photo = Path(folder) / "shot.png", pictures / SAMPLE.name
        shutil.copyfile(SAMPLE, photo)
        size = "{}x{}".format(*scene.size)
        if scene in EXPORT_SCENES:
            command = [sys.executable, "packaging/export_scenes.py", *scene.options, size, str(photo), str(shot)]
            surroundings["QT_SCALE_FACTOR"] = str(scene.density)
        else:
            command = [sys.executable, "-m", "app", "view", *([str(photo)] if scene.photo else [])]
            command += ["--size", size, "--dpr", str(scene.density), *scene.options, "--screenshot", str(shot)]
        subprocess.run(command, check=True, cwd=ROOT, env=surroundings)
        with PIL.Image.open(shot) as opened:
            # Texts are thin: the colours keep their full resolution.
            opened.convert("RGB").save(target, quality=QUALITY, subsampling=0, optimize=True)
    return target


@contextlib.contextmanager
def _pictures() -> Iterator[Path]:
    """A folder for the photo whose path, which the drawer shows, says nothing of this machine."""
    folder = Path(tempfile.gettempdir()) / "Pictures"
    folder.mkdir(exist_ok=True)
    try:
        yield folder
    finally:
        (folder / SAMPLE.name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            folder.rmdir()


def main(names: Sequence[str]) -> int:
    """Take the pictures named, or all; 2 for a name that is none of them, or where Chinese cannot be shown."""
    unknown = set(names) - {scene.name for scene in SCENES}
    if unknown:
        print(f"no picture of the gallery: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if not chinese_font.is_there():
        print(chinese_font.MISSING, file=sys.stderr)
        return 2
    for scene in SCENES:
        if not names or scene.name in names:
            print(take(scene))
    if not names:
        interface_digest.record()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
