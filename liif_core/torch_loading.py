"""Importing torch where something is to be computed: where that fails, one sentence says why and what helps."""

from __future__ import annotations

import sys

from liif_core.errors import TorchNotLoaded

_REDISTRIBUTABLE = "https://aka.ms/vc14/vc_redist.x64.exe"


def load_torch() -> None:
    """Import torch, which takes a second the first time.

    Raises:
        TorchNotLoaded: It is not installed, or the system lacks a library that it needs.
    """
    try:
        import torch  # noqa: F401
    except (ImportError, OSError) as exc:
        raise TorchNotLoaded(f"PyTorch cannot be loaded ({exc}); {loading_advice()}") from exc


def loading_advice(*, system: str = sys.platform) -> str:
    """What helps where torch cannot be loaded.

    Args:
        system: `sys.platform` of the machine.
    """
    if system == "win32":
        # Its libraries are linked to more of Microsoft's runtime than comes with Python, Qt and Windows itself.
        return f"install the newest Visual C++ Redistributable ({_REDISTRIBUTABLE}), and if that is there torch again"
    return "install torch again"
