"""What can be chosen in the export dialog."""

from __future__ import annotations

from dataclasses import dataclass

from liif_core.export.presets import SizePreset
from liif_core.imaging.encoding import WriteFormat

Choice = tuple[str, str]
"""An id and its text."""


@dataclass(frozen=True, slots=True)
class ExportOffers:
    """What can be chosen.

    Attributes:
        formats: Of files.
        models: Ids and texts.
        precisions: Ids and texts.
        presets: The person's own.
    """

    formats: tuple[WriteFormat, ...]
    models: tuple[Choice, ...]
    precisions: tuple[Choice, ...]
    presets: tuple[SizePreset, ...] = ()
