"""A real environment, a real pip. All in one file, because making an environment takes seconds."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from installer import commands, packages
from installer.environment import Project, State, create, works
from installer.problems import SetupError
from tests.installer.conftest import make_project, start_task


@pytest.fixture(scope="module")
def real_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a real environment, in a folder with a space in its name, made over a half-made one."""
    project = make_project(tmp_path_factory.mktemp("made") / "my tiles")
    (project.venv / "lib").mkdir(parents=True)
    (project.venv / "lib" / "left over").touch()
    assert not works(project)
    create(project)
    return project


def test_a_half_made_environment_is_replaced_by_one_that_works(real_project: Project) -> None:
    assert works(real_project)
    assert not (real_project.venv / "lib" / "left over").exists()
    assert commands.state_of(real_project, ("run",)) is State.UNFINISHED


def test_the_environment_is_its_own_in_a_folder_with_a_space(real_project: Project) -> None:
    code = "import sys; print(sys.prefix)"
    answer = subprocess.run([real_project.python, "-c", code], capture_output=True, text=True, check=True)
    assert Path(answer.stdout.strip()).samefile(real_project.venv)


def test_the_work_is_done_once_and_then_skipped(
    real_project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(commands.packages, "install", lambda project, parts: calls.append(parts))
    monkeypatch.setenv("TILESIGHT_SKIP_SYSTEM", "1")
    try:
        commands.prepare(real_project, commands.COMMANDS["run"])
        commands.prepare(real_project, commands.COMMANDS["run"])
        assert calls == [("run",)]
        commands.prepare(real_project, commands.COMMANDS["test"])
        commands.prepare(real_project, commands.COMMANDS["run"])
        assert calls == [("run",), ("run", "dev")]
    finally:
        commands.forget_stamp(real_project)


def test_an_interrupted_set_up_leaves_no_stamp(
    real_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(project: Project, parts: tuple[str, ...]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands.packages, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        commands.prepare(real_project, commands.COMMANDS["run"])
    assert commands.state_of(real_project, ("run",)) is State.UNFINISHED


def test_the_program_gets_the_arguments_the_folder_and_gives_its_exit_code(
    real_project: Project, tmp_path: Path
) -> None:
    package = real_project.packages
    assert package is not None
    (package / "tilesight").mkdir(exist_ok=True)
    (package / "tilesight" / "__main__.py").write_text(
        "import os, sys; print(sys.argv[1:], os.getcwd(), 'PYTHONPATH' in os.environ); sys.exit(5)"
    )
    arguments = ["--source", "my folder", "--offscreen"]
    answer = start_task("run", real_project, arguments, tmp_path)
    assert answer.returncode == 5, answer.stderr
    assert answer.stdout.strip() == f"{arguments} {tmp_path} False"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one small package, and pip told to look nowhere else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    info = "tinything-1.0.dist-info"
    with zipfile.ZipFile(folder / "tinything-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinything.py", "answer = 42\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(
            f"{info}/RECORD", f"tinything.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
        )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_a_real_pip_installs_and_says_what_it_cannot_find(
    real_project: Project, wheels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages._require(real_project, ["install", "tinything==1.0"], "Installing tiny things", old_pip=True)
    assert "Installing tiny things: done" in capsys.readouterr().out
    assert real_project.packages is not None
    assert (real_project.packages / "tinything.py").exists()
    with pytest.raises(SetupError, match=r"no build of otherthing==2\.0") as caught:
        packages._require(
            real_project, ["install", "otherthing==2.0"], "Installing other things", old_pip=True
        )
    assert f"Python {sys.version_info[0]}.{sys.version_info[1]}" in caught.value.what


def test_packages_that_were_brought_along_are_used_and_nothing_is_downloaded(
    real_project: Project, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    wheels.rename(real_project.packed)
    try:
        packages._require(
            real_project, ["install", "--force-reinstall", "tinything"], "Installing", old_pip=True
        )
        with pytest.raises(SetupError, match="no build of hatchling"):
            packages._require(real_project, ["install", "hatchling==1.33.0"], "Installing", old_pip=True)
    finally:
        shutil.rmtree(real_project.packed)
