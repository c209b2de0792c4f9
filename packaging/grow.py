"""Makes larger models that begin with what a smaller one has learned, to be trained on with `--start-from`.

    .venv/bin/python packaging/grow.py LIGHT.safetensors --light GROWN.safetensors
    .venv/bin/python packaging/grow.py PLAIN.safetensors --liif START.safetensors

Widening and deepening that keep the function, as in Net2Net (Chen, Goodfellow and Shlens, ICLR 2016, sections 3.2 and
3.3). The models given have the encoder `light` and the heat-field decoder. `--light` gives them the depth and the width
of EDSR-baseline, and the picture stays the same. `--liif` takes a model without pixel attention, moves what it has
learned into the EDSR-baseline encoder itself, and puts a LIIF decoder on it, which knows nothing of heat fields: it
begins as the bilinear enlargement.

The light encoder ends in tail(blocks(x) + x), EDSR in last(blocks(x)) + x, with x = stem(RGB). So three of the new
channels carry RGB unchanged through all blocks. The last block computes x from them anew and adds it, and the last
convolution takes the skipped x away again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
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


def larger(light: ImplicitModel) -> ImplicitModel:
    """A model with a light encoder of EDSR-baseline's depth and width that computes what `light` does.

    Raises:
        RequestError: It is another model, or as large already.
    """
    small = light.encoder
    if not (isinstance(small, LightEncoder) and isinstance(light.decoder, HeatField) and _is_smaller(small, spare=0)):
        raise RequestError("only a light encoder smaller than EDSR-baseline, with a heat field, grows")
    sizes = {"n_resblocks": BLOCKS, "n_feats": WIDTH, "out_dim": WIDTH}
    encoder_spec = PartSpec("light", {**light.spec.encoder.args, **sizes})
    model = build_model(ModelSpec(encoder_spec, light.spec.decoder, light.spec.norm))
    encoder = model.encoder
    assert isinstance(encoder, LightEncoder), "as specified"
    with torch.no_grad():
        _put(encoder.stem, small.stem)
        _grow_blocks(encoder.blocks, small.blocks)
        _put(encoder.tail, small.tail)
        _grow_field(light.decoder, model.decoder)
    return model


def as_edsr(light: ImplicitModel) -> ImplicitModel:
    """A model with the EDSR-baseline encoder and a heat field that computes what `light` does.

    Args:
        light: With the encoder `light` without pixel attention, narrower by three channels at least and with fewer
            blocks than EDSR-baseline, and a heat field.

    Raises:
        RequestError: It is another model.
    """
    small = light.encoder
    fits = isinstance(small, LightEncoder) and _is_plain(small) and _is_smaller(small, spare=3)
    if not (isinstance(small, LightEncoder) and fits and isinstance(light.decoder, HeatField)):
        raise RequestError(
            "only a light encoder without attention, smaller than EDSR-baseline, with a heat field, fits"
        )
    model = build_model(ModelSpec(PartSpec("edsr-baseline"), light.spec.decoder, light.spec.norm))
    assert isinstance(model.encoder, Edsr), "as specified"
    with torch.no_grad():
        _grow_edsr(small, model.encoder)
        _grow_field(light.decoder, model.decoder)
    return model


def with_liif(model: ImplicitModel) -> ImplicitModel:
    """The encoder of an `as_edsr` model with a LIIF decoder that begins as the bilinear enlargement.

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


def _is_smaller(light: LightEncoder, *, spare: int) -> bool:
    """Than EDSR-baseline, with so many channels to spare."""
    width = max(light.stem.out_channels, light.out_dim)
    return width + spare <= WIDTH and len(light.blocks) < BLOCKS


def _is_plain(light: LightEncoder) -> bool:
    return not any(isinstance(block, AttentiveBlock) for block in light.blocks)


def _grow_edsr(light: LightEncoder, edsr: Edsr) -> None:
    """Old channels first, RGB in the last three; what else is new learns from random features."""
    rgb = _rgb_channels(WIDTH)
    head, last = edsr.head[0], edsr.body[-1]
    blocks = [block for block in edsr.body if isinstance(block, ResBlock)]
    _put(head, light.stem)
    _weight(head)[rgb], _bias(head)[rgb] = _delta(3), 0
    _grow_blocks(blocks, light.blocks)
    _add_stem(light.stem, blocks[-1], rgb)
    _put(last, light.tail)
    # The long skip adds head(RGB) to all channels: away with it where it is not wanted.
    width = light.stem.out_channels
    _weight(last)[:width, rgb] -= _weight(light.stem)
    _bias(last)[:width] -= _bias(light.stem)
    _weight(last)[rgb], _bias(last)[rgb] = 0, 0


def _grow_blocks(blocks: Iterable[nn.Module], old_blocks: Iterable[nn.Module]) -> None:
    """Blocks begin as the identity, with gradients that are not 0; the first ones do what the old ones did."""
    blocks = list(blocks)
    for block in blocks:
        _weight(_conv(block, 2)).zero_()
        _bias(_conv(block, 2)).zero_()
    for block, old in zip(blocks, old_blocks, strict=False):
        for index in (0, 2):
            _put(_conv(block, index), _conv(old, index))
        if isinstance(block, AttentiveBlock) and isinstance(old, AttentiveBlock):
            _put(block.attention, old.attention)


def _grow_field(small: nn.Module, field: nn.Module) -> None:
    """The same waves, of which new latents say nothing yet."""
    for name in ("frequencies", "log_kappa"):
        field.get_parameter(name).copy_(small.get_parameter(name))
    coef, old = field.get_parameter("coef"), small.get_parameter("coef")
    coef.zero_()
    coef[:, :, : old.shape[2]] = old


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
    """Read one model, write others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--light", type=Path, metavar="OUT")
    parser.add_argument("--liif", type=Path, metavar="OUT")
    arguments = parser.parse_args()
    model, card = load_model(arguments.model)
    torch.manual_seed(0)
    if arguments.light is not None:
        save_native(arguments.light, larger(model), card)
    if arguments.liif is not None:
        save_native(arguments.liif, with_liif(as_edsr(model)), ModelCard())


if __name__ == "__main__":
    main()
