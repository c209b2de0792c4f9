"""The fourth page: a training while it runs, waits, or has ended before its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton

from app.training.progress import OVER, PAUSED, READING, STARTING, TRAINING, RunProgress
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED, WAITING
from app.training.run_store import StoredRun
from app.wizard.page import WarningLabel, WizardPage, faint_label, plain_label
from app.wizard.preview_sheet import PreviewSheet
from app.wizard.wording import duration_text

if TYPE_CHECKING:
    from app.wizard.curves import Curves


class TrainingPage(WizardPage):
    """Shows one training.

    Signals:
        pause_asked, resume_asked, finish_asked, discard_asked, go_on_asked: A button was pressed.
    """

    pause_asked = Signal()
    resume_asked = Signal()
    finish_asked = Signal()
    discard_asked = Signal()
    go_on_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._run: StoredRun | None = None
        self._progress = RunProgress()
        self._place, self._paused = 0, ""
        self._is_locked_out = self._is_finishing = self._is_pausing = False
        self.bar, self.state = QProgressBar(), plain_label()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.curves: Curves | None = None
        self.preview = PreviewSheet()
        self.use, self.notice, self.warning = faint_label(), faint_label(), WarningLabel()
        self.pause_button, self.finish_button = QPushButton(), QPushButton()
        self.discard_button, self.go_on_button = QPushButton(), QPushButton()
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(14)
        self._grid.addWidget(self.preview, 0, 1)
        buttons = QHBoxLayout()
        for button in (self.pause_button, self.go_on_button, self.finish_button):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.discard_button)
        for widget in (self.bar, self.state, self.warning):
            self.body.addWidget(widget)
        self.body.addLayout(self._grid, 1)
        self.body.addWidget(self.use)
        self.body.addWidget(self.notice)
        self.body.addLayout(buttons)
        self.pause_button.clicked.connect(self._pause_or_resume)
        self.finish_button.clicked.connect(self.finish_asked)
        self.discard_button.clicked.connect(self.discard_asked)
        self.go_on_button.clicked.connect(self.go_on_asked)
        self.retranslate()

    @property
    def is_complete(self) -> bool:
        """Whether there is a model to look at: of a training that is over, or that stopped after one was saved."""
        if self._run is None:
            return False
        status = self._run.record.status
        return status == FINISHED or (status in (STOPPED, FAILED) and self._run.has_model)

    @property
    def is_active(self) -> bool:
        """Whether the training that is shown runs, or waits for its turn."""
        return self._run is not None and self._run.record.status in (RUNNING, WAITING)

    @property
    def run_id(self) -> str | None:
        """Id of the training that is shown."""
        return None if self._run is None else self._run.record.id

    def show_run(
        self, run: StoredRun, progress: RunProgress, *, place: int, is_locked_out: bool, paused: str = ""
    ) -> None:
        """Show a training.

        Args:
            run: What is known of it.
            progress: Where it stands.
            place: How many others it waits for.
            is_locked_out: Whether one of these is that of another window.
            paused: Name of the one that has its turn, if that is paused; empty otherwise.
        """
        if self._run is None or run.record.id != self._run.record.id:
            self.preview.set_sheet(None)
            self._is_finishing = self._is_pausing = False
        if run.record.status != RUNNING:
            self._is_finishing = self._is_pausing = False
        if progress.phase == PAUSED:
            self._is_pausing = False
        self._run, self._progress = run, progress
        self._place, self._is_locked_out, self._paused = place, is_locked_out, paused
        self._need_curves()
        self._show()
        self.complete_changed.emit()

    def show_progress(self, *, has_points: bool) -> None:
        """It has gone on; whether its curves have new points."""
        self._show(draws=has_points)

    def note_finishing(self) -> None:
        """It was told to finish, and needs some time for that."""
        self._is_finishing = True
        self._show(draws=False)

    def set_preview(self, sheet: QImage) -> None:
        """The crops as the model enlarges them now."""
        self.preview.set_sheet(sheet)

    def retranslate(self) -> None:
        """See `WizardPage`."""
        self.bar.setAccessibleName(self.tr("Progress of the training"))
        headings = (self.tr("Bicubic"), self.tr("Now"), self.tr("Truth"))
        hint = self.tr("Crops of your photos, enlarged four times, come with the first validation.")
        self.preview.set_texts(headings, hint, name=self.tr("Crops of photos that the model does not learn from"))
        self.finish_button.setText(self.tr("&Finish now…"))
        self.finish_button.setToolTip(self.tr("End early, with the model as it is now."))
        self.discard_button.setText(self.tr("&Discard…"))
        self.discard_button.setToolTip(self.tr("Throw the training away, with all it has learned."))
        self.go_on_button.setText(self.tr("&Go on"))
        self.go_on_button.setToolTip(self.tr("Go on from the last state that was saved."))
        self._show()

    # -- what is shown

    def _need_curves(self) -> None:
        """The plots' library takes half a second: it is loaded when the first training is shown."""
        if self.curves is None:
            from app.wizard.curves import Curves

            self.curves = Curves()
            self._grid.addWidget(self.curves, 0, 0)

    def _pause_or_resume(self) -> None:
        is_paused = self._progress.phase == PAUSED
        self._is_pausing = not is_paused
        self._show(draws=False)
        (self.resume_asked if is_paused else self.pause_asked).emit()

    def _show(self, *, draws: bool = True) -> None:
        if self._run is None:
            self.title.setText(self.tr("Training"))
            self.sentence.setText("")
            return
        record, progress = self._run.record, self._progress
        self.title.setText(record.name)
        self.sentence.setText(self._origin())
        self.state.setText(self._state())
        is_reading = record.status == RUNNING and progress.phase == READING
        share = progress.reading if is_reading else max(progress.progress, record.progress)
        self.bar.setValue(round(1000 * share))
        self.warning.say(self._words())
        self.use.setText(self._use())
        self.notice.setText(self._notice())
        self._show_buttons()
        if self.curves is not None and draws:
            self.curves.show_progress(progress)

    def _show_buttons(self) -> None:
        assert self._run is not None
        status, phase = self._run.record.status, self._progress.phase
        trains = status == RUNNING and phase in (TRAINING, PAUSED) and not self._is_finishing
        self.pause_button.setText(self.tr("&Resume") if phase == PAUSED else self.tr("&Pause"))
        self.pause_button.setVisible(status == RUNNING)
        self.pause_button.setEnabled(trains)
        self.finish_button.setVisible(status == RUNNING)
        self.finish_button.setEnabled(trains and self._progress.step > 0)
        self.go_on_button.setVisible(status in (STOPPED, FAILED) and not self._run.problem)
        self.discard_button.setVisible(status != FINISHED)

    def _origin(self) -> str:
        assert self._run is not None
        record = self._run.record
        if record.start_name is not None:
            return self.tr("Learns from {0}, beginning with {1}.").format(record.data, record.start_name)
        return self.tr("Learns from {0}.").format(record.data)

    def _state(self) -> str:
        assert self._run is not None
        record, progress = self._run.record, self._progress
        if record.status == WAITING:
            return self._waiting()
        if record.status == FINISHED:
            return self.tr("Done: {0} steps in {1}.").format(self._steps(), duration_text(progress.elapsed_s))
        if record.status != RUNNING:
            return self.tr("Stopped at step {0}; nothing that was saved is lost.").format(self._steps())
        if self._is_finishing:
            return self.tr("Finishing: the model is measured and saved…")
        if self._is_pausing:
            # Steps and validations end before, which can take a minute.
            return self.tr("Pausing as soon as this step is done…")
        if progress.phase == STARTING:
            return self.tr("Starting…")
        if progress.phase == READING:
            return self.tr("Reading the photos…")
        if progress.phase == PAUSED:
            return self.tr("Paused at step {0}; its state is saved.").format(self._steps())
        if progress.phase == OVER:
            return self.tr("Done.")
        if progress.eta_s is None:
            return self.tr("Step {0}; estimating the time left…").format(self._steps())
        return self.tr("Step {0}; about {1} left.").format(self._steps(), duration_text(progress.eta_s))

    def _waiting(self) -> str:
        if self._is_locked_out:
            return self.tr("Waits: another window of Stepless is training. It begins by itself.")
        if self._place and self._paused:
            return self.tr("Waits for {0}, which is paused. It begins once that has gone on and is done.").format(
                self._paused
            )
        if self._place:
            return self.tr("Waits for {0} before it; one training runs at a time. It begins by itself.").format(
                self._place
            )
        return self.tr("Starting…")

    def _words(self) -> str:
        assert self._run is not None
        if self._run.problem:
            return self._run.problem
        record = self._run.record
        if record.status != FAILED:
            return ""
        words = record.last_words or self.tr("the process ended without a word")
        return self.tr("The training stopped: {0}").format(words)

    def _use(self) -> str:
        assert self._run is not None
        progress = self._progress
        if self._run.record.status != RUNNING or not progress.device:
            return ""
        parts = [progress.device]
        if progress.cpu_percent is not None:
            parts.append(self.tr("{0} % of the processors").format(round(progress.cpu_percent)))
        if progress.device_memory_mb is not None:
            held, total = progress.device_memory_mb
            memory = self.tr("{0} of {1} MB of its memory") if total else self.tr("{0} MB of its memory")
            parts.append(memory.format(self.locale().toString(round(held)), self.locale().toString(round(total))))
        return " · ".join(parts)

    def _notice(self) -> str:
        sentences = []
        if self._progress.makes_noise:
            sentences.append(
                self.tr(
                    "The model makes noise of line drawings and of other pages that are no photos at the moment. If "
                    "this stays so, train with a smaller learning rate."
                )
            )
        if self._progress.other_photos:
            sentences.append(
                self.tr(
                    "The photos are not those that it began with: some that it learned from may be measured now, "
                    "and the figures be too good."
                )
            )
        if self._progress.parts is not None:
            parts, batch = self._progress.parts
            memory = self.tr(
                "Memory ran out with {0} patches at once: they are computed {1} at a time now, with the same result."
            )
            sentences.append(memory.format(batch, batch // parts))
        return "\n".join(sentences)

    def _steps(self) -> str:
        return self.locale().toString(self._progress.step)
