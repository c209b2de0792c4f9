"""Values that libtiff takes for damage though no pixel depends on them.

A few tags may have a few values only, and there are programs that write others: an orientation of 0 (ThumbsPlus), a
unit of resolution of 0. libtiff says of these that they are bad and goes on as if the tag were not there; but libvips
is to refuse what is damaged, and cannot tell one error from another. So they are mended before it sees them.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path

from liif_core.imaging.tiff_directories import directories, numbers_of

_FILL_ORDER, _ORIENTATION, _RESOLUTION_UNIT = 266, 274, 296
_VALUES = {_FILL_ORDER: range(1, 3), _ORIENTATION: range(1, 9), _RESOLUTION_UNIT: range(1, 4)}
_DEFAULTS = {_FILL_ORDER: 1, _ORIENTATION: 1, _RESOLUTION_UNIT: 2}
_FORMS = {1: "B", 3: "H", 4: "I"}


def repairs_of(path: str | os.PathLike[str]) -> dict[int, bytes]:
    """What is to be written where in a file, by its offset, for its tags to be as the standard has them.

    All directories are looked at, since all are read to count them.

    Raises:
        OSError: The file cannot be read.
    """
    repairs: dict[int, bytes] = {}
    with Path(path).open("rb") as file, contextlib.suppress(ValueError):
        for layout, entries in directories(file):
            for entry in entries:
                if entry.tag not in _VALUES or entry.kind not in _FORMS or entry.count != 1:
                    continue
                if numbers_of(file, layout, entry)[0] not in _VALUES[entry.tag]:
                    repairs[entry.at] = struct.pack(layout.order + _FORMS[entry.kind], _DEFAULTS[entry.tag])
    return repairs


def repaired(path: str | os.PathLike[str], repairs: Mapping[int, bytes]) -> bytearray:
    """A file's content with repairs; it may be large, so it is in memory once only.

    Raises:
        OSError: The file cannot be read.
    """
    with Path(path).open("rb") as file:
        content = bytearray(os.fstat(file.fileno()).st_size)
        file.readinto(content)
    for at, value in repairs.items():
        content[at : at + len(value)] = value
    return content
