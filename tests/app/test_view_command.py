"""`stepless view` as a process of its own: start-up order, device pixel ratios, timings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from liif_core.imaging.read import read_image

FIRST_PAINT_SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.composition import Viewer, ViewerOptions
application = QApplication([])
viewer = Viewer(ViewerOptions(show_errors=False))
seen = []
def painted():
    if not seen:
        seen.append("torch" in sys.modules)
viewer.window.canvas.photo_painted.disconnect(viewer.controller.photo_painted)
viewer.window.canvas.photo_painted.connect(painted)
viewer.window.canvas.photo_painted.connect(viewer.controller.photo_painted)
viewer.controller.became_sharp.connect(application.quit)
viewer.start(Path(sys.argv[1]))
viewer.controller.document_opened.connect(lambda: viewer.controller.zoom_to(5.0))
application.exec()
viewer.stop()
print("torch at first paint:", seen[0], "and when sharp:", "torch" in sys.modules)
"""


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        cwd=Path(__file__).parents[2],
    )


def test_the_photo_is_painted_before_torch_is_imported(photo: Path) -> None:
    outcome = run_python("-c", FIRST_PAINT_SCRIPT, str(photo))
    assert "torch at first paint: False and when sharp: True" in outcome.stdout, outcome.stderr


@pytest.mark.parametrize("ratio", ["1", "1.5", "2"])
def test_view_is_sharp_at_any_device_pixel_ratio(photo: Path, tmp_path: Path, ratio: str) -> None:
    shot, exported = tmp_path / "shot.png", tmp_path / "exported.png"
    outcome = run_python(
        *("-m", "app", "view", str(photo), "--zoom", "6", "--center", "75,50", "--size", "240x160"),
        *("--photo-only", "--screenshot", str(shot), "--timings"),
        QT_SCALE_FACTOR=ratio,
    )
    assert outcome.returncode == 0, outcome.stderr
    pixels = read_image(shot).pixels.astype(int)
    assert pixels.shape[:2] == (int(160 * float(ratio)), int(240 * float(ratio)))
    outcome = run_python("-m", "app", "export", str(photo), str(exported), "--scale", "6")
    assert outcome.returncode == 0, outcome.stderr
    whole = read_image(exported).pixels.astype(int)
    # The photo's middle is the view's middle.
    top, left = (whole.shape[0] - pixels.shape[0]) // 2, (whole.shape[1] - pixels.shape[1]) // 2
    part = whole[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    assert np.abs(part - pixels).max() <= 1


def test_timings_tell_first_paint_and_sharp(photo: Path, tmp_path: Path) -> None:
    outcome = run_python(
        *("-m", "app", "view", str(photo), "--zoom", "4", "--size", "300x200"),
        *("--screenshot", str(tmp_path / "shot.png"), "--timings"),
    )
    times = dict(re.findall(r"^(first paint|sharp): (\d+\.\d\d) s$", outcome.stdout, re.MULTILINE))
    assert set(times) == {"first paint", "sharp"}, outcome.stdout
    assert 0 < float(times["first paint"]) < float(times["sharp"])


def test_a_screenshot_shows_the_window_at_the_size_asked_for(photo: Path, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    outcome = run_python("-m", "app", "view", str(photo), "--size", "500x400", "--screenshot", str(shot))
    assert outcome.returncode == 0, outcome.stderr
    assert read_image(shot).pixels.shape == (400, 500, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_display_pictures_are_taken_and_windows_refused(photo: Path, tmp_path: Path) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    shot = tmp_path / "shot.png"
    outcome = run_python("-m", "app", "view", str(photo), "--screenshot", str(shot), **nowhere)
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert shot.is_file()
    outcome = run_python("-m", "app", str(photo), **nowhere)
    assert outcome.returncode == 2
    assert outcome.stderr.count("\n") == 1
    assert "no display" in outcome.stderr
