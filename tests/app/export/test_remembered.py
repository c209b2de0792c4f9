from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.export.remembered import options_from_dict, options_to_dict
from app.settings import Settings
from liif_core.errors import RequestError
from liif_core.export.crops import Aspect
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import LongSide, Print
from liif_core.imaging.encoding import Chroma, EncodingOptions, TiffCompression

options = st.builds(
    EncodingOptions,
    bits=st.sampled_from([8, 16]),
    quality=st.none() | st.integers(1, 100),
    chroma=st.sampled_from(Chroma),
    is_lossless=st.booleans(),
    compression=st.integers(0, 9),
    tiff_compression=st.sampled_from(TiffCompression),
    is_tiled=st.booleans(),
    has_pyramid=st.booleans(),
    keep_alpha=st.booleans(),
    keep_metadata=st.booleans(),
    keep_location=st.booleans(),
)


@given(options)
def test_options_are_the_same_after_a_run(chosen):
    assert options_from_dict(options_to_dict(chosen)) == chosen


@pytest.mark.parametrize("told", [{"bits": 12}, {"quality": 0}, {"chroma": "4:1:1"}, {"is_tiled": 1}, {"colour": 3}])
def test_nonsense_is_refused(told):
    with pytest.raises(RequestError):
        options_from_dict(told)


def _run(path: Path) -> Settings:
    settings = Settings(path)
    settings.load()
    return settings


def test_what_was_chosen_is_there_in_the_next_run(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    first = _run(path)
    chosen = replace(
        first.export,
        size=Print(297.0, None, 300.0),
        aspect="3:2",
        format="TIFF",
        options=EncodingOptions(bits=16, has_pyramid=True),
        pattern="{name} {number:03}",
        presets=(SizePreset("Wall", LongSide(20_000), Aspect(3, 2)), SizePreset("Web", LongSide(1600))),
    )
    first.set(chosen)
    assert first.stop(timeout_s=10)
    assert _run(path).export == chosen


@pytest.mark.parametrize("size", ['kind = "scale"\nfactor = 1e308', f'kind = "width"\npixels = {10**400}'])
def test_a_size_beyond_all_numbers_is_named_and_does_not_stop_the_program(
    qtbot: QtBot, tmp_path: Path, size: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'[export]\nformat = "PNG"\n[export.size]\n{size}\n')
    settings = Settings(path)
    assert "export.size" in (settings.load() or "") and settings.export.format == "PNG"


def test_a_preset_that_is_not_understood_takes_no_other_with_it(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    first = _run(path)
    wall, web = SizePreset("Wall", LongSide(20_000)), SizePreset("Web", LongSide(1600))
    first.set(replace(first.export, presets=(wall, web)))
    assert first.stop(timeout_s=10)
    # As of a newer version, or by hand.
    path.write_text(path.read_text().replace("20000", '"wide"'))
    second = Settings(path)
    assert "export.presets.1" in (second.load() or "") and second.export.presets == (web,)
    mine = SizePreset("Mine", LongSide(100))
    second.set(replace(second.export, presets=(*second.export.presets, mine)))
    assert second.stop(timeout_s=10)
    assert _run(path).export.presets == (web, mine)


def test_a_damaged_choice_is_named_and_the_others_stay(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('[export]\nformat = "PNG"\naspect = "wide"\n[export.size]\nkind = "long_side"\npixels = 0\n')
    settings = Settings(path)
    notice = settings.load()
    assert notice is not None and "export.aspect" in notice and "export.size" in notice
    assert settings.export.format == "PNG" and settings.export.aspect == "free"
