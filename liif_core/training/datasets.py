"""Folders of photos for training: found, read once, looked through, and split into training and validation."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError
from liif_core.imaging.read import RAW_EXTENSIONS, READABLE_EXTENSIONS
from liif_core.imaging.scratch import ScratchError, is_mapped
from liif_core.training.dataset_report import DatasetReport, Leak, Sizes
from liif_core.training.holding_out import held_out, name_in
from liif_core.training.near_duplicates import Fingerprint, pairs_between, pairs_within
from liif_core.training.photo_cache import PhotoCache, Pixels
from liif_core.training.photo_reading import ReadPhotos, TooSmall, Unreadable, read_photos
from liif_core.training.run_files import LOG_FILE, PREVIEWS

logger = logging.getLogger(__name__)

__all__ = ["MIN_VALIDATION_SIDE", "PhotoSet", "Pixels", "load_photos", "photo_files"]

MIN_VALIDATION_SIDE = 48
"""Shorter side in pixels of photos in a validation folder; below, there is nothing left to enlarge after reduction."""


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """The photos of a run.

    Attributes:
        train: To learn from.
        validation: Never learned from, nor is a near-duplicate of them.
        report: What was found in the folders.
        held_out: Names of the photos for validation where they were held out of those to learn from; see
            `holding_out.name_in`.
    """

    train: PhotoCache
    validation: PhotoCache
    report: DatasetReport
    held_out: Sequence[str] = ()

    @property
    def skipped(self) -> Sequence[str]:
        """One sentence for each file that is not used."""
        return self.report.skipped


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the photos that were read."""

    photos: PhotoCache
    paths: Sequence[str]
    fingerprints: Sequence[Fingerprint]

    @staticmethod
    def of(read: ReadPhotos) -> _Part:
        return _Part(read.photos, read.paths, read.fingerprints)

    def subset(self, indices: Sequence[int]) -> _Part:
        return _Part(
            self.photos.subset(indices),
            [self.paths[index] for index in indices],
            [self.fingerprints[index] for index in indices],
        )


def photo_files(folder: Path) -> list[Path]:
    """The photos in a folder and below it, sorted by name; camera raw files also where nothing here can read them.

    Hidden folders are left out, which hold thumbnails and what was thrown away, and hidden files, which macOS writes
    beside photos ("._photo.jpg"). So are the previews of runs: they show photos that are held out.

    Files that cannot be looked at are named as any others: whoever reads them says why they are of no use.

    Raises:
        DatasetError: There is no such folder, it cannot be read, or there is no photo in it.
    """
    if not folder.is_dir():
        what = "a file" if os.path.isfile(folder) else "no such folder"  # noqa: PTH113  # `Path` may raise here
        raise DatasetError(f"{folder}: {what}; expected a folder of photos")
    known = {*READABLE_EXTENSIONS, *RAW_EXTENSIONS}
    files = sorted(path for path in _files_below(folder) if path.suffix.lower() in known)
    if not files:
        raise DatasetError(f"{folder}: no photo in this folder (looked for {', '.join(READABLE_EXTENSIONS)})")
    return files


def _files_below(folder: Path) -> Iterator[Path]:
    def closed(exc: OSError) -> None:
        if exc.filename == str(folder):
            raise DatasetError(f"{folder}: cannot be read: {exc.strerror}") from exc
        logger.warning("this folder is passed over, as it cannot be read: %s: %s", exc.filename, exc.strerror)

    for place, folders, names in os.walk(folder, onerror=closed):
        is_run = LOG_FILE in names
        folders[:] = [name for name in folders if not name.startswith(".") and not (is_run and name == PREVIEWS)]
        yield from (path for name in names if not name.startswith(".") and _is_file(path := Path(place, name)))


