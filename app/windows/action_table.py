"""Every action of the window, in one table: what it is called, what it does, and its keys.

Texts are English sources; they are translated when shown (context "actions"). An action's icon has the action's name.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

if TYPE_CHECKING:
    # Qt's stub says `object`; the name is what `lupdate` looks for.
    def QT_TRANSLATE_NOOP(context: str, text: str) -> str: ...  # noqa: D103
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

Role = QAction.MenuRole

# F11 belongs to the system there; the other is what its own programs use.
FULL_SCREEN_KEYS = ("F11", "Meta+Ctrl+F") if sys.platform == "darwin" else ("F11",)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action.

    Attributes:
        id: Its name in the code, in settings and of its icon.
        menu: Which of `MENU_TITLES` it is listed under.
        text: English source text, with its mnemonic.
        tip: English source text: one sentence on what it does.
        keys: Default keys as portable text, the first one shown.
        checkable: Whether it is on or off.
        group: Of a group, one action is on.
        needs_photo: Whether it means nothing without a photo.
        repeats: Whether a key held down does it again.
        role: Where macOS puts it.
    """

    id: str
    menu: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    checkable: bool = False
    group: str = ""
    needs_photo: bool = True
    repeats: bool = False
    role: Role = Role.NoRole


MENU_TITLES: dict[str, str] = {
    "file": QT_TRANSLATE_NOOP("actions", "&File"),
    "go": QT_TRANSLATE_NOOP("actions", "&Go"),
    "zoom": QT_TRANSLATE_NOOP("actions", "&Zoom"),
    "view": QT_TRANSLATE_NOOP("actions", "&View"),
    "compare": QT_TRANSLATE_NOOP("actions", "&Compare"),
    "model": QT_TRANSLATE_NOOP("actions", "&Model"),
    "help": QT_TRANSLATE_NOOP("actions", "&Help"),
}

_FILE = (
    ActionSpec(
        "open",
        "file",
        QT_TRANSLATE_NOOP("actions", "&Open photo…"),
        QT_TRANSLATE_NOOP("actions", "Choose a photo to look at."),
        ("Ctrl+O",),
        needs_photo=False,
    ),
    ActionSpec(
        "open_folder",
        "file",
        QT_TRANSLATE_NOOP("actions", "Open &folder…"),
        QT_TRANSLATE_NOOP("actions", "Choose a folder and look at its first photo."),
        ("Ctrl+Shift+O",),
        needs_photo=False,
    ),
    ActionSpec(
        "reload",
        "file",
        QT_TRANSLATE_NOOP("actions", "Re&load"),
        QT_TRANSLATE_NOOP("actions", "Read the photo from its file again."),
        ("F5",),
    ),
    ActionSpec(
        "copy_view",
        "file",
        QT_TRANSLATE_NOOP("actions", "Cop&y view"),
        QT_TRANSLATE_NOOP("actions", "Copy what is visible as a picture."),
        ("Ctrl+C",),
    ),
    ActionSpec(
        "copy_photo_path",
        "file",
        QT_TRANSLATE_NOOP("actions", "Copy p&ath"),
        QT_TRANSLATE_NOOP("actions", "Copy the path of the photo's file."),
        ("Ctrl+Shift+C",),
    ),
    ActionSpec(
        "paste",
        "file",
        QT_TRANSLATE_NOOP("actions", "Pas&te"),
        QT_TRANSLATE_NOOP("actions", "Look at the picture or the file that was copied."),
        ("Ctrl+V",),
        needs_photo=False,
    ),
    ActionSpec(
        "show_in_files",
        "file",
        QT_TRANSLATE_NOOP("actions", "Show in file &manager"),
        QT_TRANSLATE_NOOP("actions", "Open the folder that the photo is in."),
        ("Ctrl+Shift+R",),
    ),
    ActionSpec(
        "export",
        "file",
        QT_TRANSLATE_NOOP("actions", "E&xport…"),
        QT_TRANSLATE_NOOP("actions", "Write the photo, the view or a crop to a file of any size."),
        ("Ctrl+E",),
    ),
    ActionSpec(
        "export_queue",
        "file",
        QT_TRANSLATE_NOOP("actions", "Ex&port queue"),
        QT_TRANSLATE_NOOP("actions", "Show the exports that run, wait or are done."),
        ("Ctrl+Shift+E",),
        checkable=True,
        needs_photo=False,
    ),
    ActionSpec(
        "settings",
        "file",
        QT_TRANSLATE_NOOP("actions", "&Settings…"),
        QT_TRANSLATE_NOOP("actions", "Change how the program looks and works."),
        ("Ctrl+,",),
        needs_photo=False,
        role=Role.PreferencesRole,
    ),
    ActionSpec(
        "close_photo",
        "file",
        QT_TRANSLATE_NOOP("actions", "Clos&e photo"),
        QT_TRANSLATE_NOOP("actions", "Go back to the start page."),
        ("Ctrl+W",),
    ),
    ActionSpec(
        "quit",
        "file",
        QT_TRANSLATE_NOOP("actions", "&Quit"),
        QT_TRANSLATE_NOOP("actions", "End the program."),
        ("Ctrl+Q",),
        needs_photo=False,
        role=Role.QuitRole,
    ),
)

