"""The choice "Automatic": the model follows the device, and what was chosen by hand stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from pytestqt.qtbot import QtBot

from app import settings_file as files
from app.settings import Settings
from app.settings_values import Model
from app.workers.model_slot import ModelChoice, ModelSlot
from liif_core.errors import OutOfMemory
from liif_core.library import AUTO, BICUBIC, Defaults, install_model
from liif_core.paths import resource_path, user_models_folder
from tests.app.conftest import OpenViewer

FAST, PHOTO = (resource_path("models", f"{name}.safetensors") for name in ("fast", "photo"))
TWO = ModelChoice(FAST, gpu_path=PHOTO)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A machine with a GPU that is the quickest, as far as a model can tell; which models were timed."""
    from liif_core.checkpoint import load

    timed: list[Path] = []
    loaded: list[Path] = []
    load_model = load.load_model

    def note(path: Path) -> object:
        loaded.append(path)
        return load_model(path)

    def quickest(model: object, devices: list[str]) -> str:
        timed.append(loaded[-1])
        return "cuda"

    def choose(name: str) -> torch.device:
        return torch.device("cpu" if name == "cpu" else "meta")

    monkeypatch.setattr("liif_core.checkpoint.load.load_model", note)
    monkeypatch.setattr("liif_core.device.available_devices", lambda: ["cuda", "cpu"])
    monkeypatch.setattr("liif_core.device.choose_device", choose)
    monkeypatch.setattr("liif_core.render.speed.quickest", quickest)
    return timed


def test_the_model_is_that_of_the_device() -> None:
    assert ModelSlot(replace(TWO, device="cpu")).get().path == FAST
    assert TWO.path_on("gpu") == PHOTO and ModelChoice(FAST).path_on("gpu") == FAST
    assert len({choice.model_id for choice in (TWO, ModelChoice(FAST), ModelChoice(PHOTO))}) == 3


def test_the_devices_are_timed_with_the_small_model_and_the_large_one_runs_on_the_gpu(gpu: list[Path]) -> None:
    told: list[str] = []
    slot = ModelSlot(TWO, on_measured=told.append)
    assert slot.get().path == PHOTO
    assert (gpu, told) == ([FAST], ["cuda"])
    slot.choose(replace(TWO, device="cpu"))
    assert slot.get().path == FAST


def test_a_known_measurement_is_not_made_again(gpu: list[Path]) -> None:
    assert ModelSlot(TWO, measured="cuda").get().path == PHOTO
    assert ModelSlot(TWO, measured="cpu").get().path == FAST
    assert gpu == []


def test_a_gpu_without_memory_finishes_with_its_own_model(gpu: list[Path]) -> None:
    fallen: list[bool] = []
    slot = ModelSlot(TWO, measured="cuda", on_fallback=lambda: fallen.append(True))
    slot.get()
    slot.fall_back(OutOfMemory("full"))
    after = slot.get()
    assert (after.path, after.device.type, fallen) == (PHOTO, "cpu", [True])


def test_the_viewer_begins_with_the_default_of_the_device(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    settings = Settings()
    settings.override(replace(settings.model, default_gpu="photo"))
    viewer = open_viewer(photo, settings=settings, device="cpu")
    assert (viewer.models.selected, viewer.models.name) == (AUTO, "fast")
    assert viewer.models.defaults == Defaults("fast", "photo")
    menu = viewer.window.menus.models
    (checked,) = [action for action in menu.actions() if action.isChecked()]
    assert (checked.data(), checked.text()) == (AUTO, "Automatic (fast)")
    assert "photo on a graphics card" in checked.toolTip()


def test_another_default_is_used_at_once_and_a_model_chosen_by_hand_stays(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, device="cpu")
    settings, controller = viewer.settings, viewer.controller
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        controller.zoom_to(5.0)
    with qtbot.waitSignal(controller.became_sharp, timeout=30_000):
        settings.set(replace(settings.model, default_cpu="photo"))
    assert (viewer.models.selected, viewer.models.name) == (AUTO, "photo")
    scene = controller.picture.scene()
    assert scene is not None
    assert {Path(tile.key.model_id.split("|")[0]).stem for tile in scene.above} == {"photo"}
    viewer.model_commands.use("photo")
    settings.set(replace(settings.model, default_cpu="fast"))
    assert (viewer.models.selected, viewer.models.name) == ("photo", "photo")
    assert settings.model.name == "photo"
    viewer.model_commands.use(AUTO)
    assert (settings.model.name, viewer.models.name) == (AUTO, "fast")


def test_a_fallback_to_the_cpu_takes_the_model_for_a_cpu(open_viewer: OpenViewer) -> None:
    settings = Settings()
    settings.override(replace(settings.model, default_gpu="photo"))
    viewer = open_viewer(settings=settings, device="cuda")
    assert viewer.models.name == "photo"
    viewer.models.note_fallback()
    assert viewer.models.name == "fast"
    viewer.models.run_on(device="cuda")
    assert viewer.models.name == "photo"


def test_a_chosen_model_that_is_gone_at_the_start_gives_way_with_a_notice(open_viewer: OpenViewer) -> None:
    settings = Settings()
    settings.override(replace(settings.model, name="gone"))
    viewer = open_viewer(settings=settings)
    assert (viewer.models.selected, viewer.models.name) == (AUTO, "fast")
    assert "“gone” is not installed" in viewer.window.status.accessibleDescription()
    assert settings.model.name == "gone"


def test_a_model_that_goes_while_it_is_chosen_gives_way_with_a_notice(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    mine = install_model(FAST, name="mine")
    viewer = open_viewer()
    viewer.model_commands.use("mine")
    assert viewer.models.path == mine.path
    mine.path.unlink()
    with qtbot.waitSignal(viewer.models.missed, timeout=10_000):
        viewer.models.scan()
    assert (viewer.models.selected, viewer.settings.model.name) == (AUTO, AUTO)
    assert "“mine” is not installed" in viewer.window.status.accessibleDescription()


def test_a_renamed_model_stays_in_use(open_viewer: OpenViewer) -> None:
    mine = install_model(FAST, name="mine")
    viewer = open_viewer()
    viewer.model_commands.use("mine")
    viewer.models.note_renamed("mine", replace(mine, name="ours", path=mine.path.with_name("ours.safetensors")))
    assert (viewer.models.selected, viewer.models.name) == ("ours", "ours")
    assert "mine" not in viewer.models.installed


def test_without_any_model_the_photo_is_shown_conventionally(
    open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.first_model.installed_models", lambda: [])
    viewer = open_viewer(photo)
    assert (viewer.models.selected, viewer.models.name) == (AUTO, BICUBIC)


def test_a_model_that_was_called_auto_is_asked_for_by_its_path() -> None:
    document = files.parse('version = 1\n[model]\nname = "auto"\n')
    assert document == {"version": 2, "model": {"name": str(user_models_folder() / "auto.safetensors")}}
    assert files.parse('version = 1\n[model]\nname = "mine"\n')["model"] == {"name": "mine"}
    assert Model().name == AUTO
