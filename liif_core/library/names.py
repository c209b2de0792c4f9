"""What a model can be called: the stem of its file on every system, and a word on every command line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from liif_core.errors import RequestError

MAX_LENGTH = 80
# File systems count bytes, and a file that is being written has a longer name.
MAX_BYTES = 200
PUNCTUATION = "._-"

# What stands for a choice without a model of that name: "auto", and the conventional kernels.
RESERVED = frozenset({"auto", "bicubic", "bilinear", "lanczos", "nearest"})
# Windows has devices of these names in every folder, whatever their extension.
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?")


def key_of(name: str) -> str:
    """What capitals and the ways to compose letters leave of a name: on some systems equal keys are one file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def checked_name(name: str, *, taken: Collection[str] = ()) -> str:
    """The name as files have it, its letters composed.

    Args:
        name: Of a model to be.
        taken: Names of models and files that are there already.

    Raises:
        RequestError: No model can be called so, or one is.
    """
    composed = unicodedata.normalize("NFC", name)
    if not composed or not (composed[0].isalnum() or composed[0] == "_") or not all(map(_is_allowed, composed)):
        raise RequestError(
            f"'{name}' cannot name a model: letters, digits, '.', '_' and '-' can, the first one a letter or digit"
        )
    if len(composed) > MAX_LENGTH or len(composed.encode()) > MAX_BYTES:
        raise RequestError(f"'{name}' cannot name a model: at most {MAX_LENGTH} characters can")
    if composed.endswith(".") or _WINDOWS_DEVICE.fullmatch(composed.casefold()):
        raise RequestError(f"'{name}' cannot name a model: on Windows no file can be called so")
    if key_of(composed) in RESERVED:
        raise RequestError(f"'{name}' cannot name a model: there is a choice of that name already")
    if key_of(composed) in {key_of(each) for each in taken}:
        raise RequestError(f"there is a model '{name}' already")
    return composed


def suggested_name(stem: str, *, taken: Collection[str] = ()) -> str:
    """A name that a model can have, as near to a file's as possible."""
    composed = unicodedata.normalize("NFC", stem)
    allowed = "".join(letter if _is_allowed(letter) else "-" for letter in composed)
    # Room for a number, also where each letter takes four bytes.
    short = allowed.lstrip(".-")[: MAX_BYTES // 5].rstrip(".-") or "model"
    if not (short[0].isalnum() or short[0] == "_"):
        short = f"model-{short}"
    for number in range(1, len(taken) + 3):
        candidate = short if number == 1 else f"{short}-{number}"
        try:
            return checked_name(candidate, taken=taken)
        except RequestError:
            continue
    return checked_name(f"model-{len(taken) + 2}", taken=taken)


def _is_allowed(letter: str) -> bool:
    """Marks are parts of letters in many scripts."""
    return letter.isalnum() or letter in PUNCTUATION or unicodedata.category(letter).startswith("M")
