"""How long the threads of one computation wait for each other before they sleep. To be set before torch is imported.

GNU's OpenMP, which torch computes with on Linux, lets a thread that is done spin for milliseconds until the others are.
Where another program has taken the processor from one of those, this spinning keeps it from coming back: on two
processors, beside one busy program, a training step of `fast` took 150 times as long as with the spins below, which
cost one per cent of an idle machine's speed.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

# Some tens of microseconds, about as long as it takes to wake a thread. OpenMP's own number is 300,000.
SPINS = "3000"
# What people and administrators choose themselves stays.
_CHOICES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")


def wait_briefly(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let threads sleep soon; for this process, before it imports torch, and for its children."""
    if not any(choice in environment for choice in _CHOICES):
        environment["GOMP_SPINCOUNT"] = SPINS
