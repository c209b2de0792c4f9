"""What the export dialog and the queue say, with numbers."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.export.checks import Problem, Reason
from app.export.draft import Draft, What
from liif_core.export.control import Phase
from liif_core.export.job import Note
from liif_core.export.queue import QueueEntry, QueueState
from liif_core.geometry import Size
from liif_core.view.zoom_entry import format_zoom

_KB, _MB, _GB = 1000, 1000**2, 1000**3
_MINUTE_S, _HOUR_S = 60, 3600


def bytes_text(count: int) -> str:
    """A number of bytes with two or three digits: "1.2 GB", "48 MB"."""
    for size, unit in ((_GB, "GB"), (_MB, "MB"), (_KB, "kB")):
        if count >= size:
            value = count / size
            return f"{QLocale().toString(value, 'f', 1 if value < 9.95 else 0)} {unit}"
    return f"{count} B"


def duration_text(seconds: float) -> str:
    """A time that one waits, no more exact than it is known: "5 s", "3 min", "1 h 20 min"."""
    if seconds < 1:
        return QCoreApplication.translate("ExportTexts", "less than 1 s")
    if seconds < 2 * _MINUTE_S:
        return QCoreApplication.translate("ExportTexts", "{0} s").format(round(seconds))
    if seconds < _HOUR_S:
        return QCoreApplication.translate("ExportTexts", "{0} min").format(round(seconds / _MINUTE_S))
    hours, minutes = divmod(round(seconds / _MINUTE_S), 60)
    return QCoreApplication.translate("ExportTexts", "{0} h {1} min").format(hours, minutes)


def megapixels_text(size: Size) -> str:
    """Pixels in millions with two digits or more, without their name: "48", "1.5"."""
    millions = size.area / 1e6
    return QLocale().toString(millions, "f", 0 if millions >= 9.95 else 1 if millions >= 0.95 else 2)


def size_text(size: Size) -> str:
    """Width and height in pixels."""
    locale = QLocale()
    return f"{locale.toString(size.width)} × {locale.toString(size.height)}"


def button_text(draft: Draft, size: Size | None, count: int) -> str:
    """What the main button does."""
    if draft.what is What.ALL:
        return QCoreApplication.translate("ExportTexts", "E&xport {0} photos").format(count)
    if size is None:
        return QCoreApplication.translate("ExportTexts", "E&xport")
    if size.area < 950_000:
        return QCoreApplication.translate("ExportTexts", "E&xport {0} pixels").format(size_text(size))
    return QCoreApplication.translate("ExportTexts", "E&xport {0} megapixels").format(megapixels_text(size))


def sentence(draft: Draft, size: Size, part: Size, count: int) -> str:
    """What will happen."""
    if draft.what is What.ALL:
        text = QCoreApplication.translate(
            "ExportTexts", "{0} photos become {1} files in “{2}”, this one with {3} pixels ({4} megapixels)."
        )
        return text.format(count, draft.form.name, draft.folder.name, size_text(size), megapixels_text(size))
    texts = {
        What.PHOTO: QCoreApplication.translate(
            "ExportTexts",
            "The whole photo becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size.",
        ),
        What.VIEW: QCoreApplication.translate(
            "ExportTexts",
            "What you see becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size.",
        ),
        What.CROP: QCoreApplication.translate(
            "ExportTexts", "The crop becomes a {0} file of {1} pixels ({2} megapixels), {3} of the photo’s own size."
        ),
    }
    scale = format_zoom(max(size.width / part.width, size.height / part.height))
    return texts[draft.what].format(draft.form.name, size_text(size), megapixels_text(size), scale)


def cost_text(file_bytes: int, seconds: float, memory_bytes: int, count: int = 1) -> str:
    """What it will take; `count` files of the same kind."""
    text = QCoreApplication.translate("ExportTexts", "About {0} on the disk, {1}, and up to {2} of memory.")
    return text.format(bytes_text(file_bytes * count), duration_text(seconds * count), bytes_text(memory_bytes))


def problem_text(problem: Problem) -> str:
    """What stands against an export, and what is allowed."""
    locale = QLocale()
    facts = [locale.toString(fact) if isinstance(fact, int) else fact for fact in problem.facts]
    if problem.reason is Reason.NO_SPACE:
        facts = [bytes_text(int(fact)) for fact in problem.facts]
    texts = {
        Reason.NO_SIZE: QCoreApplication.translate(
            "ExportTexts", "This size gives no picture: at least 1 pixel is needed."
        ),
        Reason.SIDE: QCoreApplication.translate(
            "ExportTexts", "This is too large for {0}: a side has at most {1} pixels there."
        ),
        Reason.PIXELS: QCoreApplication.translate(
            "ExportTexts", "This is too large for {0}: at most {1} megapixels are possible."
        ),
        Reason.NO_FOLDER: QCoreApplication.translate("ExportTexts", "There is no folder “{0}”."),
        Reason.DENIED: QCoreApplication.translate("ExportTexts", "You may not write into the folder “{0}”."),
        Reason.IS_FOLDER: QCoreApplication.translate("ExportTexts", "“{0}” is a folder; the name of a file is needed."),
        Reason.IS_PROTECTED: QCoreApplication.translate(
            "ExportTexts", "“{0}” is write-protected; choose another name."
        ),
        Reason.IS_PHOTO: QCoreApplication.translate(
            "ExportTexts", "“{0}” is the photo itself, which an export never replaces; choose another name."
        ),
        Reason.EXTENSION: QCoreApplication.translate("ExportTexts", "The name of a {0} file ends in {1}."),
        Reason.BAD_NAME: QCoreApplication.translate("ExportTexts", "“{0}” is no name of a file."),
        Reason.PATTERN: QCoreApplication.translate("ExportTexts", "The names are not possible: {0}."),
        Reason.NO_SPACE: QCoreApplication.translate(
            "ExportTexts", "The file needs about {0}, and only {1} are free on this disk."
        ),
        Reason.OTHER: "{0}",
    }
    return texts[problem.reason].format(*facts)


def state_text(entry: QueueEntry, *, paused: bool) -> str:
    """How an export is doing, in a word or a sentence."""
    if entry.state is QueueState.FAILED:
        return str(entry.error)
    if entry.state is QueueState.DONE and entry.result is not None:
        done = QCoreApplication.translate("ExportTexts", "Done: {0} pixels, {1}")
        told = [done.format(size_text(entry.result.size), bytes_text(entry.result.file_bytes))]
        return "; ".join(told + [note_text(note) for note in entry.result.notes])
    if entry.state is QueueState.RUNNING:
        return QCoreApplication.translate("ExportTexts", "Paused") if paused else _phase_text(entry)
    return {
        QueueState.WAITING: QCoreApplication.translate("ExportTexts", "Waiting"),
        QueueState.CANCELLED: QCoreApplication.translate("ExportTexts", "Cancelled"),
        QueueState.SKIPPED: QCoreApplication.translate("ExportTexts", "Done before"),
    }.get(entry.state, "")


def note_text(note: Note) -> str:
    """What else is to be told of a file."""
    return {
        Note.FIRST_PAGE: QCoreApplication.translate("ExportTexts", "this is the first of several pages"),
        Note.FLATTENED: QCoreApplication.translate("ExportTexts", "transparent parts are white"),
        Note.EXIF_TOO_LONG: QCoreApplication.translate("ExportTexts", "its EXIF block was too long and is left out"),
        Note.XMP_TOO_LONG: QCoreApplication.translate("ExportTexts", "its XMP block was too long and is left out"),
        Note.IPTC_LEFT_OUT: QCoreApplication.translate("ExportTexts", "the format has no place for its IPTC records"),
        Note.MADE_ON_CPU: QCoreApplication.translate(
            "ExportTexts", "the graphics card failed, the processor finished it"
        ),
    }[note]


def left_text(entry: QueueEntry) -> str:
    """How long it will still take, where that is known."""
    left_s = entry.progress.left_s if entry.progress is not None else None
    if entry.state is not QueueState.RUNNING or left_s is None:
        return ""
    return QCoreApplication.translate("ExportTexts", "{0} left").format(duration_text(left_s))


def _phase_text(entry: QueueEntry) -> str:
    phase = entry.progress.phase if entry.progress is not None else Phase.READING
    return {
        Phase.READING: QCoreApplication.translate("ExportTexts", "Reading the photo"),
        Phase.RENDERING: QCoreApplication.translate("ExportTexts", "Rendering"),
        Phase.FINISHING: QCoreApplication.translate("ExportTexts", "Encoding"),
        Phase.CHECKING: QCoreApplication.translate("ExportTexts", "Checking the file"),
    }[phase]
