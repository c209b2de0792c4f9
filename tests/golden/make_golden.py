"""Makes `liif.npz` and `combinations.npz`: the reference outputs of small checkpoints in the published format."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.models.builders import named_weights
from tests.models.reference import (
    Array,
    edsr_features,
    liif_layers,
    liif_picture,
    metasr_picture,
    rcan_features,
    rdn_features,
)

FILE = Path(__file__).with_name("liif.npz")
COMBINATIONS_FILE = Path(__file__).with_name("combinations.npz")
# No query at these sizes falls halfway between two latents, where float64 and float32 may choose different ones.
SOURCE, OUTPUT = (7, 9), (13, 20)
BLOCKS, FEATURES, HIDDEN = 2, 6, [16, 16]
GROUPS, REDUCTION = 2, 3
CASES: Mapping[str, Mapping[str, bool]] = {
    "all": {},
    "no_unfolding": {"feat_unfold": False},
    "no_ensemble": {"local_ensemble": False},
    "no_cell": {"cell_decode": False},
}
# Arguments in a checkpoint, and channels of the features. The depth of RDN is fixed by its configuration.
ENCODERS: Mapping[str, tuple[Mapping[str, Any], int]] = {
    "edsr-baseline": ({"n_resblocks": BLOCKS, "n_feats": FEATURES}, FEATURES),
    "edsr": ({"n_resblocks": BLOCKS, "n_feats": FEATURES}, FEATURES),
    "rdn": ({"G0": 4, "RDNconfig": "A"}, 4),
    "rcan": ({"n_resgroups": GROUPS, "n_resblocks": BLOCKS, "n_feats": FEATURES, "reduction": REDUCTION}, FEATURES),
}
RDN_BLOCKS, RDN_CONVS, RDN_GROWTH = 20, 6, 32
COMBINATIONS = [(encoder, model) for encoder in ENCODERS for model in ("liif", "metasr")]


def picture() -> NDArray[np.uint8]:
    """A small photo, (h, w, 3)."""
    return np.random.RandomState(11).randint(0, 256, (*SOURCE, 3)).astype(np.uint8)


def official_spec(flags: Mapping[str, bool], encoder: str = "edsr-baseline", model: str = "liif") -> dict[str, Any]:
    """`name` and `args` as in a published checkpoint."""
    args: dict[str, Any] = {"encoder_spec": {"name": encoder, "args": {"no_upsampling": True, **ENCODERS[encoder][0]}}}
    if model == "liif":
        args["imnet_spec"] = {"name": "mlp", "args": {"out_dim": 3, "hidden_list": HIDDEN}}
    return {"name": model, "args": {**args, **flags}}


def encoder_shapes(encoder: str) -> dict[str, tuple[int, ...]]:
    """Shapes of the weights of each layer, by the names in published checkpoints."""
    width = ENCODERS[encoder][1]
    square = (width, width, 3, 3)
    if encoder == "rdn":
        shapes = {"SFENet1": (width, 3, 3, 3), "SFENet2": square}
        for block in range(RDN_BLOCKS):
            for layer in range(RDN_CONVS):
                shapes[f"RDBs.{block}.convs.{layer}.conv.0"] = (RDN_GROWTH, width + layer * RDN_GROWTH, 3, 3)
            shapes[f"RDBs.{block}.LFF"] = (width, width + RDN_CONVS * RDN_GROWTH, 1, 1)
        return {**shapes, "GFF.0": (width, RDN_BLOCKS * width, 1, 1), "GFF.1": square}
    shapes = {"head.0": (width, 3, 3, 3), "sub_mean": (3, 3, 1, 1), "add_mean": (3, 3, 1, 1)}
    if encoder != "rcan":
        shapes |= {f"body.{block}.body.{layer}": square for block in range(BLOCKS) for layer in (0, 2)}
        return {**shapes, f"body.{BLOCKS}": square}
    for group in range(GROUPS):
        for block in range(BLOCKS):
            name = f"body.{group}.body.{block}.body"
            shapes |= {f"{name}.0": square, f"{name}.2": square}
            shapes[f"{name}.3.conv_du.0"] = (width // REDUCTION, width, 1, 1)
            shapes[f"{name}.3.conv_du.2"] = (width, width // REDUCTION, 1, 1)
        shapes[f"body.{group}.body.{BLOCKS}"] = square
    return {**shapes, f"body.{GROUPS}": square}


def official_state(
    flags: Mapping[str, bool], encoder: str = "edsr-baseline", model: str = "liif"
) -> dict[str, NDArray[np.float32]]:
    """The state dict of a published checkpoint, with the two layers that no one uses."""
    shapes = {f"encoder.{name}": shape for name, shape in encoder_shapes(encoder).items()}
    width = ENCODERS[encoder][1]
    if model == "metasr":
        sizes = [3, 256, width * 9 * 3]
    else:
        inputs = width * (9 if flags.get("feat_unfold", True) else 1) + 2 + 2 * flags.get("cell_decode", True)
        sizes = [inputs, *HIDDEN, 3]
    for layer, (ins, outs) in enumerate(itertools.pairwise(sizes)):
        shapes[f"imnet.layers.{2 * layer}"] = (outs, ins)
    state = {}
    for name, shape in shapes.items():
        # A small last layer keeps the outputs inside [0, 1], so that clamping hides nothing; the blocks of RDN add up.
        gain = 1.7
        if name == f"imnet.layers.{2 * (len(sizes) - 2)}":
            gain = 0.1 if model == "metasr" else 0.8
        elif encoder == "rdn" and name.startswith("encoder."):
            gain = 1.2
        state[f"{name}.weight"] = named_weights(f"{name}.weight", shape, gain)
        state[f"{name}.bias"] = named_weights(f"{name}.bias", shape[:1], gain)
    return state


def encoded(encoder: str, inp: Array, state: Mapping[str, NDArray[np.float32]]) -> Array:
    """Features of normalised RGB (3, h, w)."""
    if encoder == "rdn":
        return rdn_features(inp, state, n_blocks=RDN_BLOCKS, n_convs=RDN_CONVS)
    if encoder == "rcan":
        return rcan_features(inp, state, n_resgroups=GROUPS, n_resblocks=BLOCKS)
    return edsr_features(inp, state, n_resblocks=BLOCKS, res_scale=0.1 if encoder == "edsr" else 1.0)


def golden_output(flags: Mapping[str, bool], encoder: str = "edsr-baseline", model: str = "liif") -> Array:
    """RGB (height, width, 3) in [0, 1], not clamped."""
    state = official_state(flags, encoder, model)
    inp = (picture().transpose(2, 0, 1) / 255 - 0.5) / 0.5
    feat = encoded(encoder, inp, state)
    if model == "metasr":
        pred = metasr_picture(feat, liif_layers(state), OUTPUT)
    else:
        pred = liif_picture(
            feat,
            liif_layers(state),
            OUTPUT,
            local_ensemble=flags.get("local_ensemble", True),
            feat_unfold=flags.get("feat_unfold", True),
            cell_decode=flags.get("cell_decode", True),
        )
    return (pred * 0.5 + 0.5).transpose(1, 2, 0)


def combination_name(encoder: str, model: str) -> str:
    """Of a case in `combinations.npz`."""
    return f"{encoder}-{model}"


def save(file: Path, outputs: Mapping[str, Array]) -> None:
    """Write the outputs as float32, if they are of use."""
    if not all(output.min() > 0 and output.max() < 1 and output.std() > 0.03 for output in outputs.values()):
        raise SystemExit("the outputs leave [0, 1] or are flat; choose other gains")
    np.savez_compressed(
        file, allow_pickle=False, **{name: output.astype(np.float32) for name, output in outputs.items()}
    )


if __name__ == "__main__":
    save(FILE, {name: golden_output(flags) for name, flags in CASES.items()})
    save(COMBINATIONS_FILE, {combination_name(*case): golden_output({}, *case) for case in COMBINATIONS})
