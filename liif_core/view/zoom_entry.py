"""Zooms as people write and set them: percentages, ratios, factors, and a place on a slider.

A zoom is a number of device pixels per image pixel: 1.0 is 100 %.
"""

from __future__ import annotations

import math
import re
import unicodedata

_NUMBER = r"(\d+(?:[.,]\d*)?|[.,]\d+)"
_RATIO = re.compile(rf"{_NUMBER}\s*[:/]\s*{_NUMBER}")
_FACTOR = re.compile(rf"[x×]\s*{_NUMBER}|{_NUMBER}\s*[x×]", re.IGNORECASE)
_PERCENT = re.compile(rf"{_NUMBER}\s*%?")


def parse_zoom(text: str) -> float | None:
    """Read what somebody typed.

    Args:
        text: A percentage ("350", "350 %"), a factor ("3.5x", "x3.5") or a ratio of device to image pixels ("3.5:1",
            "1:2", "1/2"). The decimal mark is a point or a comma; full-width characters are as good as others.

    Returns:
        The zoom, positive and finite; None if that was not one.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if match := _RATIO.fullmatch(text):
        whole, part = _number(match[1]), _number(match[2])
        zoom = whole / part if part else 0.0
    elif match := _FACTOR.fullmatch(text):
        zoom = _number(match[1] or match[2])
    elif match := _PERCENT.fullmatch(text):
        zoom = _number(match[1]) / 100
    else:
        return None
    return zoom if zoom > 0 and math.isfinite(zoom) else None


def format_zoom(zoom: float) -> str:
    """The zoom as a percentage of three digits, or of all before the point: "350 %", "63.2 %", "25600 %"."""
    return f"{_digits(zoom * 100, 3)} %"


def format_ratio(zoom: float) -> str:
    """The zoom as a ratio of device to image pixels, to three digits: "3.5 : 1", "1 : 2"."""
    return f"{_digits(zoom, 3)} : 1" if zoom >= 1 else f"1 : {_digits(1 / zoom, 3)}"


def slider_of(zoom: float, least: float, largest: float) -> float:
    """The place of a zoom on a logarithmic slider.

    Args:
        zoom: Any; what is beyond the ends is at them.
        least: Zoom at the slider's beginning.
        largest: Zoom at its end, not below `least`.

    Returns:
        0 to 1; 0 where both ends are one zoom.
    """
    if least >= largest:
        return 0.0
    return min(max(math.log(zoom / least) / math.log(largest / least), 0.0), 1.0)


def zoom_of(position: float, least: float, largest: float) -> float:
    """The reverse of `slider_of`: the ends give exactly `least` and `largest`."""
    if position <= 0:
        return least
    if position >= 1:
        return largest
    return min(max(least * math.pow(largest / least, position), least), largest)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _digits(value: float, count: int) -> str:
    """A positive number to a count of significant digits, never as a power of ten and without empty decimals."""
    decimals = max(0, count - 1 - math.floor(math.log10(value)))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text
