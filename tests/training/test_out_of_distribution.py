"""Pages that are no photos: what sound and unsound weights make of them, and that a run tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from liif_core.models.build import build_model
from liif_core.models.implicit import ImplicitModel
from liif_core.training import measuring
from liif_core.training.events import TrainEvent
from liif_core.training.out_of_distribution import (
    SOUND_BELOW,
    black_and_white_noise,
    difference_from_bicubic,
    dithered_ramp,
    line_drawing,
    noise_on_pages,
)
from tests.training.configs import MakeConfig
from tests.training.runs import run, saved_state

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def model(heat_config: MakeConfig) -> ImplicitModel:
    """As it is before its first step: bicubic enlargement, nearly."""
    torch.manual_seed(0)
    return build_model(heat_config().model)


def test_pages_are_black_and_white_and_not_alike() -> None:
    pages = line_drawing(), dithered_ramp(), black_and_white_noise()
    assert all(page.shape == (48, 96) and set(np.unique(page)) == {0, 255} for page in pages)
    ink = [(page == 0).mean() for page in pages]
    assert ink[0] < 0.2 and ink[1] == pytest.approx(0.5, abs=0.05) and ink[2] == pytest.approx(0.5, abs=0.05)


def test_what_grows_from_layer_to_layer_is_told_from_what_does_not(model: ImplicitModel) -> None:
    sound = noise_on_pages(model)
    assert 0 < sound < SOUND_BELOW / 2
    with torch.no_grad():
        for value in model.parameters():
            value.normal_()
    noisy = noise_on_pages(model)
    assert noisy > SOUND_BELOW
    pages = line_drawing(), dithered_ramp(), black_and_white_noise()
    assert noisy == pytest.approx(np.mean([difference_from_bicubic(model, page) for page in pages]))


def test_run_tells_when_it_begins_and_ceases_to_make_noise(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([0.1, 0.4, 0.45, 0.2, 0.2, 0.3])
    looked_at: list[dict[str, torch.Tensor]] = []

    def noise(model: ImplicitModel) -> float:
        looked_at.append({name: value.clone() for name, value in model.state_dict().items()})
        return next(figures)

    monkeypatch.setattr(measuring, "noise_on_pages", noise)
    events = run(heat_config(iterations=6, validate_every=1), photos, tmp_path / "run")
    # It is told of the weights that ship.
    shipped = saved_state(tmp_path / "run")["ema"]
    assert all(torch.equal(value, shipped[name]) for name, value in looked_at[-1].items())
    told = [event for event in events if event.kind == "out-of-distribution"]
    assert [(event.step, event.values["difference"]) for event in told] == [(2, 0.4), (4, 0.2), (6, 0.3)]
    assert {event.values["expected"] for event in told} == {SOUND_BELOW}
    assert "makes noise" in told[0].text and "by 0.40, expected less than 0.25" in told[0].text
    assert "no noise of line drawings any more" in told[1].text


@pytest.mark.parametrize(("x2", "steps"), [(0.0, [4]), (99.0, [1, 3, 4])])
def test_noise_of_a_model_that_knows_no_photos_yet_is_nothing_to_tell(
    x2: float, steps: list[int], heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A LIIF from random weights makes noise of everything; it has learned once it beats bicubic, or was sound."""
    figures = iter([0.4, 0.4, 0.1, 0.3])
    monkeypatch.setattr(measuring, "noise_on_pages", lambda _model: next(figures))
    monkeypatch.setattr(measuring, "validate", lambda *_, **__: {"x2": x2})
    events = run(heat_config(iterations=4, validate_every=1), photos, tmp_path / "run")
    assert [event.step for event in events if event.kind == "out-of-distribution"] == steps


def test_sound_run_says_nothing(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    events: list[TrainEvent] = run(heat_config(validate_every=4), photos, tmp_path / "run")
    assert not [event for event in events if event.kind == "out-of-distribution"]
