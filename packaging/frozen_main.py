"""Where the bundled program begins: `stepless`, with the same commands as an installed one.

Its executable also stands for Python where the program starts itself: a process of `multiprocessing` is taken care of
by `freeze_support`, and `sys.executable -m app COMMAND`, which is right in an installation, is `COMMAND` here.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence


def command_line(arguments: Sequence[str]) -> list[str]:
    """The arguments after the program's name, without what only a Python needs."""
    given = list(arguments)
    return given[2:] if given[:2] == ["-m", "app"] else given


if __name__ == "__main__":
    # First: a child of `multiprocessing` goes its own way here and does not come back.
    multiprocessing.freeze_support()
    from app.main import main

    sys.argv[1:] = command_line(sys.argv[1:])
    sys.exit(main())
