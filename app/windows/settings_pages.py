"""The pages of the settings dialog."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy

from app.settings import Settings
from app.settings_values import Language, Motion, Precision, Theme
from app.windows.settings_fields import BudgetField, ChoiceField, ColorSpaceField, SwitchField
from app.windows.settings_page import FieldText, SettingsPage
from liif_core.memory import Budgets
from liif_core.view.fit import FitMode

# A language is called by its own name, so that those who do not read the present one find theirs.
_ENGLISH, _CHINESE = "English", "简体中文"


class GeneralPage(SettingsPage):
    """Look, language, and how photos open and move."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.add_field("appearance.theme", ChoiceField(typing.get_args(Theme)))
        self.add_field("appearance.language", ChoiceField(typing.get_args(Language)))
        self.add_field("view.fit_mode", ChoiceField(list(FitMode)))
        self.add_field("appearance.smooth_motion", ChoiceField(typing.get_args(Motion)))
        self.add_field("view.inertia", SwitchField())
        self.add_field("window.reopen_last", SwitchField())
        self.retranslate()

    def title(self) -> str:
        """See `SettingsPage`."""
        return self.tr("General")

    def texts(self) -> Mapping[str, FieldText]:
        """See `SettingsPage`."""
        fits = {
            FitMode.WINDOW: self.tr("The whole photo"),
            FitMode.WIDTH: self.tr("Its width"),
            FitMode.HEIGHT: self.tr("Its height"),
            FitMode.FILL: self.tr("No empty part of the window"),
        }
        return {
            "appearance.theme": FieldText(
                self.tr("&Theme"),
                self.tr("The grey around the photo has no tint in either theme."),
                (self.tr("As the system"), self.tr("Dark"), self.tr("Light")),
            ),
            "appearance.language": FieldText(
                self.tr("&Language"),
                self.tr("The language of all texts, from now on."),
                (self.tr("As the system"), _ENGLISH, _CHINESE),
            ),
            "view.fit_mode": FieldText(
                self.tr("Photos &open with"),
                self.tr("What of a photo is seen at first."),
                tuple(fits[mode] for mode in FitMode),
            ),
            "appearance.smooth_motion": FieldText(
                self.tr("S&mooth motion"),
                self.tr("Zooming glides for a moment, and what becomes sharp fades in."),
                (self.tr("As the system"), self.tr("On"), self.tr("Off")),
            ),
            "view.inertia": FieldText(
                self.tr("A photo that is &flicked slides on"),
                self.tr("When off, it stops where the mouse button is released."),
            ),
            "window.reopen_last": FieldText(
                self.tr("Open the last photo at the &start"),
                self.tr("At the place and zoom where it was left, turned and compared as it was."),
            ),
        }


