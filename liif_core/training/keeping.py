"""What a run saves, and when that is worth more than what was saved before."""

from __future__ import annotations

import math
from collections.abc import Mapping

from liif_core.checkpoint.card import ModelCard
from liif_core.device import device_text
from liif_core.errors import LiifError
from liif_core.training.clock import RunClock
from liif_core.training.dataset_report import counted
from liif_core.training.distributed import Team
from liif_core.training.divergence import LossWatch
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.state import RunPosition
from liif_core.training.trainer import Trainer

UNNAMED_RECIPE = "a recipe of one's own"
_BEGINNING = ", from the weights of "


class Keeper:
    """Owner of what is known of a run beyond its weights; writes it, in the first of several processes.

    Args:
        folder: Of the run.
        options: Of the run.
        clock: Of the run.
        team: The processes that train together.

    Attributes:
        watch: Knows whether the weights of now are of use.
        photos: How many there are to learn from.
        photo_numbers: See `RunPosition.photos`.
        held_out: See `RunPosition`.
        baseline: PSNR of bicubic enlargement, in dB by "bicubic x2", ...
        saved_step: That of the saved state; -1 without one.
        validated_step: That of the last validation of this sitting; -1 without one.
    """

    def __init__(self, folder: RunFolder, options: RunOptions, *, clock: RunClock, team: Team) -> None:
        self._folder = folder
        self._options = options
        self._clock = clock
        self._team = team
        self._recipe = options.recipe or UNNAMED_RECIPE
        if options.start_from is not None:
            self._recipe += f"{_BEGINNING}{options.start_from.stem}"
        # Now: the folders that are meant may be gone when they are needed.
        self._terms = options.terms
        # Of the last validation, of this sitting or another.
        self._psnr: Mapping[str, float] = {}
        self.watch = LossWatch()
        self.photos = 0
        self.photo_numbers: tuple[int, ...] = ()
        self.held_out: tuple[str, ...] = ()
        self.baseline: Mapping[str, float] = {}
        self.saved_step = self.validated_step = -1

    def resume(self, position: RunPosition, *, step: int) -> None:
        """Go on with a run that was saved at a step."""
        self._psnr = position.psnr
        self.saved_step = step
        # The saved one may also tell what the run began with.
        if self._options.recipe in ("", position.recipe.partition(_BEGINNING)[0]):
            self._recipe = position.recipe

    def note_validated(self, psnr: Mapping[str, float], *, step: int) -> None:
        """Take the outcome of a validation."""
        self._psnr = {**psnr, **self.baseline} if psnr else {}
        self.validated_step = step

    @property
    def was_validated(self) -> bool:
        """Whether the run was ever measured, in this sitting or another."""
        return self.validated_step >= 0 or bool(self._psnr)

    def beats_bicubic(self, psnr: Mapping[str, float]) -> bool:
        """Whether photos are enlarged better than by bicubic, at every scale that was measured; False if none was."""
        return bool(psnr) and all(
            value > self.baseline.get(f"bicubic {name}", math.inf) for name, value in psnr.items()
        )

    @property
    def is_worth_saving(self) -> bool:
        """Whether the weights of now may take the place of those saved before, if any."""
        # A sitting that goes astray at once would replace the good state before anybody knows. Only a power cut costs
        # its first steps instead: pausing and stopping save them.
        return (self.watch.knows_course or self.saved_step < 0) and self.is_sound

    @property
    def is_sound(self) -> bool:
        """Whether the weights of now are not known to be of no use."""
        return not (self.watch.is_high or self.watch.is_off_course)

    def save(self, trainer: Trainer, elapsed_s: float) -> None:
        """The state, and the model unless that would put weights that were not measured in place of measured ones.

        Raises:
            TrainingError: They cannot be written; what was saved before is kept.
        """
        self.save_state(trainer, elapsed_s)
        if self.validated_step == trainer.step or not (self._psnr and self._folder.model_file.exists()):
            self._save_model(trainer)

    def save_validated(self, trainer: Trainer) -> None:
        """The model, after the state if there is none yet: models without one are those of other runs.

        Raises:
            TrainingError: As for `save`.
        """
        if not self._folder.has_state:
            self.save_state(trainer, self._clock.elapsed_s())
        self._save_model(trainer)

    def rescue(self, trainer: Trainer, elapsed_s: float) -> RunFolder:
        """Save everything in another folder, where that of the run is gone.

        Returns:
            That folder, in place of the one that is gone from now on.

        Raises:
            LiifError: No other folder can be written either; of the last that was tried.
        """
        error: LiifError | None = None
        for folder in self._folder.substitutes():
            self._folder = folder
            try:
                folder.make()
                self.save(trainer, elapsed_s)
            except LiifError as exc:
                error = exc
            else:
                return folder
        assert error is not None
        raise error

    def save_state(self, trainer: Trainer, elapsed_s: float) -> None:
        """The state alone.

        Raises:
            TrainingError: It cannot be written; what was saved before is kept.
        """
        position = RunPosition(
            elapsed_s,
            self._team.place.launch,
            dict(self._psnr),
            self.photo_numbers,
            self.held_out,
            self._recipe,
            self._terms,
        )
        self._folder.save_state(trainer, position)

    def _save_model(self, trainer: Trainer) -> None:
        config = trainer.config
        min_scale, max_scale = config.trained_scales
        psnr = self._psnr if self.validated_step == trainer.step else {}
        data = self._terms.data
        card = ModelCard(
            description=f"{config.model.encoder.name} encoder with {config.model.decoder.name} decoder",
            training_data=f'{counted(self.photos, "photo")} in the folder "{data.name if data is not None else ""}"',
            licence=self._options.licence,
            min_scale=min_scale,
            max_scale=max_scale,
            recipe=self._recipe,
            iterations=trainer.step,
            hours=round(self._clock.elapsed_s() / 3600, 2),
            device=device_text(trainer.device, processes=self._team.world),
            psnr={f"validation {name}": value for name, value in psnr.items()},
        )
        self._folder.save_model(trainer.ema, card)
