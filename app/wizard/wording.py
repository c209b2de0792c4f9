"""Numbers as people say them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def duration_text(seconds: float) -> str:
    """A length of time in the unit that fits: "40 s", "12 min", "5.2 h", "3 days"."""
    if seconds < 1.5 * _MINUTE_S:
        return QCoreApplication.translate("wizard", "{0} s").format(max(1, round(seconds)))
    if seconds < 1.5 * _HOUR_S:
        return QCoreApplication.translate("wizard", "{0} min").format(round(seconds / _MINUTE_S))
    if seconds < 2 * _DAY_S:
        hours = QLocale().toString(seconds / _HOUR_S, "f", 1)
        return QCoreApplication.translate("wizard", "{0} h").format(hours)
    return QCoreApplication.translate("wizard", "{0} days").format(QLocale().toString(round(seconds / _DAY_S)))


def scale_text(scale: str) -> str:
    """A scale as it is printed: "x4" is "× 4"."""
    return f"× {scale.removeprefix('x')}"
