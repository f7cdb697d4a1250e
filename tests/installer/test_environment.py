import dataclasses
import json
import os
import shutil
from pathlib import Path

import pytest
from installer.environment import (
    STAMP,
    Project,
    State,
    clean_environment,
    create,
    fingerprint,
    forget_stamp,
    is_intact,
    read_stamp,
    state_of,
    take_listing,
    write_stamp,
)
from installer.problems import SetupError
from tests.installer.conftest import make_project, on_posix

RUN = ("run",)
DEVELOP = ("run", "dev")


@pytest.fixture
def finished(project: Project) -> Project:
    """A project whose environment looks finished; its Python is an empty file."""
    project.python.parent.mkdir(parents=True)
    project.python.touch()
    packages = project.venv / ("Lib/site-packages" if os.name == "nt" else "lib/python3.11/site-packages")
    for name in ("numpy", "torch"):
        (packages / name).mkdir(parents=True)
        for part in ("a.py", "b.py", "c.py"):
            (packages / name / part).touch()
    write_stamp(project, RUN)
    return project


def test_without_an_environment_one_must_be_made(project: Project) -> None:
    assert state_of(project, RUN) is State.ABSENT


def test_after_a_finished_set_up_nothing_is_left_to_do(finished: Project) -> None:
    assert state_of(finished, RUN) is State.READY


def test_the_tools_of_developers_are_only_installed_when_asked_for(finished: Project) -> None:
    assert state_of(finished, DEVELOP) is State.UNFINISHED
    write_stamp(finished, DEVELOP)
    assert state_of(finished, DEVELOP) is State.READY
    assert state_of(finished, RUN) is State.READY


def test_an_interrupted_set_up_is_seen_as_unfinished(finished: Project) -> None:
    forget_stamp(finished)
    assert state_of(finished, RUN) is State.UNFINISHED
    forget_stamp(finished)  # twice is no error


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 99}', '{"format": 1}', "\x00", '{"format": 1, "listing": 3}']
)
def test_an_unreadable_stamp_counts_as_none(finished: Project, text: str) -> None:
    (finished.venv / STAMP).write_text(text, encoding="utf-8")
    assert read_stamp(finished) is None
    assert state_of(finished, RUN) is State.UNFINISHED


def test_a_changed_dependency_asks_for_an_update(finished: Project) -> None:
    pyproject = finished.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("numpy>=1", "numpy>=2"))
    assert state_of(finished, RUN) is State.UNFINISHED


def test_a_changed_version_asks_for_an_update(finished: Project) -> None:
    finished.constraints.write_text("numpy==2.1\n")
    assert state_of(finished, RUN) is State.UNFINISHED


def test_a_changed_lint_rule_does_not(finished: Project) -> None:
    before = fingerprint(finished)
    pyproject = finished.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("110", "100"))
    assert fingerprint(finished) == before


def test_an_environment_that_was_moved_is_damaged(finished: Project) -> None:
    elsewhere = finished.root.with_name("elsewhere")
    finished.root.rename(elsewhere)
    assert state_of(Project(elsewhere), RUN) is State.DAMAGED


def test_a_missing_package_is_damage(finished: Project) -> None:
    assert finished.packages is not None
    shutil.rmtree(finished.packages / "numpy")
    assert state_of(finished, RUN) is State.DAMAGED


def test_a_missing_file_in_a_package_is_damage(finished: Project) -> None:
    assert finished.packages is not None
    (finished.packages / "torch" / "b.py").unlink()
    assert state_of(finished, RUN) is State.DAMAGED


def test_more_packages_and_caches_of_python_are_no_damage(finished: Project) -> None:
    packages = finished.packages
    assert packages is not None
    (packages / "torch" / "__pycache__").mkdir()
    write_stamp(finished, RUN)
    (packages / "torch" / "__pycache__").rmdir()
    (packages / "another").mkdir()
    assert state_of(finished, RUN) is State.READY


@on_posix
def test_a_python_that_was_uninstalled_is_damage(finished: Project) -> None:
    finished.python.unlink()
    finished.python.symlink_to(finished.root / "no longer there")
    assert state_of(finished, RUN) is State.DAMAGED


def test_a_listing_of_a_folder_that_is_gone_is_not_intact(tmp_path: Path) -> None:
    assert not is_intact(tmp_path / "gone", {".": 1})
    assert take_listing(tmp_path) == {".": 0}


def test_the_stamp_is_whole_or_not_there(finished: Project) -> None:
    stamp = read_stamp(finished)
    assert stamp is not None
    assert dataclasses.asdict(stamp) == json.loads((finished.venv / STAMP).read_text()) | {"parts": RUN}
    assert not list(finished.venv.glob("*.new"))


def test_variables_that_lead_out_of_the_environment_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example")
    variables = clean_environment()
    assert not {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET"} & set(variables)
    assert variables["PIP_INDEX_URL"] == "https://mirror.example"


def test_an_environment_that_cannot_be_removed_is_reported(
    finished: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(path: Path) -> None:
        raise PermissionError(13, "Access is denied", str(path))

    monkeypatch.setattr(shutil, "rmtree", in_use)
    with pytest.raises(SetupError, match="could not be removed") as caught:
        create(finished)
    assert str(finished.venv) in caught.value.do_next


def test_a_place_where_no_environment_can_be_made_is_reported(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    blocked = Project(project.root / "pyproject.toml")  # a file where a folder is needed
    with pytest.raises(SetupError, match="could not be made"):
        create(blocked)
