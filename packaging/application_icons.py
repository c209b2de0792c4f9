"""The program's icon in the forms of the three platforms, drawn from `resources/icons/stepless.svg`.

    .venv/bin/python packaging/application_icons.py FOLDER

writes `stepless.ico` (Windows) and `stepless.icns` (macOS); PNGs for Linux are written by `linux_files`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import PIL.Image
from bootstrap import ROOT
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = ROOT / "resources" / "icons" / "stepless.svg"
LINUX_SIDES = (16, 24, 32, 48, 64, 128, 256, 512)
WINDOWS_SIDES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
MAC_SIDES = (16, 32, 64, 128, 256, 512, 1024)


def png_icon(side: int) -> bytes:
    """The icon as PNG, `side` pixels a side."""
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(SOURCE.read_bytes())).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(content.data())


def png_icons(sides: Sequence[int] = LINUX_SIDES) -> dict[int, bytes]:
    """By side in pixels."""
    return {side: png_icon(side) for side in sides}


def write_ico(target: Path) -> None:
    """Write the icon of Windows, each size drawn on its own."""
    _write(target, "ICO", WINDOWS_SIDES)


def write_icns(target: Path) -> None:
    """Write the icon of macOS."""
    _write(target, "ICNS", MAC_SIDES)


def _write(target: Path, form: str, sides: Sequence[int]) -> None:
    images = [PIL.Image.open(io.BytesIO(png_icon(side))) for side in sorted(sides, reverse=True)]
    target.parent.mkdir(parents=True, exist_ok=True)
    images[0].save(target, form, sizes=[image.size for image in images], append_images=images[1:])


def main(arguments: Sequence[str]) -> int:
    """Write both into the folder named; 2 without one."""
    if len(arguments) != 1:
        print("usage: application_icons.py FOLDER", file=sys.stderr)
        return 2
    write_ico(Path(arguments[0]) / "stepless.ico")
    write_icns(Path(arguments[0]) / "stepless.icns")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
