"""Takes one picture of the export dialog or of the queue, with the real viewer on the sample photo.

Run by `make_gallery.py` as `export_scenes.py KIND THEME LANGUAGE WIDTHxHEIGHT PHOTO OUT.png`, in a process of its own:
the scale of the screen belongs to a process.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from app.composition import Viewer, ViewerOptions
from app.export.draft import What
from app.settings import Settings
from liif_core.export.queue import QueueState
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import LongSide, Scale
from liif_core.export.task import ExportTask

KINDS = ("export-photo", "export-crop", "export-queue")
PATIENCE_S = 300.0
ZOOM = 2.2


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the program run until something is so.

    Raises:
        TimeoutError: It takes longer than anybody waits.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the picture of an export is not ready")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        time.sleep(0.01)


def dialog_picture(viewer: Viewer, what: What, size: tuple[int, int], target: Path) -> None:
    """The dialog with all that it has found out."""
    viewer.window.actions_["export"].trigger()
    dialog = viewer.exporting.dialog
    assert dialog is not None
    dialog.resize(*size)
    dialog.what.buttons[what].click()
    wait_until(lambda: dialog.foot.button.isEnabled() and not dialog.preview.picture.isNull())
    wait_until(lambda: not dialog.inquiry.is_waiting)
    dialog.grab().save(str(target))
    dialog.reject()


def queue_picture(viewer: Viewer, photo: Path, size: tuple[int, int], target: Path) -> None:
    """The window with a queue of which one is done, one has failed, one runs and one waits."""
    viewer.window.resize(*size)
    queue = viewer.exporting.queue
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def task(source: Path, name: str, wish: Scale | LongSide) -> ExportTask:
            return ExportTask(source, ExportRequest(folder / name, Sized(wish)))

        queue.add(
            [
                task(photo, "dandelion-web.jpg", LongSide(1600)),
                task(folder / "moved.jpg", "moved.tif", Scale(2.0)),
                task(photo, "dandelion-wall.png", LongSide(16_000)),
                task(photo, "dandelion-8K.tif", LongSide(7680)),
            ]
        )
        wait_until(lambda: queue.worker.entries[1].state is QueueState.FAILED)
        wait_until(lambda: (running := queue.worker.entries[2].progress) is not None and running.share > 0.1)
        wait_until(queue.indicator.isVisible)
        viewer.window.status.clearMessage()
        viewer.window.grab().save(str(target))
        queue.worker.stop(timeout_s=30)


def main(kind: str, theme: str, language: str, size: str, photo: str, target: str) -> int:
    """Take the picture."""
    QApplication(["stepless"])
    settings = Settings()
    settings.set(replace(settings.appearance, theme=theme, language=language))  # type: ignore[arg-type]
    viewer = Viewer(ViewerOptions(show_errors=False, moves=False), settings=settings)
    width, height = (int(side) for side in size.split("x"))
    viewer.window.resize(1120, 740)
    viewer.start(Path(photo))
    wait_until(lambda: viewer.controller.is_sharp)
    if kind == "export-queue":
        queue_picture(viewer, Path(photo), (width, height), Path(target))
    else:
        viewer.controller.zoom_to(ZOOM)
        # Else the view's decoder and the dialog's would take the processor from each other.
        wait_until(lambda: viewer.controller.is_sharp)
        dialog_picture(viewer, What.CROP if kind == "export-crop" else What.PHOTO, (width, height), Path(target))
    viewer.window.close()
    viewer.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
