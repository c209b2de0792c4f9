"""How much of the machine a decoder uses: the products that it computes beside those that the machine can compute.

The peak is measured and not looked up, in the same run: the best of a matrix product and of a 1x1 convolution, which
oneDNN runs quicker than MKL its products on CPUs that are not Intel's.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
import torch.nn.functional as F

from liif_core.geometry import OutputGrid
from liif_core.models.decoders.collapsed import RationalZoom
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.pixel_form import display_bytes
from liif_core.models.decoders.quad_basis import quad_bases
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.implicit import ImplicitModel

CPU_SIDES = (1024, 1536, 2048)
GPU_SIDES = (2048, 4096, 8192)
COLUMNS, CHANNELS = 4096, 256


def synchronize(device: torch.device) -> None:
    """Wait until a device has done what it was asked."""
    if device.type in ("cuda", "xpu", "mps"):
        getattr(torch, device.type).synchronize()


def seconds_of(
    work: Callable[[], object], device: torch.device, *, repeats: int, budget_s: float = float("inf")
) -> list[float]:
    """The time of each repetition: as many as wanted, after the third only while they fit the budget together."""
    times: list[float] = []
    while len(times) < repeats and (len(times) < 3 or sum(times) < budget_s):
        started = time.perf_counter()
        work()
        synchronize(device)
        times.append(time.perf_counter() - started)
    return times


@torch.inference_mode()
def peak(device: torch.device, dtype: torch.dtype, *, repeats: int = 30) -> float:
    """Multiply-adds a second of the best large product."""
    sides = CPU_SIDES if device.type == "cpu" else GPU_SIDES
    return max(_convolution_rate(device, dtype, repeats), *(_product_rate(device, dtype, n, repeats) for n in sides))


def _product_rate(device: torch.device, dtype: torch.dtype, side: int, repeats: int) -> float:
    a, b = (torch.randn(side, side, device=device).to(dtype) for _ in range(2))
    return side**3 / _best_s(lambda: torch.mm(a, b), device, repeats)


def _convolution_rate(device: torch.device, dtype: torch.dtype, repeats: int) -> float:
    rows = torch.randn(1, CHANNELS, 1, COLUMNS, device=device).to(dtype).contiguous(memory_format=torch.channels_last)
    weight = torch.randn(CHANNELS, CHANNELS, 1, 1, device=device).to(dtype)
    return COLUMNS * CHANNELS**2 / _best_s(lambda: F.conv2d(rows, weight), device, repeats)


def _best_s(work: Callable[[], object], device: torch.device, repeats: int) -> float:
    work()
    synchronize(device)
    return min(seconds_of(work, device, repeats=repeats))


def multiply_adds(model: ImplicitModel, grid: OutputGrid) -> float:
    """What the decoder computes for one output pixel as bytes for the display, without what is done once a grid.

    All four channels of a display's pixel count where they are computed, although one of them is always 255.
    """
    decoder = model.decoder
    zoom = grid.scale_y * grid.scale_x
    if isinstance(decoder, HeatField):
        channels = display_bytes(model.spec.norm).channels
        if RationalZoom.fits(grid):
            return 4.0 * channels * (decoder.in_dim + 3)
        return _any_zoom(decoder, grid, channels) / zoom
    if isinstance(decoder, QueryDecoder):
        return decoder.computed_multiply_adds(zoom)
    return float(model.multiply_adds_per_output_pixel)


def _any_zoom(decoder: HeatField, grid: OutputGrid, channels: int) -> float:
    """Of one quad: the coefficients from its corners, then rows of them, then pixels."""
    field = decoder.field.exact()
    cell = (1 / grid.scale_y, 1 / grid.scale_x)
    _, kernel, lengths = quad_bases(
        lambda y, x: field.kernel_with_base(y, x, cell=cell), max_frequency=field.max_frequency
    )
    along_x = 3 * max(lengths)
    rows = grid.scale_y * len(lengths) * along_x
    pixels = grid.scale_y * grid.scale_x * along_x * channels
    return kernel.numel() + rows + pixels
