"""Slow float64 versions of all decoders, one query at a time, and of the encoders, sharing no code with the core.

LIIF after Chen, Liu and Wang, CVPR 2021, equations 1 to 5 and figure 3; Meta-SR after Hu et al., CVPR 2019, in the
convention of the published LIIF code; the heat field after the equation of its module and Becker et al., arXiv
2311.17643; EDSR after Lim et al., CVPRW 2017, RDN after Zhang et al., CVPR 2018, equations 1 to 10, RCAN after Zhang et
al., ECCV 2018, equations 1 to 12. Positions are in float64; nothing here knows tiles, windows or phases.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def centre(index: int, count: int) -> float:
    """Coordinate of the centre of cell `index` of `count` cells that fill [-1, 1]."""
    return (2 * index + 1) / count - 1


def mlp(x: Array, layers: Sequence[tuple[Array, Array]]) -> Array:
    for number, (weight, bias) in enumerate(layers):
        x = weight @ x + bias
        if number < len(layers) - 1:
            x = np.maximum(x, 0)
    return x


def liif_layers(state: Mapping[str, NDArray[np.float32]]) -> list[tuple[Array, Array]]:
    """(weight, bias) of `imnet.layers.0`, `.2`, ... in order."""
    numbers = sorted(int(key.split(".")[2]) for key in state if key.startswith("imnet.") and key.endswith(".weight"))
    return [
        (state[f"imnet.layers.{i}.weight"].astype(float), state[f"imnet.layers.{i}.bias"].astype(float))
        for i in numbers
    ]


def liif_latent(feat: Array, iy: int, ix: int, *, unfold: bool, kx_before_ky: bool = False) -> list[float]:
    """The latent of one pixel, or its zero-padded 3x3 neighbourhood ordered channel * 9 + 3 * ky + kx."""
    channels, height, width = feat.shape
    if not unfold:
        return [feat[c, iy, ix] for c in range(channels)]
    values = []
    for c, outer, inner in itertools.product(range(channels), (-1, 0, 1), (-1, 0, 1)):
        dy, dx = (inner, outer) if kx_before_ky else (outer, inner)
        y, x = iy + dy, ix + dx
        values.append(feat[c, y, x] if 0 <= y < height and 0 <= x < width else 0.0)
    return values


def liif_query(
    feat: Array,
    layers: Sequence[tuple[Array, Array]],
    coord: tuple[float, float],
    cell: tuple[float, float],
    *,
    local_ensemble: bool,
    feat_unfold: bool,
    cell_decode: bool,
    mistake: str = "",
) -> Array:
    """RGB at one coordinate. `mistake` names a wrong convention to make on purpose."""
    _, height, width = feat.shape
    shifts = [(-1, -1), (-1, 1), (1, -1), (1, 1)] if local_ensemble else [(0, 0)]
    eps = 1e-6 if local_ensemble else 0.0
    preds, areas = [], []
    for shift_y, shift_x in shifts:
        shifted = [coord[0] + shift_y / height + eps, coord[1] + shift_x / width + eps]
        y, x = (min(max(value, -1 + 1e-6), 1 - 1e-6) for value in shifted)
        iy = min(height - 1, max(0, math.floor((y + 1) / 2 * height)))
        ix = min(width - 1, max(0, math.floor((x + 1) / 2 * width)))
        rel_y = (coord[0] - centre(iy, height)) * height
        rel_x = (coord[1] - centre(ix, width)) * width
        latent = liif_latent(feat, iy, ix, unfold=feat_unfold, kx_before_ky=mistake == "unfold order")
        rel = {"rel_coord order": [rel_x, rel_y], "rel_coord sign": [-rel_y, -rel_x]}.get(mistake, [rel_y, rel_x])
        size = [cell[0] * height, cell[1] * width] if cell_decode else []
        if mistake == "cell order":
            size.reverse()
        if mistake == "cell scale":
            size = list(cell)
        parts = [*rel, *latent, *size] if mistake == "rel_coord first" else [*latent, *rel, *size]
        preds.append(mlp(np.array(parts), layers))
        areas.append(abs(rel_y * rel_x) + 1e-9)
    if not local_ensemble:
        return preds[0]
    if mistake != "own area":
        areas.reverse()
    return np.asarray(sum(pred * area for pred, area in zip(preds, areas, strict=True)) / sum(areas))


def liif_picture(
    feat: Array,
    layers: Sequence[tuple[Array, Array]],
    output: tuple[int, int],
    *,
    local_ensemble: bool,
    feat_unfold: bool,
    cell_decode: bool,
    mistake: str = "",
) -> Array:
    """Normalised RGB (3, height, width) of a whole output grid."""
    picture = np.empty((3, *output))
    for row, column in itertools.product(range(output[0]), range(output[1])):
        picture[:, row, column] = liif_query(
            feat,
            layers,
            (centre(row, output[0]), centre(column, output[1])),
            (2 / output[0], 2 / output[1]),
            local_ensemble=local_ensemble,
            feat_unfold=feat_unfold,
            cell_decode=cell_decode,
            mistake=mistake,
        )
    return picture


def metasr_query(
    feat: Array,
    layers: Sequence[tuple[Array, Array]],
    coord: tuple[float, float],
    cell: tuple[float, float],
    *,
    mistake: str = "",
) -> Array:
    """RGB at one coordinate by Meta-SR. `mistake` names a wrong convention to make on purpose."""
    channels, height, width = feat.shape
    extent = (height, width)
    # The place of a query is the upper left corner of its pixel, measured from the corner of a source pixel.
    corner = [coord[axis] - (0 if mistake == "centre of the query" else cell[axis] / 2) for axis in (0, 1)]
    eps = 0 if mistake == "no 1e-6" else 1e-6
    latent, rel = [], []
    for place, count in zip(corner, extent, strict=True):
        clamped = min(max(place + eps, -1 + 1e-6), 1 - 1e-6)
        # Halves to even, which matters only where a query lies on a border: 1e-6 beside it, there are none.
        latent.append(min(count - 1, max(0, round(((clamped + 1) * count - 1) / 2))))
        origin = centre(latent[-1], count) - (0 if mistake == "centre of the latent" else 1 / count)
        rel.append((place - origin) * count / 2)
    if mistake == "rel_coord order":
        rel.reverse()
    size = cell[1] * width / 2 if mistake == "width of the cell" else cell[0] * height / 2
    weights = mlp(np.array([*rel, size]), layers)
    near = np.array(liif_latent(feat, *latent, unfold=True, kx_before_ky=mistake == "unfold order"))
    if mistake == "colour first":
        return np.asarray(weights.reshape(3, channels * 9) @ near)
    return np.asarray(near @ weights.reshape(channels * 9, 3))


def metasr_picture(
    feat: Array, layers: Sequence[tuple[Array, Array]], output: tuple[int, int], *, mistake: str = ""
) -> Array:
    """Normalised RGB (3, height, width) of a whole output grid."""
    picture = np.empty((3, *output))
    for row, column in itertools.product(range(output[0]), range(output[1])):
        coord = (centre(row, output[0]), centre(column, output[1]))
        picture[:, row, column] = metasr_query(feat, layers, coord, (2 / output[0], 2 / output[1]), mistake=mistake)
    return picture


def heat_query(
    latent: Array,
    image: Array,
    state: Mapping[str, NDArray[np.float64]],
    pos: tuple[float, float],
    cell: tuple[float, float],
) -> Array:
    """RGB at one sample position (0 at the centre of the first pixel): bilinear base and four blended fields."""
    _, height, width = latent.shape
    freq, coef, kappa = state["frequencies"], state["coef"], math.exp(float(state["log_kappa"]))
    count = len(freq)
    rgb = np.zeros(3)
    for cy, cx in itertools.product((0, 1), (0, 1)):
        qy, qx = math.floor(pos[0]) + cy, math.floor(pos[1]) + cx
        blend = (1 - abs(pos[0] - qy)) * (1 - abs(pos[1] - qx))
        y, x = min(max(qy, 0), height - 1), min(max(qx, 0), width - 1)
        field = np.zeros(3)
        for k in range(count):
            phase = freq[k, 0] * (pos[0] - qy) + freq[k, 1] * (pos[1] - qx)
            decay = math.exp(-kappa * ((freq[k, 0] * cell[0]) ** 2 + (freq[k, 1] * cell[1]) ** 2))
            sine, cosine = coef[:, k] @ latent[:, y, x], coef[:, count + k] @ latent[:, y, x]
            field += decay * (sine * math.sin(phase) + cosine * math.cos(phase))
        rgb += blend * (field + image[:, y, x])
    return rgb


def heat_picture(
    latent: Array, image: Array, state: Mapping[str, NDArray[np.float64]], output: tuple[int, int]
) -> Array:
    """Normalised RGB (3, height, width) of a whole output grid."""
    cell = (latent.shape[1] / output[0], latent.shape[2] / output[1])
    picture = np.empty((3, *output))
    for row, column in itertools.product(range(output[0]), range(output[1])):
        pos = ((row + 0.5) * cell[0] - 0.5, (column + 0.5) * cell[1] - 0.5)
        picture[:, row, column] = heat_query(latent, image, state, pos, cell)
    return picture


def conv(x: Array, weight: Array, bias: Array) -> Array:
    """Zero-padded cross-correlation, as neural networks call convolution, that keeps the size."""
    _, height, width = x.shape
    kernel = weight.shape[-1]
    border = kernel // 2
    padded = np.pad(x, ((0, 0), (border, border), (border, border)))
    out = np.zeros((len(weight), height, width)) + bias[:, None, None]
    for ky, kx in itertools.product(range(kernel), range(kernel)):
        out += np.tensordot(weight[:, :, ky, kx], padded[:, ky : ky + height, kx : kx + width], 1)
    return out


class Layers:
    """The convolutions of an encoder by the names of the published checkpoints."""

    def __init__(self, state: Mapping[str, NDArray[np.float32]]) -> None:
        self._state = state

    def __call__(self, x: Array, name: str) -> Array:
        weight, bias = (self._state[f"encoder.{name}.{part}"].astype(float) for part in ("weight", "bias"))
        return conv(x, weight, bias)


def edsr_features(
    inp: Array, state: Mapping[str, NDArray[np.float32]], *, n_resblocks: int, res_scale: float = 1.0
) -> Array:
    """EDSR without tail on normalised RGB (3, h, w)."""
    layer = Layers(state)
    head = layer(inp, "head.0")
    x = head
    for block in range(n_resblocks):
        x = x + res_scale * layer(np.maximum(layer(x, f"body.{block}.body.0"), 0), f"body.{block}.body.2")
    return layer(x, f"body.{n_resblocks}") + head


def rdn_features(inp: Array, state: Mapping[str, NDArray[np.float32]], *, n_blocks: int, n_convs: int) -> Array:
    """RDN without tail on normalised RGB (3, h, w)."""
    layer = Layers(state)
    shallow = layer(inp, "SFENet1")
    x = layer(shallow, "SFENet2")
    outputs = []
    for block in range(n_blocks):
        dense = [x]
        for number in range(n_convs):
            grown = layer(np.concatenate(dense), f"RDBs.{block}.convs.{number}.conv.0")
            dense.append(np.maximum(grown, 0))
        x = x + layer(np.concatenate(dense), f"RDBs.{block}.LFF")
        outputs.append(x)
    return layer(layer(np.concatenate(outputs), "GFF.0"), "GFF.1") + shallow


def rcan_features(inp: Array, state: Mapping[str, NDArray[np.float32]], *, n_resgroups: int, n_resblocks: int) -> Array:
    """RCAN without tail on normalised RGB (3, h, w)."""
    layer = Layers(state)
    head = layer(inp, "head.0")
    x = head
    for group in range(n_resgroups):
        start = x
        for block in range(n_resblocks):
            name = f"body.{group}.body.{block}.body"
            residual = layer(np.maximum(layer(x, f"{name}.0"), 0), f"{name}.2")
            mean = residual.mean((1, 2), keepdims=True)
            squeezed = np.maximum(layer(mean, f"{name}.3.conv_du.0"), 0)
            gate = 1 / (1 + np.exp(-layer(squeezed, f"{name}.3.conv_du.2")))
            x = x + residual * gate
        x = start + layer(x, f"body.{group}.body.{n_resblocks}")
    return layer(x, f"body.{n_resgroups}") + head
