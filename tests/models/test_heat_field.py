"""The heat field's fast paths against a direct evaluation of its equation, one query at a time."""

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

from liif_core.checkpoint.load import load_model
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.read import read_image
from liif_core.models.decoders import heat_field
from liif_core.models.decoders.heat_field import MAX_UNIFORM_ZOOM, HeatField
from liif_core.models.decoders.window import FeatureWindow
from liif_core.paths import resource_path
from tests.models.reference import heat_picture

pytestmark = pytest.mark.usefixtures("one_thread")

CHANNELS = 4


def field_of(*, n_frequencies: int = 6, coef: float = 0.05, seed: int = 5) -> HeatField:
    """A decoder with frequencies up to 2 pi, one of them at the very border of the disc, and a visible field."""
    torch.manual_seed(seed)
    decoder = HeatField(CHANNELS, n_frequencies=n_frequencies)
    with torch.no_grad():
        decoder.frequencies[0] = torch.tensor([2 * math.pi, 0.0])
        decoder.frequencies[1] = torch.tensor([-math.pi, 5.4])
        decoder.coef.normal_(std=coef)
    return decoder.eval()


def latents(size: Size, *, seed: int = 7) -> torch.Tensor:
    """Latents and, as three more channels, a photo: (1, CHANNELS + 3, h, w)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, CHANNELS + 3, size.height, size.width, generator=generator)


@torch.inference_mode()
def decoded(decoder: HeatField, feat: torch.Tensor, output: Size, rect: Rect | None = None) -> NDArray[np.float64]:
    grid = OutputGrid(Size(*feat.shape[-2:]), output)
    return decoder.decode(FeatureWindow.whole(feat), grid, rect or output.rect).double().numpy()


def directly(decoder: HeatField, feat: torch.Tensor, output: Size) -> NDArray[np.float64]:
    state = {name: value.double().numpy() for name, value in decoder.state_dict().items()}
    both = feat[0].double().numpy()
    return heat_picture(both[:CHANNELS], both[CHANNELS:], state, (output.height, output.width))


@pytest.mark.parametrize("zoom", [1, 2, 3, 4, 12])
def test_whole_zooms_equal_the_equation(zoom: int) -> None:
    decoder, feat = field_of(), latents(Size(3, 4))
    output = Size(3 * zoom, 4 * zoom)
    np.testing.assert_allclose(decoded(decoder, feat, output), directly(decoder, feat, output), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (Size(2, 3), Size(2 * (MAX_UNIFORM_ZOOM + 1), 3 * (MAX_UNIFORM_ZOOM + 1))),
        (Size(2, 2), Size(60, 60)),  # x30
        (Size(5, 7), Size(13, 18)),  # fractional and unequal
        (Size(4, 6), Size(8, 18)),  # whole but unequal
        (Size(9, 4), Size(4, 9)),  # one side reduced
        (Size(1, 1), Size(5, 3)),
        (Size(1, 9), Size(3, 28)),
        (Size(8, 8), Size(9, 9)),
    ],
)
def test_other_zooms_equal_the_equation(source: Size, output: Size) -> None:
    decoder, feat = field_of(), latents(source)
    np.testing.assert_allclose(decoded(decoder, feat, output), directly(decoder, feat, output), rtol=0, atol=1e-4)


def test_interpolation_itself_is_exact_to_1e_5() -> None:
    """In float64, so that only the polynomial is measured, with values of a visible size."""
    decoder, feat = field_of(n_frequencies=16, coef=0.03).double(), latents(Size(4, 4)).double()
    output = Size(54, 54)
    expected = directly(decoder, feat, output)
    field = expected - directly_base(feat, output)
    assert 0.05 < field.std() < 1
    np.testing.assert_allclose(decoded(decoder, feat, output), expected, rtol=0, atol=2e-5)


def test_interpolation_is_exact_on_the_shipped_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its frequencies have moved while it learned, and its latents are those of a real photo."""
    path, sample = resource_path("models", "fast.safetensors"), resource_path("samples", "dandelion.jpg")
    if not path.is_file() or not sample.is_file():
        pytest.skip("no model or no photo is bundled")
    model, _ = load_model(path)
    rgb = torch.from_numpy(read_image(sample).region(Rect(300, 400, 48, 48))).permute(2, 0, 1)[None]
    with torch.inference_mode():
        window = FeatureWindow.whole(model.encode(model.normalised(rgb)))
        for zoom in (3, 12):
            grid = OutputGrid(Size(48, 48), Size(48 * zoom, 48 * zoom))
            uniform = model.decode(window, grid, grid.output.rect)
            with monkeypatch.context() as patch:
                patch.setattr(heat_field, "MAX_UNIFORM_ZOOM", 0)
                interpolated = model.decode(window, grid, grid.output.rect)
            # The comment at CHEBYSHEV_NODES says 1e-5; a step of an 8-bit display is 4e-3.
            torch.testing.assert_close(interpolated, uniform, rtol=0, atol=2e-5)


def directly_base(feat: torch.Tensor, output: Size) -> NDArray[np.float64]:
    base = F.interpolate(feat[:, CHANNELS:].double(), size=(output.height, output.width), mode="bilinear")
    return base[0].numpy()


