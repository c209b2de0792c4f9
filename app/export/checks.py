"""What stands against an export. `size_problem` is plain arithmetic; `look_at` asks the disk, on a worker thread."""

from __future__ import annotations

import enum
import os
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from app.export.draft import Draft, What, limits_of, request_of, size_of
from app.export.photo import ExportPhoto
from liif_core.errors import LiifError, RequestError
from liif_core.export.names import NameFacts, check_pattern, file_name, free_name, place_of
from liif_core.export.plan import ExportPlan, plan_export
from liif_core.geometry import Size


class Reason(enum.Enum):
    """Why an export is not possible; the facts that belong to each are in brackets."""

    NO_SIZE = "no size"
    SIDE = "side"
    """[format, pixels on a side at most]"""
    PIXELS = "pixels"
    """[format, megapixels at most]"""
    NO_FOLDER = "no folder"
    """[folder]"""
    DENIED = "denied"
    """[folder]"""
    IS_FOLDER = "is folder"
    """[file]"""
    IS_PROTECTED = "is protected"
    """[file]"""
    IS_PHOTO = "is photo"
    """[file]"""
    EXTENSION = "extension"
    """[format, extensions]"""
    BAD_NAME = "bad name"
    """[name]"""
    PATTERN = "pattern"
    """[what is wrong with it]"""
    NO_SPACE = "no space"
    """[bytes needed, bytes free]"""
    OTHER = "other"
    """[a sentence]"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an export is not possible.

    Attributes:
        reason: In general.
        facts: Of the case at hand; see `Reason`.
    """

    reason: Reason
    facts: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What the disk says of an export.

    Attributes:
        target: The file that will be written; of many, the first.
        plan: The work; None if there is a problem.
        problem: What stands against it.
        exists: Whether the file is there already, or is about to be written.
        free_bytes: Free on its disk; None if that is unknown.
    """

    target: Path
    plan: ExportPlan | None = None
    problem: Problem | None = None
    exists: bool = False
    free_bytes: int | None = None


def size_problem(draft: Draft, photo: ExportPhoto) -> Problem | None:
    """What stands against the size, without a look at the disk."""
    size = size_of(draft, photo)
    if size is None:
        return Problem(Reason.NO_SIZE)
    limits = limits_of(draft, photo)
    if max(size.height, size.width) > limits.max_side:
        return Problem(Reason.SIDE, (draft.form.name, limits.max_side))
    if size.area > limits.max_pixels:
        return Problem(Reason.PIXELS, (draft.form.name, limits.max_pixels // 1_000_000))
    return None


def space_problem(needed_bytes: int, free_bytes: int | None) -> Problem | None:
    """Whether a file finds room."""
    if free_bytes is None or needed_bytes <= free_bytes:
        return None
    return Problem(Reason.NO_SPACE, (needed_bytes, free_bytes))


def name_problem(draft: Draft) -> Problem | None:
    """What stands against the names, without a look at the disk."""
    if draft.what is What.ALL:
        try:
            check_pattern(draft.pattern)
        except RequestError as exc:
            return Problem(Reason.PATTERN, (str(exc),))
        return None
    if draft.target is None:
        return None
    name = draft.target.name
    if not name.strip(". ") or "\0" in name:
        return Problem(Reason.BAD_NAME, (name,))
    if draft.target.suffix.lower() not in draft.form.extensions:
        return Problem(Reason.EXTENSION, (draft.form.name, ", ".join(draft.form.extensions)))
    return None


def look_at(draft: Draft, photo: ExportPhoto, *, taken: Collection[Path] = ()) -> Look:
    """Ask the disk; on a worker thread.

    Args:
        draft: What the dialog says.
        photo: Of what.
        taken: Files that other exports are about to write.
    """
    target = draft.target or draft.folder / _proposed_name(draft, photo, _size_in_file(draft, photo))
    places = {place_of(path) for path in taken}
    problem = name_problem(draft) or size_problem(draft, photo)
    try:
        if draft.target is None:
            target = free_name(target, places)
        problem = problem or _place_problem(target, photo)
        if problem is not None:
            return Look(target, problem=problem)
        plan = plan_export(photo.size, request_of(draft, photo, target))
        # Not of the target: a link is replaced where it leads to.
        free = shutil.disk_usage(Path(os.path.realpath(target)).parent).free
        # What another export is about to write would be replaced as surely as what is there.
        return Look(target, plan, exists=target.exists() or place_of(target) in places, free_bytes=free)
    except LiifError as exc:
        return Look(target, problem=Problem(Reason.OTHER, (str(exc),)))
    except (OSError, ValueError) as exc:
        reason = (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
        return Look(target, problem=Problem(Reason.OTHER, (f"{target}: {reason}",)))


def _size_in_file(draft: Draft, photo: ExportPhoto) -> Size:
    """To the pixel, which of a crop by a scale only the plan tells; one that is not possible is told elsewhere."""
    nameless = draft.folder / f"export{draft.form.extensions[0]}"
    try:
        return plan_export(photo.size, request_of(draft, photo, nameless), needs_place=False).size
    except LiifError:
        return size_of(draft, photo) or Size(1, 1)


def _proposed_name(draft: Draft, photo: ExportPhoto, size: Size) -> str:
    facts = NameFacts(photo.path, size, model=draft.model)
    pattern = draft.pattern if draft.what is What.ALL else "{name}-{width}x{height}"
    try:
        return file_name(pattern, facts, draft.form.extensions[0])
    except RequestError:
        # The photo's own name may be one that no other system takes.
        return f"export-{size.width}x{size.height}{draft.form.extensions[0]}"


def _place_problem(target: Path, photo: ExportPhoto) -> Problem | None:
    folder = Path(os.path.realpath(target)).parent
    if target.is_dir():
        return Problem(Reason.IS_FOLDER, (str(target),))
    if not folder.is_dir():
        return Problem(Reason.NO_FOLDER, (str(folder),))
    if not os.access(folder, os.W_OK):
        return Problem(Reason.DENIED, (str(folder),))
    if target.exists():
        if photo.path.exists() and target.samefile(photo.path):
            return Problem(Reason.IS_PHOTO, (target.name,))
        if not os.access(target, os.W_OK):
            return Problem(Reason.IS_PROTECTED, (target.name,))
    return None
