"""Settings of the program on this computer, and the folders that it uses."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from platformdirs import PlatformDirs
from pydantic import BaseModel, ConfigDict, Field

from tilesight.line import saved

_log = logging.getLogger(__name__)

#: Format number of the settings file.
SCHEMA_VERSION = 1


class Settings(BaseModel):
    """What the program remembers between two starts.

    Attributes:
        format: Format number of the file.
        theme: "system", "light" or "dark".
        language: Code such as "en" or "zh_CN"; "" follows the system.
        recipe: Name of the recipe used last; "" for none.
        operator: Who ran the line last.
        station: Name of this station, where several share one store.
        store_folder: Where records are kept; None for the usual place.
        window: State of the window, as the window wrote it (base64).
        tour_done: The tour was finished or skipped.
        extra: More that the window remembers, by name; made of JSON's types.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    format: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    theme: Literal["system", "light", "dark"] = "system"
    language: str = Field(default="", max_length=20)
    recipe: str = Field(default="", max_length=80)
    operator: str = Field(default="", max_length=100)
    station: str = Field(default="", max_length=100)
    store_folder: str | None = None
    window: str = ""
    tour_done: bool = False
    extra: dict[str, Any] = Field(default_factory=dict)

    def changed(self, **values: object) -> Settings:
        """Other settings with some values replaced, checked.

        Raises:
            pydantic.ValidationError: If a value is wrong.
        """
        return Settings.model_validate({**self.model_dump(by_alias=False), **values})


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things live on this computer.

    Attributes:
        config: Settings and recipes.
        data: Records, unless another store was chosen.
        logs: Log files and crash reports.
    """

    config: Path
    data: Path
    logs: Path

    @classmethod
    def usual(cls) -> Folders:
        """Those of the operating system for this user."""
        dirs = PlatformDirs("tilesight", appauthor=False)
        return cls(dirs.user_config_path, dirs.user_data_path, dirs.user_log_path)

    @property
    def settings_file(self) -> Path:
        """The settings."""
        return self.config / "settings.json"

    @property
    def recipes(self) -> Path:
        """Folder of recipes."""
        return self.config / "recipes"

    @property
    def store(self) -> Path:
        """The usual store."""
        return self.data / "store"

    @property
    def log_file(self) -> Path:
        """The log that is written now."""
        return self.logs / "tilesight.log"


def load_settings(path: Path) -> tuple[Settings, str]:
    """Reads the settings; the start of the program never fails because of them.

    Returns:
        The settings and "", or usual settings and what was wrong with the file, which was kept aside.
    """
    if not path.exists():
        return Settings(), ""
    try:
        return saved.load(path, Settings, SCHEMA_VERSION), ""
    except saved.NewerFile as error:
        # The program will write its own settings: the newer ones must survive that.
        aside = saved.put_aside(path, ".newer")
        problem = f"{error.what} They were kept as {aside}." if aside else error.what
    except saved.SavedFileError as error:
        problem = str(error)
    _log.warning("settings: %s", problem)
    return Settings(), problem


def save_settings(path: Path, settings: Settings) -> None:
    """Writes the settings atomically.

    Raises:
        SavedFileError: If the disk does not take them; the old ones are unchanged.
    """
    saved.save(path, settings)
