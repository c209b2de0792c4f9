"""Makes EDSR-baseline models that begin with what a smaller one has learned, to be trained on with `--start-from`.

    .venv/bin/python packaging/grow_to_edsr.py LIGHT.safetensors --heat-field GROWN.safetensors --liif START.safetensors

Widening and deepening that keep the function, as in Net2Net (Chen, Goodfellow and Shlens, ICLR 2016, sections 3.2 and
3.3). `LIGHT` has the encoder `light` without pixel attention and the heat-field decoder. The first file gets the
EDSR-baseline encoder and a heat field, and gives the same picture as `LIGHT`. The second gets the same encoder and a
LIIF decoder, which knows nothing of heat fields: it begins as the bilinear enlargement.

The light encoder ends in tail(blocks(x) + x), EDSR in last(blocks(x)) + x, with x = stem(RGB). So three of the new
channels carry RGB unchanged through all blocks. The last block computes x from them anew and adds it, and the last
convolution takes the skipped x away again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.native import save_native
from liif_core.errors import RequestError
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.liif import Liif
from liif_core.models.encoders.blocks import ResBlock
from liif_core.models.encoders.edsr import Edsr
from liif_core.models.encoders.light import AttentiveBlock, LightEncoder
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec

# Of EDSR-baseline.
WIDTH, BLOCKS = 64, 16


def grown(light: ImplicitModel) -> ImplicitModel:
    """A model with the EDSR-baseline encoder and a heat field that computes what `light` does.

    Args:
        light: With the encoder `light` without pixel attention, narrower by three channels at least and with fewer
            blocks than EDSR-baseline, and a heat field.

    Raises:
        RequestError: It is another model.
    """
    small = light.decoder
    if not (isinstance(light.encoder, LightEncoder) and isinstance(small, HeatField) and _fits(light.encoder)):
        raise RequestError(
            "only a light encoder without attention, smaller than EDSR-baseline, with a heat field grows"
        )
    model = build_model(ModelSpec(PartSpec("edsr-baseline"), light.spec.decoder, light.spec.norm))
    encoder, decoder = model.encoder, model.decoder
    assert isinstance(encoder, Edsr), "as specified"
    assert isinstance(decoder, HeatField), "as specified"
    with torch.no_grad():
        _grow_encoder(light.encoder, encoder)
        decoder.frequencies.copy_(small.frequencies)
        decoder.log_kappa.copy_(small.log_kappa)
        decoder.coef.zero_()
        decoder.coef[:, :, : small.in_dim] = small.coef
    return model


def with_liif(model: ImplicitModel) -> ImplicitModel:
    """The encoder of a `grown` model with a LIIF decoder that begins as the bilinear enlargement.

    Every corner predicts the RGB that its latent carries; the blend of four corners by area is then bilinear.
    """
    new = build_model(ModelSpec(model.spec.encoder, PartSpec("liif"), model.spec.norm))
    new.encoder.load_state_dict(model.encoder.state_dict())
    assert isinstance(new.decoder, Liif), "as specified"
    first, *hidden, last = new.decoder.imnet.linears
    centre = [9 * channel + 4 for channel in _rgb_channels(WIDTH)]
    with torch.no_grad():
        # Normalised RGB is at least -1: 1 more passes every ReLU.
        first.weight[:3] = 0
        first.weight[range(3), centre] = 1
        first.bias[:3] = 1
        for layer in hidden:
            layer.weight[:3] = 0
            layer.weight[:3, :3] = torch.eye(3)
            layer.bias[:3] = 0
        last.weight.zero_()
        last.weight[:, :3] = torch.eye(3)
        last.bias.fill_(-1)
    return new


def _rgb_channels(width: int) -> list[int]:
    return list(range(width - 3, width))


def _fits(light: LightEncoder) -> bool:
    plain = not any(isinstance(block, AttentiveBlock) for block in light.blocks)
    width = max(light.stem.out_channels, light.out_dim)
    return plain and width + 3 <= WIDTH and len(light.blocks) < BLOCKS


def _grow_encoder(light: LightEncoder, edsr: Edsr) -> None:
    """Old channels first, RGB in the last three; what else is new learns from random features."""
    rgb = _rgb_channels(WIDTH)
    head, last = edsr.head[0], edsr.body[-1]
    blocks = [block for block in edsr.body if isinstance(block, ResBlock)]
    _put(head, light.stem)
    _weight(head)[rgb], _bias(head)[rgb] = _delta(3), 0
    for block in blocks:
        # Blocks begin as the identity, with gradients that are not 0.
        _weight(_conv(block, 2)).zero_()
        _bias(_conv(block, 2)).zero_()
    for block, old in zip(blocks, light.blocks, strict=False):
        for index in (0, 2):
            _put(_conv(block, index), _conv(old, index))
    _add_stem(light.stem, blocks[-1], rgb)
    _put(last, light.tail)
    # The long skip adds head(RGB) to all channels: away with it where it is not wanted.
    width = light.stem.out_channels
    _weight(last)[:width, rgb] -= _weight(light.stem)
    _bias(last)[:width] -= _bias(light.stem)
    _weight(last)[rgb], _bias(last)[rgb] = 0, 0


def _add_stem(stem: nn.Conv2d, block: nn.Module, rgb: list[int]) -> None:
    """Let a residual be stem(RGB): relu(x + c) - c = x, with c beyond any -x that RGB in [-1, 1] can give."""
    width = stem.out_channels
    bound = float(_weight(stem).abs().sum((1, 2, 3)).max() + _bias(stem).abs().max())
    first, second = _conv(block, 0), _conv(block, 2)
    _weight(first)[:width] = 0
    _weight(first)[:width, rgb] = _weight(stem)
    _bias(first)[:width] = _bias(stem) + bound
    _weight(second)[:width, :width] = _delta(width)
    _bias(second)[:width] = -bound


def _put(conv: nn.Module, small: nn.Module) -> None:
    """A smaller convolution in the first channels of a larger one, which nothing new reaches."""
    out_channels, in_channels = _weight(small).shape[:2]
    _weight(conv)[:out_channels] = 0
    _weight(conv)[:out_channels, :in_channels] = _weight(small)
    _bias(conv)[:out_channels] = _bias(small)


def _conv(block: nn.Module, index: int) -> nn.Module:
    assert isinstance(block, ResBlock), "all others are"
    return block.body[index]


def _weight(conv: nn.Module) -> Tensor:
    return conv.get_parameter("weight")


def _bias(conv: nn.Module) -> Tensor:
    return conv.get_parameter("bias")


def _delta(channels: int) -> Tensor:
    """3x3 kernels that copy each channel."""
    kernel = torch.zeros(channels, channels, 3, 3)
    kernel[torch.arange(channels), torch.arange(channels), 1, 1] = 1
    return kernel


def main() -> None:
    """Read one model, write one or two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("light", type=Path)
    parser.add_argument("--heat-field", type=Path, required=True)
    parser.add_argument("--liif", type=Path)
    arguments = parser.parse_args()
    light, card = load_model(arguments.light)
    torch.manual_seed(0)
    model = grown(light)
    save_native(arguments.heat_field, model, card)
    if arguments.liif is not None:
        save_native(arguments.liif, with_liif(model), ModelCard())


if __name__ == "__main__":
    main()
