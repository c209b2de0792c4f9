"""torch: its build, what it can compute on, and whether it does. Takes seconds; for a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.doctor.finding import Finding
from liif_core.torch_loading import loading_advice

if TYPE_CHECKING:
    import torch

TOPIC = "torch"
ADVICE = "choose another device in the settings"


def probe() -> list[Finding]:
    """Version, build and devices."""
    try:
        import torch
    except (ImportError, OSError) as exc:
        problem = f"it cannot be loaded ({exc}): photos are shown, but enlarged by no model; {loading_advice()}"
        return [Finding(TOPIC, "version", "none", problem=problem)]
    from liif_core.device import available_devices

    build = _build(torch.version.cuda, getattr(torch.version, "hip", None))
    findings = [Finding(TOPIC, "version", str(torch.__version__)), Finding(TOPIC, "build", build)]
    devices = available_devices()
    findings += [_device(kind) for kind in devices]
    unused = unused_hardware(devices)
    if unused:
        findings.append(Finding(TOPIC, "not used", unused[0], note=unused[1]))
    return findings


def _build(cuda: str | None, hip: str | None) -> str:
    if hip:
        return f"ROCm {hip}"
    return f"CUDA {cuda}" if cuda else "without CUDA and ROCm"


def _device(kind: str) -> Finding:
    import torch

    from liif_core.device import computes_bf16, device_text

    device = torch.device(kind)
    value = device_text(device)
    if kind == "cpu":
        value += f", {torch.backends.cpu.get_cpu_capability()}"
    try:
        has_bf16 = computes_bf16(device)
        wrong = wrong_products(device)
    except RuntimeError as exc:
        return Finding(
            TOPIC, kind, value, problem=f"it fails at computing: {exc}; choose another device in the settings"
        )
    problem = "its products are wrong; choose another device in the settings" if wrong else ""
    note = "" if has_bf16 else "no native bfloat16: models run in fp32, and --precision bf16 is refused"
    return Finding(TOPIC, kind, f"{value}, bfloat16" if has_bf16 else value, problem=problem, note=note)


def wrong_products(device: torch.device) -> bool:
    """Whether a small convolution comes out differently than it should: sums of 27 ones."""
    import torch

    ones = torch.ones(1, 3, 8, 8, device=device)
    kernel = torch.ones(4, 3, 3, 3, device=device)
    return not bool((torch.nn.functional.conv2d(ones, kernel) == 27).all())


def unused_hardware(
    devices: list[str],
    *,
    exists: Callable[[str], bool] = lambda path: Path(path).exists(),
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[str, str] | None:
    """A graphics card that the system has and this build of torch does not know: its maker, and what helps.

    Args:
        devices: The kinds that torch knows.
        exists: Whether a device file is there.
        which: Finds a program.
    """
    if "cuda" in devices:
        return None
    advice = "this build of torch cannot use it; CONTRIBUTING.md tells how to install another build"
    if exists("/dev/nvidia0") or which("nvidia-smi") is not None:
        return "a graphics card by NVIDIA", advice
    return ("a graphics card by AMD", advice) if exists("/dev/kfd") else None
