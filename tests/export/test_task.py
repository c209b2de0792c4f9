"""A task from file to file: refusals, a lost device, what it will take, and what was finished earlier."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL import ImageCms

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import DeviceLost, ImageWriteError, RequestError
from liif_core.export.enlarger import Enlarger, EnlargerChoice
from liif_core.export.estimate import estimate, planned_memory
from liif_core.export.job import Note, run_export
from liif_core.export.ledger import Ledger
from liif_core.export.plan import plan_export
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Exact, Scale
from liif_core.export.task import ExportTask, check_task, run_task
from liif_core.geometry import Size
from liif_core.imaging.encoded_output import EncodedOutput
from liif_core.imaging.encoding import EncodingOptions
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from liif_core.orientation import Orientation
from liif_core.render.bicubic import BicubicRenderer
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import heat_model

BICUBIC = EnlargerChoice(None)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:200, 0:300]
    waves = np.stack([np.sin(x / 9), np.cos(y / 7), np.sin((x - y) / 11)], -1)
    noise = np.random.default_rng(0).normal(0, 6, waves.shape)
    path = tmp_path / "photo.png"
    write_image(path, np.clip(128 + 80 * waves + noise, 0, 255).astype(np.uint8))
    return path


def task_of(photo: Path, name: str = "out.png", scale: float = 2.0, **how: Any) -> ExportTask:
    request = ExportRequest(photo.with_name(name), Sized(Scale(scale)), EncodingOptions(**how))
    return ExportTask(photo, request, BICUBIC)


def test_a_task_is_done_from_file_to_file(photo: Path) -> None:
    task = task_of(photo)
    assert check_task(task).size == Size(400, 600)
    result = run_task(task, Enlarger(BICUBIC))
    assert read_image(result.path).size == result.size == Size(400, 600)


def test_the_first_of_several_pages_is_told_where_nobody_chose(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    first, second = (PillowImage.new("RGB", (9, 6), color) for color in ("red", "blue"))
    first.save(path, save_all=True, append_images=[second])
    result = run_task(task_of(path), Enlarger(BICUBIC))
    assert result.notes == (Note.FIRST_PAGE,)
    assert tuple(read_image(result.path).pixels[0, 0]) == (255, 0, 0)
    for page in range(2):
        assert run_task(replace(task_of(path, f"page {page}.png"), page=page), Enlarger(BICUBIC)).notes == ()


@pytest.mark.parametrize("link", [False, True])
def test_the_photo_itself_is_not_overwritten(photo: Path, link: bool) -> None:
    name = "photo.png"
    if link:
        name = "other.png"
        os.link(photo, photo.with_name(name))
    for refuse in (check_task, lambda task: run_task(task, Enlarger(BICUBIC))):
        with pytest.raises(RequestError, match="overwritten"):
            refuse(task_of(photo, name))


class Lost(Enlarger):
    """The device breaks at the first block, as CUDA tells it."""

    def renderer_of(self, image: Image) -> Any:
        class Renderer(BicubicRenderer):
            def render(self, *_: object, **__: object) -> Any:
                raise RuntimeError("CUDA error: unspecified launch failure\nand advice about kernels")

        return Renderer(image)


def test_a_device_that_fails_is_left_for_the_cpu_and_said(photo: Path) -> None:
    result = run_task(task_of(photo), Lost(replace(BICUBIC, device="cuda")))
    assert result.notes == (Note.MADE_ON_CPU,)
    run_task(task_of(photo, "other.png"), Enlarger(BICUBIC))
    assert photo.with_name("other.png").read_bytes() == result.path.read_bytes()


def test_a_cpu_that_fails_is_told_in_one_line_and_nothing_is_left(photo: Path) -> None:
    with pytest.raises(DeviceLost, match="unspecified launch failure") as failure:
        run_task(task_of(photo), Lost(replace(BICUBIC, device="cpu")))
    assert "\n" not in str(failure.value)
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"]


@pytest.mark.parametrize("name", ["out.png", "out.jpg", "out.tif", "out.webp"])
@pytest.mark.parametrize("scale", [0.7, 5.0])
def test_the_size_of_the_file_is_estimated_from_a_sample(photo: Path, name: str, scale: float) -> None:
    image, task = read_image(photo), task_of(photo, name, scale)
    plan = plan_export(image.size, task.request)
    found = estimate(plan, image, Enlarger(BICUBIC).renderer_of)
    result = run_export(plan, image, Enlarger(BICUBIC).renderer_of)
    assert found.size == result.size and found.pixels == result.size.area
    # A single strip of WebP and a few of deflate are not quite alike.
    assert 0.75 < found.file_bytes / result.file_bytes < 1.35
    assert 0 < found.seconds < 60
    assert found.memory_bytes >= planned_memory(plan, feature_bytes=0)
    assert [path.name for path in photo.parent.iterdir() if path.name.startswith("sample")] == []


@pytest.mark.parametrize("turned", [Orientation(), Orientation(1)])
@pytest.mark.parametrize(("name", "height", "width"), [("out.webp", 16_000, 9), ("out.jpg", 65_000, 4)])
def test_a_narrow_picture_is_estimated_where_blocks_on_end_would_be_too_high(
    tmp_path: Path, name: str, height: int, width: int, turned: Orientation
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    image = Image(noise)
    plan = plan_export(image.size, ExportRequest(tmp_path / name, Sized(Scale(1.0)), orientation=turned))
    found = estimate(plan, image, Enlarger(BICUBIC).renderer_of)
    result = run_export(plan, image, Enlarger(BICUBIC).renderer_of)
    assert found.size == result.size and 0.5 < found.file_bytes / result.file_bytes < 1.4


def test_a_sample_that_finds_no_room_is_told_in_a_sentence(
    photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: EncodedOutput, rest: memoryview) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(EncodedOutput, "_write_all", full)
    image, task = read_image(photo), task_of(photo)
    plan = plan_export(image.size, task.request)
    with pytest.raises(ImageWriteError, match="the disk is full"):
        estimate(plan, image, Enlarger(BICUBIC).renderer_of)


@pytest.mark.parametrize("keep_metadata", [True, False])
def test_a_profile_counts_with_and_without_metadata(tmp_path: Path, keep_metadata: bool) -> None:
    noise = np.random.default_rng(1).integers(0, 256, 50_000, np.uint8).tobytes()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + noise
    image = Image(np.full((40, 60, 3), 120, np.uint8), icc_profile=profile)
    options = EncodingOptions(keep_metadata=keep_metadata)
    plan = plan_export(image.size, ExportRequest(tmp_path / "out.jpg", Sized(Scale(2.0)), options))
    found = estimate(plan, image, Enlarger(BICUBIC).renderer_of)
    result = run_export(plan, image, Enlarger(BICUBIC).renderer_of)
    assert found.file_bytes == pytest.approx(result.file_bytes, rel=0.1)


def test_memory_does_not_grow_with_the_picture_where_rows_are_streamed() -> None:
    sizes = (Size(20_000, 20_000), Size(40_000, 40_000))
    plans = [
        plan_export(Size(2000, 2000), ExportRequest(Path("out.png"), Sized(Scale(size.height / 2000))))
        for size in sizes
    ]
    assert planned_memory(plans[0]) == planned_memory(plans[1]) < 1_500_000_000


def test_features_count_as_memory_where_a_model_makes_them(tmp_path: Path) -> None:
    image = Image(np.full((20, 30, 3), 120, np.uint8))
    plan = plan_export(image.size, ExportRequest(tmp_path / "out.png", Sized(Scale(2.0))))

    def by_a_model(source: Image) -> Renderer:
        return Renderer(source, heat_model(), FeatureCache(1 << 20))

    found = [
        estimate(plan, image, renderer_of, feature_bytes=3_000_000_000).memory_bytes
        for renderer_of in (by_a_model, BicubicRenderer)
    ]
    assert found[0] - found[1] == 3_000_000_000


def test_what_is_reduced_along_one_side_counts_as_memory() -> None:
    photo = Size(10_000, 10_000)
    plans = [
        plan_export(photo, ExportRequest(Path("out.png"), Sized(Exact(size)), EncodingOptions(keep_alpha=False)))
        for size in (Size(10_000, 20_000), Size(9_000, 20_000))
    ]
    assert planned_memory(plans[1]) - planned_memory(plans[0]) == 9_000 * 10_000 * 6


def test_a_finished_task_is_known_until_anything_changes(photo: Path, tmp_path: Path) -> None:
    task = task_of(photo)
    ledger = Ledger(tmp_path / "ledger" / "exports.jsonl")
    assert not ledger.is_finished(task)
    ledger.note(task, run_task(task, Enlarger(BICUBIC)))
    later = Ledger(tmp_path / "ledger" / "exports.jsonl")
    assert later.is_finished(task)
    for other in (
        task_of(photo, scale=3.0),
        task_of(photo, bits=16),
        task_of(photo, "b.png"),
        replace(task, page=1),
        replace(task, choice=EnlargerChoice(precision="fp32")),
        replace(task, choice=EnlargerChoice(self_ensemble=True)),
    ):
        assert not later.is_finished(other)
    os.utime(photo, (1, 1))
    assert not later.is_finished(task)


def test_what_a_model_made_is_known_until_the_model_changes_wherever_it_lies(photo: Path, tmp_path: Path) -> None:
    """What came with an AppImage lies elsewhere at each start."""
    model = tmp_path / "first" / "tiny.safetensors"
    model.parent.mkdir()
    save_native(model, heat_model(), ModelCard())
    task = replace(task_of(photo), choice=EnlargerChoice(model))
    Ledger(tmp_path / "exports.jsonl").note(task, run_task(task, Enlarger(task.choice)))
    model = model.parent.rename(tmp_path / "second") / model.name
    again = replace(task, choice=EnlargerChoice(model))
    assert Ledger(tmp_path / "exports.jsonl").is_finished(again)
    other = model.rename(model.with_name("other.safetensors"))
    assert not Ledger(tmp_path / "exports.jsonl").is_finished(replace(task, choice=EnlargerChoice(other)))
    os.utime(other.rename(model), (1, 1))
    assert not Ledger(tmp_path / "exports.jsonl").is_finished(again)


def test_a_file_that_was_changed_or_removed_is_not_finished(photo: Path, tmp_path: Path) -> None:
    task, ledger = task_of(photo), Ledger(tmp_path / "exports.jsonl")
    result = run_task(task, Enlarger(BICUBIC))
    ledger.note(task, result)
    (tmp_path / "exports.jsonl").write_bytes((tmp_path / "exports.jsonl").read_bytes() + b'{"target": "cut')
    assert Ledger(tmp_path / "exports.jsonl").is_finished(task)
    result.path.write_bytes(b"cut off")
    assert not ledger.is_finished(task)
    result.path.unlink()
    assert not ledger.is_finished(task)


@pytest.mark.parametrize(
    "line", ["{target}", "[{target}]", '{"target": {target}}', '{"target": [], "of": 1, "file": 2}']
)
def test_lines_of_the_ledger_that_say_too_little_count_for_nothing(photo: Path, tmp_path: Path, line: str) -> None:
    task, path = task_of(photo), tmp_path / "exports.jsonl"
    path.write_text(line.replace("{target}", json.dumps(os.path.realpath(task.request.target))) + "\n")
    assert not Ledger(path).is_finished(task)
    Ledger(path).note(task, run_task(task, Enlarger(BICUBIC)))
    assert Ledger(path).is_finished(task)
