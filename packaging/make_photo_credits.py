"""Writes down which photos the bundled models have learned from: `resources/models/photographs.csv`.

    .venv/bin/python packaging/make_photo_credits.py PHOTOS

`PHOTOS` holds the photos as they were trained on, and beside them `SOURCES.csv` with the columns `file`, `source` (a
public repository), `version` (its commit), `path` (in it), `licence`, `author` and `reduced_by`. The list that is made
says of each photo, too, whether models learned from it or were measured on it.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from bootstrap import ROOT

from liif_core.atomic import atomic_path
from liif_core.training.datasets import photo_files
from liif_core.training.holding_out import held_out

CREDITS = ROOT / "resources" / "models" / "photographs.csv"
COLUMNS = ("use", "source", "version", "path", "licence", "author", "reduced_by")


def photo_credits(photos: Path) -> list[dict[str, str]]:
    """A row for each photo, in the order in which they are split.

    Raises:
        SystemExit: A photo is not in the list of sources.
    """
    with (photos / "SOURCES.csv").open(encoding="utf-8", newline="") as file:
        sources = {row["file"]: row for row in csv.DictReader(file)}
    names = [path.relative_to(photos).as_posix() for path in photo_files(photos)]
    unknown = [name for name in names if name not in sources]
    if unknown:
        raise SystemExit(f"not in SOURCES.csv: {', '.join(unknown)}")
    apart = set(held_out(names))
    uses = ("validation" if index in apart else "training" for index in range(len(names)))
    return [
        {"use": use, **{column: _repaired(sources[name][column]) for column in COLUMNS[1:]}}
        for use, name in zip(uses, names, strict=True)
    ]


def _repaired(text: str) -> str:
    """UTF-8 that was once read as Latin-1 is made whole."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    rows = photo_credits(parser.parse_args().photos)
    with atomic_path(CREDITS) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    trained = sum(row["use"] == "training" for row in rows)
    print(f"{trained} photos to learn from, {len(rows) - trained} for validation")


if __name__ == "__main__":
    main()
