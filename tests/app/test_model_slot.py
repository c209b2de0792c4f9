"""The model at work: loaded when it is needed, exchanged when another is chosen, and given up in one sentence."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.workers.model_slot import ModelChoice, ModelSlot
from liif_core.errors import CheckpointError, OutOfMemory, TorchNotLoaded
from liif_core.library import BICUBIC, Defaults, install_model, remove_model
from liif_core.paths import resource_path
from liif_core.view.tiles import Layer
from tests.app.conftest import OpenViewer
from tests.app.real_events import wait_until_sharp
from tests.app.test_view_pixels import grabbed
from tests.graphics_card import graphics_card

FAST, PHOTO = (resource_path("models", f"{name}.safetensors") for name in ("fast", "photo"))


def test_a_model_is_loaded_once_until_another_is_chosen() -> None:
    ready: list[str] = []
    slot = ModelSlot(ModelChoice(FAST, "cpu"), on_ready=ready.append)
    first = slot.get()
    assert slot.get() is first
    slot.choose(ModelChoice(PHOTO, "cpu"))
    other = slot.get()
    assert other.choice.path == PHOTO and other.features is not first.features
    assert ready == ["cpu", "cpu"]


def test_choices_that_differ_in_what_they_compute_have_ids_of_their_own() -> None:
    choices = [ModelChoice(FAST), ModelChoice(PHOTO), ModelChoice(FAST, "cpu"), ModelChoice(FAST, "cpu", "fp32")]
    choices.append(ModelChoice(FAST, stamp="another file"))
    assert len({choice.model_id for choice in choices}) == len(choices)


def test_a_device_without_memory_gives_way_to_the_cpu_also_for_later_photos() -> None:
    notices: list[str] = []
    slot = ModelSlot(ModelChoice(FAST), on_notice=notices.append)
    before = slot.get()
    slot.fall_back(OutOfMemory("full"))
    after = slot.get()
    assert after is not before and after.choice.device == "cpu"
    assert notices == ["The model runs on the CPU from now on: full."]


def test_a_model_that_was_chosen_before_the_device_failed_is_the_next_one() -> None:
    told: list[str] = []
    slot = ModelSlot(ModelChoice(FAST), on_notice=told.append, on_fallback=lambda: told.append("fallback"))
    slot.get()
    slot.choose(ModelChoice(PHOTO))
    slot.fall_back(OutOfMemory("full"))
    assert slot.get().choice == ModelChoice(PHOTO)
    assert told == []


def test_torch_that_cannot_be_loaded_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(TorchNotLoaded, match=r"PyTorch cannot be loaded .* install"):
        ModelSlot(ModelChoice(FAST)).get()


def test_the_quickest_device_is_measured_once_and_again_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def quickest(model: object, devices: list[str]) -> str:
        asked.append(devices)
        return "cpu"

    monkeypatch.setattr("liif_core.device.available_devices", lambda: ["meta", "cpu"])
    monkeypatch.setattr("liif_core.render.speed.quickest", quickest)
    told: list[str] = []
    slot = ModelSlot(ModelChoice(FAST), on_measured=told.append)
    slot.get()
    slot.choose(ModelChoice(PHOTO))
    slot.get()
    assert (asked, told) == ([["meta", "cpu"]], ["cpu"])
    slot.forget_measurement()
    slot.get()
    assert len(asked) == 2
    known = ModelSlot(ModelChoice(FAST), measured="cpu")
    known.get()
    assert len(asked) == 2


def test_a_card_that_was_the_quickest_and_computes_no_more_gives_way_to_the_cpu() -> None:
    told: list[str] = []
    with graphics_card("cuda", failure=RuntimeError("CUDA error: no kernel image is available")):
        slot = ModelSlot(ModelChoice(FAST), measured="cuda", on_measured=told.append)
        assert slot.get().device.type == "cpu"
    assert told == ["cpu"]


def test_a_card_that_failed_is_tried_again_when_the_person_asks_and_not_when_models_are_looked_for(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    with graphics_card("cuda") as card:
        viewer = open_viewer(photo, model="fast", device="cuda", precision="fp32")
        models = viewer.models

        def zoom(to: float) -> str:
            with qtbot.waitSignal(viewer.controller.became_sharp, timeout=30_000):
                viewer.controller.zoom_to(to)
            return models.device_to_measure_on()

        assert zoom(5.0) == "cuda"
        card.failure = RuntimeError("CUDA error: unknown error")
        assert zoom(6.0) == "cpu"
        assert "runs on the CPU from now on" in viewer.window.status.accessibleDescription()
        card.failure = None
        # As the manager does it when it is opened.
        with qtbot.waitSignal(models.changed, timeout=10_000):
            models.scan()
        models.set_defaults(Defaults("photo", "photo"))
        assert zoom(7.0) == "cpu"
        models.run_on(device="cuda")
        assert zoom(8.0) == "cuda"
        assert models.selected == "fast"
        assert viewer.stop()


def test_another_model_is_used_at_once_and_bicubic_needs_none(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="fast")
    controller = viewer.controller
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        controller.zoom_to(5.0)
    qtbot.waitUntil(lambda: "photo" in viewer.models.installed, timeout=10_000)

    def ids() -> set[tuple[Layer, str]]:
        scene = controller.picture.scene()
        assert scene is not None
        return {(tile.key.layer, tile.key.model_id) for tile in scene.above}

    by_fast = ids()
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        viewer.model_commands.use("photo")
    by_photo = ids()
    assert len(by_fast) == len(by_photo) == 1 and by_fast.isdisjoint(by_photo)
    assert {layer for layer, _ in by_photo} == {Layer.NEURAL}
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        viewer.model_commands.use(BICUBIC)
    assert ids() == {(Layer.BASE, "")}
    assert viewer.settings.model.name == BICUBIC


@pytest.mark.parametrize("by_path", [False, True])
def test_the_device_is_told_while_there_is_a_model(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path, by_path: bool
) -> None:
    path = shutil.copy(FAST, tmp_path / "mine.safetensors")
    viewer = open_viewer(photo, model=str(path) if by_path else "fast", device="cpu", precision="fp32")

    def told() -> list[str]:
        return [label.text() for label in viewer.window.status.findChildren(QLabel)]

    viewer.controller.zoom_to(5.0)
    wait_until_sharp(qtbot, viewer)
    assert "cpu" in told()
    viewer.model_commands.use(BICUBIC)
    assert "cpu" not in told()
    viewer.model_commands.use("fast")
    wait_until_sharp(qtbot, viewer)
    assert "cpu" in told()


def test_a_model_that_takes_the_place_of_another_of_its_name_is_shown(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    install_model(FAST, name="mine")
    viewer = open_viewer(photo, model="mine", device="cpu", precision="fp32")
    viewer.controller.zoom_to(5.0)
    wait_until_sharp(qtbot, viewer)
    before = grabbed(viewer)
    # As another program does it, the command line for one.
    remove_model("mine")
    install_model(PHOTO, name="mine")
    with qtbot.waitSignal(viewer.controller.became_sharp):
        viewer.models.scan()
    after = grabbed(viewer)
    with qtbot.waitSignal(viewer.controller.became_sharp):
        viewer.model_commands.use("photo")
    assert np.array_equal(after, grabbed(viewer))
    assert not np.array_equal(after, before)


def test_a_model_that_cannot_be_read_gives_way_to_bicubic_and_another_can_be_chosen(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(FAST.read_bytes()[:5000])
    viewer = open_viewer(model=str(broken))
    controller = viewer.controller
    controller.open(photo)
    with qtbot.waitSignal(viewer.models.given_up, timeout=30_000) as given_up:
        controller.picture.allow_model()
    assert isinstance(given_up.args[0], CheckpointError)
    assert viewer.models.name == BICUBIC
    qtbot.waitUntil(lambda: "fast" in viewer.models.installed, timeout=10_000)
    viewer.model_commands.use("fast")
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        controller.zoom_to(5.0)
    assert viewer.models.name == "fast"
    scene = controller.picture.scene()
    assert scene is not None and {tile.key.layer for tile in scene.above} == {Layer.NEURAL}
