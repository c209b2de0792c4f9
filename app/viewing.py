"""One run of the viewer: for a person, or for a screenshot."""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.composition import Viewer, ViewerOptions
from app.crashes import Crashes
from app.cycles import CycleCollector
from app.diagnostics import program_facts
from app.identity import APPLICATION_ID, tell_the_task_bar
from app.logging_setup import set_up_fault_log, set_up_logging
from app.open_requests import OpenRequests
from app.qt_platform import fault_of, platforms_of
from app.recent import Recent, state_file
from app.settings import Settings
from app.timings import process_age_s
from app.windows.crash_dialog import CrashReporter
from app.windows.icons import application_icon
from liif_core import __version__
from liif_core.atomic import atomic_path
from liif_core.cli.exit_codes import EXIT_ERROR
from liif_core.errors import ImageWriteError, RequestError
from liif_core.geometry import Size
from liif_core.imaging.encoding import EncodingOptions
from liif_core.imaging.resample import Kernel
from liif_core.imaging.write import check_target
from liif_core.library import InstalledModel, installed_models
from liif_core.paths import settings_file

# What only reads and computes may go on for that long when the window is closed.
PATIENCE_S = 0.3
# What the dialog of a crash may still be collecting.
CRASH_STOP_S = 5.0
# Any of them gives Qt a place for its windows on Linux, or says which platform to use.
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
# No screen is larger, and Qt's painter keeps 16 bits of a coordinate.
MAX_WINDOW_SIDE = 16384
LEAST_DPR, LARGEST_DPR = 0.5, 8.0
# A screenshot looks again whether all is there.
LOOK_AGAIN_MS = 20
# Viewers whose threads did not end in time; whoever runs the process ends them with it.
_unfinished: list[Viewer] = []


def run_viewer(arguments: argparse.Namespace) -> int:
    """Open the viewer and return the exit code when it is closed."""
    if arguments.screenshot is not None:
        if not arguments.photos and (arguments.photo_only or arguments.drawer or arguments.compare is not None):
            raise RequestError("without a photo a screenshot shows the start page, which has nothing of what was asked")
        if arguments.screenshot.suffix.lower() != ".png":
            raise ImageWriteError(f"{arguments.screenshot}: a screenshot is a .png file")
        check_target(arguments.screenshot, arguments.size or Size(1, 1), EncodingOptions())
    density = arguments.dpr or 1.0
    if not LEAST_DPR <= density <= LARGEST_DPR:
        raise RequestError(f"a point has {LEAST_DPR:g} to {LARGEST_DPR:g} pixels, not {density:g}")
    if arguments.size is not None and max(arguments.size.height, arguments.size.width) * density > MAX_WINDOW_SIDE:
        raise RequestError(f"a window has at most {MAX_WINDOW_SIDE} pixels a side")
    _choose_platform(arguments)
    if arguments.dpr is not None:
        # Qt reads it when the application begins.
        os.environ["QT_SCALE_FACTOR"] = f"{density:g}"
    set_up_logging()
    # Ctrl+C in the terminal ends the program; Python's own handler would wait for Qt to return.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    tell_the_task_bar()
    running = QApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(["stepless"])
    application.setApplicationName("Stepless")
    application.setApplicationVersion(__version__)
    application.setWindowIcon(application_icon())
    # By it, desktops find the icon and group the windows.
    application.setDesktopFileName(APPLICATION_ID)
    viewer, notices = _built(arguments)
    # Only there do such events come, and whoever watches the application sees all of its events.
    requests = OpenRequests(application, viewer.browsing.open_all) if sys.platform == "darwin" else None
    run = _Run(viewer, arguments)
    crashes, reporter = _watched(viewer) if arguments.screenshot is None else (None, None)
    cycles = CycleCollector(application)
    try:
        run.start()
        for notice in notices:
            viewer.window.status.show_notice(notice)
        application.exec()
        run.raise_write_error()
    finally:
        if requests is not None:
            requests.stop()
        viewer.window.close()
        if not viewer.stop(patience_s=PATIENCE_S):
            # Its threads still use it.
            _unfinished.append(viewer)
        if crashes is not None and reporter is not None:
            reporter.stop(timeout_s=CRASH_STOP_S)
            crashes.uninstall()
        cycles.stop()
    return run.exit_code


def _watched(viewer: Viewer) -> tuple[Crashes, CrashReporter]:
    """Errors that nobody caught end in a dialog, and the program goes on; whoever gets these two keeps them."""
    if not faulthandler.is_enabled():
        # Else the process belongs to somebody who wants to know by himself.
        set_up_fault_log()
    crashes = Crashes()
    reporter = CrashReporter(lambda: program_facts(viewer.settings), parent=viewer.window)
    crashes.happened.connect(reporter.show)
    reporter.quit_asked.connect(viewer.window.close)
    crashes.install()
    return crashes, reporter


