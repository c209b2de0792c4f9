"""Resident memory of the real viewer on large photos, and the time to their first paint.

`python -m tests.benchmarks.memory 24 100` prints a table; `rows` gives it to `stepless bench memory`.

Each photo is made on the spot, and opened in a process of its own under Qt's offscreen platform. What is reported is
beyond a process that has only imported torch and PySide6, made a QApplication and loaded the model.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ZOOMS = (0.0, 0.5, 1.0, 1.3, 2.0, 4.0, 8.0, 30.0)
"""Device pixels per photo pixel; 0 fits the photo to the window."""

_ASPECT = 1.5
_PHOTO_CHILD = "photo"
_BASELINE_CHILD = "baseline"


def rows(
    megapixels: Sequence[int], *, zooms: Sequence[float] = ZOOMS, step_limit_s: float = 60.0, model: str | None = None
) -> list[dict[str, Any]]:
    """Measure, one row for each photo and zoom.

    Args:
        megapixels: Sizes of the photos.
        zooms: See `ZOOMS`.
        step_limit_s: How long a view may take to become sharp before it is counted as it is.
        model: Name or path of the model; None for the default.

    Returns:
        Rows with `megapixels`, `zoom`, `sharp_s` (mean seconds until sharp, over the zoom and its pans), `unsharp`
        (views that ran into the limit), `rss_mb` (resident memory beyond the baseline when all views of the zoom are
        done and nothing is made any more), `peak_mb` (the most of it until then), `file_mb` (the part of `rss_mb` that
        are mapped files, which the system takes back when it needs memory; None where it does not tell), and for the
        whole photo `first_paint_s`, `decode_s` (seconds from opening) and `baseline_mb`.
    """
    baseline = _child(_BASELINE_CHILD, model=model)[0]
    table = []
    with tempfile.TemporaryDirectory(prefix="stepless-bench-") as folder:
        for size in megapixels:
            photo = Path(folder) / f"{size}.jpg"
            make_photo(photo, size)
            options = {"photo": str(photo), "zooms": list(zooms), "step_limit_s": step_limit_s}
            table += [_row(size, found, baseline) for found in _child(_PHOTO_CHILD, model=model, **options)]
            photo.unlink()
    return table


def _row(megapixels: int, found: dict[str, Any], baseline: dict[str, Any]) -> dict[str, Any]:
    def beyond(name: str, of: str) -> float | None:
        return None if found[name] is None else round(found[name] - baseline[of], 1)

    times = {name: round(found[name], 2) for name in ("first_paint_s", "decode_s", "sharp_s")}
    memory = {
        "rss_mb": beyond("rss_mb", "rss_mb"),
        "peak_mb": beyond("peak_mb", "rss_mb"),
        "file_mb": beyond("file_mb", "file_mb"),
    }
    named = {"megapixels": megapixels, "zoom": found["zoom"], "unsharp": found["unsharp"]}
    return {**named, **times, **memory, "baseline_mb": round(baseline["rss_mb"], 1)}


def make_photo(path: Path, megapixels: int) -> None:
    """A JPEG with the large forms, soft clouds and sensor noise of a photo, made in strips."""
    from liif_core.imaging.vips import load_pyvips

    pyvips = load_pyvips()
    width = round((megapixels * 1_000_000 * _ASPECT) ** 0.5 / 16) * 16
    height = round(megapixels * 1_000_000 / width)
    place = pyvips.Image.xyz(width, height)
    bands = []
    for band in range(3):
        ramp = place[0] * (90 / width) + place[1] * (70 / height) + 40 + 10 * band
        clouds = pyvips.Image.perlin(width, height, cell_size=256, seed=band + 1) * 40
        bands.append(ramp + clouds + pyvips.Image.gaussnoise(width, height, mean=0, sigma=6, seed=band + 11))
    bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=90)


def _child(kind: str, **options: Any) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.benchmarks.memory_child", kind, json.dumps(options)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("megapixels", type=int, nargs="*", default=[24])
    table = rows(parser.parse_args().megapixels)
    print("  ".join(f"{name:>13}" for name in table[0]))
    for row in table:
        print("  ".join(f"{value!s:>13}" for value in row.values()))


if __name__ == "__main__":
    main()
