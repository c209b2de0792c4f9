"""How a view moves by itself: a picture that was thrown goes on, and a step of the zoom takes a moment.

All is a function of the time that has passed, not of the frames that were painted: a slow machine shows fewer places of
the same way. Lengths are device pixels, (y, x); times are seconds of any one clock that never goes back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from liif_core.errors import RequestError

Vector = tuple[float, float]
"""Down and to the right."""

EASE_S = 0.15
"""The longest movement that does not feel like waiting."""

DECAY_S = 0.3
"""Time in which the speed of a thrown picture falls to 1 / e."""

SLOWEST = 30.0
"""Device pixels per second below which a movement has ended: half a pixel in a frame."""

FASTEST = 20_000.0
"""Device pixels per second that no movement exceeds: several screens a second, or times that were rounded."""

SLOWEST_THROW = 150.0
"""Device pixels per second below which a hand has come to rest, more or less, before it lets go."""

WINDOW_S = 0.08
"""How far back the hand's speed is looked for: it is the end of a gesture that throws."""

PAUSE_S = 0.05
"""A hand that has not moved for so long holds the picture, and does not throw it."""

# What happened in less time tells no speed.
_SHORTEST_S = 0.008


@dataclass(frozen=True, slots=True)
class ZoomEase:
    """From one zoom to another: in log space, where equal steps look equal, quick at first and slower towards the end.

    Attributes:
        start: Zoom at first, in device pixels per image pixel.
        target: Zoom at the end.
        duration_s: How long it takes; at 0 it is over at once.

    Raises:
        RequestError: A zoom is not positive.
    """

    start: float
    target: float
    duration_s: float = EASE_S

    def __post_init__(self) -> None:
        if not (self.start > 0 and self.target > 0):
            raise RequestError(f"no way from zoom {self.start:g} to zoom {self.target:g}")

    def zoom(self, elapsed_s: float) -> float:
        """The zoom after a time: never beyond `target`, and exactly that when it is over."""
        if elapsed_s >= self.duration_s:
            return self.target
        rest = 1 - max(0.0, elapsed_s) / self.duration_s
        zoom = self.target * math.pow(self.start / self.target, rest**3)
        # Rounding must not lead back, either.
        least, most = sorted((self.start, self.target))
        return min(max(zoom, least), most)

    def retargeted(self, target: float, elapsed_s: float) -> ZoomEase:
        """The way to another target from where the zoom is after a time; its own time begins anew."""
        return ZoomEase(self.zoom(elapsed_s), target, self.duration_s)


@dataclass(frozen=True, slots=True)
class Inertia:
    """A movement that dies away exponentially.

    Attributes:
        velocity: Device pixels per second (y, x) at first; what is faster than `FASTEST` is slowed down.
    """

    velocity: Vector

    def __post_init__(self) -> None:
        speed = math.hypot(*self.velocity)
        if speed > FASTEST:
            dy, dx = self.velocity
            object.__setattr__(self, "velocity", (dy * FASTEST / speed, dx * FASTEST / speed))

    @property
    def duration_s(self) -> float:
        """When it has ended: below 2 s, because of `FASTEST`; 0 if it is too slow from the first."""
        return DECAY_S * math.log(max(math.hypot(*self.velocity) / SLOWEST, 1.0))

    def offset(self, elapsed_s: float) -> Vector:
        """How far (dy, dx) the picture has gone after a time; after the end nothing moves any more."""
        elapsed_s = min(max(elapsed_s, 0.0), self.duration_s)
        seconds = -DECAY_S * math.expm1(-elapsed_s / DECAY_S)
        return self.velocity[0] * seconds, self.velocity[1] * seconds


@dataclass(frozen=True, slots=True)
class Flick:
    """What a hand that drags the picture did last: whether it throws it, and how fast.

    Attributes:
        samples: Times in order, and the device pixels (dy, dx) by which each moved the picture. The first only begins
            the trace.
    """

    samples: tuple[tuple[float, Vector], ...] = ()

    def moved(self, moved_device: Vector, time_s: float) -> Flick:
        """One more movement (dy, dx); those before the window are forgotten."""
        recent = tuple(sample for sample in self.samples if sample[0] >= time_s - WINDOW_S)
        return Flick((*recent, (time_s, moved_device)))

    def velocity(self, time_s: float) -> Vector:
        """The picture's speed when it is let go at a time: device pixels per second (y, x), or zero if it is held."""
        recent = [sample for sample in self.samples if sample[0] >= time_s - WINDOW_S]
        moves = [time for time, moved in recent if moved != (0.0, 0.0)]
        if not moves or time_s - moves[-1] > PAUSE_S or recent[-1][0] - recent[0][0] < _SHORTEST_S:
            return 0.0, 0.0
        velocity = _slope(recent)
        return velocity if math.hypot(*velocity) >= SLOWEST_THROW else (0.0, 0.0)


def _slope(samples: list[tuple[float, Vector]]) -> Vector:
    """The speed of the even movement closest to all places of the hand: single events come late, or two at a time."""
    y, x = 0.0, 0.0
    places = [(y, x)]
    for _, (dy, dx) in samples[1:]:
        y, x = y + dy, x + dx
        places.append((y, x))
    mean_time = sum(time for time, _ in samples) / len(samples)
    times = [time - mean_time for time, _ in samples]
    spread = sum(time * time for time in times)
    slope_y = sum(time * place[0] for time, place in zip(times, places, strict=True)) / spread
    slope_x = sum(time * place[1] for time, place in zip(times, places, strict=True)) / spread
    return slope_y, slope_x
