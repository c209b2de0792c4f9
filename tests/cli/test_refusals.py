"""Files that are no photos and files that are no models: exit code 2, one sentence, nothing written."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image as PillowImage

from tests.cli.terminal import Stepless, assert_refused, files_in, run_python

pytestmark = pytest.mark.usefixtures("one_thread")

Make = Callable[[Path], None]


def text(path: Path) -> None:
    path.write_text("this is no picture\n", encoding="utf-8")


def empty(path: Path) -> None:
    path.touch()


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    assert not path.exists()


def cut_jpeg(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    PillowImage.fromarray(noise).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


BAD_PHOTOS = [text, empty, folder, nothing, cut_jpeg]


@pytest.mark.parametrize("make", BAD_PHOTOS)
def test_what_is_no_photo_is_refused(stepless: Stepless, tmp_path: Path, make: Make) -> None:
    path = tmp_path / "bad photo.jpg"
    make(path)
    before = files_in(tmp_path)
    assert_refused(stepless("export", path, tmp_path / "out.png", "--scale", "2"), path)
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("make", [text, empty, cut_jpeg])
def test_dataset_with_a_bad_photo_is_refused(stepless: Stepless, tmp_path: Path, make: Make) -> None:
    (tmp_path / "HR").mkdir()
    make(tmp_path / "HR" / "bad.jpg")
    assert_refused(stepless("evaluate", tmp_path, "--model", "bicubic"), tmp_path / "HR" / "bad.jpg")


def test_photo_without_permission_is_refused(stepless: Stepless, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path, *_: object, **__: object) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", denied)
    outcome = stepless("export", photo, photo.with_name("out.png"), "--scale", "2")
    assert_refused(outcome, photo, "permission")


def test_folder_without_permission_is_refused_as_a_place(
    stepless: Stepless, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liif_core.imaging.write.os.access", lambda path, mode: False)
    out = photo.with_name("out.png")
    assert_refused(stepless("export", photo, out, "--scale", "2"), out, "permission")


def other_pickle(path: Path) -> None:
    torch.save({"generator": torch.zeros(2)}, path)


def pickle_with_code(path: Path) -> None:
    torch.save({"model": print}, path)


def other_safetensors(path: Path) -> None:
    safetensors.torch.save_file({"conv.weight": torch.zeros(2)}, path)


def picture(path: Path) -> None:
    PillowImage.new("RGB", (3, 3)).save(path, "PNG")


def endless_header(path: Path) -> None:
    path.write_bytes(struct.pack("<Q", 2**60) + b"{")


OTHER_MODELS = [
    text,
    empty,
    folder,
    nothing,
    other_pickle,
    pickle_with_code,
    other_safetensors,
    picture,
    endless_header,
]


@pytest.mark.parametrize("make", OTHER_MODELS)
@pytest.mark.parametrize("command", ["export", "evaluate"])
def test_checkpoint_of_another_kind_is_refused(stepless: Stepless, photo: Path, command: str, make: Make) -> None:
    model = photo.with_name("a model.pth")
    make(model)
    (photo.parent / "HR").mkdir()
    photo.rename(photo.parent / "HR" / photo.name)
    before = files_in(photo.parent)
    asked: tuple[object, ...] = ("evaluate", photo.parent)
    if command == "export":
        asked = ("export", photo.parent / "HR" / photo.name, photo.with_name("out.png"), "--scale", "2")
    assert_refused(stepless(*asked, "--model", model), model)
    assert files_in(photo.parent) == before


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_truncated_model_is_refused(stepless: Stepless, photo: Path, tiny_model: Path, share: float) -> None:
    content = tiny_model.read_bytes()
    model = photo.with_name("cut.safetensors")
    model.write_bytes(content[: int(len(content) * share)])
    assert_refused(stepless("export", photo, photo.with_name("out.png"), "--scale", "2", "--model", model), model)


def test_shell_sees_one_line_and_exit_code_2(tmp_path: Path) -> None:
    text(tmp_path / "text.jpg")
    code = "import runpy, sys; sys.argv[0] = 'stepless'; runpy.run_module('app', run_name='__main__')"
    assert_refused(run_python(code, "export", "text.jpg", "out.png", "--scale", "2", cwd=tmp_path), "text.jpg")
    assert files_in(tmp_path) == {"text.jpg"}


@pytest.mark.parametrize(
    "command",
    [
        ("export", "LONG", "out.png", "--scale", "2"),
        ("export", "photo.png", "LONG", "--scale", "2"),
        ("export", "photo.png", "out.png", "--scale", "2", "--json", "LONG"),
        ("train", "--data", "LONG", "--out", "run"),
    ],
)
def test_a_name_that_is_too_long_for_the_system_ends_in_one_sentence(
    stepless: Stepless, command: tuple[str, ...]
) -> None:
    assert_refused(stepless(*[part.replace("LONG", "n" * 300 + ".png") for part in command]), "nnn")
