"""Two-step opening: a preview first, then the pixels, and the way back if they cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer import document as documents
from app.viewer.document import Document, Preview, open_document
from app.windows.start_page import StartPage
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageReadError, LiifError
from liif_core.geometry import Size
from liif_core.imaging.image import Image
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import read_image
from liif_core.imaging.scratch import is_mapped
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.test_view_pixels import grabbed

SIZE = Size(1300, 2500)


@pytest.fixture(scope="module")
def pixels() -> NDArray[np.uint8]:
    y, x = np.mgrid[0 : SIZE.height, 0 : SIZE.width]
    waves = [128 + 60 * np.sin(y / (31 + 7 * band)) + 60 * np.cos(x / (47 + 9 * band)) for band in range(3)]
    return np.stack(waves, -1).astype(np.uint8)


@pytest.fixture
def large_photo(tmp_path: Path, pixels: NDArray[np.uint8]) -> Path:
    """A JPEG that is large enough for a preview."""
    path = tmp_path / "large.jpg"
    write_image(path, pixels)
    return path


class Gate:
    """Holds the reading of pixels up until it is opened, and can let it fail."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.error: LiifError | None = None
        self.calls = 0

    def read(self, path: Path, *, cancel: CancelToken | None = None, **options: Any) -> Image:
        self.calls += 1
        while not self.opened.wait(0.01):
            if cancel is not None:
                cancel.check()
        if self.error is not None:
            raise self.error
        return read_image(path, cancel=cancel, **options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


def hold(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> None:
    monkeypatch.setattr(documents, "read_image", gate.read)


def elsewhere(photo: Path) -> Path:
    """The first of two photos in a folder within that of another photo."""
    folder = photo.parent / "elsewhere"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        write_image(folder / name, np.zeros((30, 40, 3), np.uint8))
    return folder / "a.png"


def show_preview(qtbot: QtBot, viewer: Viewer, path: Path) -> None:
    with qtbot.waitSignal(viewer.controller.document_opened, timeout=20_000):
        viewer.controller.open(path)
    assert isinstance(viewer.controller.document, Preview)
    assert not isinstance(viewer.controller.document, Document)


def test_a_large_photo_is_painted_before_its_pixels_are_read_and_then_becomes_sharp(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, gate)
    viewer = open_viewer()
    controller = viewer.controller
    opened: list[object] = []
    controller.document_opened.connect(opened.append)
    with qtbot.waitSignal(viewer.window.canvas.photo_painted, timeout=20_000):
        controller.open(large_photo)
    preview = controller.document
    assert preview is not None and preview.size == SIZE
    camera = controller.camera
    assert camera is not None and camera.is_fitted
    early = grabbed(viewer).astype(int)

    with qtbot.waitSignals([controller.document_read, controller.became_sharp], timeout=20_000):
        gate.opened.set()
    assert isinstance(controller.document, Document)
    assert controller.document.image.size == SIZE
    assert controller.camera == camera
    assert opened == [preview]
    # The preview was the same picture, to within its resampling.
    assert np.abs(grabbed(viewer).astype(int) - early).max() < 16
    assert np.abs(grabbed(viewer).astype(int) - early).mean() < 1


def test_one_can_zoom_and_pan_on_the_preview_and_stays_there(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, gate)
    viewer = open_viewer(model="bicubic")
    controller = viewer.controller
    show_preview(qtbot, viewer, large_photo)
    sharp: list[bool] = []
    controller.became_sharp.connect(lambda: sharp.append(True))
    controller.zoom_to(3.0)
    controller.center_on(400.0, 700.0)
    controller.pan(-11.0, 7.0)
    camera = controller.camera
    picture = grabbed(viewer).astype(int)
    assert picture.std() > 5, "the photo is painted"
    qtbot.wait(100)
    assert not sharp
    with qtbot.waitSignal(controller.became_sharp, timeout=20_000):
        gate.opened.set()
    assert controller.camera == camera
    assert np.abs(grabbed(viewer).astype(int) - picture).mean() < 6


@pytest.mark.parametrize("zoomed", [True, False])
def test_a_photo_whose_pixels_cannot_be_read_gives_way_to_the_one_before(
    qtbot: QtBot,
    open_viewer: OpenViewer,
    photo: Path,
    large_photo: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    zoomed: bool,
) -> None:
    viewer = open_viewer(photo)
    controller = viewer.controller
    with qtbot.waitSignal(controller.became_sharp, timeout=60_000):
        controller.zoom_to(7.3)
        controller.center_on(30.0, 60.0)
    before, camera, picture = controller.document, controller.camera, grabbed(viewer)
    hold(monkeypatch, gate)
    gate.error = ImageReadError(f"{large_photo} cannot be read: the disk is broken")
    show_preview(qtbot, viewer, large_photo)
    # As the command line's --zoom does with every photo that is opened.
    controller.document_opened.connect(lambda opened: controller.zoom_to(1.0))
    if zoomed:
        controller.zoom_to(2.0)
    failures: list[object] = []
    controller.read_failed.connect(lambda error, path: failures.append(error))
    with qtbot.waitSignal(controller.read_failed, timeout=20_000):
        gate.opened.set()
    assert [str(failure) for failure in failures] == [f"{large_photo} cannot be read: the disk is broken"]
    assert controller.document is before
    assert controller.camera == camera
    assert photo.name in viewer.window.windowTitle()
    # Its tiles were kept.
    assert np.array_equal(grabbed(viewer), picture)


def test_the_drawer_tells_of_the_photo_before_again(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.window.actions_["information"].trigger()
    told = viewer.window.drawer

    def names() -> list[str]:
        return [label.text() for label in told.findChildren(QLabel)]

    qtbot.waitUntil(lambda: any("150 × 100" in text for text in names()))
    hold(monkeypatch, gate)
    gate.error = ImageReadError("broken")
    show_preview(qtbot, viewer, large_photo)
    assert not any("150 × 100" in text for text in names())
    with qtbot.waitSignal(viewer.controller.read_failed, timeout=20_000):
        gate.opened.set()
    qtbot.waitUntil(lambda: any("150 × 100" in text for text in names()))


def test_without_a_photo_before_the_start_page_comes_back(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, gate)
    gate.error = ImageReadError("broken")
    viewer = open_viewer()
    show_preview(qtbot, viewer, large_photo)
    with qtbot.waitSignals([viewer.controller.document_closed, viewer.controller.read_failed], timeout=20_000):
        gate.opened.set()
    assert viewer.controller.document is None
    assert viewer.controller.camera is None
    assert [page.isVisible() for page in viewer.window.findChildren(StartPage)] == [True]
    assert large_photo.name not in viewer.window.windowTitle()


def test_another_photo_opened_meanwhile_replaces_the_preview(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer()
    controller = viewer.controller
    hold(monkeypatch, gate)
    show_preview(qtbot, viewer, large_photo)
    monkeypatch.setattr(documents, "read_image", read_image)
    with qtbot.waitSignal(controller.became_sharp, timeout=60_000):
        controller.open(photo)
    gate.opened.set()
    qtbot.wait(100)
    assert controller.document is not None
    assert controller.document.path == photo


def test_the_place_of_a_photo_that_was_stepped_to_is_told_with_its_preview(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And that of the photo before again, if the new one cannot be read."""
    first = large_photo.with_name("a.png")
    write_image(first, np.zeros((30, 40, 3), np.uint8))
    viewer = open_viewer(first, model="bicubic")
    told = viewer.window.findChildren(QLabel)
    qtbot.waitUntil(lambda: "1 / 2" in [label.text() for label in told])
    viewer.browsing._preloader.forget()
    hold(monkeypatch, gate)
    gate.error = ImageReadError("broken")
    with qtbot.waitSignal(viewer.controller.document_opened, timeout=20_000):
        viewer.window.actions_["next"].trigger()
    assert "2 / 2" in [label.text() for label in told]
    with qtbot.waitSignal(viewer.controller.read_failed, timeout=20_000):
        gate.opened.set()
    assert viewer.controller.document is not None and viewer.controller.document.path == first
    assert "1 / 2" in [label.text() for label in told]


def test_the_place_is_told_again_when_a_photo_that_was_named_gives_way(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(elsewhere(large_photo), model="bicubic")
    told = viewer.window.findChildren(QLabel)
    qtbot.waitUntil(lambda: "1 / 2" in [label.text() for label in told])
    hold(monkeypatch, gate)
    gate.error = ImageReadError("broken")
    show_preview(qtbot, viewer, large_photo)
    assert "1 / 2" not in [label.text() for label in told]
    with qtbot.waitSignal(viewer.controller.read_failed, timeout=20_000):
        gate.opened.set()
    assert "1 / 2" in [label.text() for label in told]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_step_from_a_preview_leads_to_the_photo_beside_it(
    qtbot: QtBot,
    open_viewer: OpenViewer,
    large_photo: Path,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    is_first: bool,
) -> None:
    """It is what the person sees, and large photos take seconds to read."""
    viewer = open_viewer(None if is_first else elsewhere(large_photo), model="bicubic")
    following = large_photo.with_name("next.png")
    write_image(following, np.zeros((30, 40, 3), np.uint8))
    hold(monkeypatch, gate)
    show_preview(qtbot, viewer, large_photo)
    monkeypatch.setattr(documents, "read_image", read_image)
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        viewer.window.actions_["next"].trigger()
    assert viewer.controller.document is not None
    assert viewer.controller.document.path == following
    assert viewer.browser.position == (2, 2)


def test_a_step_from_a_preview_to_nowhere_is_forgotten_with_it(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = elsewhere(large_photo)
    viewer = open_viewer(before, model="bicubic")
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 2))
    hold(monkeypatch, gate)
    gate.error = ImageReadError("broken")
    show_preview(qtbot, viewer, large_photo)
    with qtbot.waitSignal(viewer.browser.reached_end):
        viewer.window.actions_["next"].trigger()
    assert viewer.browser.current == large_photo
    with qtbot.waitSignal(viewer.browsing.failed, timeout=20_000):
        gate.opened.set()
    assert viewer.controller.document is not None
    assert viewer.controller.document.path == viewer.browser.current == before
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 2))


def test_a_failing_photo_after_an_unread_preview_brings_the_last_whole_one_back(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo)
    controller = viewer.controller
    before = controller.document
    hold(monkeypatch, gate)
    show_preview(qtbot, viewer, large_photo)
    monkeypatch.setattr(documents, "read_image", read_image)
    failures: list[object] = []
    controller.read_failed.connect(lambda error, path: failures.append(error))
    with qtbot.waitSignal(controller.read_failed, timeout=20_000):
        controller.open(photo.with_name("missing.png"))
    qtbot.wait(50)
    assert controller.document is before
    assert len(failures) == 1, "nobody waits for the photo in between any more"


def test_quitting_does_not_wait_for_the_pixels(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, gate)
    viewer = open_viewer()
    show_preview(qtbot, viewer, large_photo)
    assert viewer.controller.stop(timeout_s=60)


def test_a_photo_beyond_its_share_of_memory_is_held_in_a_file(
    qtbot: QtBot,
    open_viewer: OpenViewer,
    large_photo: Path,
    pixels: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    viewer = open_viewer(model="bicubic")
    controller = viewer.controller
    controller.set_photo_memory(1)
    with qtbot.waitSignal(controller.became_sharp, timeout=20_000):
        controller.open(large_photo)
    assert isinstance(controller.document, Document)
    assert is_mapped(controller.document.image.pixels)
    with qtbot.waitSignal(controller.became_sharp, timeout=20_000):
        controller.zoom_to(1.0)
        controller.center_on(650.0, 1250.0)
    camera = controller.camera
    assert camera is not None
    shown = grabbed(viewer)[camera.visible.shifted(*camera.origin_device).slices].astype(int)
    assert np.abs(shown - pixels[camera.visible.slices]).max() <= 12  # JPEG's own error
    assert np.array_equal(shown, read_image(large_photo).pixels[camera.visible.slices])


def test_document_and_preview_are_of_the_same_photo(large_photo: Path) -> None:
    previews: list[Preview] = []
    document = open_document(large_photo, on_preview=previews.append)
    assert [(preview.photo_id, preview.path, preview.size) for preview in previews] == [
        (document.photo_id, large_photo, SIZE)
    ]
    assert document.image.size == document.size == SIZE
    assert max(previews[0].overview.width(), previews[0].overview.height()) >= documents.PREVIEW_SIDE
    assert open_document(large_photo).photo_id != document.photo_id


@pytest.mark.parametrize("size", [(900, 700), (40, 30)])
def test_small_photos_need_no_preview(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "small.jpg"
    write_image(path, np.full((*size, 3), 80, np.uint8))
    previews: list[Preview] = []
    document = open_document(path, on_preview=previews.append)
    assert not previews
    assert (document.overview.height(), document.overview.width()) == size


def test_no_preview_is_handed_over_after_a_failure(large_photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()
    previews: list[Preview] = []

    def slow(path: Path, **options: object) -> object:
        reduced = read_preview(path, side=documents.PREVIEW_SIDE)
        assert failed.wait(60)
        return reduced

    def fail(path: Path, **options: object) -> Image:
        failed.set()
        raise ImageReadError("broken")

    monkeypatch.setattr(documents, "read_preview", slow)
    monkeypatch.setattr(documents, "read_image", fail)
    with pytest.raises(ImageReadError, match="broken"):
        open_document(large_photo, on_preview=previews.append)
    assert not previews


def test_cancelling_ends_both_threads(large_photo: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        open_document(large_photo, cancel=token, on_preview=lambda preview: None)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("preview")]
