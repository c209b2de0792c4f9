"""Any model file: which kind it is, then strictly."""

from __future__ import annotations

from pathlib import Path

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import load_native
from liif_core.checkpoint.official import load_official
from liif_core.checkpoint.sniff import FileKind, kind_of_file
from liif_core.models.implicit import ImplicitModel


def load_model(path: Path) -> tuple[ImplicitModel, ModelCard]:
    """Read a native or a published model file, in evaluation mode, float32, on the CPU.

    Raises:
        CorruptCheckpoint: The file is missing, unreadable, empty, cut off, damaged or no model file.
        UnsupportedModel: It holds a model unknown here.
    """
    return load_official(path) if kind_of_file(path) is FileKind.OFFICIAL else load_native(path)
