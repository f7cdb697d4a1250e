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
    files = resource("translations").glob("tilesight_*.qm")
    found = {path.stem.removeprefix("tilesight_") for path in files}
    return ["en", *sorted(found - {"en"})]


class Translation:
    """The translators of one language; keep it while the language is in force."""

    def __init__(self) -> None:
        self._installed: list[QTranslator] = []

    def choose(self, language: str) -> None:
        """Installs a language for every text of the window.

        Args:
            language: A name of `languages`, or "" for the system's; English where there is no such file.
        """
        self.remove()
        locale = QLocale(language) if language else QLocale.system()
        if locale.language() is QLocale.Language.C:
            # A system without a language still shows numbers as people write them.
            locale = QLocale("en")
        QLocale.setDefault(locale)
        own = resource("translations")
        system = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        # English needs a file too: for its plurals. It also stands in where a language is not shipped.
        if not self._install(locale, own, "tilesight"):
            self._install(QLocale("en"), own, "tilesight")
        self._install(locale, system, "qtbase")

    def remove(self) -> None:
        """Goes back to the texts of the code."""
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed = []

    def _install(self, locale: QLocale, folder: Path, stem: str) -> bool:
        translator = QTranslator()
        if not translator.load(locale, stem, "_", str(folder)):
            return False
        QCoreApplication.installTranslator(translator)
        self._installed.append(translator)
        return True
