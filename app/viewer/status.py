"""What the window shows of the view beside the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewStatus:
    """What the status bar shows of the view.

    Attributes:
        zoom: Device pixels per image pixel.
        done: Sharp tiles on screen.
        needed: Tiles on screen.
        neural: Whether the model makes them, or a conventional reduction does.
    """

    zoom: float
    done: int
    needed: int
    neural: bool

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come."""
        return self.done == self.needed
