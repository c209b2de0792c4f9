"""LIIF's form for training batches against the paper's: values and gradients."""

from __future__ import annotations

import itertools

import pytest
import torch

from liif_core.coords import make_coord
from liif_core.models.decoders.liif import Liif
from tests.models.builders import filled

pytestmark = pytest.mark.usefixtures("one_thread")

FLAGS = list(itertools.product((False, True), repeat=3))
HIDDEN = [[10, 12], [10], []]


def decoder_of(flags: tuple[bool, bool, bool], hidden: list[int]) -> Liif:
    decoder = Liif(3, hidden_list=hidden, local_ensemble=flags[0], feat_unfold=flags[1], cell_decode=flags[2])
    filled(decoder)
    return decoder.double()


def queries(photos: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Anywhere, with cells of their own: (photos, count, 2) each."""
    generator = torch.Generator().manual_seed(2)
    coord = 2 * torch.rand(photos, count, 2, generator=generator) - 1
    return coord, torch.rand(photos, count, 2, generator=generator)


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("flags", FLAGS)
def test_values_and_gradients_are_those_of_the_papers_form(flags: tuple[bool, bool, bool], hidden: list[int]) -> None:
    decoder = decoder_of(flags, hidden)
    coord, cell = queries(2, 60)
    weight = torch.randn(2, 60, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    feat = torch.randn(2, 3, 5, 7, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    results = []
    for form in (lambda x: decoder.query(decoder.unfolded(x), coord, cell), lambda x: decoder.sampled(x, coord, cell)):
        decoder.zero_grad()
        inp = feat.clone().requires_grad_()
        pred = form(inp)
        (pred * weight).sum().backward()
        results.append([pred.detach(), inp.grad, *(parameter.grad for parameter in decoder.parameters())])
    expected, actual = results
    assert all(part is not None and part.abs().max() > 1e-3 for part in expected)
    for one, other in zip(actual, expected, strict=True):
        # Offsets and areas are float32.
        torch.testing.assert_close(one, other, rtol=1e-5, atol=2e-6, check_dtype=False)


def test_every_pixel_of_a_grid_asks_the_same_latents_as_in_the_papers_form() -> None:
    """Whole zooms, where queries fall halfway between latents and rounding decides; and single latents."""
    decoder = decoder_of((True, True, True), [10]).float()
    for source, output in (((4, 6), (8, 24)), ((1, 1), (4, 4)), ((3, 2), (90, 60)), ((48, 48), (96, 96))):
        feat = torch.randn(1, 3, *source, generator=torch.Generator().manual_seed(3))
        coord = make_coord(output)[None]
        cell = torch.tensor([2 / output[0], 2 / output[1]]).expand_as(coord)
        with torch.no_grad():
            expected = decoder.query(decoder.unfolded(feat), coord, cell)
            torch.testing.assert_close(decoder.sampled(feat, coord, cell), expected, rtol=0, atol=1e-5)


def test_bfloat16_is_for_the_products_only() -> None:
    decoder = decoder_of((True, True, True), [32, 32]).float()
    coord, cell = queries(1, 200)
    feat = torch.randn(1, 3, 5, 7, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        exact = decoder.sampled(feat, coord, cell)
        with torch.autocast("cpu", torch.bfloat16):
            rough = decoder.sampled(feat, coord, cell)
    assert rough.dtype == torch.float32
    assert 0 < (rough - exact).abs().mean() < 0.01 * exact.abs().mean()
