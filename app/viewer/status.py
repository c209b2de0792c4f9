"""What is told of the view beside the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a picture of the view is.

    Attributes:
        done: Sharp tiles on screen.
        needed: Tiles on screen.
        neural: Whether the model makes them, or conventional resampling does.
    """

    done: int
    needed: int
    neural: bool

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come."""
        return self.done == self.needed


@dataclass(frozen=True, slots=True)
class ViewStatus:
    """What the status bar shows of the view.

    Attributes:
        zoom: Device pixels per image pixel.
        progress: How far all pictures of the view are together.
    """

    zoom: float
    progress: Progress
