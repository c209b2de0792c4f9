"""What macOS wants to know of the program: the contents of its Info.plist, for `stepless.spec`.

It could not be tried where this was written: only Linux bundles were built and tested.
"""

from __future__ import annotations

from typing import Any

import release_facts as facts

# What the wheels of Qt 6.8 and newer support.
OLDEST_SYSTEM = "12.0"


def info_plist() -> dict[str, Any]:
    """Beyond what PyInstaller writes by itself."""
    return {
        "CFBundleDisplayName": facts.NAME,
        "CFBundleName": facts.NAME,
        "CFBundleShortVersionString": facts.__version__,
        "CFBundleVersion": facts.__version__,
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "zh-Hans"],
        "CFBundleDocumentTypes": [document_type(kind) for kind in facts.FILE_TYPES],
        "LSApplicationCategoryType": "public.app-category.photography",
        # PyInstaller takes a program that may write to a terminal for one without a window: no Dock icon, no menu bar.
        "LSBackgroundOnly": False,
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": facts.COPYRIGHT,
        "NSRequiresAquaSystemAppearance": False,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def document_type(kind: facts.FileType) -> dict[str, Any]:
    """A format that the program offers to open, without claiming it from the viewer that the person has chosen."""
    return {
        "CFBundleTypeName": f"{kind.name} image",
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": list(kind.uniform),
    }
