"""What commands end with, beside 0."""

from __future__ import annotations

EXIT_SOME_FAILED = 1
"""Some of a list failed, and the rest was done."""
EXIT_ERROR = 2
"""A failure that the user can cause; one sentence on stderr tells of it."""
EXIT_STOPPED = 130
"""Ctrl+C, or a polite kill, as shells count signals: 128 + SIGINT."""
