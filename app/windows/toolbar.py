"""The toolbar: what is needed most, one slim line above the photo."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from app.windows.actions import Actions
from app.windows.elided_label import plain_tooltip
from app.windows.icons import LOOK_CHANGES, icon
from app.windows.zoom_field import ZoomField

ICON_PX = 24
# A longer name of a model loses its end: the button must not push others away.
MAX_MODEL_CHARACTERS = 22


class ToolBar(QToolBar):
    """Open, previous and next, fit, 100 %, the zoom, compare, the model, export, training, and information at the end.

    Args:
        actions: What the buttons do.
        model_menu: What the model's button opens.

    Attributes:
        zoom_field: The zoom.
    """

    def __init__(self, actions: Actions, model_menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        # Hidden by the right button it could not be found again.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.zoom_field = ZoomField()
        self._model_button = QToolButton()
        self._model_name = ""
        self._model_button.setMenu(model_menu)
        self._model_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._model_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._model_button.setIconSize(QSize(16, 16))
        self._fill(actions)
        self._set_texts()
        self._set_icons()

    def set_model(self, name: str) -> None:
        """Show the model in use."""
        self._model_name = name
        self._set_texts()

    def has_focus(self) -> bool:
        """Whether one of its controls has the focus."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def start_zoom_entry(self) -> None:
        """Let the person type a zoom, also where the window is too narrow to show the field."""
        more = self._more_button()
        if not self.zoom_field.isVisible() and more is not None:
            more.click()
        self.zoom_field.start_entry()

    def event(self, event: QEvent) -> bool:
        """Follow the language and the look."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()
        return is_done

    def _fill(self, actions: Actions) -> None:
        for id_ in ("open", "previous", "next", "fit_window", "zoom_100"):
            self.addAction(actions[id_])
            if id_ in ("open", "next"):
                self.addSeparator()
        self.addWidget(self.zoom_field)
        self.addSeparator()
        self.addAction(actions["compare"])
        self.addWidget(self._model_button)
        self.addAction(actions["export"])
        self.addAction(actions["train"])
        room = QWidget()
        room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(room)
        self.addAction(actions["information"])
        for button in self.findChildren(QToolButton):
            # Qt leaves the buttons of a toolbar out of the way of the tab key.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Toolbar"))
        shown = self._model_name or self.tr("No model")
        width = self.fontMetrics().averageCharWidth() * MAX_MODEL_CHARACTERS
        elided = self.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideRight, width)
        self._model_button.setText(elided.replace("&", "&&") + " ▾")
        self._model_button.setToolTip(plain_tooltip(self.tr("Model: {0}").format(shown)))
        self._model_button.setAccessibleName(self.tr("Model: {0}").format(shown))
        more = self._more_button()
        if more is not None:
            more.setToolTip(self.tr("More"))
            more.setAccessibleName(self.tr("More"))

    def _set_icons(self) -> None:
        self._model_button.setIcon(icon("model"))
        more = self._more_button()
        if more is not None:
            # Qt's own is dark in every theme.
            more.setIcon(icon("more"))

    def _more_button(self) -> QToolButton | None:
        """Qt's own, which shows what a narrow window has no room for."""
        return self.findChild(QToolButton, "qt_toolbar_ext_button")
