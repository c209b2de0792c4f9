from __future__ import annotations

from app.messages import title_of
from liif_core import errors


def test_every_kind_of_error_has_a_title_of_its_own(qapp: object) -> None:
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.LiifError) and each is not errors.LiifError
    ]
    titles = {kind: title_of(kind("")) for kind in kinds}
    assert title_of(errors.LiifError("")) not in titles.values()
    assert titles[errors.OutOfMemory] != titles[errors.DeviceError]
    assert titles[errors.CorruptCheckpoint] == titles[errors.CheckpointError]
