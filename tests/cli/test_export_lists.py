"""`stepless export` with lists of photos: names, failures, reports, resuming, shares of torchrun."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from tests.cli.terminal import Stepless, assert_ends_unheard, assert_refused, files_in, started

QUICK = ("--model", "bicubic", "--long-side", "90")


@pytest.fixture
def photos(tmp_path: Path, pixels: NDArray[np.uint8]) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a", "b", "c"):
        write_image(folder / f"{name}.png", pixels)
    return folder


@pytest.mark.parametrize("given", ["photos/*.png", "photos"])
def test_a_list_is_exported_into_a_folder(
    stepless: Stepless, photos: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.chdir(photos.parent)
    outcome = stepless("export", given, "out/", *QUICK, "--json", "report.json", "--jobs", "2", "--format", "jpg")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[-1] == "3 exported, 0 failed"
    assert files_in(photos.parent / "out") == {f"{name}-90x58.jpg" for name in "abc"}
    report = json.loads((photos.parent / "report.json").read_text())
    assert report["done"] == 3
    assert [(file["width"], file["height"], file["state"]) for file in report["files"]] == [(90, 58, "done")] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="closed pipes are other errors there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_goes_away_ends_no_export(photos: Path, tmp_path: Path, jobs: str) -> None:
    out, report = tmp_path / "out", tmp_path / "report.json"
    given = ["export", str(photos), str(out), *QUICK, "--jobs", jobs, "--json", str(report)]
    with started(*given) as process:
        assert_ends_unheard(process)
    assert files_in(out) == {f"{name}-90x58.png" for name in "abc"}
    assert json.loads(report.read_text())["done"] == 3


def test_files_that_macos_writes_beside_photos_are_none(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    (photos / "._a.png").write_bytes(b"\0\5\x16\7\0\2\0\0Mac OS X")
    outcome = stepless("export", photos, tmp_path / "out", *QUICK)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[-1] == "3 exported, 0 failed"


def test_one_that_fails_is_named_and_the_others_are_there(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    (photos / "b.png").write_bytes((photos / "b.png").read_bytes()[:600])
    (photos / "d.png").write_bytes(b"no photo")
    outcome = stepless("export", photos, tmp_path / "out", *QUICK, "--json", tmp_path / "report.json")
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1] == "2 exported, 2 failed"
    assert "b.png" in outcome.err and "d.png" in outcome.err
    assert files_in(tmp_path / "out") == {"a-90x58.png", "c-90x58.png"}
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["failed"] == 2
    assert {Path(file["source"]).name for file in report["files"] if file["state"] == "failed"} == {"b.png", "d.png"}


def test_one_that_fails_as_the_only_one_of_a_list_is_named(stepless: Stepless, photo: Path, tmp_path: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:600])
    outcome = stepless("export", photo, f"{tmp_path}/out/", *QUICK)
    assert (outcome.code, outcome.out.splitlines()[-1]) == (1, "0 exported, 1 failed")
    assert outcome.err.startswith("stepless: ") and photo.name in outcome.err


def test_finished_files_are_skipped_and_changed_ones_made_again(
    stepless: Stepless, photos: Path, tmp_path: Path
) -> None:
    command = ("export", photos, tmp_path / "out", *QUICK, "--name", "{number:02}-{name}")
    assert stepless(*command).code == 0
    (tmp_path / "out" / "02-b.png").write_bytes(b"cut off")
    outcome = stepless(*command, "--skip-finished")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "1 exported, 0 failed, 2 skipped"
    assert read_image(tmp_path / "out" / "02-b.png").size.width == 90
    assert stepless(*command, "--bits", "16", "--skip-finished").out.splitlines()[-1] == "3 exported, 0 failed"


def test_processes_of_torchrun_share_the_list(
    stepless: Stepless, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank, names in ((0, {"1-a.png", "3-c.png"}), (1, {"1-a.png", "2-b.png", "3-c.png"})):
        for name, value in (("RANK", rank), ("LOCAL_RANK", rank), ("WORLD_SIZE", 2), ("LOCAL_WORLD_SIZE", 2)):
            monkeypatch.setenv(name, str(value))
        report = ("--json", tmp_path / "report.json")
        assert stepless("export", photos, tmp_path / "out", *QUICK, "--name", "{number}-{name}", *report).code == 0
        assert files_in(tmp_path / "out") == names
    assert json.loads((tmp_path / "report-1.json").read_text())["done"] == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("photos/*.jpg", "out"), "no file matches"),
        (("photos/*.png", "out", "--name", "{size}"), "{width}"),
        (("photos/*.png", "out", "--name", "same"), "both become"),
        (("photos/*.png", "out", "--format", "xyz"), ".png"),
        (("photos/*.png", "out", "--format", "jpg", "--bits", "16"), "takes 8"),
        (("photos/*.png", "out", "--quality", "0"), "1 to 100"),
        (("photos/a.png", "out/a.png", "--format", "jpg"), "--format is for the files in a folder"),
        (("photos/a.png", "new", "--name", "{name}-2"), "--name is for the files in a folder, and 'new' is"),
        (("photos/*.png", "out", "--format", ""), ".png"),
        (("photos/*.png", "photos/a.png/out"), "cannot be made"),
        (("empty", "out"), "no photo"),
    ],
)
def test_a_bad_request_is_refused_before_any_work(
    stepless: Stepless, photos: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(photos.parent)
    (photos.parent / "empty").mkdir()
    assert_refused(stepless("export", *options, *QUICK), told)
    assert files_in(photos) == {"a.png", "b.png", "c.png"}
    assert not any(path.suffix for path in (photos.parent / "out").glob("*"))


@pytest.mark.parametrize("link", [None, "out.png"], ids=["its name", "a link to it"])
@pytest.mark.parametrize("readable", [True, False])
def test_no_photo_takes_the_place_of_another_of_the_list(
    stepless: Stepless, photo: Path, tmp_path: Path, readable: bool, link: str | None
) -> None:
    jpeg = tmp_path / "photo.jpg"
    write_image(jpeg, read_image(photo).pixels)
    if not readable:
        photo.write_bytes(photo.read_bytes()[:600])
    if link is not None:
        (tmp_path / link).symlink_to(photo)
    before = photo.read_bytes()
    name = photo.stem if link is None else Path(link).stem
    outcome = stepless("export", jpeg, photo, f"{tmp_path}/", *QUICK, "--name", name)
    assert_refused(outcome, jpeg, "would overwrite", photo)
    assert photo.read_bytes() == before


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        (("--percent", "150"), (105, 68)),
        (("--width", "140"), (140, 90)),
        (("--height", "90"), (140, 90)),
        (("--within", "100x100"), (100, 64)),
        (("--megapixels", "0.0126"), (140, 90)),
        (("--print", "25.4x", "--dpi", "140"), (140, 90)),
        (("--preset", "full hd"), (1680, 1080)),
        (("--width", "90", "--aspect", "1:1"), (90, 90)),
    ],
)
def test_every_way_to_say_a_size(
    stepless: Stepless, photos: Path, wish: tuple[str, ...], size: tuple[int, int]
) -> None:
    out = photos / "out.png"
    assert stepless("export", photos / "a.png", out, *wish, "--model", "bicubic").code == 0
    found = read_image(out).size
    assert (found.width, found.height) == size


def test_an_estimate_writes_nothing(stepless: Stepless, photos: Path) -> None:
    outcome = stepless(
        "export", photos / "a.png", photos / "out.png", "--scale", "3", "--model", "bicubic", "--estimate"
    )
    assert outcome.code == 0
    assert "210 x 135 pixels" in outcome.out and " MB" in outcome.out
    assert files_in(photos) == {"a.png", "b.png", "c.png"}


def test_an_estimate_of_a_list_tells_every_photo_and_writes_only_the_report(
    stepless: Stepless, photos: Path, tmp_path: Path
) -> None:
    # The first one's header is whole, its pixels are not; the last one is refused by its header.
    (photos / "a.png").write_bytes((photos / "a.png").read_bytes()[:600])
    (photos / "d.png").write_bytes(b"no photo")
    outcome = stepless("export", photos, tmp_path / "out", *QUICK, "--estimate", "--json", tmp_path / "report.json")
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [str(tmp_path / f"out/{name}-90x58.png") for name in "bc"]
    assert lines[-1] == "2 estimated, 2 failed"
    assert "a.png" in outcome.err and "d.png" in outcome.err
    assert files_in(tmp_path) == {"photos", "report.json"}
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["estimated"], report["failed"]) == (2, 2)
    told = {Path(file["source"]).name: file for file in report["files"]}
    assert [told[name]["state"] for name in sorted(told)] == ["failed", "estimated", "estimated", "failed"]
    assert (told["b.png"]["width"], told["b.png"]["height"]) == (90, 58)
    assert all(told["b.png"][fact] > 0 for fact in ("bytes", "seconds", "memory_bytes"))
    assert "a.png" in told["a.png"]["error"]


@pytest.mark.skipif(sys.platform == "win32", reason="closed pipes are other errors there")
def test_a_reader_that_goes_away_ends_no_estimate(photos: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with started("export", photos, tmp_path / "out", *QUICK, "--estimate", "--json", report) as process:
        assert_ends_unheard(process)
    assert json.loads(report.read_text())["estimated"] == 3


def test_an_estimate_of_one_photo_goes_into_a_report(stepless: Stepless, photo: Path, tmp_path: Path) -> None:
    command = ("export", photo, tmp_path / "out.png", *QUICK, "--estimate", "--json", tmp_path / "report.json")
    assert stepless(*command).code == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert [(file["target"], file["width"]) for file in report["files"]] == [(str(tmp_path / "out.png"), 90)]
    photo.write_bytes(photo.read_bytes()[:600])
    assert_refused(stepless(*command), photo.name)
    assert json.loads((tmp_path / "report.json").read_text())["failed"] == 1


def test_an_estimate_refuses_a_folder_that_cannot_be_one(stepless: Stepless, photos: Path) -> None:
    outcome = stepless("export", photos, photos / "a.png" / "out", *QUICK, "--estimate")
    assert_refused(outcome, "a.png", "cannot be made")


@pytest.mark.parametrize("report", ["photo.png", "out.png", "link.json"])
def test_a_report_takes_the_place_of_no_photo(stepless: Stepless, photo: Path, report: str) -> None:
    (photo.parent / "link.json").symlink_to(photo)
    before = photo.read_bytes()
    outcome = stepless("export", photo, photo.parent / "out.png", *QUICK, "--json", photo.parent / report)
    assert_refused(outcome, report)
    assert photo.read_bytes() == before and not (photo.parent / "out.png").exists()


def test_a_report_of_a_list_takes_the_place_of_no_photo(stepless: Stepless, photo: Path, tmp_path: Path) -> None:
    before = photo.read_bytes()
    assert_refused(stepless("export", photo, f"{tmp_path}/out/", *QUICK, "--json", photo), photo.name)
    assert photo.read_bytes() == before
