"""The processes that `tests.benchmarks.memory` measures; each prints one JSON object a line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PANS = ((-0.6, 0.0), (0.0, -0.6), (0.5, 0.5), (0.3, -0.9))
"""Movements of the picture in viewports, down and to the right, one after the other at each zoom."""

_SAMPLE_MS = 10
_REST_S = 1.5


def memory_mb() -> tuple[float, float | None]:
    """This process' resident memory, and the part of it that are mapped files where the system tells."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return _memory_elsewhere_mb(), None
    fields = dict(line.split(":", 1) for line in text.splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024, int(fields["RssFile"].split()[0]) / 1024


def _memory_elsewhere_mb() -> float:
    if sys.platform == "win32":
        import ctypes

        counters = (ctypes.c_size_t * 10)(ctypes.sizeof(ctypes.c_size_t * 10))
        process = ctypes.c_void_p(ctypes.windll.kernel32.GetCurrentProcess())
        ctypes.windll.psapi.GetProcessMemoryInfo(process, counters, ctypes.sizeof(counters))
        # Two 32-bit numbers, then the largest and the present working set.
        return counters[2] / 1024**2
    import os

    told = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


def baseline(*, model: str | None) -> None:
    """What any such program takes: interpreter, torch, Qt, the model."""
    from PySide6.QtWidgets import QApplication

    from liif_core.checkpoint.load import load_model
    from liif_core.library import find_model

    application = QApplication([])
    loaded = load_model(find_model(model))
    rss_mb, file_mb = memory_mb()
    print(json.dumps({"rss_mb": rss_mb, "file_mb": file_mb}), flush=True)
    del application, loaded


class Visit:
    """A run of the viewer through the zooms."""

    def __init__(self, photo: Path, *, model: str | None, step_limit_s: float) -> None:
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from app.composition import Viewer, ViewerOptions

        self._application = QApplication([])
        self._viewer = Viewer(ViewerOptions(model=model, show_errors=False, moves=False))
        self._step_limit_s = step_limit_s
        self._status: Any = None
        self._peak_mb = 0.0
        self._times: dict[str, float] = {}
        self._last_tile = 0.0
        controller = self._viewer.controller
        controller.status_changed.connect(self._note_status)
        controller.document_read.connect(lambda document: self._note_time("decode_s"))
        self._viewer.window.canvas.photo_painted.connect(lambda: self._note_time("first_paint_s"))
        for worker in (self._viewer.base_worker, self._viewer.neural_worker):
            if worker is not None:
                worker.tile_ready.connect(self._note_tile)
        controller.failed.connect(lambda error: sys.exit(str(error)))
        self._sampler = QTimer(interval=_SAMPLE_MS)
        self._sampler.timeout.connect(self._sample)
        self._sampler.start()
        self._started = time.perf_counter()
        self._viewer.start(photo)

    def run(self, zooms: list[float]) -> None:
        """Go through the zooms and print a row for each."""
        self._wait(lambda: "decode_s" in self._times)
        for zoom in zooms:
            rss = self._row(zoom)
            print(json.dumps({"zoom": zoom, **self._times, **rss}), flush=True)
        self._viewer.window.close()
        self._viewer.stop()

    def _row(self, zoom: float) -> dict[str, Any]:
        controller, canvas = self._viewer.controller, self._viewer.window.canvas
        moves: list[Callable[[], None]] = [lambda: controller.zoom_to(zoom) if zoom else controller.fit()]
        height, width = canvas.viewport.height, canvas.viewport.width
        moves += [lambda y=y, x=x: controller.pan(y * height, x * width) for y, x in PANS]  # type: ignore[misc]
        seconds, unsharp = 0.0, 0
        for move in moves:
            begun = time.perf_counter()
            move()
            unsharp += not self._wait(lambda: self._status.progress.is_sharp)
            seconds += time.perf_counter() - begun
        # A person looks at the view: long enough for the viewer to prepare the next one and to give back what it freed.
        self._wait(lambda: time.perf_counter() - self._last_tile > _REST_S)
        rss_mb, file_mb = memory_mb()
        memory = {"rss_mb": rss_mb, "file_mb": file_mb, "peak_mb": self._peak_mb}
        return {"sharp_s": seconds / len(moves), "unsharp": unsharp, **memory}

    def _wait(self, reached: Callable[[], bool], *, limit_s: float | None = None) -> bool:
        ends = time.perf_counter() + (self._step_limit_s if limit_s is None else limit_s)
        while time.perf_counter() < ends:
            if reached():
                return True
            self._application.processEvents()
            time.sleep(0.002)
        return reached()

    def _sample(self) -> None:
        self._peak_mb = max(self._peak_mb, memory_mb()[0])

    def _note_status(self, status: object) -> None:
        self._status = status

    def _note_tile(self, result: object) -> None:
        self._last_tile = time.perf_counter()

    def _note_time(self, name: str) -> None:
        self._times.setdefault(name, time.perf_counter() - self._started)


def main() -> None:
    """Run the kind of process that the command line names."""
    options = json.loads(sys.argv[2])
    if sys.argv[1] == "baseline":
        baseline(**options)
        return
    zooms = options.pop("zooms")
    Visit(Path(options.pop("photo")), **options).run(zooms)


if __name__ == "__main__":
    main()
