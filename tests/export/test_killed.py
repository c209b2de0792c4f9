"""A program that is killed while it exports leaves the old file or the new one, and the next one cleans up."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from liif_core.atomic import atomic_path, remove_stale
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from tests.export.test_whole_files import export

KILLS = 25
# Exports two pictures in turn, for ever: each file is all of one value or all of the other.
CHILD = """
import sys
from pathlib import Path
import numpy as np
from liif_core.imaging.image import Image
from tests.export.test_whole_files import export
photos = [Image(np.full((120, 160, 3), level, np.uint8)) for level in (50, 200)]
number = int(sys.argv[2])
while True:
    export(Path(sys.argv[1]), photos[number % 2])
    number += 1
    print("x", flush=True)
"""
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
def test_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    target = tmp_path / "out.png"
    export(target, Image(np.full((120, 160, 3), 50, np.uint8)))
    chance = random.Random(0)
    # Several at once, so that the start of an interpreter costs little.
    for start in range(0, KILLS, 5):
        command = [sys.executable, "-c", CHILD, str(target)]
        children = [
            subprocess.Popen([*command, str(start + number)], cwd=ROOT, stdout=subprocess.PIPE) for number in range(5)
        ]
        for child in children:
            assert child.stdout is not None and child.stdout.readline() == b"x\n"
            time.sleep(chance.uniform(0, 0.05))
            child.send_signal(signal.SIGKILL)
            child.wait()
            child.stdout.close()
            pixels = read_image(target).pixels
            assert pixels.shape == (300, 400, 3)
            assert len(np.unique(pixels)) == 1 and pixels[0, 0, 0] in (50, 200)
    remove_stale(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["out.png"]


def test_only_temporary_files_of_dead_processes_are_removed(tmp_path: Path) -> None:
    code = f"""
import os
from liif_core.atomic import atomic_path
with atomic_path({str(tmp_path / "a.png")!r}):
    os._exit(9)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    (stale,) = tmp_path.iterdir()
    assert "stepless" in stale.name and stale.suffix == ".png"
    (tmp_path / ".own.png").write_text("of somebody else")
    with atomic_path(tmp_path / "b.png") as alive:
        assert remove_stale(tmp_path) == [stale]
        assert alive.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".own.png", "b.png"]
