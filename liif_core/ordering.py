"""The order in which people expect names: "img2" before "img10", whatever the case and the form of the letters."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

Key = tuple[tuple[str | tuple[int, str], ...], tuple[str | tuple[int, str], ...], str]

_DIGITS = re.compile(r"(\d+)")


def natural_key(name: str) -> Key:
    """A key for sorting names of files: the same in every locale, and different for different names.

    Runs of digits are compared as numbers, of any length and script; letters without their case, and in Unicode's
    compatibility form, as systems write the same letter differently. The extension counts last: "a.png" is before
    "a 1.png".
    """
    extension = PurePath(name).suffix
    return _parts(name.removesuffix(extension)), _parts(extension), name


def _parts(text: str) -> tuple[str | tuple[int, str], ...]:
    """Text and numbers in turn, so that like is compared with like."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tuple(_number(part) if at % 2 else part for at, part in enumerate(_DIGITS.split(folded)))


def _number(digits: str) -> tuple[int, str]:
    # By length and digits: Python refuses to make numbers of very many digits.
    significant = "".join(str(unicodedata.decimal(digit)) for digit in digits).lstrip("0")
    return len(significant), significant
