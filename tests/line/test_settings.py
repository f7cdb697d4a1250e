from __future__ import annotations

from pathlib import Path

import pytest

from tilesight.line.saved import SavedFileError
from tilesight.line.settings import Folders, Settings, load_settings, save_settings


def test_settings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    settings = Settings(theme="dark", recipe="Lot 7", operator="Ana", extra={"viewer": {"opacity": 0.5}})
    save_settings(tmp_path / "deep" / "settings.json", settings)
    assert load_settings(tmp_path / "deep" / "settings.json") == (settings, "")


def test_without_a_file_the_usual_settings_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == (Settings(), "")


@pytest.mark.parametrize(
    "content", [b"", b"no json", b'{"schema": 1, "theme": "pink"}', b'{"theme": "dark"}']
)
def test_bad_settings_warn_are_kept_aside_and_never_stop_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings, problem = load_settings(path)
    assert settings == Settings()
    assert "settings.json.bad" in problem
    assert (tmp_path / "settings.json.bad").read_bytes() == content
    save_settings(path, settings)
    assert load_settings(path) == (Settings(), "")


def test_newer_settings_survive_the_saving_of_older_ones(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    newer = b'{"schema": 99, "theme": "sepia"}'
    path.write_bytes(newer)
    settings, problem = load_settings(path)
    assert "newer Tilesight" in problem
    save_settings(path, settings)
    assert (tmp_path / "settings.json.newer").read_bytes() == newer


def test_values_of_a_later_program_of_the_same_format_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b'{"schema": 1, "theme": "dark", "fancy": true}')
    assert load_settings(path) == (Settings(theme="dark"), "")


def test_settings_that_cannot_be_read_are_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "settings.json").mkdir()
    settings, problem = load_settings(tmp_path / "settings.json")
    assert settings == Settings()
    assert problem


def test_settings_that_cannot_be_written_are_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SavedFileError, match="could not be written"):
        save_settings(tmp_path / "file" / "settings.json", Settings())


def test_folders_are_the_users_own() -> None:
    folders = Folders.usual()
    assert len({folders.config, folders.data, folders.logs}) == 3
    assert all("tilesight" in str(path) for path in (folders.config, folders.data, folders.logs))
