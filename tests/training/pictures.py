"""Pictures of a few kinds, made from a seed, and what people do to their copies."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_HEIGHT, _WIDTH = 120, 160


def scene(seed: int, height: int = _HEIGHT, width: int = _WIDTH) -> Pixels:
    """Coloured shapes of many sizes, as in most photos: each octave half as strong as the coarser one."""
    return _bytes(128 + _texture(seed, height, width, 45))


def sky(seed: int, *, clouds: float = 6) -> Pixels:
    """From blue to white, the same in all skies, and a few faint clouds of its own."""
    rise = np.linspace(0, 1, _HEIGHT)[:, None, None]
    blue = np.array([40, 80, 150]) * (1 - rise) + np.array([150, 165, 185]) * rise
    return _bytes(blue + _texture(seed, _HEIGHT, _WIDTH, clouds))


def seascape(seed: int) -> Pixels:
    """A sky above a dark sea, with the horizon at the same height."""
    picture = sky(seed).astype(np.float64)
    picture[_HEIGHT // 2 :] = np.array([20, 50, 70]) + _texture(seed + 1000, _HEIGHT, _WIDTH, 5)[_HEIGHT // 2 :]
    return _bytes(picture)


def _texture(seed: int, height: int, width: int, strength: float) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3))
    for octave in range(5):
        cells = rng.normal(0, strength / 2**octave, (3 * 2**octave, 4 * 2**octave, 3))
        for channel in range(3):
            layer = PIL.Image.fromarray(cells[..., channel].astype(np.float32))
            total[..., channel] += np.asarray(layer.resize((width, height), PIL.Image.Resampling.BICUBIC))
    return total


def resized(pixels: Pixels, factor: float) -> Pixels:
    height, width = (round(side * factor) for side in pixels.shape[:2])
    return np.asarray(PIL.Image.fromarray(pixels).resize((width, height), PIL.Image.Resampling.LANCZOS))


def recompressed(pixels: Pixels, quality: int = 30) -> Pixels:
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.asarray(PIL.Image.open(file))


def brightened(pixels: Pixels, gain: float = 1.25) -> Pixels:
    return _bytes(pixels * gain)


def greyed(pixels: Pixels) -> Pixels:
    return np.asarray(PIL.Image.fromarray(pixels).convert("L").convert("RGB"))


def trimmed(pixels: Pixels) -> Pixels:
    """Without a border of a hundredth."""
    return pixels[1:-1, 2:-2]


def _bytes(values: NDArray[np.floating[Any]]) -> Pixels:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
