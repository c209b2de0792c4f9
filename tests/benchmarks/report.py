"""From the name of a benchmark to its results, and these as a table: what `stepless bench` calls.

A benchmark is a module beside this one with `rows(...)`, a list of dictionaries. It may have a `TITLE` and `COLUMNS`
(keys, or pairs of key and heading; without them every key is a column), and among them `OPTIONAL` ones, which are only
shown where they have values. What it found beside its rows goes into the JSON as well, and "notes" below the table.
"""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from liif_core.cli.bench import BenchOptions
from liif_core.errors import RequestError
from liif_core.library import find_model

MEMORY_MEGAPIXELS = (24, 100)
QUICK_MEGAPIXELS, QUICK_ZOOMS = (2,), (0.0, 4.0)


def measured(name: str, options: BenchOptions) -> dict[str, Any]:
    """Run a benchmark: a dictionary of "rows", "machine" and what else it found, ready for JSON."""
    module = _module(name)
    if options.model is not None:
        # Refused here in one sentence, and not in a child process.
        find_model(options.model)
    about = machine()
    if name in ("viewport", "train", "export"):
        found = module.report(options)
    elif name == "interactive":
        found = {"rows": _interactive_rows(module, options)}
    else:
        found = {"rows": _memory_rows(module, options)}
    return {"benchmark": name, "machine": about, **found}


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"tests.benchmarks.{name}")


def _interactive_rows(module: ModuleType, options: BenchOptions) -> list[dict[str, Any]]:
    repeats = options.repeats or (1 if options.quick else None)
    how: dict[str, Any] = {} if repeats is None else {"repeats": repeats}
    if options.while_training:
        how["while_training"] = True
    rows: list[dict[str, Any]] = module.rows(
        models=(options.model,), device=options.device, precision=options.precision, **how
    )
    return rows


def _memory_rows(module: ModuleType, options: BenchOptions) -> list[dict[str, Any]]:
    """The viewer is measured as it starts, so there is less to choose."""
    if options.device != "auto" or options.precision != "auto" or options.repeats is not None:
        raise RequestError(
            "the memory benchmark takes no --device, --precision or --repeats: it opens the viewer as is"
        )
    quick = {"zooms": QUICK_ZOOMS} if options.quick else {}
    sizes = QUICK_MEGAPIXELS if options.quick else MEMORY_MEGAPIXELS
    rows: list[dict[str, Any]] = module.rows(sizes, model=options.model, **quick)
    return rows


def machine() -> dict[str, Any]:
    """What the figures were measured on; `load` is that of the last minute, which should be far below one core."""
    import torch

    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def print_report(name: str, report: dict[str, Any], *, columns: int | None) -> None:
    """Print the machine, the table and the notes, `columns` wide or as wide as the terminal."""
    module = _module(name)
    console = Console(width=columns, highlight=False, markup=False)
    about = report["machine"]
    gpu = f", {about['gpu']}" if about["gpu"] else ""
    console.print(
        f"{about['cpu']} ({about['instructions']}), {about['threads']} threads{gpu}, torch {about['torch']}, "
        f"{about['system']}, load {about['load']}"
    )
    title = getattr(module, "TITLE", None) or (module.__doc__ or name).partition("\n")[0]
    console.print(_table(title, report["rows"], getattr(module, "COLUMNS", None), getattr(module, "OPTIONAL", ())))
    for note in report.get("notes", ()):
        console.print(note)


def _table(
    title: str,
    rows: Sequence[dict[str, Any]],
    columns: Sequence[str | tuple[str, str]] | None,
    optional: Sequence[str],
) -> Table:
    given = columns or list(rows[0] if rows else {})
    named = [(column, column) if isinstance(column, str) else column for column in given]
    has_values = {key for row in rows for key, value in row.items() if value is not None}
    shown = [(key, heading) for key, heading in named if key in has_values or key not in optional]
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", padding=(0, 1, 0, 0), pad_edge=False)
    for key, heading in shown:
        texts = any(isinstance(row.get(key), str) for row in rows)
        table.add_column(heading, justify="left" if texts else "right")
    for row in rows:
        table.add_row(*(shown_value(row.get(key)) for key, _ in shown))
    return table


def shown_value(value: Any) -> str:
    """A number with three digits that count, and large ones whole."""
    if value is None:
        return "-"
    if not isinstance(value, float):
        return str(value)
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value == 0 or abs(value) >= 0.01 else f"{value:.1e}"