_GO = (
    ActionSpec(
        "previous",
        "go",
        QT_TRANSLATE_NOOP("actions", "&Previous photo"),
        QT_TRANSLATE_NOOP("actions", "Go to the photo before this one in the folder."),
        ("Left", "Backspace", "PgUp"),
        repeats=True,
    ),
    ActionSpec(
        "next",
        "go",
        QT_TRANSLATE_NOOP("actions", "&Next photo"),
        QT_TRANSLATE_NOOP("actions", "Go to the photo after this one in the folder."),
        ("Right", "PgDown"),
        repeats=True,
    ),
    ActionSpec(
        "first",
        "go",
        QT_TRANSLATE_NOOP("actions", "&First photo"),
        QT_TRANSLATE_NOOP("actions", "Go to the first photo of the folder."),
        ("Home",),
    ),
    ActionSpec(
        "last",
        "go",
        QT_TRANSLATE_NOOP("actions", "&Last photo"),
        QT_TRANSLATE_NOOP("actions", "Go to the last photo of the folder."),
        ("End",),
    ),
    ActionSpec(
        "previous_page",
        "go",
        QT_TRANSLATE_NOOP("actions", "Pre&vious page"),
        QT_TRANSLATE_NOOP("actions", "Go to the page before this one in a file of several pages."),
        ("Ctrl+PgUp",),
        repeats=True,
    ),
    ActionSpec(
        "next_page",
        "go",
        QT_TRANSLATE_NOOP("actions", "Ne&xt page"),
        QT_TRANSLATE_NOOP("actions", "Go to the page after this one in a file of several pages."),
        ("Ctrl+PgDown",),
        repeats=True,
    ),
)

