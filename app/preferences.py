"""Makes the program look and work as its settings say, at the start and whenever one is changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app import translations
from app.settings import Settings
from app.system_motion import SystemMotion
from app.viewer.canvas import Canvas
from app.viewer.controller import ViewController
from app.viewer.document import Preview
from app.viewer.motion import Motion
from app.viewer.overlays.minimap_overlay import MinimapOverlay
from app.viewer.overlays.pixel_overlay import PixelOverlay
from app.viewer.overlays.range_badge import RangeBadge
from app.windows import theme
from app.windows.main_window import MainWindow
from liif_core.geometry import Size
from liif_core.view.camera import Camera


class Preferences(QObject):
    """Follows the settings.

    Args:
        settings: What the person wants.
        window: Has the keys and the switches.
        controller: Of the view.
        canvas: Paints it.
        motion: Moves it.
        minimap: Over the photo.
        overlay: Over the photo.
        badge: Over the photo.
        moves: Whether anything may move by itself at all.
        on_language: Called when texts that are not widgets' have to be made again.
    """

    def __init__(
        self,
        settings: Settings,
        window: MainWindow,
        controller: ViewController,
        canvas: Canvas,
        motion: Motion,
        minimap: MinimapOverlay,
        overlay: PixelOverlay,
        badge: RangeBadge,
        *,
        moves: bool,
        on_language: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._controller = controller
        self._canvas = canvas
        self._motion = motion
        self._minimap = minimap
        self._overlay = overlay
        self._badge = badge
        self._moves = moves
        self._on_language = on_language
        self._system = SystemMotion(self)
        self._system.changed.connect(self._apply_motion)
        controller.first_view = self._first_view
        self._appliers: dict[str, Callable[[], None]] = {
            "appearance.theme": self._apply_theme,
            "appearance.language": self._apply_language,
            "appearance.smooth_motion": self._apply_motion,
            "view.inertia": self._apply_motion,
            "view.show_minimap": self._apply_overlays,
            "view.show_overlay": self._apply_overlays,
            "view.lock_view": self._apply_lock,
            "keyboard.shortcuts": self._apply_shortcuts,
        }
        for apply in dict.fromkeys(self._appliers.values()):
            apply()
        settings.changed.connect(self._follow)

    def _follow(self, name: str) -> None:
        if name in self._appliers:
            self._appliers[name]()

    def _apply_theme(self) -> None:
        theme.apply(_application(), self._settings.appearance.theme)

    def _apply_language(self) -> None:
        translations.install(_application(), self._settings.appearance.language)
        self._on_language()

    def _apply_motion(self) -> None:
        wanted = self._settings.appearance.smooth_motion
        animated = self._system.animates if wanted == "system" else wanted == "on"
        self._motion.eases = self._canvas.fade.enabled = self._moves and animated
        self._motion.throws = self._settings.view.inertia

    def _apply_overlays(self) -> None:
        view = self._settings.view
        self._minimap.visible, self._overlay.visible = view.show_minimap, view.show_overlay
        self._badge.visible = not view.show_overlay
        self._window.actions_["minimap"].setChecked(view.show_minimap)
        self._window.actions_["overlay"].setChecked(view.show_overlay)
        self._canvas.update()

    def _apply_lock(self) -> None:
        self._window.actions_["lock_view"].setChecked(self._settings.view.lock_view)

    def _apply_shortcuts(self) -> None:
        self._window.actions_.set_overrides(
            {name: list(keys) for name, keys in self._settings.keyboard.shortcuts.items()}
        )

    def _first_view(self, photo: Preview, viewport: Size, before: Camera | None) -> Camera:
        if self._settings.view.lock_view and before is not None:
            return before.carried_to(photo.size, viewport)
        return Camera.fitting(photo.size, viewport, self._settings.view.fit_mode)


def _application() -> QApplication:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    return application
