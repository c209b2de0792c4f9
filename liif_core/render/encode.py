"""Encoding a rectangle of a photo so that it equals the same rectangle of the whole photo encoded at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from liif_core.cancel import CancelToken
from liif_core.geometry import Rect
from liif_core.imaging.image import Regions
from liif_core.models.implicit import ImplicitModel


@torch.inference_mode()
def encode_rect(
    model: ImplicitModel, image: Regions, rect: Rect, *, bf16: bool, cancel: CancelToken | None = None
) -> Tensor:
    """Features of a rectangle of the photo.

    The model sees `model.halo` real pixels around the rectangle. Where the photo ends the crop ends too, so zero
    padding happens at the true border and, cut away again, around the halo.

    Args:
        model: On its device, in evaluation mode. One whose `halo` is None sees the whole photo.
        image: The photo.
        rect: Inside the photo.
        bf16: Whether convolutions run in bfloat16.
        cancel: Asked before each layer: a tile takes a large encoder far longer than a person should wait.

    Returns:
        (1, C, rect.height, rect.width) on the model's device, channels last; bfloat16 if `bf16`, else float32.

    Raises:
        Cancelled: `cancel` was set.
    """
    whole = image.size.rect
    crop = whole if model.halo is None else rect.grown(model.halo).intersected(whole)
    device = next(model.parameters()).device
    rgb = torch.from_numpy(image.region(crop)).to(device).permute(2, 0, 1)[None]
    # A copy even of what lies in this order already: oneDNN takes the batch stride that `[None]` leaves for another
    # layout, and every convolution would take almost twice the time.
    inp = model.normalised(rgb).clone(memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16, enabled=bf16), _asking(cancel, model.encoder):
        feat = model.encode(inp)
    inside = rect.shifted(-crop.y, -crop.x)
    # A copy, so that the cache does not hold the halo as well.
    kept = torch.bfloat16 if bf16 else torch.float32
    return feat[(..., *inside.slices)].to(dtype=kept, copy=True, memory_format=torch.channels_last)


@contextlib.contextmanager
def _asking(cancel: CancelToken | None, encoder: nn.Module) -> Iterator[None]:
    """Has every layer of an encoder ask first whether to go on."""
    if cancel is None:
        yield
        return
    leaves = [module for module in encoder.modules() if not any(True for _ in module.children())]
    hooks = [leaf.register_forward_pre_hook(lambda *_: cancel.check()) for leaf in leaves]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
