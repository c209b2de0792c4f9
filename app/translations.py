"""The language of the texts: English, as in the code, or one of the catalogues in `resources/translations`.

Qt tells every widget of a change (`LanguageChange`), and each writes its own texts anew.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from liif_core.paths import resource_path

logger = logging.getLogger(__name__)

ENGLISH = "en"
SIMPLIFIED_CHINESE = "zh_CN"
LANGUAGES = (ENGLISH, SIMPLIFIED_CHINESE)


def install(app: QCoreApplication, language: str) -> str:
    """Speak a language from now on; may be called again at any time.

    The catalogues are read here, on the GUI thread: they are small, and no text can be shown before.

    Args:
        app: The application, which owns the translators.
        language: One of `LANGUAGES`, or "system" for the first language of the system that is among them.

    Returns:
        The language, one of `LANGUAGES`.
    """
    chosen = system_language() if language == "system" else language
    _write_numbers_for_people(chosen)
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    if chosen == ENGLISH:
        return chosen
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # Asked last to first: our own texts come before those of Qt's dialogs.
    for folder, name in ((qt_folder, "qtbase"), (str(resource_path("translations")), "stepless")):
        translator = QTranslator(app)
        if translator.load(f"{name}_{chosen}", folder):
            app.installTranslator(translator)
        else:
            logger.warning("no translation %s_%s in %s", name, chosen, folder)
            translator.deleteLater()
    return chosen


def _write_numbers_for_people(language: str, *, system: QLocale | None = None) -> None:
    """Numbers are written as the system's user does; where it has no such habits ("C"), as the language does.

    The "C" locale is for programs: it parts no thousands. Widgets that are there already follow, before they are told
    of the language.
    """
    habits = system or QLocale.system()
    QLocale.setDefault(QLocale(language) if habits.language() == QLocale.Language.C else habits)
    if isinstance(QCoreApplication.instance(), QApplication):
        for window in QApplication.topLevelWidgets():
            window.unsetLocale()


def system_language(locale: QLocale | None = None) -> str:
    """The first language that the system's user wants and that the program has; English if there is none.

    Whoever reads another form of Chinese is at least as well served by the simplified one as by English.

    Args:
        locale: Of the system; None for this one's.
    """
    known = {QLocale.Language.English: ENGLISH, QLocale.Language.Chinese: SIMPLIFIED_CHINESE}
    wanted = (QLocale(name).language() for name in (locale or QLocale.system()).uiLanguages())
    return next((known[language] for language in wanted if language in known), ENGLISH)
