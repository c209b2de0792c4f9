"""The photos beside the open one: stepping through them, and noticing what happens to them on the disk.

`FolderBrowser` lives on the GUI thread and owns the list, the cursor and the watcher. All asking of the disk is done by
a *look* on a thread of its own; its outcome arrives by a queued signal, and that of an outdated look is not heard of.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.disk_watcher import DiskWatcher
from app.file_state import FileState
from app.photo_list import PhotoList, Sight, absolute, chosen_photos, look_at
from app.workers.tasks import NewestTask


class FolderBrowser(QObject):
    """The photos beside the current one, or those that were chosen together.

    The cursor moves at once with each step, so that steps can come faster than photos open. `set_current` confirms what
    is shown, once it is read whole; `mark_bad` says that a photo cannot be, and gives the one to go on with. From a
    photo that was asked for by name, and is only seen in a preview so far, one steps after `go_from`.

    Signals:
        changed: The list, the cursor or the position is another one.
        reached_end: A step beyond the last photo (True) or the first (False) was asked for.
        current_changed_on_disk: The file of the current photo has other content.
        current_removed: The file of the current photo is gone.
        chosen: The `Path` to open: the one photo that `choose` was given.
        moved: The `Path` to open: the first of a list that was chosen, or where a step that waited for the list leads.
        failed: A `LiifError`: nothing in what `choose` was given can be opened.
    """

    changed = Signal()
    reached_end = Signal(bool)
    current_changed_on_disk = Signal()
    current_removed = Signal()
    chosen = Signal(object)
    moved = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._photos = PhotoList(())
        self._chosen_together = False
        # Whether the list was seen at all, and whether the folder has changed since.
        self._is_listed = True
        self._is_stale = False
        self._waiting: tuple[int, bool] | None = None
        self._current: Path | None = None
        self._shown: Path | None = None
        # Of the shown photo's file, when it was read or a look told of it; and whether there was a look since.
        self._state: FileState | None = None
        self._is_state_known = False
        self._was_seen = False
        # The photo at the cursor, and which file it was when it was looked at.
        self._followed: tuple[Path, int | None] | None = None
        self._step = 0
        self._bad: dict[Path, str] = {}
        self._untold: dict[Path, str] = {}
        self._look = NewestTask()
        self._look.done.connect(self._take_sight)
        self._choice = NewestTask()
        self._choice.done.connect(self._take_choice)
        self._choice.failed.connect(self.failed)
        self._watcher = DiskWatcher(self)
        self._watcher.directoryChanged.connect(self._note_folder_change)
        self._watcher.due.connect(self._look_again)

    @property
    def current(self) -> Path | None:
        """Where the cursor is; it may have been removed in the meantime."""
        return self._current

    @property
    def paths(self) -> tuple[Path, ...]:
        """The photos in their order, as they were seen last."""
        return self._photos.paths

    @property
    def position(self) -> tuple[int, int] | None:
        """The number of the current photo, from 1, and that of all; None if it is not among them."""
        if self._current is None:
            return None
        index, found = self._photos.place(self._current)
        return (index + 1, len(self.paths)) if found else None

    @property
    def neighbours(self) -> tuple[Path, ...]:
        """The photos beside the current one, which may have been removed, the next one first."""
        if self._current is None:
            return ()
        index, found = self._photos.place(self._current)
        beside = (index + 1 if found else index, index - 1)
        return tuple(self.paths[at] for at in beside if 0 <= at < len(self.paths))

    def choose(self, paths: Sequence[Path]) -> None:
        """Take what was dropped: one photo, one folder, or several of both, which then are the list.

        `chosen`, `moved` or `failed` follows.
        """
        paths = tuple(paths)
        self._choice.start(lambda cancel: (chosen_photos(paths, cancel=cancel), len(paths) > 1), name="choose photos")

    def stay(self) -> None:
        """Stay at the photo that is shown: what was chosen, and steps whose photo is not there yet, count no more."""
        self._choice.drop()
        self._waiting = None
        self.come_back()

    def come_back(self) -> None:
        """The photo at the cursor cannot be read after all: bring the cursor back to the one that is shown."""
        if self._current != self._shown:
            self._waiting = None
            self._return_to_shown()

    def forget(self) -> None:
        """No photo is shown any more."""
        self._choice.drop()
        self._watcher.stop()
        self._use(PhotoList(()), together=False, is_listed=True)
        self._current = self._shown = None
        self._step = 0
        self._untold.clear()
        self.changed.emit()

    def set_current(self, path: Path, *, state: FileState | None = None) -> None:
        """This photo is shown; if it is none of the list, the list becomes that of its folder.

        Args:
            path: The photo.
            state: Of its file before it was read; None if that is not known.
        """
        self._shown = absolute(path)
        self._bad.pop(self._shown, None)
        self._state, self._is_state_known, self._was_seen = state, state is not None, False
        self.go_from(self._shown)

    def go_from(self, path: Path) -> None:
        """Bring the cursor to a photo that may not be read whole yet; else as `set_current`."""
        path = absolute(path)
        self._current, self._step = path, 0
        beside = bool(self.paths) and self.paths[0].parent == path.parent and not self._chosen_together
        if not beside and not self._photos.place(path)[1]:
            self._use(PhotoList((path,)), together=False, is_listed=False)
        self._is_stale |= beside and not self._photos.place(path)[1]
        self.changed.emit()
        self._look_now()

    def next(self) -> Path | None:
        """Step forward; None at the end, and where the list is not known yet: `moved` follows then."""
        return self._go(1)

    def previous(self) -> Path | None:
        """Step back; None at the beginning, else as `next`."""
        return self._go(-1)

    def first(self) -> Path | None:
        """Go to the first photo that can be opened; None if there is none, or the cursor is there."""
        return self._go(1, from_end=True)

    def last(self) -> Path | None:
        """Go to the last photo that can be opened; None if there is none, or the cursor is there."""
        return self._go(-1, from_end=True)

    def mark_bad(self, path: Path, reason: str) -> Path | None:
        """Leave out a photo that cannot be opened, until its folder changes or it is asked for by name.

        Args:
            path: The photo.
            reason: One sentence.

        Returns:
            The photo to open instead, if this one was stepped to: the next one in the same direction. None if there is
            none; the cursor is then at the shown photo again.
        """
        path = absolute(path)
        self._bad[path] = self._untold[path] = reason
        if path != self._current or path == self._shown:
            return None
        instead = self._move(self._step) if self._step else None
        if instead is None:
            self._return_to_shown()
        return instead

    def take_notice(self) -> str | None:
        """One sentence about the photos that were marked since this was asked last; None if there are none."""
        untold, self._untold = self._untold, {}
        if not untold:
            return None
        path, reason = next(iter(untold.items()))
        if len(untold) == 1:
            return self.tr("Skipped: {0}").format(reason)
        return self.tr("{0} files that cannot be opened were skipped, the first is {1}.").format(len(untold), path.name)

    def stop(self, *, timeout_s: float) -> bool:
        """End all looks, when the program ends; whether they ended in time."""
        self._watcher.stop()
        ended = [task.stop(timeout_s=timeout_s) for task in (self._look, self._choice)]
        return all(ended)

    def _go(self, step: int, *, from_end: bool = False) -> Path | None:
        """A step that was asked for; what was chosen before it is not waited for any more."""
        target = self._move(step, from_end=from_end)
        if target is not None or self._waiting is not None:
            self._choice.drop()
        return target

    def _move(self, step: int, *, from_end: bool = False) -> Path | None:
        """Go to the nearest good photo in a direction, from the cursor or from the end of the list behind it."""
        if self._current is None:
            return None
        if not self._is_listed:
            self._waiting = (step, from_end)
            return None
        paths = self.paths
        index, found = self._photos.place(self._current)
        if from_end:
            index = -1 if step > 0 else len(paths)
        elif not found and step > 0:
            index -= 1  # the photo that took its place is the next one
        candidates = range(index + step, len(paths) if step > 0 else -1, step)
        target = next((paths[at] for at in candidates if paths[at] not in self._bad), None)
        if target is None and not from_end:
            self.reached_end.emit(step > 0)
        if target is None or target == self._current:
            return None
        self._current, self._step = target, step
        self.changed.emit()
        return target

    def _use(self, photos: PhotoList, *, together: bool, is_listed: bool) -> None:
        """Another list; what was known of the old one is forgotten, and what is still to be known not waited for."""
        self._look.drop()
        self._photos, self._chosen_together = photos, together
        self._is_listed, self._is_stale = is_listed, not is_listed
        self._waiting = None
        self._bad.clear()

    def _return_to_shown(self) -> None:
        self._current, self._step = self._shown, 0
        if self._shown is not None and not self._photos.place(self._shown)[1]:
            self.set_current(self._shown, state=self._state)
        else:
            self.changed.emit()

    def _take_choice(self, choice: tuple[PhotoList, bool]) -> None:
        photos, together = choice
        first = photos.paths[0]
        if len(photos.paths) == 1:
            # It may turn out to be none; what is beside it follows when it is shown.
            self.chosen.emit(first)
            return
        self._use(photos, together=together, is_listed=True)
        self._current, self._step = first, 1
        self.changed.emit()
        self.moved.emit(first)

    def _note_folder_change(self) -> None:
        # What could not be opened may have been half written.
        self._bad.clear()
        self._is_stale = not self._chosen_together

    def _look_again(self) -> None:
        if self._look.is_awaited:
            self._watcher.tell_soon()
        else:
            self._look_now()

    def _look_now(self) -> None:
        current = self._current
        if current is None:
            return
        # Listing takes a second where there are very many files: not done anew at each step.
        known, is_stale = self._photos, self._is_stale
        self._look.start(
            lambda cancel: look_at(current, known, is_stale=is_stale, cancel=cancel),
            name=f"look at {current.parent.name}",
        )

    def _take_sight(self, sight: Sight) -> None:
        followed = (sight.current, sight.state.inode if sight.state is not None else None)
        anew, self._followed = [sight.current] if followed != self._followed else [], followed
        # The folder in any case: only it tells that a file which was gone is there again.
        self._watcher.follow([sight.current, sight.current.parent], anew=anew)
        if sight.photos is not self._photos:
            self._photos = sight.photos
            self.changed.emit()
        self._is_listed = True
        # A change that came while this was looking is looked at next.
        self._is_stale &= self._watcher.is_pending
        if sight.current == self._shown:
            self._compare(sight.state)
        waiting, self._waiting = self._waiting, None
        if waiting is not None and (target := self._move(waiting[0], from_end=waiting[1])) is not None:
            self.moved.emit(target)

    def _compare(self, state: FileState | None) -> None:
        was_seen, self._was_seen = self._was_seen, True
        is_news = self._is_state_known and state != self._state
        if is_news and not was_seen:
            # It was written while it was read, and may not be whole yet.
            self._watcher.tell_soon()
            return
        self._state, self._is_state_known = state, True
        if not is_news:
            return
        if state is None:
            self.current_removed.emit()
        else:
            self.current_changed_on_disk.emit()