def _built(arguments: argparse.Namespace) -> tuple[Viewer, list[str]]:
    """The viewer, and what is to be said of the files that it remembers things in.

    A screenshot is that of the command line alone: it neither follows nor changes what a person has set.
    """
    for_a_person = arguments.screenshot is None
    settings = Settings(settings_file() if for_a_person else None)
    recent = Recent(state_file() if for_a_person else None)
    notices = [notice for notice in (settings.load(), recent.load()) if notice is not None]
    if not for_a_person:
        settings.override(replace(settings.appearance, color_space="srgb"))
    if arguments.theme is not None:
        settings.override(replace(settings.appearance, theme=arguments.theme))
    if arguments.lang is not None:
        settings.override(replace(settings.appearance, language=arguments.lang))
    if arguments.overlay:
        settings.override(replace(settings.view, show_overlay=True))
    options = ViewerOptions(
        model=arguments.model,
        device=arguments.device,
        precision=arguments.precision,
        show_errors=for_a_person,
        overlays=not arguments.photo_only or arguments.overlay or arguments.compare is not None,
        moves=for_a_person,
    )
    if arguments.compare is not None:
        _check_rival(arguments.compare, installed_models())
    return Viewer(options, settings=settings, recent=recent), notices


def _check_rival(name: str, models: Sequence[InstalledModel]) -> None:
    """What can be compared with is a kernel or an installed model."""
    known = [kernel.value for kernel in Kernel] + [model.name for model in models]
    if name not in known:
        raise RequestError(f"'{name}' is nothing to compare with: expected one of {', '.join(known)}")


def _choose_platform(arguments: argparse.Namespace) -> None:
    """Without a display, pictures are taken off-screen; a window for a person is refused, where Qt would abort."""
    if sys.platform != "linux":
        return
    if any(os.environ.get(name) for name in DISPLAY_VARIABLES):
        platforms = platforms_of(os.environ)
        if fault := fault_of(platforms):
            raise RequestError(f"no window can be opened with Qt's platform {platforms[0]}: {fault}")
        return
    if arguments.screenshot is None:
        raise RequestError("there is no display to open a window on; --screenshot OUT.png works without one")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


class _Run(QObject):
    """Applies the command line's wishes to the viewer as it gets there, and notes the times."""

    def __init__(self, viewer: Viewer, arguments: argparse.Namespace) -> None:
        super().__init__()
        self._viewer = viewer
        self._arguments = arguments
        self._painted = False
        self._write_error: ImageWriteError | None = None
        self.exit_code = 0
        viewer.controller.document_opened.connect(self._place_view)
        viewer.controller.became_sharp.connect(self._on_sharp)
        viewer.canvas.photo_painted.connect(self._on_painted)
        if arguments.screenshot is not None:
            viewer.controller.failed.connect(self._on_failed)
            viewer.browsing.failed.connect(self._on_failed)

    def start(self) -> None:
        """Show the window."""
        size: Size | None = self._arguments.size
        if size is not None:
            wanted = QSize(size.width, size.height)
            if self._arguments.photo_only:
                self._viewer.canvas.setFixedSize(wanted)
            else:
                self._viewer.window.resize(wanted)
        if self._arguments.drawer:
            self._viewer.window.actions_["information"].trigger()
        self._viewer.start(*self._arguments.photos)
        if self._arguments.screenshot is not None and not self._arguments.photos:
            # The start page, when it has been laid out.
            QTimer.singleShot(LOOK_AGAIN_MS, self._save_screenshot)

    def raise_write_error(self) -> None:
        """Report that the screenshot could not be saved, on the caller's stack."""
        if self._write_error is not None:
            raise self._write_error

    def _place_view(self) -> None:
        controller = self._viewer.controller
        if self._arguments.zoom is not None:
            controller.zoom_to(self._arguments.zoom)
        if self._arguments.center is not None:
            controller.center_on(*self._arguments.center)
        if self._arguments.compare is not None:
            self._viewer.comparing.set_rival(self._arguments.compare)

    def _on_painted(self) -> None:
        if not self._painted:
            self._painted = True
            self._note("first paint")

    def _on_sharp(self) -> None:
        self._note("sharp")
        if self._arguments.screenshot is not None:
            # After the painting that shows the last tile.
            QTimer.singleShot(0, self._save_when_complete)

    def _save_when_complete(self) -> None:
        """The drawer is filled by threads of its own."""
        viewer = self._viewer
        if not viewer.controller.is_sharp:
            # The drawer has found its width; the next time is told again.
            return
        if self._arguments.drawer and not (viewer.models.installed and viewer.information.is_filled):
            QTimer.singleShot(LOOK_AGAIN_MS, self._save_when_complete)
            return
        self._save_screenshot()

    def _on_failed(self, error: object) -> None:
        print(f"stepless: {error}", file=sys.stderr)
        self.exit_code = EXIT_ERROR
        QApplication.exit()

    def _note(self, event: str) -> None:
        if self._arguments.timings:
            print(f"{event}: {process_age_s():.2f} s", flush=True)

    def _save_screenshot(self) -> None:
        window = self._viewer.window
        widget: QWidget = self._viewer.canvas if self._arguments.photo_only else window
        target: Path = self._arguments.screenshot
        try:
            with atomic_path(target) as temporary:
                if not widget.grab().save(str(temporary), "PNG"):
                    raise OSError("the picture could not be saved")
        except OSError as exc:
            self._write_error = ImageWriteError(f"{target}: cannot be written: {exc.strerror or exc}")
        QApplication.exit()