_ZOOM = (
    ActionSpec(
        "zoom_in",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Zoom &in"),
        QT_TRANSLATE_NOOP("actions", "Make the photo larger."),
        ("+", "="),
        repeats=True,
    ),
    ActionSpec(
        "zoom_out",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Zoom &out"),
        QT_TRANSLATE_NOOP("actions", "Make the photo smaller."),
        ("-",),
        repeats=True,
    ),
    ActionSpec(
        "fit_window",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&Fit window"),
        QT_TRANSLATE_NOOP("actions", "Show the whole photo."),
        ("0", "F"),
    ),
    ActionSpec(
        "fit_width",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Fit &width"),
        QT_TRANSLATE_NOOP("actions", "Make the photo as wide as the window."),
        ("W",),
    ),
    ActionSpec(
        "fit_height",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Fit &height"),
        QT_TRANSLATE_NOOP("actions", "Make the photo as high as the window."),
        ("Shift+W",),
    ),
    ActionSpec(
        "fill",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Fill wi&ndow"),
        QT_TRANSLATE_NOOP("actions", "Cover the whole window with the photo."),
        ("Shift+F",),
    ),
    ActionSpec(
        "zoom_100",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&100 %"),
        QT_TRANSLATE_NOOP("actions", "Show one pixel of the photo as one pixel of the screen."),
        ("1",),
    ),
    ActionSpec(
        "zoom_200",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&200 %"),
        QT_TRANSLATE_NOOP("actions", "Show the photo at twice its size."),
        ("2",),
    ),
    ActionSpec(
        "zoom_400",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&400 %"),
        QT_TRANSLATE_NOOP("actions", "Show the photo at four times its size."),
        ("4",),
    ),
    ActionSpec(
        "zoom_800",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&800 %"),
        QT_TRANSLATE_NOOP("actions", "Show the photo at eight times its size."),
        ("8",),
    ),
    ActionSpec(
        "enter_zoom",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "&Enter zoom…"),
        QT_TRANSLATE_NOOP("actions", "Type a zoom such as 350 % or 3.5 : 1."),
        ("Z",),
    ),
    ActionSpec(
        "pan_left",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Move &left"),
        QT_TRANSLATE_NOOP("actions", "Show more of the photo's left."),
        ("Shift+Left",),
        repeats=True,
    ),
    ActionSpec(
        "pan_right",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Move &right"),
        QT_TRANSLATE_NOOP("actions", "Show more of the photo's right."),
        ("Shift+Right",),
        repeats=True,
    ),
    ActionSpec(
        "pan_up",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Move &up"),
        QT_TRANSLATE_NOOP("actions", "Show more of the photo's top."),
        ("Shift+Up",),
        repeats=True,
    ),
    ActionSpec(
        "pan_down",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Move &down"),
        QT_TRANSLATE_NOOP("actions", "Show more of the photo's bottom."),
        ("Shift+Down",),
        repeats=True,
    ),
    ActionSpec(
        "lock_view",
        "zoom",
        QT_TRANSLATE_NOOP("actions", "Loc&k view"),
        QT_TRANSLATE_NOOP("actions", "Keep zoom and place when another photo is shown."),
        ("L",),
        checkable=True,
        needs_photo=False,
    ),
)

_VIEW = (
    ActionSpec(
        "rotate_left",
        "view",
        QT_TRANSLATE_NOOP("actions", "Rotate &left"),
        QT_TRANSLATE_NOOP("actions", "Turn the photo on screen; its file stays as it is."),
        ("Ctrl+L",),
    ),
    ActionSpec(
        "rotate_right",
        "view",
        QT_TRANSLATE_NOOP("actions", "Rotate &right"),
        QT_TRANSLATE_NOOP("actions", "Turn the photo on screen; its file stays as it is."),
        ("Ctrl+R",),
    ),
    ActionSpec(
        "mirror_horizontal",
        "view",
        QT_TRANSLATE_NOOP("actions", "Mirror &horizontally"),
        QT_TRANSLATE_NOOP("actions", "Swap left and right on screen; the file stays as it is."),
        ("Ctrl+Shift+H",),
    ),
    ActionSpec(
        "mirror_vertical",
        "view",
        QT_TRANSLATE_NOOP("actions", "Mirror &vertically"),
        QT_TRANSLATE_NOOP("actions", "Swap top and bottom on screen; the file stays as it is."),
        ("Ctrl+Shift+J",),
    ),
    ActionSpec(
        "upright",
        "view",
        QT_TRANSLATE_NOOP("actions", "&Upright"),
        QT_TRANSLATE_NOOP("actions", "Show the photo as its file says, neither turned nor mirrored."),
        ("Ctrl+Shift+U",),
    ),
    ActionSpec(
        "minimap",
        "view",
        QT_TRANSLATE_NOOP("actions", "Mi&nimap"),
        QT_TRANSLATE_NOOP("actions", "Show in a corner which part of the photo is visible."),
        ("M",),
        checkable=True,
        needs_photo=False,
    ),
    ActionSpec(
        "overlay",
        "view",
        QT_TRANSLATE_NOOP("actions", "Pixel &overlay"),
        QT_TRANSLATE_NOOP("actions", "Show the borders of the photo's own pixels from 800 % on."),
        ("G",),
        checkable=True,
        needs_photo=False,
    ),
    ActionSpec(
        "information",
        "view",
        QT_TRANSLATE_NOOP("actions", "&Information"),
        QT_TRANSLATE_NOOP("actions", "Show what is known about the photo and the model."),
        ("I",),
        checkable=True,
        needs_photo=False,
    ),
    ActionSpec(
        "full_screen",
        "view",
        QT_TRANSLATE_NOOP("actions", "Full s&creen"),
        QT_TRANSLATE_NOOP("actions", "Show nothing but the photo."),
        FULL_SCREEN_KEYS,
        checkable=True,
        needs_photo=False,
    ),
    ActionSpec(
        "leave",
        "view",
        QT_TRANSLATE_NOOP("actions", "L&eave"),
        QT_TRANSLATE_NOOP("actions", "Leave the help, full screen or the comparison."),
        ("Esc",),
        needs_photo=False,
    ),
)

