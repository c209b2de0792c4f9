"""LIIF's quick form gives what its plain form gives: for all flags, sizes, windows, precisions and ways to compute."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders import corner_sums, hoisted_liif, pointwise
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.liif import Liif
from liif_core.models.decoders.pixel_form import display_bytes, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import DataNorm
from tests.models.builders import filled
from tests.models.queried import assert_close, decoded, decoded_window, features, grid_of, queried

pytestmark = pytest.mark.usefixtures("one_thread")

OFF_OR_ON = (False, True)
FLAGS = [(ensemble, unfold, cell) for ensemble in OFF_OR_ON for unfold in OFF_OR_ON for cell in OFF_OR_ON]
SIZES = [
    (Size(5, 7), Size(13, 11)),  # fractional, unequal
    (Size(4, 6), Size(8, 24)),  # whole, unequal
    (Size(5, 5), Size(15, 15)),  # odd, where queries fall on the centres of latents
    (Size(5, 6), Size(5, 6)),
    (Size(3, 2), Size(61, 60)),
    (Size(1, 1), Size(4, 5)),
    (Size(1, 6), Size(5, 16)),
    (Size(9, 4), Size(4, 9)),  # one side reduced
    (Size(23, 19), Size(4, 3)),  # both, so that latents are skipped
]


def decoder_of(
    flags: tuple[bool, bool, bool] = (True, True, True), *, hidden: Sequence[int] = (10, 9), channels: int = 3
) -> Liif:
    ensemble, unfold, cell = flags
    decoder = Liif(channels, hidden_list=hidden, local_ensemble=ensemble, feat_unfold=unfold, cell_decode=cell)
    filled(decoder)
    return decoder.eval().requires_grad_(False)


@dataclass(frozen=True)
class Case:
    decoder: Liif
    feat: torch.Tensor
    output: Size
    rect: Rect


@st.composite
def cases(draw: st.DrawFn) -> Case:
    side, many = st.integers(1, 12), st.integers(1, 50)
    source, output = Size(draw(side), draw(side)), Size(draw(many), draw(many))
    top, left = draw(st.integers(0, output.height - 1)), draw(st.integers(0, output.width - 1))
    height, width = draw(st.integers(1, output.height - top)), draw(st.integers(1, output.width - left))
    decoder = decoder_of(draw(st.sampled_from(FLAGS)), hidden=draw(st.sampled_from([(), (7,), (6, 5)])))
    return Case(decoder, features(source), output, Rect(top, left, height, width))


@pytest.mark.parametrize(("source", "output"), SIZES)
@pytest.mark.parametrize("flags", FLAGS)
def test_quick_form_equals_plain_form(flags: tuple[bool, bool, bool], source: Size, output: Size) -> None:
    decoder, feat = decoder_of(flags), features(source)
    expected = queried(decoder, feat, output)
    assert expected.std() > 0.05
    assert_close(decoded(decoder, feat, output), expected)


@pytest.mark.parametrize("hidden", [(), (1,), (6,), (6, 8, 4, 5)])
def test_any_hidden_layers(hidden: Sequence[int]) -> None:
    decoder, feat = decoder_of(hidden=hidden), features(Size(5, 7))
    assert_close(decoded(decoder, feat, Size(13, 11)), queried(decoder, feat, Size(13, 11)))


def test_the_papers_mlp() -> None:
    decoder, feat = decoder_of(hidden=[256] * 4, channels=64), features(Size(9, 8), channels=64)
    expected = queried(decoder, feat, Size(36, 33))
    assert 0.2 < expected.std() < 1
    assert_close(decoded(decoder, feat, Size(36, 33)), expected)


@settings(max_examples=150)
@given(case=cases())
def test_any_window_that_covers_the_footprint_is_enough(case: Case) -> None:
    margin = case.decoder.margin + grid_of(case.feat, case.output).reach
    part = decoded(case.decoder, case.feat, case.output, case.rect, margin=margin)
    assert_close(part, queried(case.decoder, case.feat, case.output, case.rect))


def test_zeros_are_beyond_the_photo_only() -> None:
    decoder, feat, output = decoder_of(), features(Size(12, 12)), Size(48, 48)
    inside = Rect(20, 20, 8, 8)
    tight = decoded(decoder, feat, output, inside, margin=decoder.margin)
    assert_close(tight, queried(decoder, feat, output, inside))
    # A crop that ends where the window ends has its zeros there.
    crop = grid_of(feat, output).footprint(inside, margin=decoder.margin)
    cut = FeatureWindow.whole(feat[(..., *crop.slices)])
    grid = OutputGrid(cut.source, Size(4 * crop.height, 4 * crop.width))
    border = decoded_window(decoder, cut, grid, Rect(0, 0, 8, 8))
    assert (border - queried(decoder, feat, output, Rect(4 * crop.y, 4 * crop.x, 8, 8))).abs().max() > 0.01


def test_a_window_that_is_too_small_is_refused() -> None:
    decoder, feat, output = decoder_of(), features(Size(12, 12)), Size(48, 48)
    with pytest.raises(RequestError, match="features"):
        decoded(decoder, feat, output, Rect(20, 20, 8, 8), margin=decoder.margin - 2)


@pytest.mark.parametrize("block", [4, 40, 44, 400])
def test_blocks_make_up_the_whole(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder, feat, output = decoder_of(), features(Size(5, 7)), Size(13, 11)
    whole = decoded(decoder, feat, output)
    monkeypatch.setattr(hoisted_liif, "CPU_BLOCK", block)
    assert_close(decoded(decoder, feat, output), whole, 1e-6)


def test_a_crop_of_a_huge_grid_takes_no_more_than_its_own_pixels() -> None:
    # All places of its columns would be terabytes.
    feat, output = features(Size(4, 5)), Size(9, 1 << 40)
    decoder, rect = decoder_of(), Rect(2, 1 << 39, 5, 6)
    assert_close(decoded(decoder, feat, output, rect), queried(decoder, feat, output, rect))


def test_tiles_make_up_the_whole() -> None:
    decoder, feat, output = decoder_of(), features(Size(11, 14)), Size(29, 51)
    whole = decoded(decoder, feat, output)
    for top, left in itertools.product(range(0, 29, 7), range(0, 51, 13)):
        rect = Rect(top, left, 7, 13).intersected(output.rect)
        part = decoded(decoder, feat, output, rect, margin=decoder.margin)
        assert_close(part, whole[(slice(None), *rect.slices)], 1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("flags", FLAGS)
def test_devices_without_bags_and_onednn_give_the_same(
    flags: tuple[bool, bool, bool], dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder, feat, output = decoder_of(flags, hidden=[32, 24]), features(Size(5, 7)).to(dtype), Size(13, 11)
    expected = decoded(decoder, feat, output)
    monkeypatch.setattr(corner_sums, "_has_bags", lambda device: False)
    monkeypatch.setattr(pointwise, "_HAS_ONEDNN", False)
    assert_close(decoded(decoder, feat, output), expected, 1e-6 if dtype == torch.float32 else 0.02)


@pytest.mark.parametrize(("source", "output"), [(Size(12, 14), Size(48, 56)), (Size(9, 5), Size(23, 150))])
def test_bfloat16_is_within_a_step_of_eight_bits(source: Size, output: Size) -> None:
    decoder = decoder_of(hidden=[256] * 4, channels=64)
    feat = features(source, channels=64)
    expected = queried(decoder, feat, output)
    # As far as pictures range: pixel values are half of it.
    assert 0.3 < expected.std() < 0.7
    shown = decoded(decoder, feat.bfloat16(), output)
    difference = (shown - expected) / 2
    assert shown.dtype == torch.float32
    assert 1e-5 < difference.abs().max() < 1 / 255
    assert difference.square().mean().sqrt() < 0.2 / 255


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_features_and_weights_stay_as_they_are(dtype: torch.dtype) -> None:
    decoder, feat = decoder_of(), features(Size(5, 7)).to(dtype)
    before = [feat.clone(), *(parameter.clone() for parameter in decoder.parameters())]
    decoded(decoder, feat, Size(13, 11))
    for was, now in zip(before, [feat, *decoder.parameters()], strict=True):
        assert torch.equal(was, now)


@pytest.mark.parametrize("hidden", [(), (10,)])
def test_pixels_come_in_any_form(hidden: Sequence[int]) -> None:
    decoder, feat, norm = decoder_of(hidden=hidden), features(Size(5, 7)), DataNorm(0.4, 0.3)
    grid, window = OutputGrid(Size(5, 7), Size(13, 11)), FeatureWindow.whole(feat)
    arithmetic = Arithmetic(torch.float32, feat.device)
    values = decoder.at(grid, rgb_values(norm), arithmetic)(window, grid.output.rect)
    plain = queried(decoder, feat, grid.output)
    assert_close(values, plain.permute(1, 2, 0) * 0.3 + 0.4)
    shown = decoder.at(grid, display_bytes(norm), arithmetic)(window, grid.output.rect)
    assert shown.dtype == torch.uint8
    assert (shown[..., 3] == 255).all()
    assert (shown[..., :3].flip(-1) - (values * 255).clamp(0, 255)).abs().max() < 0.501


def test_a_decoder_of_a_grid_serves_many_rectangles_and_photos() -> None:
    decoder, output = decoder_of(), Size(13, 11)
    photos = [features(Size(5, 7), seed=seed) for seed in (1, 2)]
    ready = decoder.at(
        grid_of(photos[0], output), rgb_values(DataNorm(0, 1)), Arithmetic(torch.float32, photos[0].device)
    )
    for rect, feat in itertools.product([Rect(0, 0, 13, 11), Rect(2, 3, 1, 1), Rect(5, 0, 8, 4)], photos):
        pixels = ready(FeatureWindow.whole(feat), rect).permute(2, 0, 1)
        assert_close(pixels, queried(decoder, feat, output, rect))


def test_work_that_is_computed_for_a_pixel() -> None:
    hidden, last, blend = 3 * 256**2, 3 * 256, 4 * 256
    assert Liif(64).computed_multiply_adds(16) == 4 * hidden + blend + last + 9 * 64 * 256 / 16
    single = Liif(64, local_ensemble=False, feat_unfold=False)
    assert single.computed_multiply_adds(1) == hidden + 256 + last + 64 * 256
    assert Liif(8, hidden_list=[]).computed_multiply_adds(4) == 4 * 3 + 9 * 8 * 3 / 4


@pytest.mark.parametrize(("decoder", "least", "most"), [(Liif(64), 8192, 9000), (decoder_of(), 32768, 32768)])
def test_chunks_are_as_large_as_their_work_allows(decoder: Liif, least: int, most: int) -> None:
    assert least <= decoder.chunk_pixels <= most
