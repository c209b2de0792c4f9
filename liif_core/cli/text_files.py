"""Tables as files: refused before hours of measuring where they could not be written after them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from liif_core.atomic import atomic_path
from liif_core.errors import ImageWriteError, RequestError, system_errors_as


def check_text_targets(targets: Sequence[Path]) -> None:
    """Refuse targets that cannot be written, and one file for two tables.

    Raises:
        ImageWriteError: A target is a folder, a device, a pipe or write-protected, or its folder is missing or
            write-protected.
        RequestError: Two targets are the same file.
    """
    for index, target in enumerate(targets):
        if target.is_dir():
            raise ImageWriteError(f"{target} is a folder; a file name is expected")
        if target.exists() and not target.is_file():
            # A file would take its place, and whoever reads from the other end would wait for ever.
            raise ImageWriteError(f"{target} is a device or a pipe; a file name is expected")
        # Where a link leads to, which is where the file is replaced.
        folder = Path(os.path.realpath(target)).parent
        if not folder.is_dir():
            raise ImageWriteError(f"{target} cannot be written: the folder {folder} does not exist")
        if not os.access(folder, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
            raise ImageWriteError(f"{target} cannot be written: permission is denied")
        if os.path.realpath(target) in map(os.path.realpath, targets[:index]):
            raise RequestError(f"{target} is asked for twice: every table needs a file of its own")


def check_takes_no_place(target: Path, files: Iterable[Path]) -> None:
    """Refuse a report in the place of a photo that is read or written.

    Raises:
        RequestError: It is one of these files, by whatever name.
    """
    place = os.path.realpath(target)
    for file in files:
        if os.path.realpath(file) == place or (target.exists() and file.exists() and target.samefile(file)):
            raise RequestError(f"{target}: a report in this place would overwrite {file}; choose another name")


def write_text(target: Path, text: str) -> None:
    """Write or replace a file as UTF-8; a failure leaves the old one.

    What names of files have that is no text is escaped with backslashes, as a string of JSON does it, too.

    Raises:
        ImageWriteError: It cannot be written.
    """
    with system_errors_as(ImageWriteError, f"{target}: cannot be written"), atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
