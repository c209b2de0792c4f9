"""The one door to libvips."""

from __future__ import annotations

from typing import Any


def load_pyvips() -> Any:
    """Import pyvips (about 30 ms, so not at start-up) and set it up; it has no types, hence `Any`.

    Returns:
        The module.
    """
    import pyvips

    # Its cache of operations would hold photos open, which Windows refuses to replace or delete, and would answer with
    # the old pixels after a file has changed. Every photo is read once, so it has no use here.
    pyvips.cache_set_max(0)
    return pyvips


def vips_reason(exc: BaseException) -> str:
    """The last line of a libvips error, which tells the cause; the ones before tell who passed it on."""
    lines = [line.strip() for line in str(exc).splitlines()]
    # HEIF reasons end with a line that holds only a number in brackets.
    lines = [line for line in lines if line and not line.startswith("(")]
    return lines[-1] if lines else "no reason was given"
