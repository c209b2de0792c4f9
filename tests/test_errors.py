"""What the system refuses, as errors of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.errors import Cancelled, CorruptCheckpoint, DatasetError, LiifError, system_errors_as


@pytest.mark.parametrize("kind", [DatasetError, CorruptCheckpoint])
def test_what_the_system_refuses_is_one_sentence_with_its_reason(tmp_path: Path, kind: type[LiifError]) -> None:
    path = tmp_path / "gone"
    with pytest.raises(kind) as raised, system_errors_as(kind, f"{path}: cannot be read"):
        path.read_bytes()
    cause = raised.value.__cause__
    assert isinstance(cause, FileNotFoundError)
    assert str(raised.value) == f"{path}: cannot be read: {cause.strerror}"


def test_a_refusal_without_a_reason_is_told_by_itself() -> None:
    with pytest.raises(DatasetError) as raised, system_errors_as(DatasetError, "photos: cannot be read"):
        raise OSError("the drive is gone")
    assert str(raised.value) == "photos: cannot be read: the drive is gone"


@pytest.mark.parametrize("other", [Cancelled(), DatasetError("no photo"), ValueError()])
def test_other_errors_stay_what_they_are(other: Exception) -> None:
    with pytest.raises(type(other)) as raised, system_errors_as(CorruptCheckpoint, "a: cannot be read"):
        raise other
    assert raised.value is other
