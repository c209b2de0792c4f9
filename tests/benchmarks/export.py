"""Exporting the sample photo: speed beside the decoder alone and beside plain LIIF, and memory at any size.

Each row is an export in a process of its own. `mpix_per_s` is that of the whole job: features, decoder, encoder, the
look at the new file, the rename. `decoder_mpix_per_s` is the same strips made and thrown away, in turn with the
exports; `share` is the first over the second. The baseline is that of `viewport`: plain LIIF's decoder, without its
encoder. `peak_mb` is the most resident memory during an export, beyond that of the process with torch and the model
loaded.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from liif_core.cli.bench import BenchOptions
from liif_core.device import choose_device
from liif_core.imaging.read import read_image
from liif_core.paths import sample_photo
from tests.benchmarks import viewport

ROOT = Path(__file__).resolve().parents[2]
TITLE = "Exporting the sample photo"
COLUMNS = (
    ("format", "format"),
    ("megapixels", "Mpix"),
    ("seconds", "seconds"),
    ("mpix_per_s", "Mpix/s"),
    ("decoder_mpix_per_s", "decoder\nMpix/s"),
    ("share", "share"),
    ("ratio", "x plain\nLIIF"),
    ("file_mb", "file\nMB"),
    ("peak_mb", "peak\nMB"),
)
SPEED = (("png", 25), ("jpg", 25), ("tif", 25))
MEMORY = (("png", 250), ("png", 1000))
QUICK = (("png", 4), ("jpg", 4))
REPEATS = 3


def report(options: BenchOptions) -> dict[str, Any]:
    """Rows, the baseline and notes; see the module's text."""
    repeats = options.repeats or (1 if options.quick else REPEATS)
    plain = plain_speed(options)
    speed = [row(name, size, options, repeats=repeats) for name, size in (QUICK if options.quick else SPEED)]
    memory = [] if options.quick else [row(name, size, options, repeats=0) for name, size in MEMORY]
    rows = [{**found, "ratio": found["mpix_per_s"] / plain} for found in (*speed, *memory)]
    peaks = ", ".join(f"{found['megapixels']:g} Mpix {found['peak_mb']:.0f} MB" for found in rows)
    notes = [
        f"Plain LIIF's decoder (EDSR-baseline, fp32, x4): {plain:.3f} Mpix/s.",
        f"Memory beyond torch and the model: {peaks}.",
    ]
    return {"rows": rows, "plain_mpix_per_s": plain, "notes": notes}


def plain_speed(options: BenchOptions) -> float:
    """Megapixels a second of plain LIIF's decoder, the better of a few."""
    baseline = viewport.Baseline(choose_device(options.device), read_image(sample_photo()))
    return max(baseline.measured(viewport.Effort.of(options)))


def row(name: str, megapixels: float, options: BenchOptions, *, repeats: int) -> dict[str, Any]:
    """One kind of export, measured in a process of its own.

    Args:
        name: Extension of the file, without its dot.
        megapixels: Of the output.
        options: Of the benchmark.
        repeats: How often the decoder alone and the export are measured in turn; 0: one export and no more.
    """
    with tempfile.TemporaryDirectory(prefix="stepless-bench-") as folder:
        found = child(
            target=str(Path(folder) / f"out.{name}"),
            megapixels=megapixels,
            repeats=repeats,
            model=options.model,
            device=options.device,
            precision=options.precision,
        )
    seconds = statistics.median(found["export_s"])
    decoder_s = statistics.median(found["decoder_s"]) if found["decoder_s"] else None
    return {
        "format": name,
        "megapixels": found["megapixels"],
        "seconds": seconds,
        "mpix_per_s": found["megapixels"] / seconds,
        "decoder_mpix_per_s": None if decoder_s is None else found["megapixels"] / decoder_s,
        "share": None if decoder_s is None else decoder_s / seconds,
        "file_mb": found["file_mb"],
        "peak_mb": found["peak_mb"],
        "baseline_mb": found["baseline_mb"],
        "all_export_s": found["export_s"],
        "all_decoder_s": found["decoder_s"],
    }


def child(**options: Any) -> dict[str, Any]:
    """What `export_child` prints."""
    command: Sequence[str] = (sys.executable, "-m", "tests.benchmarks.export_child", json.dumps(options))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
