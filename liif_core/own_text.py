"""Text of the files that the program keeps for itself, and that people may edit."""

from __future__ import annotations

import sys


def encoded(text: str) -> bytes:
    """A file's bytes. Names of files need not be text: those of this system survive in the form that Python gives."""
    return text.encode("utf-8", sys.getfilesystemencodeerrors())


def decoded(data: bytes) -> str:
    """The text in a file's bytes, without the mark of byte order that some editors put before it.

    Raises:
        ValueError: It is no UTF-8, where names of files have to be text.
    """
    return data.decode("utf-8", sys.getfilesystemencodeerrors()).removeprefix("\ufeff")
