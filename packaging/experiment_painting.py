"""How the picture of a moving view gets on screen most quickly: the ways that were compared, measured.

Run on a machine with a display (or under Xvfb): `python packaging/experiment_painting.py`. Every way shows a frame of
3840 x 2160 device pixels that was decoded at 9/8 of the view's zoom; the table gives the median milliseconds that the
GUI thread is busy, and those that another thread spends before.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from PySide6.QtCore import QEventLoop, QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication, QWidget

HEIGHT, WIDTH, FACTOR = 2160, 3840, 9 / 8
REPEATS = 15


def frame(height: int, width: int) -> QImage:
    """Some opaque pixels, as `app.qimage.to_qimage` makes them."""
    noise = torch.randint(0, 256, (height, width, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    return QImage(noise.numpy().data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def stretch(painter: QPainter, image: QImage) -> None:
    """Bilinear, from the draft's pixels to the view's."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    part = QRectF(0.3, 0.4, WIDTH * FACTOR, HEIGHT * FACTOR)
    painter.drawImage(QRectF(0, 0, WIDTH, HEIGHT), image, part)


def copy(painter: QPainter, image: QImage) -> None:
    """Pixel by pixel."""
    painter.drawImage(0, 0, image)


class Raster(QWidget):
    """QPainter's raster engine on the window's own surface."""

    def __init__(self, image: QImage, paint: Callable[[QPainter, QImage], None]) -> None:
        super().__init__()
        self._image, self._paint = image, paint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame."""
        painter = QPainter(self)
        self._paint(painter, self._image)
        painter.end()

    def shown_ms(self) -> float:
        """One painting."""
        start = time.perf_counter()
        self.repaint()
        return (time.perf_counter() - start) * 1000


class Surface(QOpenGLWidget):
    """QPainter on an OpenGL surface; each frame is a new texture."""

    def __init__(self, image: QImage, paint: Callable[[QPainter, QImage], None]) -> None:
        super().__init__()
        self._image, self._paint = image, paint

    def paintGL(self) -> None:
        """Paint the frame; the copy makes Qt upload it, as it has to for a frame that is new."""
        painter = QPainter(self)
        self._paint(painter, self._image.copy())
        painter.end()

    def shown_ms(self) -> float:
        """One painting, until it is on the surface."""
        loop = QEventLoop()
        self.frameSwapped.connect(loop.quit)
        start = time.perf_counter()
        self.update()
        loop.exec()
        return (time.perf_counter() - start) * 1000


def median_ms(measure: Callable[[], float]) -> float:
    """After one that warms up."""
    measure()
    return statistics.median(measure() for _ in range(REPEATS))


def interpolated_ms() -> float:
    """Torch's bilinear interpolation of the frame, which lets other threads run meanwhile."""
    shape = (round(HEIGHT * FACTOR), round(WIDTH * FACTOR), 4)
    pixels = torch.randint(0, 256, shape, dtype=torch.uint8).permute(2, 0, 1)[None]
    start = time.perf_counter()
    F.interpolate(pixels, size=(HEIGHT, WIDTH), mode="bilinear")
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the table."""
    application = QApplication.instance() or QApplication(["experiment"])
    large = frame(round(HEIGHT * FACTOR) + 2, round(WIDTH * FACTOR) + 2)
    exact = frame(HEIGHT, WIDTH)
    times: dict[str, float] = {}
    ways: dict[str, tuple[type[Raster] | type[Surface], QImage, Callable[[QPainter, QImage], None]]] = {
        "QPainter, stretched": (Raster, large, stretch),
        "QPainter, 1:1": (Raster, exact, copy),
        "OpenGL, stretched": (Surface, large, stretch),
    }
    for name, (kind, image, paint) in ways.items():
        widget = kind(image, paint)
        widget.setFixedSize(WIDTH, HEIGHT)
        widget.show()
        for _ in range(10):
            application.processEvents()
        times[name] = median_ms(widget.shown_ms)
        widget.close()
    ahead = median_ms(interpolated_ms)
    print("| way | GUI thread, ms | other thread, ms |\n|---|---|---|")
    print(f"| stretched by QPainter | {times['QPainter, stretched']:.1f} | 0 |")
    print(f"| brought to the view's pixels by torch, then painted 1:1 | {times['QPainter, 1:1']:.1f} | {ahead:.1f} |")
    print(f"| stretched on an OpenGL surface | {times['OpenGL, stretched']:.1f} | 0 |")


if __name__ == "__main__":
    main()
