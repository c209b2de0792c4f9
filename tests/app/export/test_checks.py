"""What the disk says of an export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.export.batch import Batch, batch_tasks
from app.export.checks import Reason, look_at, space_problem
from app.export.draft import What
from app.export.photo import ExportPhoto
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, RequestError
from liif_core.export import names as names_module
from liif_core.export.enlarger import EnlargerChoice
from liif_core.export.names import place_of
from liif_core.export.sizes import Scale
from liif_core.geometry import Rect, Size
from liif_core.imaging.image import Image
from liif_core.imaging.write import write_image
from tests.app.export.photos import draft_of, photo_of

PIXELS = np.full((40, 60, 3), 120, np.uint8)


@pytest.fixture
def photo(tmp_path: Path) -> ExportPhoto:
    path = tmp_path / "photo.jpg"
    write_image(path, PIXELS)
    return photo_of(Size(40, 60), path=path, image=Image(PIXELS))


def test_a_name_beside_the_photo_is_proposed_that_overwrites_nothing(photo):
    first = look_at(draft_of(photo), photo)
    assert first.target == photo.folder / "photo-120x80.jpg" and first.plan is not None and not first.exists
    first.target.write_bytes(b"x")
    second = look_at(draft_of(photo), photo)
    assert second.target.name == "photo-120x80-2.jpg"
    assert look_at(draft_of(photo), photo, taken={second.target}).target.name == "photo-120x80-3.jpg"


def test_the_proposed_name_tells_the_size_that_the_file_will_have(photo):
    """Of a crop by a scale, which is cut from the grid of the whole, the size depends on its place."""
    sides = {"what": What.CROP, "wish": Scale(1.5)}
    names = {}
    for left in (0, 1):
        look = look_at(draft_of(photo, crop=Rect(0, left, 3, 5), **sides), photo)
        assert look.plan is not None
        names[left] = look.target.name
        assert look.target.name == f"photo-{look.plan.size.width}x{look.plan.size.height}.jpg"
    assert names[0] != names[1]


def test_a_name_that_another_export_is_about_to_write_is_asked_about(photo):
    draft = replace(draft_of(photo), target=photo.folder / "mine.jpg")
    assert not look_at(draft, photo).exists
    assert look_at(draft, photo, taken={photo.folder / "mine.jpg"}).exists


def test_a_name_that_another_export_is_about_to_write_is_known_by_another_path_to_it(photo):
    (photo.folder / "album").mkdir()
    (photo.folder / "link").symlink_to(photo.folder / "album")
    draft = replace(draft_of(photo), target=photo.folder / "link" / "mine.jpg")
    assert not look_at(draft, photo).exists
    assert look_at(draft, photo, taken={photo.folder / "album" / "mine.jpg"}).exists


def test_where_no_number_is_left_no_file_is_proposed_to_be_replaced(photo, monkeypatch):
    monkeypatch.setattr("liif_core.export.names.HIGHEST_NUMBER", 2)
    for _ in range(2):
        look_at(draft_of(photo), photo).target.write_bytes(b"x")
    look = look_at(draft_of(photo), photo)
    assert look.plan is None and look.problem is not None and look.problem.reason is Reason.OTHER


def test_a_file_that_is_there_is_told_and_not_refused(photo):
    (photo.folder / "mine.jpg").write_bytes(b"old")
    look = look_at(draft_of(photo, target=photo.folder / "mine.jpg"), photo)
    assert look.problem is None and look.exists and look.free_bytes


@pytest.mark.parametrize(
    "name, reason",
    [
        ("photo.jpg", Reason.IS_PHOTO),
        ("nowhere/a.jpg", Reason.NO_FOLDER),
        ("folder.jpg", Reason.IS_FOLDER),
        ("a.png", Reason.EXTENSION),
        ("...", Reason.BAD_NAME),
        ("x" * 300 + ".jpg", Reason.OTHER),
    ],
)
def test_an_impossible_target_is_told(photo, name, reason):
    (photo.folder / "folder.jpg").mkdir()
    look = look_at(draft_of(photo, target=photo.folder / name), photo)
    assert look.plan is None and look.problem is not None and look.problem.reason is reason


def test_the_photo_is_also_known_by_another_path_to_it(photo, tmp_path):
    (tmp_path / "link.jpg").symlink_to(photo.path)
    look = look_at(draft_of(photo, target=tmp_path / "link.jpg"), photo)
    assert look.problem is not None and look.problem.reason is Reason.IS_PHOTO


def test_too_little_space_is_told_with_both_numbers():
    problem = space_problem(5_000, 1_000)
    assert problem is not None and problem.facts == (5_000, 1_000)
    assert space_problem(1_000, 5_000) is None and space_problem(1_000, None) is None


# -- many photos


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, ...]:
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for number, path in enumerate(paths, 1):
        write_image(path, np.full((10 * number, 20, 3), 50, np.uint8))
    paths[1].write_bytes(b"no photo")
    return tuple(paths)


def test_each_photo_of_a_folder_has_its_own_task(folder, photo):
    draft = draft_of(photo, what=What.ALL, wish=Scale(2.0), pattern="{number:02} {name} {height}")
    batch = Batch(folder, draft, EnlargerChoice())
    tasks = batch_tasks(batch, cancel=CancelToken())
    # The one that cannot be read is told by the queue.
    assert [task.request.target.name for task in tasks] == ["01 a 20.jpg", "b.jpg", "03 c 60.jpg"]
    assert [task.source for task in tasks] == list(folder)
    # Nobody was asked about files that come while these wait.
    assert not any(task.replaces for task in tasks)


def test_names_of_many_never_collide(folder, photo):
    draft = draft_of(photo, what=What.ALL, pattern="same")
    (photo.folder / "same.jpg").write_bytes(b"x")
    tasks = batch_tasks(
        Batch(folder, draft, EnlargerChoice()), taken={photo.folder / "same-2.jpg"}, cancel=CancelToken()
    )
    assert [task.request.target.name for task in tasks] == ["same-3.jpg", "b.jpg", "same-4.jpg"]


def test_a_name_that_is_in_use_is_tried_once_for_all_photos(photo, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    write_image(path, np.full((10, 20, 3), 50, np.uint8))
    tried: list[Path] = []

    def counted(path: Path) -> str:
        tried.append(path)
        return place_of(path)

    monkeypatch.setattr(names_module, "place_of", counted)
    batch = Batch((path,) * 40, draft_of(photo, what=What.ALL, pattern="same"), EnlargerChoice())
    targets = [task.request.target.name for task in batch_tasks(batch, cancel=CancelToken())]
    assert targets == ["same.jpg", *(f"same-{number}.jpg" for number in range(2, 41))]
    assert len(tried) == 40


def test_names_that_differ_in_case_collide_where_disks_tell_them_not_apart(photo, tmp_path, monkeypatch):
    photos = tuple(tmp_path / name for name in ("one.png", "ONE.png"))
    for path in photos:
        write_image(path, np.full((10, 20, 3), 50, np.uint8))
    batch = Batch(photos, draft_of(photo, what=What.ALL, pattern="{name}"), EnlargerChoice())
    for system, names in (("linux", ["one.jpg", "ONE.jpg"]), ("darwin", ["one.jpg", "ONE-2.jpg"])):
        monkeypatch.setattr("sys.platform", system)
        assert [task.request.target.name for task in batch_tasks(batch, cancel=CancelToken())] == names


def test_listing_many_can_be_cancelled_and_refuses_nonsense(folder, photo):
    draft = draft_of(photo, what=What.ALL)
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        batch_tasks(Batch(folder, draft, EnlargerChoice()), cancel=stopped)
    with pytest.raises(RequestError):
        batch_tasks(Batch(folder, replace(draft, pattern="{nothing}"), EnlargerChoice()), cancel=CancelToken())
