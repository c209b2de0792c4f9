"""The export dialog: what, how large, by what, in which file; and beforehand what comes of it and what it takes.

The dialog owns the draft. A control tells what a person has chosen, the draft is replaced, and every control shows the
new one; the inquiry finds out the rest on another thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.export.checks import Look, Problem, name_problem, size_problem, space_problem
from app.export.draft import (
    Draft,
    What,
    aspect_of,
    limits_of,
    shown_part,
    shown_photo,
    size_of,
    with_as_seen,
    with_crop_aspect,
    with_format,
    with_shown_crop,
    with_swapped_aspect,
    with_what,
)
from app.export.offers import ExportOffers
from app.export.photo import ExportPhoto
from app.presenters.export_inquiry import ExportInquiry
from app.windows.export_crop import CropGroup
from app.windows.export_foot import ExportFoot
from app.windows.export_format import FormatGroup
from app.windows.export_layout import control_column, picture_column
from app.windows.export_presets import ExportPresets
from app.windows.export_preview import ExportPreview
from app.windows.export_size import SizeGroup
from app.windows.export_stage import ExportStage
from app.windows.export_target import TargetGroup, ask_to_replace
from app.windows.export_texts import button_text, cost_text, problem_text, sentence
from app.windows.export_what import ModelGroup, WhatGroup
from app.windows.first_size import take_room
from app.workers.export_probe import Piece
from liif_core.export.presets import SizePreset
from liif_core.geometry import Size
from liif_core.imaging.encoding import WriteFormat


class ExportDialog(QDialog):
    """About one photo. Opened with `open`: nothing waits for it.

    Args:
        photo: The photo.
        picture: All of it, reduced, in the display's colours.
        draft: To begin with.
        offers: What can be chosen.
        inquiry: Finds out what the dialog wants to know.
        parent: As for every dialog.

    Attributes:
        draft: What the controls say.
        inquiry: Finds out.
        foot: Tells what will happen, and begins it.

    Signals:
        export_asked: A `Draft` and its `Look`: this is to be exported, over a file of the same name if need be.
        presets_changed: The person's own presets are these now.
    """

    export_asked = Signal(object, object)
    presets_changed = Signal(object)

    def __init__(
        self,
        photo: ExportPhoto,
        picture: QImage,
        draft: Draft,
        offers: ExportOffers,
        inquiry: ExportInquiry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._photo, self.inquiry = photo, inquiry
        self.draft = draft
        inquiry.setParent(self)
        self.stage, self.preview, self.preview_label = ExportStage(picture), ExportPreview(), QLabel()
        self.what, self.crop, self.size_group = WhatGroup(), CropGroup(), SizeGroup()
        self.model, self.format, self.target = ModelGroup(), FormatGroup(), TargetGroup()
        self.foot = ExportFoot()
        self.foot.accepted.connect(self._begin)
        self.foot.rejected.connect(self.reject)
        self._lay_out()
        self.model.set_choices(offers.models, offers.precisions)
        self.set_formats(offers.formats)
        self.presets = ExportPresets(self.size_group, offers.presets, self._preset_named)
        self.presets.changed.connect(self.presets_changed)
        self._connect()
        self._retranslate()
        self._take(draft)
        take_room(self)

    def set_formats(self, formats: tuple[WriteFormat, ...]) -> None:
        """Offer these, once all are known."""
        self._formats = formats
        self.format.set_formats(formats)

    # -- building

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(picture_column(self.stage, self.preview_label, self.preview), 1)
        row.addWidget(control_column(self.what, self.crop, self.size_group, self.model, self.format, self.target))
        layout = QVBoxLayout(self)
        layout.addLayout(row, 1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        photo = self._photo
        for signal, change in (
            (self.what.chosen, lambda what: with_what(self.draft, photo, what)),
            (self.what.as_seen_chosen, lambda on: with_as_seen(self.draft, photo, bool(on))),
            (self.crop.chosen, lambda crop: with_shown_crop(self.draft, photo, crop)),
            (self.stage.crop_chosen, lambda crop: with_shown_crop(self.draft, photo, crop)),
            (self.crop.aspect_chosen, lambda aspect: with_crop_aspect(self.draft, photo, aspect)),
            (self.crop.swap_asked, lambda: with_swapped_aspect(self.draft, photo)),
            (self.crop.view_asked, lambda: with_crop_aspect(self._seen(), photo, self.draft.aspect)),
            (self.size_group.chosen, lambda wish: replace(self.draft, wish=wish)),
            (self.size_group.preset_chosen, self._with_preset),
            (self.model.model_chosen, lambda name: replace(self.draft, model=name)),
            (self.model.precision_chosen, lambda name: replace(self.draft, precision=name)),
            (self.model.self_ensemble_chosen, lambda on: replace(self.draft, self_ensemble=bool(on))),
            (self.format.format_chosen, lambda form: with_format(self.draft, form)),
            (self.format.options_chosen, lambda options: replace(self.draft, options=options)),
            (self.target.target_chosen, self._with_target),
            (self.target.folder_chosen, lambda folder: replace(self.draft, folder=folder)),
            (self.target.pattern_chosen, lambda pattern: replace(self.draft, pattern=pattern)),
        ):
            self._on(signal, change)
        self.stage.spot_chosen.connect(lambda _spot: self._ask(is_same_export=True))
        self.preview.dragged.connect(self._drag_spot)
        self.preview.pane_changed.connect(lambda: self._ask(is_same_export=True))
        self.inquiry.changed.connect(self._show_answers)
        self.inquiry.sampled.connect(self._show_piece)

    def _on(self, signal: object, change: Callable[..., Draft]) -> None:
        """Replace the draft by what a change makes of it, whenever a control tells of one."""
        signal.connect(lambda *values: self._take(change(*values)))  # type: ignore[attr-defined]

    # -- the draft

    def _take(self, draft: Draft) -> None:
        """Show another draft, and find out about it."""
        self.draft = draft
        photo, limits, size = self._photo, limits_of(draft, self._photo), size_of(draft, self._photo)
        is_turned = not photo.orientation.is_upright
        self.what.show_what(draft.what, count=len(photo.all_photos), turned=is_turned, as_seen=draft.as_seen)
        self.crop.setVisible(draft.what is What.CROP)
        if draft.what is What.CROP:
            shape = aspect_of(draft, photo)
            self.crop.show_crop(shown_part(draft, photo), shown_photo(draft, photo), draft.aspect, shape)
        self.size_group.show_wish(draft.wish, size, limits, has_screen=draft.what is What.VIEW)
        part = limits.part
        is_reduction = size is not None and size.width <= part.width and size.height <= part.height
        self.model.show_draft(draft, is_reduction=is_reduction)
        self.format.show_options(draft.form, draft.options, has_alpha=photo.image.alpha is not None)
        self.stage.show_draft(draft, photo)
        self._ask()

    def _ask(self, *, is_same_export: bool = False) -> None:
        self.preview.wait()
        self.inquiry.ask(self.draft, self.stage.spot, self.preview.pane, is_same_export=is_same_export)

    def _seen(self) -> Draft:
        return replace(self.draft, crop=self._photo.seen_part)

    def _with_target(self, target: Path | None) -> Draft:
        """Another name; one with the extension of another format chooses that."""
        draft = replace(self.draft, target=target)
        suffix = target.suffix.lower() if target is not None else ""
        if suffix in draft.form.extensions:
            return draft
        wanted = next((form for form in self._formats if suffix in form.extensions), None)
        return draft if wanted is None else with_format(draft, wanted)

    def _with_preset(self, preset: SizePreset) -> Draft:
        draft = replace(self.draft, wish=preset.wish)
        if preset.aspect is not None and draft.what is What.CROP:
            return with_crop_aspect(draft, self._photo, preset.aspect.text)
        return draft

    def _preset_named(self, name: str) -> SizePreset | None:
        """What the dialog says, as a preset."""
        if self.draft.wish is None:
            return None
        aspect = aspect_of(self.draft, self._photo) if self.draft.what is What.CROP else None
        return SizePreset(name, self.draft.wish, aspect)

    def _drag_spot(self, moved: tuple[float, float]) -> None:
        """The hand moves the picture, so the spot goes the other way."""
        size, part = size_of(self.draft, self._photo), shown_part(self.draft, self._photo)
        photo = shown_photo(self.draft, self._photo)
        if size is not None:
            dy = moved[0] * part.height / size.height / photo.height
            dx = moved[1] * part.width / size.width / photo.width
            self.stage.set_spot((self.stage.spot[0] - dy, self.stage.spot[1] - dx))

    # -- what is known

    @property
    def problem(self) -> Problem | None:
        """What stands against the export, as far as it is known."""
        look, cost = self.inquiry.look, self.inquiry.cost
        problem = size_problem(self.draft, self._photo) or name_problem(self.draft)
        if problem is None and look is not None:
            problem = look.problem
            if problem is None and cost is not None:
                problem = space_problem(cost.file_bytes * self._count, look.free_bytes)
        return problem

    @property
    def _count(self) -> int:
        return len(self._photo.all_photos) if self.draft.what is What.ALL else 1

    def _size(self) -> Size | None:
        look = self.inquiry.look
        return look.plan.size if look is not None and look.plan is not None else size_of(self.draft, self._photo)

    def _show_answers(self) -> None:
        draft, look, size, problem = self.draft, self.inquiry.look, self._size(), self.problem
        part = limits_of(draft, self._photo).part
        self.foot.button.setText(button_text(draft, size, self._count))
        self.foot.button.setEnabled(problem is None and look is not None and look.plan is not None)
        self.foot.sentence.setText("" if size is None else sentence(draft, size, part, self._count))
        if self._photo.image.alpha is not None and not (draft.form.has_alpha and draft.options.keep_alpha):
            flattened = self.tr("Transparent parts become white.")
            self.foot.sentence.setText(f"{self.foot.sentence.text()} {flattened}")
        self._show_target(look)
        if problem is not None:
            self.foot.tell(problem_text(problem), is_warning=True)
            self.preview.show_problem("")
        elif self.inquiry.error is not None:
            self.foot.tell(str(self.inquiry.error), is_warning=True)
            self.preview.show_problem(str(self.inquiry.error))
        elif self.inquiry.cost is None:
            self.foot.tell(self.tr("Estimating time, memory and the size of the file…"))
        else:
            cost = self.inquiry.cost
            self.foot.tell(cost_text(cost.file_bytes, cost.seconds, cost.memory_bytes, self._count))

    def _show_target(self, look: Look | None) -> None:
        draft = self.draft
        if draft.what is What.ALL:
            self.target.show_pattern(draft.folder, draft.pattern)
        elif draft.target is not None:
            self.target.show_target(draft.target.parent, draft.target.name, draft.form)
        else:
            # Until a name is proposed, the one of before stays: names would flicker while a size is typed.
            name = look.target.name if look is not None else self.target.name_edit.text()
            self.target.show_target(draft.folder, name, draft.form)

    def _show_piece(self, piece: Piece) -> None:
        self.preview.show_piece(piece.picture)
        self.stage.show_marker(piece.part)

    # -- the end

    def _begin(self) -> None:
        look = self.inquiry.look
        if look is None or look.plan is None or self.problem is not None:
            return
        if not look.exists or self.draft.what is What.ALL:
            self._export(look)
            return
        ask_to_replace(look.target, lambda: self._export(look), parent=self)

    def _export(self, look: Look) -> None:
        self.export_asked.emit(self.draft, look)
        self.accept()

    def done(self, result: int) -> None:
        """Nothing is asked any more."""
        self.inquiry.end()
        super().done(result)

    def sizeHint(self) -> QSize:
        """Room for photo and result above each other."""
        return QSize(1120, 780)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._show_answers()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Export “{0}”").format(self._photo.path.name))
        self.preview_label.setText(
            self.tr("At 100 %, as it will be in the file; click on the photo to choose the spot")
        )
