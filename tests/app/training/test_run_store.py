"""Trainings on the disk: kept whole, found again, refused with a reason."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.training.run_record import FAILED, FINISHED, RECORD_FILE, STATUSES, STOPPED, RunRecord, train_arguments
from app.training.run_store import RunStore, interrupted, parsed_event
from liif_core.cli.main import build_parser
from liif_core.errors import RequestError
from liif_core.training.folder_claim import FolderClaim
from liif_core.training.run_files import LOG_FILE, PREVIEWS, RESCUED, STATE_FILE


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def record(name: str = "mine", **changes: object) -> RunRecord:
    plain = RunRecord(id="", name=name, created="2026-01-01T10:00:00+00:00", data="/photos", preset="quick")
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_record_comes_back_as_it_was_written(store: RunStore) -> None:
    made = store.create(record(minutes=2.5, start_from="/m.safetensors", start_name="m", licence="CC0"), None)
    [found] = store.runs()
    assert found.record == made and not found.problem
    assert not found.has_state and not found.has_model


@pytest.mark.parametrize("name", ["a/b", "..", "名字", "x" * 300, " "])
def test_any_name_of_a_model_makes_a_folder(store: RunStore, name: str) -> None:
    made = store.create(record(name), None)
    assert store.folder(made.id).parent == store.root and store.folder(made.id).is_dir()
    assert store.stored(made.id).record.name == name


def test_two_trainings_of_one_name_have_two_folders(store: RunStore) -> None:
    assert store.create(record(), None).id != store.create(record(), None).id


def test_trainings_are_listed_by_their_age(store: RunStore) -> None:
    for name, day in (("b", 2), ("c", 3), ("a", 1)):
        store.create(record(name, created=f"2026-01-0{day}"), None)
    assert [run.record.name for run in store.runs()] == ["a", "b", "c"]


def test_what_was_saved_beside_a_folder_that_went_away_is_a_training_again(store: RunStore) -> None:
    made = store.create(record(minutes=2.5), {"train": {}})
    assert store.adopt_rescued(made) is None
    rescued = store.folder(f"{made.id}{RESCUED}")
    store.folder(made.id).rename(rescued)
    (rescued / RECORD_FILE).unlink()
    assert store.adopt_rescued(made) is None, "without a state there is nothing to go on with"
    (rescued / STATE_FILE).touch()
    stopped = replace(made, status=FAILED, last_words="the folder is gone")
    adopted = store.adopt_rescued(stopped)
    assert adopted is not None and adopted.record == replace(stopped, id=rescued.name, recipe_file=None)
    assert adopted.has_state and not adopted.problem and [run.record for run in store.runs()] == [adopted.record]
    assert store.adopt_rescued(stopped) is None, "once is enough"


def test_newest_of_what_was_saved_beside_a_folder_goes_on_even_if_the_folder_is_back(store: RunStore) -> None:
    made = store.create(record(), None)
    for age_s, suffix in enumerate(("", "-3", "-2")):
        place = store.folder(f"{made.id}{RESCUED}{suffix}")
        place.mkdir()
        (place / STATE_FILE).touch()
        os.utime(place / STATE_FILE, (1000 - age_s, 1000 - age_s))
    # Without a state, and of another training.
    store.folder(f"{made.id}{RESCUED}-4").mkdir()
    store.folder(f"other{RESCUED}").mkdir()
    adopted = [store.adopt_rescued(made) for _ in range(4)]
    names = [None if run is None else run.record.id.removeprefix(f"{made.id}{RESCUED}") for run in adopted]
    assert names == ["", "-3", "-2", None]
    assert store.stored(made.id).record == made


def test_only_what_is_not_over_is_interrupted(store: RunStore) -> None:
    for status in STATUSES:
        store.create(record(status, status=status), None)
    assert {run.record.name for run in interrupted(store.runs())} == set(STATUSES) - {FINISHED}


def test_own_recipe_is_kept_beside_the_record(store: RunStore) -> None:
    made = store.create(record(), {"model": {"encoder": {"name": "light"}}, "train": {"batch": 4}})
    assert made.recipe_file == "quick, changed"
    assert "batch = 4" in (store.folder(made.id) / "quick, changed").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        *("", "no JSON", "[1]", '{"format_version": 99}', '{"format_version": 1}', '{"format_version": 1, "id": 3}'),
        RunRecord("", "mine", "2026", "/photos", "quick", progress=10**400).text(),
    ],
)
def test_record_that_cannot_be_read_is_listed_with_the_reason(store: RunStore, text: str) -> None:
    made = store.create(record(), None)
    (store.folder(made.id) / RECORD_FILE).write_text(text, encoding="utf-8")
    [found] = store.runs()
    assert found.problem and str(store.folder(made.id)) in found.problem
    if "99" in text:
        assert "version 99" in found.problem


@pytest.mark.parametrize(
    "wrong",
    [{"progress": None}, {"progress": float("nan")}, {"minutes": "5"}, {"installed_as": [1]}, {"licence": None}],
)
def test_record_with_a_value_of_another_kind_is_damaged(store: RunStore, wrong: dict[str, object]) -> None:
    made = store.create(record(), None)
    path = store.folder(made.id) / RECORD_FILE
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | wrong), encoding="utf-8")
    [found] = store.runs()
    assert "another kind than expected" in found.problem


def test_record_of_an_older_version_has_defaults_for_what_it_lacks(store: RunStore) -> None:
    made = store.create(record(status=STOPPED), None)
    path = store.folder(made.id) / RECORD_FILE
    old = json.loads(path.read_text(encoding="utf-8"))
    for added in ("progress", "licence", "installed_as", "minutes"):
        del old[added]
    path.write_text(json.dumps(old | {"of a later one": 3}), encoding="utf-8")
    assert store.stored(made.id).record == made


def test_removed_training_is_gone(store: RunStore) -> None:
    made = store.create(record(), None)
    (store.folder(made.id) / "previews").mkdir()
    store.remove(made.id)
    assert not store.folder(made.id).exists() and store.runs() == []
    store.remove(made.id)


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
def test_training_that_another_window_runs_is_not_removed(store: RunStore) -> None:
    made = store.create(record(), None)
    trainer = FolderClaim()
    assert trainer.made(store.folder(made.id))
    with pytest.raises(RequestError, match="another window trains in this folder"):
        store.remove(made.id)
    assert store.stored(made.id).record == made
    trainer.give_up()
    store.remove(made.id)
    assert not store.folder(made.id).exists()


def test_training_whose_process_has_files_open_for_a_moment_after_its_end_is_removed(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where such files cannot be removed."""
    made = store.create(record(), None)
    remove, refused = shutil.rmtree, iter([True, True, False])

    def rmtree(path: Path) -> None:
        if next(refused):
            raise PermissionError(13, "The process cannot access the file", str(path))
        remove(path)

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    monkeypatch.setattr(sys, "platform", "win32")
    store.remove(made.id)
    assert not store.folder(made.id).exists()


