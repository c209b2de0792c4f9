"""Folders of photos that are known by their names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DIV2K_TRAIN, DIV2K_VALID = "DIV2K_train_HR", "DIV2K_valid_HR"


@dataclass(frozen=True, slots=True)
class PhotoFolder:
    """Where the photos of a training are.

    Attributes:
        data: To learn from.
        validation: To measure with; None where some of `data` are held out.
    """

    data: Path
    validation: Path | None = None

    @property
    def is_div2k(self) -> bool:
        """Whether it is the data set of that name, with its own photos to measure with."""
        return self.data.name == DIV2K_TRAIN and self.validation is not None


def recognised(chosen: Path) -> PhotoFolder:
    """A folder as chosen: the one that holds DIV2K, either half of it, or any other. Looks at the disk.

    Args:
        chosen: The folder, or a photo in it.
    """
    try:
        folder = chosen.parent if chosen.is_file() else chosen
        return _div2k_at(folder) or PhotoFolder(folder)
    except OSError:
        # Whoever reads the photos says why it cannot be used.
        return PhotoFolder(chosen)


def _div2k_at(folder: Path) -> PhotoFolder | None:
    for parent in (folder, folder.parent):
        train, valid = parent / DIV2K_TRAIN, parent / DIV2K_VALID
        if (parent == folder or folder in (train, valid)) and train.is_dir():
            return PhotoFolder(train, valid if valid.is_dir() else None)
    return None
