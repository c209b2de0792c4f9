"""Any model file: which kind it is, then strictly."""

from __future__ import annotations

from pathlib import Path

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import load_native
from liif_core.checkpoint.official import load_official
from liif_core.errors import CorruptCheckpoint
from liif_core.models.implicit import ImplicitModel


def load_model(path: Path) -> tuple[ImplicitModel, ModelCard]:
    """Read a native or a published model file, in evaluation mode, float32, on the CPU.

    The first bytes decide, not the name: a torch file is a zip archive or a pickle, a safetensors file starts with the
    length of its header and a brace.

    Raises:
        CorruptCheckpoint: The file is missing, unreadable, empty, cut off, damaged or no model file.
        UnsupportedModel: It holds a model unknown here.
    """
    if path.is_dir():
        raise CorruptCheckpoint(f"{path}: a folder; expected a model file (.safetensors or .pth)")
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as exc:
        raise CorruptCheckpoint(f"{path}: cannot be read: {exc.strerror or exc}") from exc
    if not start:
        raise CorruptCheckpoint(f"{path}: the file is empty; expected a model file (.safetensors or .pth)")
    if start.startswith(b"PK\x03\x04") or start.startswith(b"\x80"):
        return load_official(path)
    if start[8:9] == b"{":
        return load_native(path)
    raise CorruptCheckpoint(f"{path}: not a model file: expected safetensors or a torch checkpoint (.pth)")
