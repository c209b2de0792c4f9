"""The heat field's equation and conventions, its choice of a fast path, and its drafts."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.collapsed import MAX_CLASSES, MAX_PHASES, AnyZoom, RationalZoom
from liif_core.models.decoders.field import Field
from liif_core.models.decoders.heat_field import DEEP_ZOOM, HeatField
from liif_core.models.decoders.window import FeatureWindow
from tests.models.heat_equation import (
    CHANNELS,
    FLOAT32,
    NORMALISED,
    decoded,
    directly,
    equation,
    field_of,
    latents,
    state_of,
)
from tests.models.reference import heat_picture

pytestmark = pytest.mark.usefixtures("one_thread")


def shown(decoder: HeatField, feat: torch.Tensor, output: Size, rect: Rect | None = None) -> NDArray[np.float64]:
    """Decoded in the way that the decoder chooses."""
    return decoded(HeatField.at, decoder, feat, output, rect)


@pytest.mark.parametrize(
    ("source", "output"), [(Size(3, 4), Size(6, 12)), (Size(4, 3), Size(7, 11)), (Size(5, 4), Size(3, 9))]
)
def test_equation_for_many_pixels_is_the_one_for_a_query(source: Size, output: Size) -> None:
    """What all other tests compare with; the reference goes query by query and frequency by frequency."""
    decoder, feat = field_of(), latents(source)
    both = feat[0].double().numpy()
    slow = heat_picture(both[:CHANNELS], both[CHANNELS:], state_of(decoder), (output.height, output.width))
    np.testing.assert_allclose(directly(decoder, feat, output), np.moveaxis(slow, 0, 2), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("source", "output", "way"),
    [
        (Size(3, 4), Size(12, 16), RationalZoom),
        (Size(4, 6), Size(8, 18), RationalZoom),  # whole but unequal
        (Size(8, 8), Size(10, 14), RationalZoom),
        (Size(8, 6), Size(4, 9), RationalZoom),  # one side reduced
        (Size(2, 3), Size(2 * MAX_PHASES, 3 * MAX_PHASES), RationalZoom),
        (Size(2, 3), Size(2 * (MAX_PHASES + 1), 3 * 8), AnyZoom),
        (Size(MAX_CLASSES + 1, 4), Size(MAX_CLASSES + 2, 8), AnyZoom),
        (Size(5, 7), Size(13, 18), AnyZoom),
        (Size(9, 4), Size(4, 9), AnyZoom),
    ],
)
def test_small_fractions_are_decoded_in_one_way_and_all_else_in_the_other(
    source: Size, output: Size, way: type[RationalZoom | AnyZoom]
) -> None:
    decoder, feat = field_of(), latents(source)
    assert type(decoder.at(OutputGrid(source, output), NORMALISED, FLOAT32)) is way
    np.testing.assert_allclose(shown(decoder, feat, output), directly(decoder, feat, output), rtol=0, atol=2e-4)


@pytest.mark.parametrize("output", [Size(12, 15), Size(13, 17)], ids=["rational", "any"])
@pytest.mark.parametrize(
    "mistake", ["rows for columns", "sines for cosines", "sign of the offset", "without the corners' blend"]
)
def test_a_wrong_convention_would_show(mistake: str, output: Size) -> None:
    decoder, feat = field_of(), latents(Size(4, 5))
    right = shown(decoder, feat, output)
    with torch.no_grad():
        if mistake == "rows for columns":
            decoder.frequencies.copy_(decoder.frequencies.flip(1))
        elif mistake == "sines for cosines":
            decoder.coef.copy_(decoder.coef.roll(len(decoder.frequencies), 1))
        elif mistake == "sign of the offset":
            decoder.frequencies.neg_()
        else:
            feat = F.interpolate(feat, scale_factor=3.0, mode="nearest")
    assert np.abs(shown(decoder, feat, output) - right).max() > 1e-2


def test_an_untrained_field_is_faint_and_its_waves_fill_a_disc() -> None:
    torch.manual_seed(0)
    decoder = HeatField(16, n_frequencies=4096, max_frequency=5.0)
    radius = decoder.frequencies.detach().norm(dim=1) / 5.0
    assert float(radius.max()) <= 1
    # Of a disc, the part within half of its radius is a quarter.
    within = [float((radius < share).float().mean()) for share in (0.25, 0.5, 0.75)]
    assert within == pytest.approx([1 / 16, 1 / 4, 9 / 16], abs=0.02)
    # The first pictures are the bilinear enlargement.
    assert float(decoder.coef.detach().std()) == pytest.approx(1e-3, rel=0.05)


def test_parameters_learned_since_are_those_decoded_with() -> None:
    decoder, feat, output = field_of(), latents(Size(4, 5)), Size(12, 15)
    before = shown(decoder, feat, output)
    with torch.no_grad():
        decoder.coef.mul_(2)
        decoder.log_kappa.add_(0.5)
    after = shown(decoder, feat, output)
    np.testing.assert_allclose(after, directly(decoder, feat, output), rtol=0, atol=2e-5)
    assert np.abs(after - before).max() > 1e-2


@pytest.mark.parametrize("output", [Size(8, 10), Size(9, 11)], ids=["rational", "any"])
def test_decoding_for_display_holds_no_gradients(output: Size) -> None:
    """A prepared decoder is kept for long; a graph would keep every intermediate value with it."""
    decoder, feat = field_of(), latents(Size(4, 5))
    grid = OutputGrid(Size(4, 5), output)
    pixels = decoder.at(grid, NORMALISED, FLOAT32)(FeatureWindow.whole(feat), output.rect)
    assert decoder.field.coef.requires_grad
    assert not pixels.requires_grad


@pytest.mark.parametrize("scale", [Fraction(text) for text in ("1", "4/3", "3/2", "5/3", "2", "7/2", "4")])
def test_dense_decoding_for_training_equals_decoding_for_display(scale: Fraction) -> None:
    p, q = scale.numerator, scale.denominator
    decoder = field_of()
    feat = torch.cat([latents(Size(6 * q, 4 * q)), latents(Size(6 * q, 4 * q), seed=8)])
    output = Size(6 * p, 4 * p)
    with torch.inference_mode():
        field = decoder.decode_dense(feat[:, :CHANNELS], numerator=p, denominator=q)
        base = F.interpolate(feat[:, CHANNELS:], size=(output.height, output.width), mode="bilinear")
    assert field.shape == (2, 3, output.height, output.width)
    assert field.std() > 0.05
    for index in range(2):
        displayed = shown(decoder, feat[index : index + 1], output)
        trained = (base + field)[index].permute(1, 2, 0).numpy()
        np.testing.assert_allclose(trained, displayed, rtol=0, atol=1e-5)


def test_dense_decoding_trains_every_parameter() -> None:
    decoder = field_of()
    latent = latents(Size(6, 6))[:, :CHANNELS].requires_grad_()
    decoder.decode_dense(latent, numerator=3, denominator=2).pow(2).mean().backward()
    for name, parameter in decoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name
    assert latent.grad is not None
    assert latent.grad.abs().max() > 0


@pytest.mark.parametrize("zoom", [240, 97])
def test_picture_is_continuous_across_cells_at_deep_zoom(zoom: int) -> None:
    """Steps between neighbouring pixels shrink with the zoom, also from one quad of latents to the next."""
    decoder, feat = field_of(), latents(Size(4, 4))
    output = Size(4 * zoom, 4 * zoom)
    line = shown(decoder, feat, output, Rect(2 * zoom + 5, 0, 1, output.width))[0]
    steps = np.abs(np.diff(line, axis=0))
    position = (np.arange(output.width) + 0.5) / zoom - 0.5
    borders = np.floor(position[1:]) != np.floor(position[:-1])
    assert borders.sum() == 4
    assert steps[borders].max() <= 1.2 * steps[~borders].max()
    assert steps.max() < 30 / zoom


@pytest.mark.parametrize("output", [Size(10, 15), Size(13, 17), Size(150, 225)])
def test_constant_photo_with_zero_latents_stays_constant(output: Size) -> None:
    colour = torch.tensor([0.25, -0.5, 0.75])
    feat = torch.cat([torch.zeros(1, CHANNELS, 5, 6), colour[None, :, None, None].expand(1, 3, 5, 6)], dim=1)
    picture = shown(field_of(), feat, output)
    # Where zooms are not small fractions, what the basis leaves out touches the base as well.
    np.testing.assert_allclose(picture, np.broadcast_to(colour.numpy(), picture.shape), rtol=0, atol=1e-5)


@pytest.mark.parametrize("frequency", [(3.0, 0.0), (0.0, 3.0), (2.0, -5.0)])
def test_prefilter_is_the_heat_equations(frequency: tuple[float, float]) -> None:
    """One sinusoid fades by exp(-kappa (w_y^2 c_h^2 + w_x^2 c_w^2))."""
    decoder = HeatField(1, n_frequencies=1).double()
    with torch.no_grad():
        decoder.frequencies.copy_(torch.tensor([frequency]))
        decoder.coef.fill_(1.0)
    phase = torch.tensor([0.3], dtype=torch.float64)
    kappa = math.sqrt(math.log(4)) / (2 * math.pi**2)
    assert decoder.log_kappa.exp().item() == pytest.approx(kappa)
    with torch.inference_mode():
        sharp = decoder.field.kernel(phase, phase, cell=(0.0, 0.0))
        for cell in ((1.0, 1.0), (0.5, 1.0), (0.25, 2.0)):
            spread = (frequency[0] * cell[0]) ** 2 + (frequency[1] * cell[1]) ** 2
            faded = decoder.field.kernel(phase, phase, cell=cell)
            torch.testing.assert_close(faded, sharp * math.exp(-kappa * spread))


def test_larger_cells_are_smoother() -> None:
    field = field_of().field
    phase = torch.tensor([0.1, 0.6])
    with torch.inference_mode():
        norms = [field.kernel(phase, phase, cell=(c, c)).norm().item() for c in (0.05, 0.25, 0.5, 1.0, 2.0)]
    assert norms == sorted(norms, reverse=True)
    assert norms[-1] < 0.5 * norms[0]


@pytest.mark.parametrize("cell", [(0.1, 0.2), (0.02, 0.5), (0.5, 0.02)])
def test_smaller_pixels_than_those_of_the_training_have_the_prefilter_of_these(cell: tuple[float, float]) -> None:
    free, kept = field_of(), field_of()
    kept.keep_to(4)
    phase = torch.tensor([0.1, 0.6])
    as_trained = (max(cell[0], 0.25), max(cell[1], 0.25))
    with torch.inference_mode():
        for field in (kept.field, kept.field.exact()):
            expected = free.field.kernel(phase, phase, cell=as_trained)
            torch.testing.assert_close(field.kernel(phase, phase, cell=cell).float(), expected)
        assert not torch.allclose(expected, free.field.kernel(phase, phase, cell=cell), rtol=1e-2)


@pytest.mark.parametrize("output", [Size(40, 50), Size(150, 187), Size(40, 10), Size(7, 11)])
def test_every_way_to_decode_keeps_to_the_scales_of_the_training(output: Size) -> None:
    decoder, feat = field_of(), latents(Size(4, 5))
    decoder.keep_to(2.5)
    expected = directly(decoder, feat, output, finest_cell=0.4)
    np.testing.assert_allclose(shown(decoder, feat, output), expected, rtol=0, atol=2e-4)


@pytest.mark.parametrize("max_scale", [0.0, -4.0, 0.5, math.inf, math.nan])
def test_what_is_no_scale_is_no_limit(max_scale: float) -> None:
    decoder = field_of()
    decoder.keep_to(max_scale)
    assert decoder.field.finest_cell == 0


def test_corner_weights_without_field_sum_to_the_blend() -> None:
    """With one frequency of zero every field is constant, so what is left is the bilinear blend, which sums to one."""
    decoder = HeatField(1, n_frequencies=1)
    with torch.no_grad():
        decoder.frequencies.zero_()
        decoder.coef.fill_(1.0)
    phase_y, phase_x = torch.tensor([0.0, 0.25, 1.0]), torch.tensor([0.5, 0.75])
    with torch.inference_mode():
        kernel = decoder.field.kernel_with_base(phase_y, phase_x, cell=(1.0, 1.0))
    assert kernel.shape == (3, 2, 3, 1 + 3, 2, 2)
    torch.testing.assert_close(kernel[:, :, :, :1].sum((-2, -1)), torch.ones(3, 2, 3, 1))
    blend = torch.tensor([[0.75 * 0.25, 0.75 * 0.75], [0.25 * 0.25, 0.25 * 0.75]])
    torch.testing.assert_close(kernel[1, 1, 0, 0], blend)
    # The base: each colour takes its own channel of the photo, and no other.
    torch.testing.assert_close(kernel[1, 1, :, 1:], torch.eye(3)[:, :, None, None] * blend)


photos = st.builds(Size, st.integers(1, 60), st.integers(1, 60))


@given(photo=photos, zoom=st.floats(1, 16))
def test_draft_is_the_photo_a_little_larger_with_pixels_of_one_size(photo: Size, zoom: float) -> None:
    grid = field_of().draft_grid(photo, zoom)
    zoom_y = Fraction(grid.output.height, grid.source.height)
    assert zoom_y == Fraction(grid.output.width, grid.source.width)
    assert 0 <= grid.source.height - photo.height < MAX_CLASSES
    assert 0 <= grid.source.width - photo.width < MAX_CLASSES
    assert RationalZoom.fits(grid)
    assert zoom * (1 - 1e-9) <= zoom_y < zoom + (1 if zoom <= 4 else 1 / 2)


@given(photo=photos, zoom=st.floats(DEEP_ZOOM, 400, exclude_min=True))
def test_draft_of_a_deep_zoom_is_the_view_itself(photo: Size, zoom: float) -> None:
    assert field_of().draft_grid(photo, zoom) == OutputGrid(photo, photo.scaled(zoom))


@pytest.mark.parametrize(
    ("zoom", "quick"),
    [(1.0, "1"), (1.01, "2"), (2.0, "2"), (2.1, "3"), (3.1, "4"), (4.0, "4"), (4.1, "9/2"), (4.6, "5"), (15.7, "16")],
)
def test_draft_takes_the_next_zoom_above(zoom: float, quick: str) -> None:
    grid = field_of().draft_grid(Size(24, 36), zoom)
    assert Fraction(grid.output.height, grid.source.height) == Fraction(quick)


@given(photo=photos, zoom=st.floats(1, 40))
def test_draft_of_a_draft_is_the_same(photo: Size, zoom: float) -> None:
    """By this the renderer knows a draft of its photo."""
    decoder = field_of()
    grid = decoder.draft_grid(photo, zoom)
    if grid.source != photo:
        assert decoder.draft_grid(photo, grid.scale_y) == grid


@settings(max_examples=25)
@given(data=st.data())
def test_pixels_of_a_draft_are_those_of_the_equation(data: st.DataObject) -> None:
    """Beyond the photo its outermost latents repeat, as the window ends there."""
    photo = Size(data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9)))
    decoder, feat = field_of(), latents(photo)
    grid = decoder.draft_grid(photo, data.draw(st.floats(1, 7)))
    rect = grid.output.rect
    top, left = data.draw(st.integers(0, rect.bottom - 1)), data.draw(st.integers(0, rect.right - 1))
    part = Rect.spanning(top, left, rect.bottom, data.draw(st.integers(left + 1, rect.right)))
    with torch.inference_mode():
        pixels = decoder.at(grid, NORMALISED, FLOAT32)(FeatureWindow.whole(feat), part).numpy()
    np.testing.assert_allclose(pixels, equation(state_of(decoder), feat, grid, part), rtol=0, atol=1e-5)


def test_devices_without_float64_are_not_asked_for_it() -> None:
    """As MPS, which has none: what is made exact is on the CPU before."""

    class OnSuchADevice(torch.Tensor):
        def double(self, *_: object, **__: object) -> torch.Tensor:
            raise TypeError("no float64 here")

        def cpu(self, *_: object, **__: object) -> torch.Tensor:
            return self.as_subclass(torch.Tensor)

    field = HeatField(5, n_frequencies=3).field
    parts = (field.frequencies, field.log_kappa, field.coef)
    there = Field(*(part.detach().as_subclass(OnSuchADevice) for part in parts))
    assert there.exact().coef.dtype == torch.float64
    assert torch.equal(there.exact().coef, field.coef.double())
