"""The libraries that read photos. For a process of its own."""

from __future__ import annotations

from app.doctor.finding import Finding

TOPIC = "photos"


def probe() -> list[Finding]:
    """Versions, and what cannot be opened."""
    return [_pillow(), _vips(), _heif(), _raw()]


def _pillow() -> Finding:
    try:
        import PIL
    except (ImportError, OSError) as exc:
        return Finding(TOPIC, "Pillow", "none", problem=f"it cannot be loaded ({exc}): install pillow again")
    return Finding(TOPIC, "Pillow", PIL.__version__)


def _vips() -> Finding:
    try:
        import pyvips
    except (ImportError, OSError) as exc:
        problem = f"it cannot be loaded ({exc}): install pyvips and pyvips-binary again"
        return Finding(TOPIC, "libvips", "none", problem=problem)
    return Finding(TOPIC, "libvips", ".".join(str(pyvips.version(part)) for part in range(3)))


def _heif() -> Finding:
    try:
        import pi_heif
    except (ImportError, OSError) as exc:
        problem = f"HEIC cannot be opened ({exc}): install pi-heif again"
        return Finding(TOPIC, "libheif", "none", problem=problem)
    return Finding(TOPIC, "libheif", str(pi_heif.libheif_version()))


def _raw() -> Finding:
    try:
        import rawpy
    except (ImportError, OSError):
        note = "camera raw files need another package: pip install rawpy"
        return Finding(TOPIC, "LibRaw", "none", note=note)
    return Finding(TOPIC, "LibRaw", ".".join(map(str, rawpy.libraw_version)))
