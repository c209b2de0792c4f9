"""In which precision a model ships."""

from __future__ import annotations

import pytest
import torch
from bundle_model import as_stored

from liif_core.models.implicit import ImplicitModel
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


def halves(model: ImplicitModel) -> bool:
    return all(torch.equal(weights, weights.half().float()) for weights in model.state_dict().values())


def test_model_ships_in_half_precision_where_no_picture_shows_it() -> None:
    model = heat_model()
    before = {name: weights.clone() for name, weights in model.state_dict().items()}
    stored, storage = as_stored(model)
    assert storage == torch.float16 and halves(stored)
    assert all(torch.equal(weights, before[name]) for name, weights in model.state_dict().items())


def test_model_that_rounding_harms_ships_as_it_is() -> None:
    model = heat_model()
    with torch.no_grad():
        # Large weights that cancel each other.
        for name, weights in model.encoder.named_parameters():
            if name.endswith("weight"):
                weights.add_(300.0)
    stored, storage = as_stored(model)
    assert storage == torch.float32 and stored is model
