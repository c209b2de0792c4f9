"""How large a bundle is and how quickly it starts, beside the program run from source."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bootstrap import SAMPLE, SAMPLE_CENTER

MB = 1_000_000
RUNS = 5
EVENTS = ("first paint", "sharp")
# Library and program by what the name of a file at the top of the bundle begins with.
PARTS = {
    "torch": ("torch",),
    "Qt and PySide6": ("PySide6", "shiboken6", "libQt6", "libicu"),
    "libvips": ("pyvips", "_libvips"),
    "Pillow, libheif": ("PIL", "pillow", "pi_heif"),
    "numpy": ("numpy",),
    "Stepless": ("liif_core", "app"),
    "Python and all Python code": ("stepless", "libpython", "python", "base_library"),
}
OTHERS = "libraries of the system, small packages"


def sizes(bundle: Path) -> dict[str, int]:
    """Bytes by part, the largest first; links count nothing."""
    found: Counter[str] = Counter()
    for path in bundle.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parts = path.relative_to(bundle).parts
            found[part_of(parts[1] if parts[0] == "_internal" and len(parts) > 1 else parts[0])] += path.stat().st_size
    return dict(found.most_common())


def part_of(name: str) -> str:
    """The part that a file or folder at the top belongs to."""
    return next((part for part, starts in PARTS.items() if name.startswith(starts)), OTHERS)


def size_table(found: Mapping[str, int]) -> str:
    """Markdown."""
    rows = [f"| {part} | {count / MB:.1f} |" for part, count in found.items()]
    return "\n".join(["| part | MB |", "|---|---|", *rows, f"| all | {sum(found.values()) / MB:.1f} |"])


def start_up(programs: Mapping[str, Sequence[str]], caches: Mapping[str, Sequence[Path]], *, runs: int = RUNS) -> str:
    """Median seconds from the start of the process to first paint and to the sharp view at 8x, as a Markdown table.

    Cold means that the program's own files are not in the system's cache of the disk (Linux only); those that other
    programs use at the moment stay there. The programs take turns, so that whatever else the machine does meets all.

    Args:
        programs: Command lines by name; the second one's times are divided by the first one's.
        caches: By name of the program, the folders that it is loaded from.
        runs: How often each is started.
    """
    states = ["warm", "cold"] if hasattr(os, "posix_fadvise") else ["warm"]
    times: dict[tuple[str, str, str], list[float]] = {}
    for state in states:
        for _ in range(runs):
            for name, command in programs.items():
                if state == "cold":
                    for folder in caches[name]:
                        forget(folder)
                for event, seconds in timed(command).items():
                    times.setdefault((state, event, name), []).append(seconds)
    first, second = programs
    lines = [f"| | {first} (s) | {second} (s) | ratio |", "|---|---|---|---|"]
    for state in states:
        for event in EVENTS:
            a, b = (statistics.median(times[state, event, name]) for name in (first, second))
            lines.append(f"| {event}, {state} | {a:.2f} | {b:.2f} | {b / a:.2f} |")
    return "\n".join(lines)


def timed(command: Sequence[str]) -> dict[str, float]:
    """Seconds by event of one start with the sample photo at 8x."""
    # The run ends when the picture is written.
    picture = Path(tempfile.gettempdir()) / "stepless-start.png"
    view = ["view", str(SAMPLE), "--zoom", "8", "--center", SAMPLE_CENTER, "--size", "1280x800"]
    arguments = [*view, "--screenshot", str(picture), "--timings"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True, env=environment).stdout
    return {event: float(seconds) for event, seconds in re.findall(r"^(.+): ([\d.]+) s$", told, re.MULTILINE)}


def forget(folder: Path) -> None:
    """Ask the system to drop a folder's files from its cache of the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
