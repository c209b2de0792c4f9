"""Writing torch's own files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from liif_core.atomic import atomic_path


def torch_content(content: Mapping[str, Any]) -> bytes:
    """What `torch.save` writes of a table."""
    file = io.BytesIO()
    torch.save(dict(content), file)
    return file.getvalue()


def save_torch(path: Path, content: Mapping[str, Any]) -> None:
    """Write a table as `torch.save` does, beside the target first and then renamed.

    Raises:
        OSError: It cannot be written; the old file is untouched.
    """
    # In memory first: writing by itself, torch reports a full disk as an error of its own.
    data = torch_content(content)
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
