"""Names of many files from one pattern."""

from __future__ import annotations

import itertools
import os
import re
import string
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liif_core.errors import RequestError
from liif_core.geometry import Size

DEFAULT_PATTERN = "{name}-{width}x{height}"
FIELDS = ("name", "folder", "width", "height", "megapixels", "number", "model")
"""What a pattern may hold in curly brackets; numbers take a format, like {number:03}."""

# Each number asks the disk once more: what goes on for long is no search for a name any more.
HIGHEST_NUMBER = 9999

# In a format, how many letters or digits are wanted: names have 255 bytes at most.
_LONG_NUMBER = re.compile(r"[1-9]\d{2}")
_FORBIDDEN = '/\\:*?"<>|\0'
# Photos may have names that only their own system takes ("12:30.jpg"); line breaks take to no list.
_REPLACED = str.maketrans(dict.fromkeys([*_FORBIDDEN, *map(chr, range(32))], "_"))


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What the fields of a pattern stand for.

    Attributes:
        source: The photo's file.
        size: Of the export.
        number: Of the photo in its list, from 1.
        model: What enlarges.
    """

    source: Path
    size: Size
    number: int = 1
    model: str = ""


def check_pattern(pattern: str) -> None:
    """Refuse what gives no name.

    Raises:
        RequestError: A field is unknown, a bracket stands alone, or the name would be empty or a path.
    """
    file_name(pattern, NameFacts(Path("folder", "photo.jpg"), Size(1000, 1500), 1, "model"), ".png")


def file_name(pattern: str, facts: NameFacts, extension: str) -> str:
    """The name of one export.

    Args:
        pattern: Text with `FIELDS` in curly brackets; doubled brackets stand for themselves.
        facts: What the fields stand for; letters that not every system takes in a name become "_".
        extension: With its dot; the format.

    Raises:
        RequestError: See `check_pattern`.
    """
    values: dict[str, Any] = {
        "name": facts.source.stem.translate(_REPLACED),
        "folder": facts.source.absolute().parent.name.translate(_REPLACED),
        "width": facts.size.width,
        "height": facts.size.height,
        "megapixels": facts.size.area / 1e6,
        "number": facts.number,
        "model": facts.model.translate(_REPLACED),
    }
    allowed = ", ".join(f"{{{field}}}" for field in FIELDS)
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as exc:
        raise RequestError(f"'{pattern}' is no pattern of names ({exc}); allowed are {allowed}") from exc
    for _, field, form, conversion in parts:
        if field is not None and (field not in FIELDS or conversion or "{" in (form or "")):
            raise RequestError(f"'{pattern}' has the unknown field {{{field}}}; allowed are {allowed}")
        if _LONG_NUMBER.search(form or ""):
            # Refused before it is made: a slip of the keyboard may ask for gigabytes.
            raise RequestError(f"'{pattern}' is no pattern of names: '{form}' makes one that is too long for a file")
    # Without a format, whole megapixels read better in a name than all digits of a float.
    plain = pattern.replace("{megapixels}", "{megapixels:.0f}")
    try:
        name = plain.format(**values)
    except (ValueError, TypeError) as exc:
        raise RequestError(f"'{pattern}' is no pattern of names: {exc}") from exc
    if not name.strip(". ") or any(letter in name for letter in _FORBIDDEN):
        raise RequestError(f"'{pattern}' gives the name '{name}', which no file can have everywhere")
    return name + extension


def place_of(path: Path) -> str:
    """What two paths have in common if they are one file, or will be; asks the disk for links.

    Disks of Windows and macOS mostly tell no "A.png" from "a.png", which files that are still to be written cannot be
    asked about.
    """
    place = os.path.realpath(path)
    return place.casefold() if sys.platform in ("win32", "darwin") else place


def numbered(target: Path) -> Iterator[Path]:
    """A file's name, and then the same one with numbers behind it."""
    numbers = range(2, HIGHEST_NUMBER + 1)
    return itertools.chain([target], (target.with_stem(f"{target.stem}-{number}") for number in numbers))


def free_name(target: Path, taken: Collection[str] = (), *, names: Iterable[Path] | None = None) -> Path:
    """The file's name, or with a number behind it, such that nothing is overwritten; asks the disk.

    Args:
        target: Wanted.
        taken: The `place_of` files that are about to be written.
        names: `numbered(target)`, for whoever wants many names of one target: those that were not free before are not
            tried again.

    Raises:
        RequestError: All numbers are in use.
    """
    for name in numbered(target) if names is None else names:
        if place_of(name) not in taken and not os.path.lexists(name):
            return name
    raise RequestError(f"{target}: this name is in use with all numbers up to {HIGHEST_NUMBER}; choose another name")
