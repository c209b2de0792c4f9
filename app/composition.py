"""Builds and wires every object that lives as long as the program, and takes them down in order."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.browsing import Browsing
from app.commands.compare_commands import CompareCommands
from app.commands.export_commands import ExportCommands
from app.commands.flip_key import FlipKey
from app.commands.manager_commands import ManagerCommands
from app.commands.model_commands import ModelCommands
from app.commands.photo_commands import PhotoCommands
from app.commands.view_commands import ViewCommands
from app.commands.window_commands import WindowCommands
from app.display_colours import usable_space
from app.display_following import DisplayFollower
from app.first_model import FirstModel, first_model, missing_model_text
from app.folder import FolderBrowser
from app.memory_limits import MemoryLimits, budgets_of
from app.memory_release import MemoryRelease
from app.models import Models
from app.preferences import Preferences
from app.presenters.information_presenter import InformationPresenter
from app.presenters.start_presenter import StartPresenter
from app.presenters.status_presenter import StatusPresenter
from app.recent import Recent
from app.session_keeping import SessionKeeping
from app.settings import Settings
from app.settings_values import MeasuredDefault
from app.shutdown import STOP_S, Stop, stopped
from app.training_wiring import Training
from app.viewer.canvas import Canvas
from app.viewer.controller import ViewController
from app.viewer.document import Document, open_document
from app.viewer.motion import Motion
from app.viewer.overlays.loupe_frame import LoupeFrame
from app.viewer.overlays.minimap_overlay import MinimapOverlay
from app.viewer.overlays.pixel_overlay import PixelOverlay
from app.viewer.overlays.range_badge import RangeBadge
from app.viewer.overlays.split_line import SplitLine
from app.viewer.picture import Picture
from app.viewer.preloader import Preloader
from app.viewer.rivals import Rivals
from app.windows.main_window import MainWindow
from app.workers.model_slot import ModelSlot
from app.workers.sources import BaseSource, NeuralSource
from app.workers.tile_worker import TileWorker
from liif_core.cancel import CancelToken
from liif_core.library import AUTO
from liif_core.library.operations import is_model_file
from liif_core.memory import keep_freed_memory
from liif_core.view.store import TileStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ViewerOptions:
    """How the viewer is started.

    Attributes:
        model: Name or path; "bicubic" for no model; None for that of the settings.
        device: See `liif_core.device.choose_device`; None for that of the settings.
        precision: "auto", "fp32" or "bf16"; None for that of the settings.
        show_errors: Whether failures open a dialog.
        overlays: Whether anything lies over the photo.
        moves: Whether anything moves by itself: zooms ease, pictures that are thrown go on.
    """

    model: str | None = None
    device: str | None = None
    precision: str | None = None
    show_errors: bool = True
    overlays: bool = True
    moves: bool = True


class _ModelNews(QObject):
    """Carries the model's news from its thread to the GUI's."""

    loaded = Signal(object, object)
    ready = Signal(str)
    notice = Signal(str)
    measured = Signal(str)
    devices = Signal(list)
    fallback = Signal()


class Viewer:
    """The running program.

    Args:
        options: How it is started.
        settings: What the person wants, loaded; None for the defaults, which are not kept.
        recent: What is remembered from the last run, loaded; None to remember nothing.

    Raises:
        CorruptCheckpoint: The model asked for is not there.
    """

    def __init__(
        self, options: ViewerOptions, *, settings: Settings | None = None, recent: Recent | None = None
    ) -> None:
        keep_freed_memory()
        self._options = options
        self.settings = settings or Settings()
        self.recent = recent or Recent()
        self._news = _ModelNews()
        self._stopped = False
        self._memory_release = MemoryRelease()
        self._first = first_model(asked=options.model, kept=self.settings.model.name)
        self._make_view(self._first)
        self._make_window()
        self._make_commands()
        self._wire()

    # -- building

    def _make_view(self, first: FirstModel) -> None:
        """The picture, and what moves it."""
        measured, budgets = self.settings.model.measured, budgets_of(self.settings.memory)
        slot = ModelSlot(
            feature_bytes=budgets.feature_bytes,
            measured=measured.device if measured is not None else None,
            on_measured=self._news.measured.emit,
            on_devices=self._news.devices.emit,
            on_loaded=self._news.loaded.emit,
            on_ready=self._news.ready.emit,
            on_notice=self._news.notice.emit,
            on_fallback=self._news.fallback.emit,
        )
        self.base_worker = TileWorker(BaseSource(), name="conventional tiles")
        source = NeuralSource(slot)
        self.neural_worker = TileWorker(source, name="neural tiles")
        store: TileStore[QImage] = TileStore(budgets.tile_bytes)
        picture = Picture(store, self.base_worker, self.neural_worker)
        self.models = Models(
            picture,
            slot,
            first.selection,
            first.installed,
            defaults=self.settings.model.defaults,
            device=self._options.device or self.settings.model.device,
            precision=self._options.precision or self.settings.model.precision,
            measured=measured.device if measured is not None else None,
        )
        self.controller = ViewController(picture)
        self.motion = Motion(self.controller)
        self.rivals = Rivals(self._memory_release.watch)
        self.browser = FolderBrowser()
        self._preloader = Preloader(self._read_ahead, budget_bytes=budgets.photo_bytes)
        self.browsing = Browsing(self.controller, self.browser, self._preloader)
        self.memory = MemoryLimits(self.settings, self.controller, self._preloader, self.rivals, source)

    def _make_window(self) -> None:
        """The widgets, and what lies over the photo."""
        self.minimap = MinimapOverlay(self.controller)
        self.pixel_overlay = PixelOverlay(self.controller)
        self.range_badge = RangeBadge(self.controller)
        overlays = (
            self.pixel_overlay,
            self.range_badge,
            self.minimap,
            LoupeFrame(self.controller),
            SplitLine(self.controller, lambda: self.models.shown_name),
        )
        self.canvas = Canvas(self.controller, self.motion, overlays if self._options.overlays else ())
        self.window = MainWindow(self.canvas)
        self.display = DisplayFollower(self.settings, self.window, self.controller, self._preloader)

    def _make_commands(self) -> None:
        """What the actions do, and what the widgets show."""
        window, actions = self.window, self.window.actions_
        self.status = StatusPresenter(window, self.controller, self.browser, self.models)
        self.information = InformationPresenter(window.drawer, self.canvas, self.controller, self.models)
        self.start_page = StartPresenter(window, self.recent, self.browsing)
        self.comparing = CompareCommands(
            actions,
            self.controller,
            self.rivals,
            self.models.choices,
            rival_id=self.settings.view.compare_with,
            parent=window,
        )
        self._session = SessionKeeping(self.recent, self.controller, self.browsing, self.comparing)
        self.photo_commands = PhotoCommands(
            window, actions, self.controller, self.browsing, cursor=lambda: self.canvas.cursor_position
        )
        self.model_commands = ModelCommands(window.menus, self.models, self.settings)
        self.training = Training(
            window, self.controller, self.models, self.model_commands, notice=window.status.show_notice
        )
        self.manager_commands = ManagerCommands(
            window, self.models, self.model_commands, self.settings, needed_by=self.training.queue.known.that_need
        )
        self.view_commands = ViewCommands(actions, self.controller, self.motion)
        self.window_commands = WindowCommands(
            window,
            self.settings,
            self.comparing,
            devices=self.model_commands.devices,
            measure=self.models.measure_again,
        )
        self.exporting = ExportCommands(
            window, self.settings, self.controller, self.browser, self.models, display=lambda: self.display.display
        )
        self._flip_key = FlipKey(self.canvas, actions, self.comparing)
        self.preferences = Preferences(
            self.settings,
            window,
            self.controller,
            self.canvas,
            self.motion,
            self.minimap,
            self.pixel_overlay,
            self.range_badge,
            moves=self._options.moves,
            on_language=self._speak,
        )

    def _wire(self) -> None:
        """Signals between those above."""
        window, notice = self.window, self.window.status.show_notice
        self._news.loaded.connect(self.models.note_loaded)
        self._news.ready.connect(self.status.set_device)
        self._news.ready.connect(lambda device: self.models.note_device(device.split()[0]))
        self._news.fallback.connect(self.models.note_fallback)
        self._news.measured.connect(self._keep_measured)
        self._news.devices.connect(self.model_commands.set_devices)
        telling = (self.browsing, self.photo_commands, self.manager_commands)
        notices = (self._news.notice, self.display.notice, self.exporting.notice)
        for said in (*notices, *(each.notice for each in telling)):
            said.connect(notice)
        for kept in (self.settings, self.recent):
            kept.save_failed.connect(notice)
        if self._options.show_errors:
            for failed in (self.controller.failed, *(each.failed for each in telling)):
                failed.connect(window.show_error)
        # Models are taken by the commands of their manager.
        window.paths_dropped.connect(
            lambda paths: self.browsing.open_all([path for path in paths if not is_model_file(path)])
        )
        window.closing.connect(self._remember)
        window.toolbar.zoom_field.zoom_asked.connect(self.motion.zoom_to)
        window.menus.compare_with.chosen.connect(self.comparing.set_rival)
        self.comparing.choices_changed.connect(window.set_compare_choices)
        self.comparing.rival_chosen.connect(self._keep_rival)
        self.models.renamed.connect(self.comparing.note_renamed)
        self.models.changed.connect(self._follow_model)
        self.models.missed.connect(self._go_on_automatically)
        self.canvas.photo_painted.connect(self.controller.photo_painted)
        self.canvas.cursor_moved.connect(self._show_bars)
        self.canvas.menu_asked.connect(window.menus.photo.popup)
        self.canvas.cursor_moved.connect(self._repaint_under_cursor)
        self.browsing.shown.connect(lambda document: self.recent.note_opened(document.path))
        for worker in (self.base_worker, self.neural_worker):
            self._memory_release.watch(worker)
        self._follow_model()

    # -- the run

    def start(self, *photos: Path) -> None:
        """Show the window and open a photo, a folder of photos, or several of both."""
        self.window.restore_geometry(self.settings.window.geometry)
        self.window.show()
        self.display.begin()
        if photos:
            self.browsing.open_all(photos)
        elif self.settings.window.reopen_last:
            self._session.resume()
        if self._options.show_errors:
            # A screenshot shows what the command line says, and nothing of what was left undone.
            self.training.start()
        if self._first.notice:
            self.window.status.show_notice(self._first.notice)
        if self._first.error is not None:
            self.controller.failed.emit(self._first.error)

    def stop(self, *, patience_s: float = STOP_S) -> bool:
        """End the threads; they are given time for the chunk at hand.

        Args:
            patience_s: For threads that only read and compute. One of them may be importing torch, or waiting for a
                network, and hears of nothing meanwhile; a process that ends anyway need not wait for it.

        Returns:
            Whether all have ended. Those that have files to finish are waited for in any case.
        """
        if self._stopped:
            return True
        self._stopped = True
        for worker in (self.neural_worker, self.base_worker):
            worker.close()
        computing: tuple[Stop, ...] = (
            self.controller.stop,
            self.browsing.stop,
            self.display.stop,
            self.window_commands.stop,
            self.information.stop,
            self.start_page.stop,
            self.models.stop,
            self.rivals.stop,
            self.exporting.stop_probing,
            self.neural_worker.stop,
            self.base_worker.stop,
            self._memory_release.stop,
        )
        saving = (self.training, self.exporting, self.photo_commands, self.manager_commands, self.settings, self.recent)
        # They end while those that have something to lose are waited for.
        stopped(computing, timeout_s=0)
        saved = stopped([part.stop for part in saving], timeout_s=STOP_S)
        ended = stopped(computing, timeout_s=patience_s)
        if not (saved and ended):
            logger.warning("a worker thread did not end in time")
        return saved and ended

    # -- what connects several of them

    def _read_ahead(self, path: Path, cancel: CancelToken) -> Document:
        return open_document(
            path,
            display=usable_space(self.display.display),
            photo_bytes=self.memory.budgets.photo_bytes,
            cancel=cancel,
        )

    def _follow_model(self) -> None:
        trained = self.models.trained
        self.range_badge.trained = self.pixel_overlay.trained = trained
        self.pixel_overlay.model_name = self.models.name if self.models.path is not None else ""
        self.window.toolbar.set_model(self.models.shown_name)
        self.comparing.refresh()
        self.canvas.update()

    def _go_on_automatically(self, name: str) -> None:
        self.settings.set(replace(self.settings.model, name=AUTO))
        self.window.status.show_notice(missing_model_text(name))

    def _speak(self) -> None:
        self.model_commands.refresh()
        self.status.refresh()
        self._follow_model()

    def _show_bars(self, cursor: tuple[float, float] | None) -> None:
        if cursor is not None:
            self.window.show_bars_at(cursor[0] / self.canvas.devicePixelRatioF())

    def _repaint_under_cursor(self) -> None:
        if self.controller.comparison is not None or self.pixel_overlay.visible:
            self.canvas.update()

    def _keep_measured(self, device: str) -> None:
        measured = MeasuredDefault(device, "auto", "1")
        self.settings.set(replace(self.settings.model, measured=measured))

    def _keep_rival(self, rival_id: str) -> None:
        self.settings.set(replace(self.settings.view, compare_with=rival_id))

    def _remember(self) -> None:
        """What the next run begins with."""
        self.settings.set(replace(self.settings.window, geometry=self.window.geometry_text()))
        self._session.keep()
