"""Makes `liif.npz`: the reference outputs of small checkpoints in the published format."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.models.builders import named_weights
from tests.models.reference import edsr_features, liif_layers, liif_picture

FILE = Path(__file__).with_name("liif.npz")
# No query at these sizes falls halfway between two latents, where float64 and float32 may choose different ones.
SOURCE, OUTPUT = (7, 9), (13, 20)
BLOCKS, FEATURES, HIDDEN = 2, 6, [16, 16]
CASES: Mapping[str, Mapping[str, bool]] = {
    "all": {},
    "no_unfolding": {"feat_unfold": False},
    "no_ensemble": {"local_ensemble": False},
    "no_cell": {"cell_decode": False},
}


def picture() -> NDArray[np.uint8]:
    """A small photo, (h, w, 3)."""
    return np.random.RandomState(11).randint(0, 256, (*SOURCE, 3)).astype(np.uint8)


def official_spec(flags: Mapping[str, bool]) -> dict[str, Any]:
    """`name` and `args` as in a published checkpoint."""
    encoder = {
        "name": "edsr-baseline",
        "args": {"no_upsampling": True, "n_resblocks": BLOCKS, "n_feats": FEATURES},
    }
    imnet = {"name": "mlp", "args": {"out_dim": 3, "hidden_list": HIDDEN}}
    return {"name": "liif", "args": {"encoder_spec": encoder, "imnet_spec": imnet, **flags}}


def official_state(flags: Mapping[str, bool]) -> dict[str, NDArray[np.float32]]:
    """The state dict of a published checkpoint, with the two layers that no one uses."""
    inputs = FEATURES * (9 if flags.get("feat_unfold", True) else 1) + 2 + 2 * flags.get("cell_decode", True)
    shapes: dict[str, tuple[int, ...]] = {"encoder.head.0": (FEATURES, 3, 3, 3)}
    for block in range(BLOCKS):
        for layer in (0, 2):
            shapes[f"encoder.body.{block}.body.{layer}"] = (FEATURES, FEATURES, 3, 3)
    shapes[f"encoder.body.{BLOCKS}"] = (FEATURES, FEATURES, 3, 3)
    sizes = [inputs, *HIDDEN, 3]
    for layer, (ins, outs) in enumerate(itertools.pairwise(sizes)):
        shapes[f"imnet.layers.{2 * layer}"] = (outs, ins)
    shapes |= {"encoder.sub_mean": (3, 3, 1, 1), "encoder.add_mean": (3, 3, 1, 1)}
    state = {}
    for name, shape in shapes.items():
        # A small last layer keeps the outputs inside [0, 1], so that clamping hides nothing.
        gain = 0.8 if name == f"imnet.layers.{2 * len(HIDDEN)}" else 1.7
        state[f"{name}.weight"] = named_weights(f"{name}.weight", shape, gain)
        state[f"{name}.bias"] = named_weights(f"{name}.bias", shape[:1], gain)
    return state


def golden_output(flags: Mapping[str, bool]) -> NDArray[np.float64]:
    """RGB (height, width, 3) in [0, 1], not clamped."""
    state = official_state(flags)
    inp = (picture().transpose(2, 0, 1) / 255 - 0.5) / 0.5
    feat = edsr_features(inp, state, n_resblocks=BLOCKS)
    pred = liif_picture(
        feat,
        liif_layers(state),
        OUTPUT,
        local_ensemble=flags.get("local_ensemble", True),
        feat_unfold=flags.get("feat_unfold", True),
        cell_decode=flags.get("cell_decode", True),
    )
    return (pred * 0.5 + 0.5).transpose(1, 2, 0)


if __name__ == "__main__":
    outputs = {name: golden_output(flags).astype(np.float32) for name, flags in CASES.items()}
    if not all(output.min() > 0 and output.max() < 1 and output.std() > 0.03 for output in outputs.values()):
        raise SystemExit("the outputs leave [0, 1] or are flat; choose other gains")
    np.savez_compressed(FILE, allow_pickle=False, **outputs)
