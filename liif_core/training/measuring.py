"""What a run is measured by: photos that are held out, and pages that are no photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.device import held_by
from liif_core.errors import Cancelled, LiifError
from liif_core.training.distributed import Team
from liif_core.training.keeping import Keeper
from liif_core.training.out_of_distribution import SOUND_BELOW, noise_on_pages
from liif_core.training.photo_cache import Pixels
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.telling import Teller
from liif_core.training.trainer import Trainer
from liif_core.training.validation import baseline, validate


class Measuring:
    """Measures the model of a run, keeps it where that is right, and tells of it.

    Args:
        trainer: Has the model.
        photos: That are held out.
        folder: Of the run.
        keeper: Saves it.
        teller: Tells of it.
        team: The processes that train together; the first one measures.
        cancel: Asked while photos are measured.
    """

    def __init__(
        self,
        trainer: Trainer,
        photos: Sequence[Pixels],
        *,
        folder: RunFolder,
        keeper: Keeper,
        teller: Teller,
        team: Team,
        cancel: CancelToken,
    ) -> None:
        self._trainer = trainer
        self._photos = photos
        self._folder = folder
        self._keeper = keeper
        self._teller = teller
        self._team = team
        self._cancel = cancel
        # Not before it knows photos: until then its pictures are wrong anyway, whatever they are of.
        self._was_of_use = self._makes_noise = False

    def tell_baseline(self, options: RunOptions, *, is_new: bool) -> None:
        """What the run is compared with: bicubic enlargement and, once, the model that it begins with or another one.

        Raises:
            Cancelled: Somebody wants to stop.
            TrainingError: The log cannot be written.
        """

        def measured() -> tuple[Mapping[str, float], Mapping[str, float], str]:
            bicubic = baseline(self._photos)
            if is_new and options.start_from is not None:
                # As it is: the recipe may keep little of it, or be for other scales.
                return bicubic, *self._beside(options.start_from, "start")
            if is_new and options.beside is not None:
                return bicubic, *self._beside(options.beside, options.beside.stem)
            return bicubic, {}, ""

        self._keeper.baseline, others, text = self._team.of_main(measured)
        self._teller.emit("baseline", self._trainer.step, {**self._keeper.baseline, **others}, text=text)

    def measure(self) -> bool:
        """Measure the model of now; False if it was left undone, as it takes minutes that who wants to stop lacks.

        Raises:
            TrainingError: What belongs to it cannot be written.
        """
        trainer = self._trainer

        def measured() -> Mapping[str, float]:
            return validate(trainer.ema, self._photos, cancel=self._cancel) if self._photos else {}

        try:
            psnr = self._team.of_main(measured)
        except Cancelled:
            return False
        self._keeper.note_validated(psnr, step=trainer.step)
        self._team.of_main(self._keep)
        self._teller.emit("validated", trainer.step, psnr)
        self._look_for_noise(psnr)
        return True

    def _keep(self) -> None:
        trainer = self._trainer
        if not self._keeper.watch.is_high:
            self._keeper.save_validated(trainer)
        # After what matters more, should there be room for one of them only.
        if self._photos:
            self._folder.save_preview(trainer.step, trainer.ema, self._photos)

    def _beside(self, path: Path, name: str) -> tuple[dict[str, float], str]:
        """PSNR of a model that stays as it is; if it is damaged or gone, why there is one comparison less."""
        try:
            other = held_by(self._trainer.device, load_model(path)[0])
            psnr = validate(other, self._photos, cancel=self._cancel)
        except LiifError as error:
            return {}, f"not compared with the model {path.stem}: {error}"
        return {f"{name} {scale}": value for scale, value in psnr.items()}, ""

    def _look_for_noise(self, psnr: Mapping[str, float]) -> None:
        """Tell where the model begins or ceases to make noise of pages that are no photos.

        Args:
            psnr: Of the same model on photos, in dB by scale.
        """
        difference = self._team.of_main(lambda: noise_on_pages(self._trainer.ema))
        is_noisy = difference >= SOUND_BELOW
        self._was_of_use |= not is_noisy or self._keeper.beats_bicubic(psnr)
        if is_noisy == self._makes_noise or not self._was_of_use:
            return
        self._makes_noise = not self._makes_noise
        step = self._trainer.step
        text = (
            f"step {step} makes noise of what is no photo, such as line drawings: they differ from bicubic enlargement "
            f"by {difference:.2f}, expected less than {SOUND_BELOW}; a smaller learning_rate or high_contrast helps"
            if self._makes_noise
            else f"step {step} makes no noise of line drawings any more"
        )
        self._teller.emit("out-of-distribution", step, {"difference": difference, "expected": SOUND_BELOW}, text=text)