@pytest.mark.parametrize("zoom", [1, 2, 3, 5, 12])
def test_interpolated_path_agrees_with_the_uniform_one(zoom: int, monkeypatch: pytest.MonkeyPatch) -> None:
    decoder, feat = field_of(n_frequencies=16, coef=0.02), latents(Size(7, 6))
    output = Size(7 * zoom, 6 * zoom)
    uniform = decoded(decoder, feat, output)
    monkeypatch.setattr(heat_field, "MAX_UNIFORM_ZOOM", 0)
    interpolated = decoded(decoder, feat, output)
    field = uniform - directly_base(feat, output)
    assert field.std() > 0.05
    assert not np.array_equal(uniform, interpolated)
    np.testing.assert_allclose(interpolated, uniform, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "mistake", ["rows for columns", "sines for cosines", "sign of the offset", "without the corners' blend"]
)
def test_a_wrong_convention_would_show(mistake: str) -> None:
    decoder, feat = field_of(), latents(Size(4, 5))
    output = Size(12, 15)
    right = decoded(decoder, feat, output)
    with torch.no_grad():
        if mistake == "rows for columns":
            decoder.frequencies.copy_(decoder.frequencies.flip(1))
        elif mistake == "sines for cosines":
            decoder.coef.copy_(decoder.coef.roll(len(decoder.frequencies), 1))
        elif mistake == "sign of the offset":
            decoder.frequencies.neg_()
        else:
            feat = F.interpolate(feat, scale_factor=3.0, mode="nearest")
    assert np.abs(decoded(decoder, feat, output) - right).max() > 1e-2


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_rectangle_equals_that_part_of_the_whole(data: st.DataObject) -> None:
    sides = st.integers(1, 9)
    source = Size(data.draw(sides), data.draw(sides))
    zoom = data.draw(st.integers(1, 14))
    output = (
        Size(source.height * zoom, source.width * zoom)
        if data.draw(st.booleans())
        else Size(data.draw(st.integers(1, 80)), data.draw(st.integers(1, 80)))
    )
    top, left = data.draw(st.integers(0, output.height - 1)), data.draw(st.integers(0, output.width - 1))
    rect = Rect(
        top, left, data.draw(st.integers(1, output.height - top)), data.draw(st.integers(1, output.width - left))
    )
    decoder, feat = field_of(), latents(source)
    part = decoded(decoder, feat, output, rect)
    assert part.shape == (3, rect.height, rect.width)
    whole = decoded(decoder, feat, output)
    np.testing.assert_allclose(part, whole[(slice(None), *rect.slices)], rtol=0, atol=2e-5)


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
        shown = decoded(decoder, feat[index : index + 1], output)
        np.testing.assert_allclose((base + field)[index].numpy(), shown, rtol=0, atol=5e-5)


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
    line = decoded(decoder, feat, output, Rect(2 * zoom + 5, 0, 1, output.width))[:, 0]
    steps = np.abs(np.diff(line, axis=1))
    position = (np.arange(output.width) + 0.5) / zoom - 0.5
    borders = np.floor(position[1:]) != np.floor(position[:-1])
    assert borders.sum() == 4
    assert steps[:, borders].max() <= 1.2 * steps[:, ~borders].max()
    assert steps.max() < 30 / zoom


@pytest.mark.parametrize("output", [Size(10, 15), Size(13, 17), Size(150, 225)])
def test_constant_photo_with_zero_latents_stays_constant(output: Size) -> None:
    colour = torch.tensor([0.25, -0.5, 0.75])
    feat = torch.cat([torch.zeros(1, CHANNELS, 5, 6), colour[None, :, None, None].expand(1, 3, 5, 6)], dim=1)
    grid_output = Size(output.height, output.width)
    shown = decoded(field_of(), feat, grid_output)
    np.testing.assert_allclose(shown, np.broadcast_to(colour.numpy()[:, None, None], shown.shape), rtol=0, atol=1e-6)


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
        sharp = decoder.kernel(phase, phase, cell=(0.0, 0.0))
        for cell in ((1.0, 1.0), (0.5, 1.0), (0.25, 2.0)):
            spread = (frequency[0] * cell[0]) ** 2 + (frequency[1] * cell[1]) ** 2
            torch.testing.assert_close(decoder.kernel(phase, phase, cell=cell), sharp * math.exp(-kappa * spread))


def test_larger_cells_are_smoother() -> None:
    decoder = field_of()
    phase = torch.tensor([0.1, 0.6])
    with torch.inference_mode():
        norms = [decoder.kernel(phase, phase, cell=(c, c)).norm().item() for c in (0.05, 0.25, 0.5, 1.0, 2.0)]
    assert norms == sorted(norms, reverse=True)
    assert norms[-1] < 0.5 * norms[0]


def test_corner_weights_without_field_sum_to_the_blend() -> None:
    """With one frequency of zero every field is constant, so what is left is the bilinear blend, which sums to one."""
    decoder = HeatField(1, n_frequencies=1)
    with torch.no_grad():
        decoder.frequencies.zero_()
        decoder.coef.fill_(1.0)
    phase_y, phase_x = torch.tensor([0.0, 0.25, 1.0]), torch.tensor([0.5, 0.75])
    with torch.inference_mode():
        kernel = decoder.kernel(phase_y, phase_x, cell=(1.0, 1.0))
    assert kernel.shape == (3, 2, 3, 1, 2, 2)
    torch.testing.assert_close(kernel.sum((-2, -1)), torch.ones(3, 2, 3, 1))
    blend = torch.tensor([[0.75 * 0.25, 0.75 * 0.75], [0.25 * 0.25, 0.25 * 0.75]])
    torch.testing.assert_close(kernel[1, 1, 0, 0], blend)