_COMPARE = (
    ActionSpec(
        "compare",
        "compare",
        QT_TRANSLATE_NOOP("actions", "Com&pare"),
        QT_TRANSLATE_NOOP("actions", "See the photo beside another way to enlarge it."),
        ("C",),
        checkable=True,
    ),
    ActionSpec(
        "compare_split",
        "compare",
        QT_TRANSLATE_NOOP("actions", "&Split"),
        QT_TRANSLATE_NOOP("actions", "Compare on the two sides of a line that can be dragged."),
        ("Ctrl+1",),
        checkable=True,
        group="compare",
    ),
    ActionSpec(
        "compare_loupe",
        "compare",
        QT_TRANSLATE_NOOP("actions", "&Loupe"),
        QT_TRANSLATE_NOOP("actions", "Compare inside a circle that follows the pointer."),
        ("Ctrl+2",),
        checkable=True,
        group="compare",
    ),
    ActionSpec(
        "compare_difference",
        "compare",
        QT_TRANSLATE_NOOP("actions", "&Difference"),
        QT_TRANSLATE_NOOP("actions", "Show where the two differ, and how much."),
        ("Ctrl+3",),
        checkable=True,
        group="compare",
    ),
    ActionSpec(
        "compare_direction",
        "compare",
        QT_TRANSLATE_NOOP("actions", "&Turn the line"),
        QT_TRANSLATE_NOOP("actions", "Split side by side, or one above the other."),
        ("V",),
    ),
    ActionSpec(
        "flip",
        "compare",
        QT_TRANSLATE_NOOP("actions", "&Flip (hold the key)"),
        QT_TRANSLATE_NOOP("actions", "Show the other one everywhere while the key is held."),
        ("X",),
    ),
)

_MODEL = (
    ActionSpec(
        "manage_models",
        "model",
        QT_TRANSLATE_NOOP("actions", "&Manage models…"),
        QT_TRANSLATE_NOOP("actions", "See, install, rename, remove and measure models."),
        ("Ctrl+Shift+M",),
        needs_photo=False,
    ),
    ActionSpec(
        "train",
        "model",
        QT_TRANSLATE_NOOP("actions", "&Train a model…"),
        QT_TRANSLATE_NOOP("actions", "Make a model that knows photos like yours."),
        ("Ctrl+T",),
        needs_photo=False,
    ),
)

_HELP = (
    ActionSpec(
        "shortcuts_help",
        "help",
        QT_TRANSLATE_NOOP("actions", "&Keyboard shortcuts"),
        QT_TRANSLATE_NOOP("actions", "Show all keys over the window."),
        ("?", "F1"),
        needs_photo=False,
    ),
    ActionSpec(
        "edit_shortcuts",
        "help",
        QT_TRANSLATE_NOOP("actions", "&Edit shortcuts…"),
        QT_TRANSLATE_NOOP("actions", "Choose other keys."),
        needs_photo=False,
    ),
    ActionSpec(
        "copy_diagnostics",
        "help",
        QT_TRANSLATE_NOOP("actions", "Copy &diagnostics"),
        QT_TRANSLATE_NOOP("actions", "Copy what a report of a fault should contain."),
        needs_photo=False,
    ),
    ActionSpec(
        "about",
        "help",
        QT_TRANSLATE_NOOP("actions", "&About Stepless"),
        QT_TRANSLATE_NOOP("actions", "Show version and licence."),
        needs_photo=False,
        role=Role.AboutRole,
    ),
)

ACTIONS: tuple[ActionSpec, ...] = _FILE + _GO + _ZOOM + _VIEW + _COMPARE + _MODEL + _HELP
