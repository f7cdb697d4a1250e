"""Marks texts for translation where they are data; lupdate knows the name, pyright the type."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tilesight.ui.resources import resource


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:
    """The text as it is; `QCoreApplication.translate(context, text)` translates it where it is shown."""
    del context
    return text


def languages() -> list[str]:
    """Languages that are shipped, as locale names; English, in which everything is written, comes first."""
    found = [path.stem.removeprefix("tilesight_") for path in resource("translations").glob("tilesight_*.qm")]
    return ["en", *sorted(found)]


class Translation:
    """The translators of one language; keep it while the language is in force."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []

    def choose(self, language: str) -> None:
        """Installs a language for every text of the window.

        Args:
            language: A name of `languages`, or "" for the system's; English where there is no such file.
        """
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []
        locale = QLocale(language) if language else QLocale.system()
        QLocale.setDefault(locale)
        for folder, stem in (
            (resource("translations"), "tilesight"),
            (Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)), "qtbase"),
        ):
            translator = QTranslator()
            if translator.load(locale, stem, "_", str(folder)):
                QCoreApplication.installTranslator(translator)
                self._installed.append(translator)
