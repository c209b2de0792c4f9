"""Choice of the device and of the precision of the encoder's convolutions."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any, TypeVar

import torch
from numpy.typing import NDArray

from liif_core.errors import DeviceError, DeviceLost, first_line

logger = logging.getLogger(__name__)

Module = TypeVar("Module", bound=torch.nn.Module)

# A piece of work takes a CPU some tens of megabytes; half a gigabyte leaves room for copies.
BYTES_PER_CHUNK = 1 << 29
LARGEST_CHUNK_FACTOR = 16
# Where free memory is not told; out-of-memory halves the pieces in any case.
UNKNOWN_CHUNK_FACTOR = 4

# In texts of RuntimeErrors: of the CPU (on Windows the second), of MPS and the CUDA driver, and of CUDA's libraries.
_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "_ALLOC_FAILED")

PRECISIONS = ("auto", "fp32", "bf16")


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name: "auto" (the best there is), "cpu", "cuda", "cuda:1", "mps" or "xpu".

    From then on CUDA computes float32 as float32. By itself it rounds what it convolves to TF32, which in a decoder is
    an error of a tenth of a level, and shows in exports of 16 bits.

    Raises:
        DeviceError: This machine or this build of torch does not have it, or it computes nothing.
    """
    device = torch.device(next(_working())) if name == "auto" else _named(name)
    if device.type == "cuda":
        for setting in _fp32_settings():
            setting.fp32_precision = "ieee"
    return device


def _named(name: str) -> torch.device:
    """The device of a name other than "auto"; see `choose_device`."""
    kind = name.split(":")[0]
    if kind not in ("cpu", "cuda", "mps", "xpu"):
        raise DeviceError(f"unknown device '{name}': expected auto, cpu, cuda, mps or xpu")
    if not _is_available(kind):
        raise DeviceError(f"the device '{name}' is not available on this machine with this build of torch")
    index = name.partition(":")[2]
    count = getattr(torch, kind).device_count() if kind in ("cuda", "xpu") else 0
    if ":" in name and not (index.isdecimal() and int(index) < count):
        raise DeviceError(f"unknown device '{name}': this machine has no {kind} device of that number")
    device = torch.device(name)
    if fault := fault_of(device):
        raise DeviceError(f"the device '{name}' is there, but computes nothing: {fault}")
    return device


def _fp32_settings() -> tuple[Any, ...]:
    """Where torch keeps how exactly CUDA computes float32."""
    return torch.backends.cuda.matmul, torch.backends.cudnn.conv  # type: ignore[attr-defined]  # missing in the stubs


@contextlib.contextmanager
def tf32(device: torch.device) -> Iterator[None]:
    """Products of float32 in TF32 on CUDA, several times as fast: exact enough for gradients, not for pictures."""
    settings = _fp32_settings() if device.type == "cuda" else ()
    before = [setting.fp32_precision for setting in settings]
    try:
        for setting in settings:
            setting.fp32_precision = "tf32"
        yield
    finally:
        for setting, precision in zip(settings, before, strict=True):
            setting.fp32_precision = precision


def available_devices() -> list[str]:
    """The kinds of device that torch finds here, the most powerful first; "cpu" is always the last."""
    return [kind for kind in ("cuda", "mps", "xpu", "cpu") if _is_available(kind)]


def working_devices() -> list[str]:
    """Those of `available_devices` that compute; takes the moment that each needs to get ready."""
    return list(_working())


def _working() -> Iterator[str]:
    """The same one by one: whoever takes the first keeps no other card busy. Those that do not compute are logged."""
    for kind in available_devices():
        if fault := fault_of(torch.device(kind)):
            logger.warning("the device %s is left out, as it computes nothing: %s", kind, fault)
        else:
            yield kind


def fault_of(device: torch.device) -> str:
    """Why a device that is there computes nothing, in torch's words; empty where it computes.

    torch counts cards, too, that it has no kernels for, as it gives up old generations, and those that are full or that
    another program keeps for itself.
    """
    if device.type == "cpu":
        return ""
    try:
        torch.ones(2, device=device).add_(1).tolist()
    except RuntimeError as exc:
        return first_line(exc)
    return ""


def _is_available(kind: str) -> bool:
    if kind == "cpu":
        return True
    backend = getattr(torch.backends, kind, None) if kind == "mps" else getattr(torch, kind, None)
    return bool(backend is not None and backend.is_available())


def device_text(device: torch.device, *, processes: int = 1) -> str:
    """A device in words, as model cards tell it: "a CPU with 2 threads", "4 x NVIDIA H200"."""
    if device.type == "cpu":
        name = f"a CPU with {torch.get_num_threads()} threads"
    else:
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return name if processes == 1 else f"{processes} x {name}"


def moved(values: torch.Tensor | NDArray[Any], device: torch.device) -> torch.Tensor:
    """A tensor or an array of the host as a tensor on a device; on CUDA without waiting for the copy.

    CUDA has read memory that is not pinned before it returns, and holds on to memory that is. MPS reads it later, when
    a temporary may be gone (https://github.com/pytorch/pytorch/issues/139550).
    """
    return torch.as_tensor(values).to(device, non_blocking=device.type == "cuda")


def held_by(device: torch.device, module: Module) -> Module:
    """A module moved to a device.

    Raises:
        DeviceError: The device has no room for it.
    """
    try:
        return module.to(device)
    except RuntimeError as exc:
        raise DeviceError(f"the device '{device}' cannot hold the model: {first_line(exc)}") from exc


@contextlib.contextmanager
def told_if_lost(device: torch.device, work: str) -> Iterator[None]:
    """Tell of a device that fails at some work, like "the picture was computed".

    Errors of the CPU pass as they are: they are faults of the program.

    Raises:
        DeviceLost: It failed; torch has no other way to tell of it than a `RuntimeError`.
    """
    try:
        yield
    except RuntimeError as exc:
        if device.type == "cpu":
            raise
        raise DeviceLost(f"the device '{device}' failed while {work}: {first_line(exc)}") from exc


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out; but for CUDA's own allocator, torch says so in its text only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(sign in str(error) for sign in _OUT_OF_MEMORY)


def computes_bf16(device: torch.device) -> bool:
    """Whether a device computes bfloat16 products natively; emulated ones are slower than float32."""
    if device.type == "cpu":
        capabilities = torch.backends.cpu.get_cpu_capability()
        return capabilities.startswith("AVX512") and bool(torch.cpu._is_avx512_bf16_supported())
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    return device.type == "xpu"


def use_bf16(precision: str, device: torch.device) -> bool:
    """Whether the encoder's convolutions run in bfloat16.

    "auto" is bfloat16 on a GPU that computes it and float32 on a CPU, where every displayed digit should be the same on
    every machine.

    Raises:
        DeviceError: The precision is unknown, or asked for where the device only emulates it.
    """
    if precision not in PRECISIONS:
        raise DeviceError(f"unknown precision '{precision}': expected {', '.join(PRECISIONS)}")
    if precision == "bf16" and not computes_bf16(device):
        raise DeviceError(f"bf16 is not computed natively on this {device.type} device; use fp32 or auto")
    return precision == "bf16" or (precision == "auto" and device.type != "cpu" and computes_bf16(device))


def chunk_factor(device: torch.device) -> int:
    """How many times larger than on a CPU pieces of work should be, so that a device is busy and has room.

    By the free memory where the device tells it: a piece for a CPU takes some tens of megabytes.
    """
    if device.type == "cpu":
        return 1
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return max(1, min(LARGEST_CHUNK_FACTOR, free // BYTES_PER_CHUNK))
    return UNKNOWN_CHUNK_FACTOR