def test_room_of_a_training_is_that_of_all_its_files(store: RunStore) -> None:
    made = store.create(record(), None)
    folder = store.folder(made.id)
    before = store.stored(made.id).size_bytes
    assert before == (folder / "run.json").stat().st_size
    (folder / PREVIEWS).mkdir()
    (folder / PREVIEWS / "step-000001.png").write_bytes(bytes(1000))
    (folder / STATE_FILE).write_bytes(bytes(50_000))
    [run] = store.runs()
    assert run.size_bytes == before + 51_000 and run.has_state
    store.drop_state(made.id)
    store.drop_state(made.id)
    run = store.stored(made.id)
    assert run.size_bytes == before + 1000 and not run.has_state


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    with pytest.raises(RequestError, match="cannot be kept"):
        RunStore(tmp_path / "runs").create(record(), None)


def test_update_of_a_folder_that_is_gone_makes_none(store: RunStore) -> None:
    made = store.create(record(), None)
    store.remove(made.id)
    store.update(made)
    assert not store.folder(made.id).exists()


def test_log_is_read_as_far_as_it_is_whole(store: RunStore) -> None:
    made = store.create(record(), None)
    line = '{"kind": "step", "step": 3, "progress": 0.5, "elapsed_s": 1.0, "values": {"loss": null}, "text": ""}'
    (store.folder(made.id) / LOG_FILE).write_text(f"{line}\n{line[:40]}\n[]\n\n", encoding="utf-8")
    [event] = store.events(made.id)
    assert event.step == 3 and event.values["loss"] != event.values["loss"]
    assert parsed_event("") is None
    for wrong in ({"step": float("inf")}, {"progress": 10**400}):
        assert parsed_event(json.dumps(json.loads(line) | wrong)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_folder_that_cannot_be_looked_at_hides_no_other(store: RunStore) -> None:
    made = store.create(record(), None)
    # As one of somebody else's is, except to whoever may read everything.
    (store.root / "odd").symlink_to("x" * 300)
    assert [run.record for run in store.runs()] == [made]


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("recipe_file", [None, "quick, changed"])
def test_arguments_are_those_of_the_command(tmp_path: Path, resume: bool, recipe_file: str | None) -> None:
    made = record(
        recipe_file=recipe_file, minutes=1.5, validation="/valid", start_from="/m.safetensors", licence="-CC0-"
    )
    parsed = build_parser()[0].parse_args(train_arguments(made, tmp_path, resume=resume))
    assert parsed.events and parsed.background and parsed.out == tmp_path and parsed.minutes == 1.5
    assert (parsed.data, parsed.validation) == (Path("/photos"), Path("/valid"))
    assert parsed.licence == "-CC0-"
    assert parsed.resume == resume and (parsed.start_from is None) == resume
    assert not parsed.hold_out
    if not resume:
        assert (parsed.config, parsed.preset) == ((tmp_path / recipe_file, None) if recipe_file else (None, "quick"))


@pytest.mark.parametrize("resume", [False, True])
def test_some_photos_are_held_out_where_no_folder_to_measure_with_was_chosen(tmp_path: Path, resume: bool) -> None:
    """DIV2K's own is known to the command, and would be taken."""
    parsed = build_parser()[0].parse_args(train_arguments(record(), tmp_path, resume=resume))
    assert parsed.hold_out and parsed.validation is None
