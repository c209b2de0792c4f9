"""Rendering in blocks and writing: no seam, no half file, cancellable."""

from __future__ import annotations

import errno
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageCms

from liif_core import atomic
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageWriteError, OutOfMemory
from liif_core.export import job
from liif_core.export.control import JobControl, Phase, Progress
from liif_core.export.job import run_export
from liif_core.export.plan import ExportPlan, plan_export
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Exact, Scale
from liif_core.export.strips import BLOCK_COLUMNS
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.encoding import EncodingOptions
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid
from liif_core.imaging.write import quantise
from liif_core.render.bicubic import BicubicRenderer
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")

FORMATS = ["out.png", "out.jpg", "out.tif", "out.webp"]


class Places:
    """A renderer whose colours tell the row and column asked for."""

    def __init__(self) -> None:
        self.asked: list[Rect] = []

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        self.asked.append(rect)
        y, x = np.mgrid[rect.y : rect.bottom, rect.x : rect.right]
        return (np.stack([y, x, y + x], -1) / 65535).astype(np.float32)


class Failing(Places):
    """A renderer that fails at its second block."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        if self.asked:
            raise self.error
        return super().render(grid, rect, cancel=cancel)


@pytest.fixture(scope="module")
def image() -> Image:
    y, x = np.mgrid[0:64, 0:520]
    noise = np.random.default_rng(0).normal(0, 20, (64, 520, 3))
    waves = np.stack([np.sin(x / 5), np.cos(y / 3), np.sin((x - y) / 7)], -1)
    return Image(np.clip(128 + 80 * waves + noise, 0, 255).astype(np.uint8))


def planned(
    target: Path,
    image: Image,
    *,
    scale: float | None = None,
    size: Size | None = None,
    crop: Rect | None = None,
    bits: int = 8,
) -> ExportPlan:
    wish = Exact(size) if size is not None else Scale(scale or 1.0)
    return plan_export(image.size, ExportRequest(target, Sized(wish, crop), EncodingOptions(bits=bits)))


def export(target: Path, image: Image, renderer: Any, *, control: JobControl | None = None, **wish: Any) -> None:
    run_export(planned(target, image, **wish), image, lambda source: renderer, control=control)


def test_every_pixel_is_rendered_once_and_lands_in_its_place(tmp_path: Path, image: Image) -> None:
    renderer = Places()
    export(tmp_path / "out.png", image, renderer, scale=10.0, bits=16, crop=Rect(13, 21, 51, 430))
    pixels = read_image(tmp_path / "out.png").pixels
    assert pixels.shape == (510, 4300, 3)
    y, x = np.mgrid[130:640, 210:4510]
    assert np.array_equal(pixels, np.stack([y, x, y + x], -1))
    assert sum(rect.area for rect in renderer.asked) == 510 * 4300
    assert max(rect.height for rect in renderer.asked) <= 256
    assert max(rect.width for rect in renderer.asked) <= BLOCK_COLUMNS < 4300


@pytest.mark.parametrize("scale", [4.6, 5.0])
def test_enlargement_of_several_blocks_equals_one_rendered_at_once(tmp_path: Path, image: Image, scale: float) -> None:
    model = heat_model()
    export(tmp_path / "out.png", image, Renderer(image, model, FeatureCache(1 << 28)), scale=scale, bits=16)
    grid = OutputGrid(image.size, image.size.scaled(scale))
    whole = Renderer(image, model, FeatureCache(1 << 28)).render(grid, grid.output.rect)
    pixels = read_image(tmp_path / "out.png").pixels
    assert np.abs(pixels.astype(int) - quantise(whole, 16)).max() <= 2
    assert whole.std() > 0.1


def test_liif_has_no_seam_between_blocks(tmp_path: Path, image: Image) -> None:
    narrow = Image(image.pixels[:, :30])
    model = liif_model()
    export(tmp_path / "out.png", narrow, Renderer(narrow, model, FeatureCache(1 << 28)), scale=4.3, bits=16)
    grid = OutputGrid(narrow.size, narrow.size.scaled(4.3))
    whole = Renderer(narrow, model, FeatureCache(1 << 28)).render(grid, grid.output.rect)
    assert np.abs(read_image(tmp_path / "out.png").pixels.astype(int) - quantise(whole, 16)).max() <= 2


@pytest.mark.parametrize("output", [Size(280, 2100), Size(140, 1120)], ids=["bicubic", "area average"])
def test_reduction_of_several_blocks_is_that_of_the_whole(output: Size, tmp_path: Path) -> None:
    photo = Image(np.random.default_rng(1).integers(0, 256, (350, 2800, 3), dtype=np.uint8))
    renderer = Places()
    export(tmp_path / "out.png", photo, renderer, size=output, bits=16)
    grid = OutputGrid(photo.size, output)
    expected = quantise(Pyramid(photo).reduced(grid, grid.output.rect), 16)
    assert np.abs(read_image(tmp_path / "out.png").pixels.astype(int) - expected).max() <= 1
    assert renderer.asked == []


@pytest.mark.parametrize(("dtype", "bits"), [(np.uint8, 8), (np.uint16, 16)])
def test_scale_1_is_the_photo_at_its_depth(tmp_path: Path, dtype: type, bits: int) -> None:
    pixels = np.random.default_rng(2).integers(0, np.iinfo(dtype).max, (300, 50, 3), dtype=dtype, endpoint=True)
    export(tmp_path / "out.png", Image(pixels), Places(), scale=1.0, bits=bits)
    assert np.array_equal(read_image(tmp_path / "out.png").pixels, pixels)


@pytest.mark.parametrize("name", FORMATS)
def test_profile_and_exif_are_kept(tmp_path: Path, image: Image, name: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    block = PillowImage.Exif()
    block[0x010F] = "Maker"
    photo = Image(image.pixels, icc_profile=profile, exif=block.tobytes().removeprefix(b"Exif\0\0"))
    export(tmp_path / name, photo, Places(), size=Size(70, 600))
    back = read_image(tmp_path / name)
    assert back.icc_profile == profile
    if name != "out.tif":
        assert back.exif is not None and b"Maker" in back.exif


@pytest.mark.parametrize("name", FORMATS)
def test_full_disk_leaves_the_old_file(
    tmp_path: Path, image: Image, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_bytes(b"the old file")
    written = []

    def full(path: Path) -> None:
        written.append(path.stat().st_size)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "_flush_to_disk", full)
    with pytest.raises(ImageWriteError, match="the disk is full"):
        export(tmp_path / name, image, Places(), size=Size(70, 600))
    assert written and written[0] > 0
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"the old file")]


@pytest.mark.parametrize("error", [OutOfMemory("too little"), MemoryError()])
def test_too_little_memory_leaves_the_old_file(tmp_path: Path, image: Image, error: Exception) -> None:
    (tmp_path / "out.png").write_bytes(b"the old file")
    with pytest.raises(OutOfMemory):
        export(tmp_path / "out.png", image, Failing(error), scale=5.0)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("out.png", b"the old file")]


def test_too_little_memory_is_told_with_the_size(tmp_path: Path, image: Image) -> None:
    with pytest.raises(OutOfMemory, match="2600 x 320"):
        export(tmp_path / "out.png", image, Failing(MemoryError()), scale=5.0)


def test_cancelled_before_the_start_renders_nothing(tmp_path: Path, image: Image) -> None:
    renderer, control = Places(), JobControl()
    control.cancel()
    with pytest.raises(Cancelled):
        export(tmp_path / "out.png", image, renderer, control=control, scale=5.0)
    assert renderer.asked == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("at", [1, 2, 4])
def test_cancelled_between_blocks_writes_nothing(tmp_path: Path, image: Image, at: int, name: str) -> None:
    (tmp_path / name).write_bytes(b"the old file")
    renderer, control = Places(), JobControl()

    def on_progress(progress: Progress) -> None:
        if progress.phase is Phase.RENDERING and progress.share >= at / 4:
            control.cancel()

    plan = planned(tmp_path / name, image, scale=5.0)
    with pytest.raises(Cancelled):
        run_export(plan, image, lambda source: renderer, control=control, on_progress=on_progress)
    assert len(renderer.asked) == at
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"the old file")]


@pytest.mark.parametrize("phase", [Phase.FINISHING, Phase.CHECKING])
@pytest.mark.parametrize("name", FORMATS)
def test_cancelled_at_the_end_writes_nothing(tmp_path: Path, image: Image, phase: Phase, name: str) -> None:
    control = JobControl()

    def on_progress(progress: Progress) -> None:
        if progress.phase is phase:
            control.cancel()

    plan = planned(tmp_path / name, image, scale=2.0)
    with pytest.raises(Cancelled):
        run_export(plan, image, lambda source: Places(), control=control, on_progress=on_progress)
    assert list(tmp_path.iterdir()) == []


def test_cancelled_inside_of_a_block(tmp_path: Path, image: Image) -> None:
    control = JobControl()
    given: list[CancelToken | None] = []

    class Asking(Places):
        def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
            given.append(cancel)
            control.cancel()
            control.check()
            return super().render(grid, rect)

    with pytest.raises(Cancelled):
        export(tmp_path / "out.png", image, Asking(), control=control, scale=5.0)
    assert given == [control]
    assert list(tmp_path.iterdir()) == []


def test_cancelled_while_a_side_is_reduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = Image(np.zeros((1000, 4, 3), np.uint8))
    plan = plan_export(photo.size, ExportRequest(tmp_path / "out.png", Sized(Exact(Size(900, 8)))))
    control, reduced = JobControl(), []
    area = Pyramid.area

    def cancelling(pyramid: Pyramid, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
        reduced.append(rect)
        control.cancel()
        return area(pyramid, grid, rect)

    monkeypatch.setattr(Pyramid, "area", cancelling)
    with pytest.raises(Cancelled):
        run_export(plan, photo, lambda source: Places(), control=control)
    assert len(reduced) == 1


def test_progress_rises_to_1_and_tells_what_is_left(tmp_path: Path, image: Image) -> None:
    told: list[Progress] = []
    plan = planned(tmp_path / "out.png", image, scale=5.0)
    result = run_export(plan, image, lambda source: Places(), on_progress=told.append)
    assert [progress.share for progress in told] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0]
    assert [progress.phase for progress in told[-2:]] == [Phase.FINISHING, Phase.CHECKING]
    assert [progress.left_s is None for progress in told] == [True, *[False] * 4, True, True]
    assert told[4].left_s == 0
    assert result.file_bytes == (tmp_path / "out.png").stat().st_size
    assert result.elapsed_s >= told[-1].elapsed_s


def test_folders_that_are_gone_are_not_remembered_for_ever(tmp_path: Path) -> None:
    photo = Image(np.zeros((2, 2, 3), np.uint8))
    for number in range(70):
        folder = tmp_path / str(number)
        folder.mkdir()
        export(folder / "out.tif", photo, Places())
    assert job._clean.cache_info().currsize < 70


def test_pause_holds_the_work_and_its_time_does_not_count(tmp_path: Path, image: Image) -> None:
    control, told = JobControl(), []

    def on_progress(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 2:
            control.pause()
            threading.Timer(0.5, go_on).start()

    def go_on() -> None:
        seen.append(len(told))
        control.resume()

    seen: list[int] = []
    plan = planned(tmp_path / "out.png", image, scale=5.0)
    started = time.monotonic()
    result = run_export(plan, image, lambda source: Places(), control=control, on_progress=on_progress)
    taken = time.monotonic() - started
    assert seen == [2]
    assert 0.4 < control.paused_s < taken
    assert 0 < result.elapsed_s <= taken - control.paused_s


def test_cancel_ends_a_pause(tmp_path: Path, image: Image) -> None:
    control = JobControl()
    control.pause()
    threading.Timer(0.1, control.cancel).start()
    with pytest.raises(Cancelled):
        export(tmp_path / "out.png", image, Places(), control=control, scale=5.0)
    assert not control.paused


@pytest.mark.parametrize("name", FORMATS)
def test_cancel_is_heard_long_before_the_end(tmp_path: Path, name: str) -> None:
    """Within half a second where nothing else runs; the whole picture would take many."""
    photo = Image(np.random.default_rng(0).integers(0, 256, (1000, 1500, 3), dtype=np.uint8))
    control, cancelled_at = JobControl(), []

    def stop() -> None:
        cancelled_at.append(time.monotonic())
        control.cancel()

    # Reductions and bicubic need no model: what is waited for is the encoder.
    threading.Timer(0.3, stop).start()
    plan = planned(tmp_path / name, photo, scale=10.0)
    with pytest.raises(Cancelled):
        run_export(plan, photo, BicubicRenderer, control=control)
    assert time.monotonic() - cancelled_at[0] < 4
    assert list(tmp_path.iterdir()) == []
