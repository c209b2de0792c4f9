"""Where the program's own files and the user's files are."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_NAME = "stepless"


def resource_path(*parts: str) -> Path:
    """A file of `resources/`: inside the installed package, or at the top of a source checkout."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root.joinpath(*parts)


def data_folder() -> Path:
    """Where the user's own files live; it may not exist yet."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def user_models_folder() -> Path:
    """Where the user's own models live; it may not exist yet."""
    return data_folder() / "models"


def runs_folder() -> Path:
    """Where trainings live that were begun in the window; it may not exist yet."""
    return data_folder() / "runs"


def sample_photo() -> Path:
    """The photo that comes with the program."""
    return resource_path("samples", "dandelion.jpg")


def cache_folder() -> Path:
    """Where files live that can be made again at any time; it may not exist yet."""
    return Path(platformdirs.user_cache_dir(_NAME, appauthor=False))


def config_folder() -> Path:
    """Where the settings are; it may not exist yet."""
    return Path(platformdirs.user_config_dir(_NAME, appauthor=False))


def settings_file() -> Path:
    """Where the user's settings are; the file may not exist yet."""
    return config_folder() / "settings.toml"


def state_folder() -> Path:
    """Where is remembered what nobody has set; it may not exist yet."""
    return Path(platformdirs.user_state_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """Where logs are; it may not exist yet."""
    return Path(platformdirs.user_log_dir(_NAME, appauthor=False))
