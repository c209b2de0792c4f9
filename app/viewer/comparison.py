"""Two pictures of one view beside each other: what is compared, and how it is laid out."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from liif_core.view.split import Split


class CompareMode(enum.Enum):
    """How two pictures share the canvas."""

    SPLIT = "split"
    """The rival on one side of a line that can be dragged."""

    LOUPE = "loupe"
    """The rival in a circle about the cursor."""

    DIFFERENCE = "difference"
    """How far apart they are, in each colour, made brighter."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the canvas shows while two pictures are compared.

    Attributes:
        rival: Name of the other picture, for people: a kernel's or a model's.
        mode: How they share the canvas.
        split: Where the line is.
        flipped: Whether the rival is shown all over, while a key is held.
    """

    rival: str
    mode: CompareMode = CompareMode.SPLIT
    split: Split = field(default_factory=Split)
    flipped: bool = False
