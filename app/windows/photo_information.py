"""The drawer's section about the photo."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QDateTime, QEvent, QLocale

from app.photo_facts import PhotoFacts, Shot
from app.windows.fact_table import FactTable

_MEGA = 1_000_000
# Fewer would be told as 0.0, as of an icon.
_LEAST_MEGAPIXELS = 0.05
_DECIMAL = QLocale.DataSizeFormat.DataSizeSIFormat
_SHORT_DATE = QLocale.FormatType.ShortFormat


class PhotoInformation(FactTable):
    """What is told of a photo, in the language chosen."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: PhotoFacts | None = None

    def set_facts(self, facts: PhotoFacts | None) -> None:
        """Show what is known of this photo; None for no photo."""
        self._facts = facts
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.LocaleChange):
            self._retranslate()

    def _retranslate(self) -> None:
        self.set_rows(self._rows_of(self._facts) if self._facts is not None else [])

    def _rows_of(self, facts: PhotoFacts) -> list[tuple[str, str]]:
        locale, shot = self.locale(), facts.shot
        size = locale.formattedDataSize(facts.file_bytes, 1, _DECIMAL) if facts.file_bytes is not None else ""
        millions = facts.width * facts.height / _MEGA
        megapixels = locale.toString(millions, "f", 1)
        counted = self.tr("{0} × {1} ({2} megapixels)").format(facts.width, facts.height, megapixels)
        pixels = counted if millions >= _LEAST_MEGAPIXELS else f"{facts.width} × {facts.height}"
        taken = locale.toString(_qt_time(shot.taken), _SHORT_DATE) if shot.taken is not None else ""
        return [
            (self.tr("File"), facts.path.name),
            (self.tr("Folder"), str(facts.path.parent)),
            (self.tr("File size"), size),
            (self.tr("Pixels"), pixels),
            (self.tr("Depth"), self._depth(facts)),
            (self.tr("Colours"), facts.profile or self.tr("sRGB (no profile in the file)")),
            (self.tr("Taken"), taken),
            (self.tr("Camera"), shot.camera),
            (self.tr("Lens"), shot.lens),
            (self.tr("Exposure"), self._exposure(shot)),
            (self.tr("Focal length"), self._focal_length(shot)),
        ]

    def _depth(self, facts: PhotoFacts) -> str:
        text = self.tr("{0} bits per channel, floating point") if facts.is_float else self.tr("{0} bits per channel")
        depth = text.format(facts.bits)
        return self.tr("{0}, with transparency").format(depth) if facts.has_alpha else depth

    def _exposure(self, shot: Shot) -> str:
        parts = [
            exposure_time(shot.exposure_s) if shot.exposure_s is not None else "",
            f"f/{shot.aperture:.3g}" if shot.aperture is not None else "",
            f"ISO {shot.iso}" if shot.iso is not None else "",
            f"{shot.bias_ev:+.2g} EV" if shot.bias_ev is not None else "",
        ]
        return "   ".join(part for part in parts if part)

    def _focal_length(self, shot: Shot) -> str:
        if shot.focal_mm is None:
            return ""
        length = f"{shot.focal_mm:.4g} mm"
        if shot.focal_35_mm is None or round(shot.focal_35_mm) == round(shot.focal_mm):
            return length
        return self.tr("{0} ({1} mm on 35 mm film)").format(length, f"{shot.focal_35_mm:.4g}")


def _qt_time(time: datetime.datetime) -> QDateTime:
    """Without a zone: what the camera's clock said is shown as it is."""
    return QDateTime(time.year, time.month, time.day, time.hour, time.minute, time.second)


def exposure_time(seconds: float) -> str:
    """An exposure time as on a camera: "1/250 s", "2.5 s"."""
    if seconds < 0.3:
        return f"1/{round(1 / seconds)} s"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
