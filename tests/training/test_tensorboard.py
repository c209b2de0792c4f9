"""What a run tells TensorBoard, which need not be installed here."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from liif_core.errors import RequestError
from liif_core.training.tensorboard import TensorBoardLog
from tests.training.configs import MakeConfig
from tests.training.runs import run, run_until

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


class Writer:
    """Keeps what a `SummaryWriter` is given."""

    made: list[Writer]

    def __init__(self, log_dir: str, *, purge_step: int) -> None:
        self.log_dir, self.purge_step = Path(log_dir), purge_step
        self.scalars: list[tuple[str, float, int]] = []
        self.images: list[tuple[str, tuple[int, ...], int, str]] = []
        self.closed = False
        self.made.append(self)

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        self.scalars.append((tag, value, step))

    def add_image(self, tag: str, pixels: Any, step: int, *, dataformats: str) -> None:
        self.images.append((tag, pixels.shape, step, dataformats))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def writers(monkeypatch: pytest.MonkeyPatch) -> list[Writer]:
    """Those that are made from now on."""
    module = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Writer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    monkeypatch.setattr(Writer, "made", [], raising=False)
    return Writer.made


def test_curves_and_previews_are_written(
    writers: list[Writer], heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    events = run(heat_config(iterations=4, validate_every=2), photos, tmp_path)
    log = TensorBoardLog(tmp_path)
    for event in events:
        log(event)
    log.close()
    [writer] = writers
    assert writer.closed
    assert writer.log_dir == tmp_path / "tensorboard"
    for name in ("loss", "learning_rate"):
        curve = [(value, step) for tag, value, step in writer.scalars if tag == f"train/{name}"]
        assert curve == [(event.values[name], event.step) for event in events if event.kind == "step"]
    assert {tag for tag, _, _ in writer.scalars if tag.startswith("psnr/")} == {
        f"psnr/{method}{scale}" for method in ("", "bicubic ") for scale in ("x2", "x3", "x4")
    }
    assert writer.images == [("preview", (48, 144, 3), step, "HWC") for step in (2, 4)]


def test_what_a_resumed_run_repeats_is_not_shown_twice(
    writers: list[Writer], heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    run_until(3, heat_config(), photos, tmp_path)
    log = TensorBoardLog(tmp_path)
    for event in run(heat_config(), photos, tmp_path, resume=True):
        log(event)
    assert [writer.purge_step for writer in writers] == [3]


def test_tensorboard_itself_shows_curves_and_previews(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    """Of a run that was interrupted, what its library reads back; where it is installed."""
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    config = heat_config(iterations=6, validate_every=2)
    run_until(3, config, photos, tmp_path)
    log = TensorBoardLog(tmp_path)
    for event in run(config, photos, tmp_path, resume=True):
        log(event)
    log.close()
    read = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    read.Reload()
    assert set(read.Tags()["scalars"]) >= {"train/loss", "train/learning_rate", "psnr/x4", "psnr/bicubic x4"}
    assert [point.step for point in read.Scalars("train/loss")] == [4, 5, 6]
    assert [point.step for point in read.Scalars("psnr/x4")] == [4, 6]
    assert [picture.step for picture in read.Images("preview")] == [4, 6]


def test_missing_tensorboard_is_told_before_anything_is_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(RequestError, match="--tensorboard"):
        TensorBoardLog(tmp_path / "run")
    assert not (tmp_path / "run").exists()