def _is_file(path: Path) -> bool:
    try:
        # Not by `is_file`, which from Python 3.14 on calls none what cannot be looked at.
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as exc:
        # A link to nowhere is none; but its folder may be listed, and not entered.
        return exc.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def load_photos(
    folder: Path,
    *,
    min_side: int,
    cancel: CancelToken,
    validation: Path | None = None,
    held_out_before: Collection[str] = (),
    memory_bytes: int | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> PhotoSet:
    """Read every photo of a folder, and split them.

    Photos to learn from that show the same picture as one for validation are left out, and said so in the report.

    Args:
        folder: Where they are; sub-folders are included.
        min_side: Photos with a shorter side are skipped: no training patch fits in them.
        cancel: Checked all the time.
        validation: A folder with the photos for validation; may be inside `folder`. None: some of `folder` are held
            out.
        held_out_before: `PhotoSet.held_out` when the run began, to hold out the same photos again.
        memory_bytes: Where the photos take more, their pixels are held in a file; None: see `photo_cache`.
        on_progress: Called on this thread with the number of files read and of all.

    Raises:
        DatasetError: Nothing usable is left, or the pixels fit neither into memory nor on the disk; the message says
            why.
        Cancelled: `cancel` was set.
    """
    validation_files = photo_files(validation) if validation is not None else []
    files = _without(photo_files(folder), validation_files, folder)
    total = len(files) + len(validation_files)

    def read(files: Sequence[Path], place: Path, side: int, before: int) -> ReadPhotos:
        try:
            found = read_photos(
                files,
                min_side=side,
                cancel=cancel,
                memory_bytes=memory_bytes,
                on_progress=lambda done: on_progress(before + done, total),
            )
        except ScratchError as exc:
            raise DatasetError(f"{place}: its photos do not fit into memory: {exc}") from exc
        if not found.paths:
            raise DatasetError(f"{place}: none of {len(files)} photos can be used; the first: {found.refused[0]}")
        return found

    on_progress(0, total)
    usable = read(files, folder, min_side, 0)
    if validation is None:
        return _split(folder, usable, held_out_before, cancel)
    validating = read(validation_files, validation, MIN_VALIDATION_SIDE, len(files))
    return _photo_set(folder, validation, _Part.of(usable), _Part.of(validating), [usable, validating], cancel)


def _split(folder: Path, usable: ReadPhotos, held_out_before: Collection[str], cancel: CancelToken) -> PhotoSet:
    """Hold some photos out of the others."""
    names = [name_in(folder, Path(path)) for path in usable.paths]
    apart = held_out(names, held_out_before)
    rest = sorted({*range(len(names))} - {*apart})
    everything = _Part.of(usable)
    photos = _photo_set(folder, None, everything.subset(rest), everything.subset(apart), [usable], cancel)
    return replace(photos, held_out=[names[index] for index in apart])


def _without(files: Sequence[Path], validation_files: Sequence[Path], folder: Path) -> list[Path]:
    """The files that are not among those for validation, whatever the two folders are called."""
    apart = {path.resolve() for path in validation_files}
    rest = [path for path in files if path.resolve() not in apart] if apart else list(files)
    if not rest:
        raise DatasetError(
            f"{folder}: all photos in this folder are in the validation folder, none is left to learn from"
        )
    return rest


def _photo_set(
    folder: Path,
    validation_folder: Path | None,
    train: _Part,
    validation: _Part,
    read: Sequence[ReadPhotos],
    cancel: CancelToken,
) -> PhotoSet:
    """Leave leaks out, and tell what was found."""
    leaking = dict(pairs_between(train.fingerprints, validation.fingerprints, cancel=cancel))
    leaks = tuple(Leak(train.paths[one], validation.paths[other]) for one, other in sorted(leaking.items()))
    train = train.subset([index for index in range(len(train.photos)) if index not in leaking])
    if not train.paths:
        raise DatasetError(f"{folder}: nothing is left to learn from; the first photo: {leaks[0]}")
    twins = pairs_within(train.fingerprints, cancel=cancel)
    refused = [file for part in read for file in part.refused]
    report = DatasetReport(
        folder=str(folder),
        validation_folder=None if validation_folder is None else str(validation_folder),
        train=Sizes.of(train.photos),
        validation=Sizes.of(validation.photos),
        held_in_file=is_mapped(train.photos.flat),
        unreadable=tuple(file for file in refused if isinstance(file, Unreadable)),
        too_small=tuple(file for file in refused if isinstance(file, TooSmall)),
        near_duplicates=tuple((train.paths[i], train.paths[j]) for i, j in twins),
        leaks=leaks,
    )
    return PhotoSet(train.photos, validation.photos, report)
