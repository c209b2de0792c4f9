"""Meta-SR's quick form gives what its plain form gives."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders import hoisted_metasr
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.metasr import MetaSr
from liif_core.models.decoders.pixel_form import display_bytes, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import DataNorm
from tests.models.builders import filled
from tests.models.queried import assert_close, decoded, features, grid_of, queried

pytestmark = pytest.mark.usefixtures("one_thread")


def decoder_of(channels: int = 3) -> MetaSr:
    decoder = MetaSr(channels)
    filled(decoder, gain=1.0)
    return decoder.eval().requires_grad_(False)


SMALL = decoder_of()


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (Size(5, 7), Size(13, 11)),
        (Size(5, 7), Size(10, 21)),  # whole and unequal: corners of pixels fall on borders of latents
        (Size(6, 3), Size(7, 25)),
        (Size(5, 6), Size(5, 6)),
        (Size(3, 2), Size(90, 61)),
        (Size(1, 1), Size(4, 5)),
        (Size(1, 6), Size(5, 16)),
        (Size(9, 4), Size(4, 9)),  # one side reduced
        (Size(23, 19), Size(4, 3)),  # both, so that latents are skipped
    ],
)
def test_quick_form_equals_plain_form(source: Size, output: Size) -> None:
    feat = features(source)
    expected = queried(SMALL, feat, output)
    assert expected.std() > 0.05
    assert_close(decoded(SMALL, feat, output), expected)


@settings(max_examples=100)
@given(data=st.data())
def test_any_window_that_covers_the_footprint_is_enough(data: st.DataObject) -> None:
    side, many = st.integers(1, 12), st.integers(1, 50)
    source, output = Size(data.draw(side), data.draw(side)), Size(data.draw(many), data.draw(many))
    top, left = data.draw(st.integers(0, output.height - 1)), data.draw(st.integers(0, output.width - 1))
    height = data.draw(st.integers(1, output.height - top))
    rect = Rect(top, left, height, data.draw(st.integers(1, output.width - left)))
    feat = features(source)
    part = decoded(SMALL, feat, output, rect, margin=SMALL.margin + grid_of(feat, output).reach)
    assert_close(part, queried(SMALL, feat, output, rect))


def test_a_window_that_is_too_small_is_refused() -> None:
    with pytest.raises(RequestError, match="features"):
        decoded(SMALL, features(Size(12, 12)), Size(48, 48), Rect(20, 20, 8, 8), margin=-1)


@pytest.mark.parametrize(("latents", "pixels"), [(1, 1), (1, 4096), (9, 30), (2048, 1)])
def test_bands_and_blocks_make_up_the_whole(latents: int, pixels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    feat, output = features(Size(5, 7)), Size(29, 31)
    whole = decoded(SMALL, feat, output)
    monkeypatch.setattr(hoisted_metasr, "BAND_LATENTS", latents)
    monkeypatch.setattr(hoisted_metasr, "BLOCK_PIXELS", pixels)
    assert_close(decoded(SMALL, feat, output), whole, 2e-6)


def test_a_crop_of_a_huge_grid_takes_no_more_than_its_own_pixels() -> None:
    # All places of its columns would be terabytes.
    feat, output = features(Size(4, 5)), Size(9, 1 << 40)
    decoder, rect = decoder_of(), Rect(2, 1 << 39, 5, 6)
    assert_close(decoded(decoder, feat, output, rect), queried(decoder, feat, output, rect))


def test_tiles_make_up_the_whole() -> None:
    feat, output = features(Size(11, 14)), Size(29, 51)
    whole = decoded(SMALL, feat, output)
    for top, left in itertools.product(range(0, 29, 7), range(0, 51, 13)):
        rect = Rect(top, left, 7, 13).intersected(output.rect)
        assert_close(decoded(SMALL, feat, output, rect, margin=SMALL.margin), whole[(slice(None), *rect.slices)], 2e-6)


@pytest.mark.parametrize(("source", "output"), [(Size(12, 14), Size(48, 56)), (Size(9, 5), Size(23, 150))])
def test_bfloat16_is_within_a_step_of_eight_bits(source: Size, output: Size) -> None:
    decoder, feat = decoder_of(64), features(source, channels=64)
    # Linear in the features: as far as pictures range.
    feat *= 0.5 / queried(decoder, feat, output).std()
    expected = queried(decoder, feat, output)
    assert_close(decoded(decoder, feat, output), expected)
    difference = (decoded(decoder, feat.bfloat16(), output) - expected) / 2
    assert 1e-5 < difference.abs().max() < 1 / 255
    assert difference.square().mean().sqrt() < 0.3 / 255


def test_pixels_come_in_any_form() -> None:
    feat, norm = features(Size(5, 7)), DataNorm(0.4, 0.3)
    grid, window = OutputGrid(Size(5, 7), Size(13, 11)), FeatureWindow.whole(feat)
    arithmetic = Arithmetic(torch.float32, feat.device)
    values = SMALL.at(grid, rgb_values(norm), arithmetic)(window, grid.output.rect)
    assert_close(values, queried(SMALL, feat, grid.output).permute(1, 2, 0) * 0.3 + 0.4)
    shown = SMALL.at(grid, display_bytes(norm), arithmetic)(window, grid.output.rect)
    assert shown.dtype == torch.uint8
    assert (shown[..., :3].flip(-1) - (values * 255).clamp(0, 255)).abs().max() < 0.501


def test_work_that_is_computed_for_a_pixel() -> None:
    assert MetaSr(64).computed_multiply_adds(16) == 3 * 256 + 64 * 9 * 3 * 257 / 16
    assert 16384 <= MetaSr(64).chunk_pixels <= 18000