class ModelPage(SettingsPage):
    """What computes the pixels, and how.

    Signals:
        measure_asked: The quickest device and precision are to be measured again.
    """

    measure_asked = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._devices = ChoiceField(["auto", "cpu"])
        self._device_texts: list[str] = []
        self.add_field("model.device", self._devices)
        self.add_field("model.precision", ChoiceField(typing.get_args(Precision)))
        self.measure_button = QPushButton()
        self.measure_button.setAutoDefault(False)
        self.measure_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.measure_button.clicked.connect(self.measure_asked)
        self._measured = QLabel()
        self._measured.setWordWrap(True)
        self._about_measuring = self.new_sentence()
        for widget in (self.measure_button, self._about_measuring, self._measured):
            self.add_widget(widget)
        settings.changed.connect(lambda key: self.retranslate() if key == "model.measured" else None)
        self.retranslate()

    def title(self) -> str:
        """See `SettingsPage`."""
        return self.tr("Model")

    def set_devices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these devices: what settings call them, and what people do."""
        self._device_texts = [text for _, text in choices]
        self._devices.set_values([name for name, _ in choices], self._device_texts)

    def texts(self) -> Mapping[str, FieldText]:
        """See `SettingsPage`."""
        return {
            "model.device": FieldText(
                self.tr("&Device"),
                self.tr("What the model runs on; automatic takes the quickest of this machine."),
                tuple(self._device_texts) or (self.tr("Automatic"), self.tr("Processor (CPU)")),
            ),
            "model.precision": FieldText(
                self.tr("&Precision"),
                self.tr("16 bits are quicker where the device computes them, and hardly visible; 32 bits are exact."),
                (self.tr("Automatic"), self.tr("32 bits"), self.tr("16 bits (bfloat16)")),
            ),
        }

    def retranslate(self) -> None:
        """See `SettingsPage`."""
        super().retranslate()
        self.measure_button.setText(self.tr("Measure &again"))
        self._about_measuring.setText(
            self.tr("Finds out what is quickest on this machine; it takes some seconds in the background.")
        )
        measured = self._settings.model.measured
        text = self.tr("Measured to be quickest: {0}.").format(measured.device) if measured else ""
        self._measured.setText(text)
        self._measured.setVisible(bool(text))


class MemoryPage(SettingsPage):
    """What the program may hold in memory.

    Args:
        settings: Owner of the values.
        automatic: What the program takes by itself on this machine.
    """

    def __init__(self, settings: Settings, automatic: Budgets) -> None:
        super().__init__(settings)
        self.add_field("memory.photo_bytes", BudgetField(automatic.photo_bytes))
        self.add_field("memory.feature_bytes", BudgetField(automatic.feature_bytes))
        self.add_field("memory.tile_bytes", BudgetField(automatic.tile_bytes))
        self._at_once = self.new_sentence()
        self.add_widget(self._at_once)
        self.retranslate()

    def title(self) -> str:
        """See `SettingsPage`."""
        return self.tr("Memory")

    def retranslate(self) -> None:
        """See `SettingsPage`."""
        super().retranslate()
        self._at_once.setText(self.tr("Changes on this page take effect at once."))

    def texts(self) -> Mapping[str, FieldText]:
        """See `SettingsPage`."""
        return {
            "memory.photo_bytes": FieldText(
                self.tr("&Photo"), self.tr("Larger photos are kept in a temporary file on the disk instead.")
            ),
            "memory.feature_bytes": FieldText(
                self.tr("&Encoded photo"),
                self.tr("What the model has found in the photo; what has no room is computed again when it is needed."),
            ),
            "memory.tile_bytes": FieldText(
                self.tr("&Finished pixels"),
                self.tr("Parts of the view that were sharp already and come back at once."),
            ),
        }


class ColoursPage(SettingsPage):
    """The display."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.add_field("appearance.color_space", ColorSpaceField())
        self.retranslate()

    def title(self) -> str:
        """See `SettingsPage`."""
        return self.tr("Colours")

    def texts(self) -> Mapping[str, FieldText]:
        """See `SettingsPage`."""
        return {
            "appearance.color_space": FieldText(
                self.tr("Colour space of the &display"),
                self.tr(
                    "Photos are converted to it. Automatic takes the profile that the system has for the screen, and "
                    "sRGB where it has none."
                ),
                (self.tr("Automatic"), "sRGB", "Display P3", "Adobe RGB", self.tr("ICC profile from a file…")),
            )
        }


class ShortcutsPage(SettingsPage):
    """The way to the editor of shortcuts.

    Signals:
        edit_asked: The editor is to be opened.
    """

    edit_asked = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.edit_button = QPushButton()
        self.edit_button.setAutoDefault(False)
        self.edit_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.edit_button.clicked.connect(self.edit_asked)
        self._sentence = self.new_sentence()
        self._own = QLabel()
        for widget in (self.edit_button, self._sentence, self._own):
            self.add_widget(widget)
        settings.changed.connect(lambda key: self.retranslate() if key == "keyboard.shortcuts" else None)
        self.retranslate()

    def title(self) -> str:
        """See `SettingsPage`."""
        return self.tr("Shortcuts")

    def texts(self) -> Mapping[str, FieldText]:
        """See `SettingsPage`."""
        return {}

    def restore(self) -> None:
        """See `SettingsPage`."""
        self._apply("keyboard.shortcuts", {})

    def retranslate(self) -> None:
        """See `SettingsPage`."""
        super().retranslate()
        self.edit_button.setText(self.tr("&Edit shortcuts…"))
        self._sentence.setText(self.tr("Every action of the menus can have keys of your own."))
        count = len(self._settings.keyboard.shortcuts)
        self._own.setText(self.tr("Actions with keys of your own: {0}").format(count))
