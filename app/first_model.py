"""Which model the program begins with; what is missing is said, and the program opens all the same."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.models import Selection
from liif_core.errors import LiifError
from liif_core.library import AUTO, BICUBIC, InstalledModel, find_model, installed_models
from liif_core.library.installed import no_model

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FirstModel:
    """What there is at the start.

    Attributes:
        selection: What to enlarge by.
        installed: All models.
        error: There is no model at all.
        notice: A sentence for the user, if the one that was chosen is gone.
    """

    selection: Selection
    installed: tuple[InstalledModel, ...]
    error: LiifError | None = None
    notice: str = ""


def first_model(*, asked: str | None, kept: str) -> FirstModel:
    """Look for the model to begin with.

    Args:
        asked: What the command line says, if anything.
        kept: What the settings say.

    Raises:
        CorruptCheckpoint: What the command line asks for is not there.
    """
    installed = tuple(installed_models())
    wanted = asked or kept
    if wanted == AUTO and not installed:
        return FirstModel(Selection(AUTO), installed, error=no_model(wanted, installed))
    if wanted in (AUTO, BICUBIC) or wanted in {model.name for model in installed}:
        return FirstModel(Selection(wanted), installed)
    try:
        return FirstModel(Selection(wanted, find_model(wanted)), installed)
    except LiifError as exc:
        if asked is not None:
            raise
        logger.warning("%s", exc)
        return FirstModel(Selection(AUTO), installed, notice=missing_model_text(wanted))


def missing_model_text(name: str) -> str:
    """That a model is gone, and what takes its place."""
    text = QCoreApplication.translate("Viewer", "The model “{0}” is not installed any more; the default is used.")
    return text.format(name)
