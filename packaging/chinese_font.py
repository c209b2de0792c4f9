"""Whether this machine can show Chinese: pictures would be full of empty boxes where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys

MISSING = "no font here has Chinese characters, which some pictures show: install one, such as Noto Sans CJK"
_COUNT = """
from PySide6.QtGui import QFontDatabase, QGuiApplication
application = QGuiApplication([])
print(len(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)))
"""


def is_there() -> bool:
    """Whether Qt finds a font for it; takes a second, in a process of its own."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", _COUNT], env=surroundings, capture_output=True, text=True, check=True)
    return int(done.stdout) > 0
