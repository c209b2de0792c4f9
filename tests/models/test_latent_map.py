"""A convolution at some latents is that part of the convolution of the whole photo."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.models.decoders.latent_map import latent_map
from liif_core.models.decoders.window import FeatureWindow
from tests.models.queried import features

pytestmark = pytest.mark.usefixtures("one_thread")

SOURCE = Size(9, 11)


def kernel(side: int) -> torch.Tensor:
    return torch.randn(4, 3, side, side, generator=torch.Generator().manual_seed(side))


def chosen(limit: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, limit - 1), min_size=1, unique=True).map(sorted)


@settings(max_examples=100)
@given(rows=chosen(SOURCE.height), columns=chosen(SOURCE.width), side=st.sampled_from([1, 3]), extra=st.integers(0, 2))
def test_only_what_is_asked(rows: list[int], columns: list[int], side: int, extra: int) -> None:
    feat, weight = features(SOURCE), kernel(side)
    span = Rect.spanning(rows[0], columns[0], rows[-1] + 1, columns[-1] + 1)
    place = span.grown(side // 2 + extra).intersected(SOURCE.rect)
    window = FeatureWindow(feat[(..., *place.slices)], place, SOURCE)
    got = latent_map(window, weight, torch.tensor(rows), torch.tensor(columns))
    whole = F.conv2d(feat, weight, padding=side // 2)[0].permute(1, 2, 0)
    torch.testing.assert_close(got, whole[rows][:, columns], rtol=0, atol=1e-5)


def test_of_latents_far_apart_nothing_in_between_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    convolve = F.conv2d

    def watched(feat: torch.Tensor, weight: torch.Tensor, *, stride: list[int]) -> torch.Tensor:
        out = convolve(feat, weight, stride=stride)
        sizes.append(tuple(out.shape))
        return out

    monkeypatch.setattr(F, "conv2d", watched)
    window = FeatureWindow.whole(features(Size(50, 60)))
    latent_map(window, kernel(3), torch.arange(0, 50, 10), torch.arange(4, 9))
    assert sizes == [(1, 4, 5, 5)]


def test_latents_that_the_window_lacks_are_told() -> None:
    place = Rect(2, 2, 5, 5)
    window = FeatureWindow(features(Size(5, 5)), place, SOURCE)
    latent_map(window, kernel(3), torch.arange(3, 6), torch.arange(3, 6))
    with pytest.raises(RequestError, match="asked"):
        latent_map(window, kernel(3), torch.arange(3, 7), torch.arange(3, 6))
