"""Installing, renaming and removing the user's own models, and handing out any; the old state or the whole new one.

Long work asks a `CancelToken` between its chunks and tells which share of it is done, from 0 to 1.
"""

from __future__ import annotations

import os
from pathlib import Path

from liif_core.atomic import patiently
from liif_core.cancel import CancelToken
from liif_core.errors import ModelWriteError, RequestError, system_errors_as
from liif_core.library.content import (
    OnProgress,
    ignore_progress,
    native_content_of,
    official_content_of,
    write_content,
)
from liif_core.library.installed import SUFFIX, InstalledModel, installed_models, model_of_file, taken_names
from liif_core.library.names import checked_name
from liif_core.paths import user_models_folder

OFFICIAL_SUFFIX = ".pth"
MODEL_SUFFIXES = (SUFFIX, OFFICIAL_SUFFIX)
# Of the whole work: reading and checking a file takes about as long as writing it.
CHECKED_SHARE = 0.5


def is_model_file(path: Path) -> bool:
    """Whether a file is meant as a model, by its name."""
    return path.suffix.lower() in MODEL_SUFFIXES


def install_model(
    path: Path, *, name: str, cancel: CancelToken | None = None, on_progress: OnProgress = ignore_progress
) -> InstalledModel:
    """Check a model file and install it: a native one byte for byte, a published one (`.pth`) converted.

    Args:
        path: A native or a published model file.
        name: What to call the model.
        cancel: Asked between the steps and between the chunks that are written.
        on_progress: Called with the share that is done.

    Returns:
        The model as it is installed.

    Raises:
        RequestError: No model can be called so, or one is.
        CheckpointError: The file cannot be read, is damaged, or holds no model that is known here.
        ModelWriteError: There is no room or no permission; nothing is left behind.
        Cancelled: `cancel` was set; nothing is left behind.
    """
    cancel = cancel or CancelToken()
    checked = checked_name(name, taken=taken_names())
    target = user_models_folder() / f"{checked}{SUFFIX}"
    on_progress(0.0)
    content = native_content_of(path, cancel=cancel)
    on_progress(CHECKED_SHARE)
    with system_errors_as(ModelWriteError, f"{target.parent}: the folder cannot be made"):
        target.parent.mkdir(parents=True, exist_ok=True)
    write_content(
        target,
        content,
        cancel=cancel,
        on_progress=lambda share: on_progress(CHECKED_SHARE + (1 - CHECKED_SHARE) * share),
        # Perhaps somebody else took the name meanwhile.
        before_rename=lambda: _must_be_free(checked),
    )
    return model_of_file(target, bundled=False)


def rename_model(name: str, new_name: str) -> InstalledModel:
    """Give one of the user's own models another name.

    Raises:
        RequestError: There is no such model, it is bundled, no model can be called so, or another one is.
        ModelWriteError: The file cannot be renamed; it is as it was.
    """
    model = own_model(name, done="renamed")
    target = model.path.with_name(checked_name(new_name, taken=taken_names() - {name}) + SUFFIX)
    with system_errors_as(ModelWriteError, f"{model.path}: cannot be renamed"):
        patiently(lambda: model.path.rename(target))
    return model_of_file(target, bundled=False)


def remove_model(name: str) -> None:
    """Delete one of the user's own models for good.

    Raises:
        RequestError: There is no such model, or it is bundled.
        ModelWriteError: The file cannot be deleted.
    """
    model = own_model(name, done="removed")
    with system_errors_as(ModelWriteError, f"{model.path}: cannot be removed"):
        # Gone already is what was wanted.
        patiently(lambda: model.path.unlink(missing_ok=True))


def export_model(
    source: Path, target: Path, *, cancel: CancelToken | None = None, on_progress: OnProgress = ignore_progress
) -> None:
    """Hand out a model: as a native file (`.safetensors`) or for the published code (`.pth`: LIIF and MetaSR).

    Args:
        source: Any model file.
        target: The file to write or replace; its suffix decides.
        cancel: Asked between the steps and between the chunks that are written.
        on_progress: Called with the share that is done.

    Raises:
        RequestError: The target is of another kind, or it is the source itself.
        CheckpointError: The model cannot be read, or the published code has no such architecture.
        ModelWriteError: There is no room or no permission; an old file is untouched.
        Cancelled: `cancel` was set; an old file is untouched.
    """
    cancel = cancel or CancelToken()
    contents = {SUFFIX: native_content_of, OFFICIAL_SUFFIX: official_content_of}
    if target.suffix.lower() not in contents:
        raise RequestError(
            f"{target}: a model is written as {SUFFIX} for Stepless or as {OFFICIAL_SUFFIX} for the published code"
        )
    if os.path.realpath(source) == os.path.realpath(target):
        raise RequestError(f"{target}: the model itself would be overwritten; choose another name")
    on_progress(0.0)
    content = contents[target.suffix.lower()](source, cancel=cancel)
    on_progress(CHECKED_SHARE)
    write_content(
        target,
        content,
        cancel=cancel,
        on_progress=lambda share: on_progress(CHECKED_SHARE + (1 - CHECKED_SHARE) * share),
    )


def own_model(name: str, *, done: str) -> InstalledModel:
    """One of the user's own models by name; `done` is what cannot be done to bundled ones.

    Raises:
        RequestError: There is no such model, or it is bundled.
    """
    models = {model.name: model for model in installed_models()}
    if name not in models:
        own = ", ".join(model.name for model in models.values() if not model.bundled) or "none"
        raise RequestError(f"there is no model '{name}'; your own are: {own}")
    if models[name].bundled:
        raise RequestError(f"'{name}' is bundled with the program and cannot be {done}")
    return models[name]


def _must_be_free(name: str) -> None:
    checked_name(name, taken=taken_names())
