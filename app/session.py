"""What was open when the program ended, and its form in the file of recent photos.

Version 1 of the file knew the photo, its page and the place. Version 2 has the orientation and the comparison, too;
what an older version wrote is read as upright and not compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.viewer.comparison import CompareMode
from liif_core.errors import RequestError
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Place
from liif_core.view.fit import FitMode
from liif_core.view.split import Split

VERSION = 2


@dataclass(frozen=True, slots=True)
class ComparedBy:
    """How two pictures were compared; with what is a setting.

    Attributes:
        mode: How they share the canvas.
        split: Where the line is.
    """

    mode: CompareMode
    split: Split


@dataclass(frozen=True, slots=True)
class Session:
    """What was open when the program ended.

    Attributes:
        photo: Its file, which may be gone.
        page: Of the file, from 0.
        place: What was seen.
        orientation: How it was turned.
        compared: How it was compared; None if it was not.
    """

    photo: Path
    page: int
    place: Place
    orientation: Orientation = UPRIGHT
    compared: ComparedBy | None = None


def migrated(document: Mapping[str, Any]) -> dict[str, Any]:
    """A file's content in the form of this version; what a newer one wrote stays as it is."""
    version = document.get("version", 1)
    return {**document, "version": VERSION} if not isinstance(version, int) or version < VERSION else dict(document)


def json_of(session: Session | None) -> Any:
    """A session in the form that JSON has for it."""
    if session is None:
        return None
    place, orientation, compared = session.place, session.orientation, session.compared
    return {
        "photo": str(session.photo),
        "page": session.page,
        "zoom": place.zoom,
        "center": list(place.center),
        "fit": place.fit.value if place.fit is not None else None,
        "quarter_turns": orientation.quarter_turns,
        "mirrored": orientation.mirrored,
        "compared": None
        if compared is None
        else {"mode": compared.mode.value, "line": compared.split.position, "vertical": compared.split.vertical},
    }


def session_of(data: Any) -> Session | None:
    """The session in a file; None where it is not one, as a lost view needs no words."""
    try:
        fit = FitMode(data["fit"]) if data["fit"] is not None else None
        center = (float(data["center"][0]), float(data["center"][1]))
        place = Place(float(data["zoom"]), center, fit)
        photo, page = Path(data["photo"]), int(data["page"])
        orientation = Orientation(int(data.get("quarter_turns", 0)), bool(data.get("mirrored", False)))
        compared = _compared_of(data.get("compared"))
    except (TypeError, ValueError, LookupError, OverflowError, AttributeError, RequestError):
        return None
    sound = math.isfinite(place.zoom) and place.zoom > 0 and all(0 <= share <= 1 for share in center)
    is_usable = sound and page >= 0 and photo.is_absolute()
    return Session(photo, page, place, orientation, compared) if is_usable else None


def _compared_of(data: Any) -> ComparedBy | None:
    """Raises what `session_of` takes for no session."""
    if data is None:
        return None
    return ComparedBy(CompareMode(data["mode"]), Split(float(data["line"]), bool(data["vertical"])))
