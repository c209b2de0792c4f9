"""Which device is the quickest is measured, within a given time, and one that fails is not taken."""

from __future__ import annotations

import time

import pytest
import torch

from liif_core.device import available_devices
from liif_core.models.implicit import ImplicitModel
from liif_core.render import speed
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


class Clock:
    """Time that passes only while something renders."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def model() -> ImplicitModel:
    return heat_model()


def measured_with(
    monkeypatch: pytest.MonkeyPatch, model: ImplicitModel, seconds_of: dict[str, float], *, seconds: float = 2.0
) -> tuple[str, dict[str, int], float]:
    """The choice, the views rendered on each device, and the time that passed, where a view takes `seconds_of`."""
    clock, views = Clock(), dict.fromkeys(seconds_of, 0)

    def render(own: ImplicitModel, bf16: bool) -> None:
        kind = next(own.parameters()).device.type
        views[kind] += 1
        clock.now += seconds_of[kind]

    monkeypatch.setattr(speed, "_render", render)
    return speed.quickest(model, list(seconds_of), seconds=seconds, clock=clock), views, clock.now


@pytest.mark.parametrize(("of_meta", "winner"), [(0.01, "meta"), (0.3, "cpu")])
def test_the_device_with_more_views_a_second_is_taken(
    monkeypatch: pytest.MonkeyPatch, model: ImplicitModel, of_meta: float, winner: str
) -> None:
    chosen, views, _ = measured_with(monkeypatch, model, {"meta": of_meta, "cpu": 0.1})
    assert chosen == winner
    assert min(views.values()) >= 2


def test_the_time_is_shared_and_a_slow_device_gets_one_view(
    monkeypatch: pytest.MonkeyPatch, model: ImplicitModel
) -> None:
    chosen, views, elapsed = measured_with(monkeypatch, model, {"meta": 5.0, "cpu": 0.1}, seconds=2.0)
    assert chosen == "cpu"
    # One before the clock counts.
    assert views["meta"] == 2
    assert elapsed <= 2 * 5.0 + 1.0 + 2 * 0.1


@pytest.mark.parametrize("error", [RuntimeError("no kernel for this device"), TypeError("no float64 on this device")])
def test_a_device_that_fails_is_not_taken(
    error: Exception, monkeypatch: pytest.MonkeyPatch, model: ImplicitModel
) -> None:
    def render(own: ImplicitModel, bf16: bool) -> None:
        if next(own.parameters()).device.type == "meta":
            raise error

    monkeypatch.setattr(speed, "_render", render)
    assert speed.quickest(model, ["meta", "cpu"], seconds=0.001) == "cpu"


def test_a_single_device_needs_no_measurement(monkeypatch: pytest.MonkeyPatch, model: ImplicitModel) -> None:
    monkeypatch.setattr(speed, "_render", lambda *_: pytest.fail("measured without need"))
    assert speed.quickest(model, ["cpu"]) == "cpu"


def test_a_real_view_is_rendered_and_the_model_stays(model: ImplicitModel) -> None:
    rate = speed._views_per_s(model, "cpu", 0.01, time.perf_counter)
    assert rate > 0
    assert next(model.parameters()).device.type == "cpu"
    assert available_devices()[-1] == "cpu"
    assert torch.device(available_devices()[0])
