import ast
import subprocess
import sys
from pathlib import Path

import pytest
from installer import commands, tasks
from installer.environment import Project
from installer.problems import SetupError
from tests.installer.conftest import add_program, on_posix, start_task

ROOT = Path(__file__).resolve().parents[2]
INSTALLER = ROOT / "installer"


def run_installer(*arguments: str, cwd: Path, code: str = "") -> "subprocess.CompletedProcess[str]":
    """Start the installer as a person does, with ``code`` run before it."""
    start = f"import sys, runpy\n{code}\nrunpy.run_path({str(INSTALLER)!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", start, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_an_old_python_is_told_what_is_wrong_instead_of_failing(tmp_path: Path) -> None:
    answer = run_installer(cwd=tmp_path, code="sys.version_info = (3, 9, 1)")
    assert answer.returncode == 2
    assert "needs Python 3.11 or newer; this is Python 3.9" in answer.stderr
    assert "Nothing was changed" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_an_old_python_can_read_the_file_that_tells_it() -> None:
    tree = ast.parse((INSTALLER / "__main__.py").read_text(encoding="utf-8"), feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]


def test_only_the_standard_library_is_imported() -> None:
    for path in INSTALLER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in {*sys.stdlib_module_names, "installer"}, f"{path.name}: {name}"


@pytest.mark.parametrize("arguments", [(), ("--help",), ("help",)])
def test_without_a_command_the_usage_is_shown(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    answer = run_installer(*arguments, cwd=tmp_path)
    assert answer.returncode == (0 if arguments else 2)
    for name in commands.COMMANDS:
        assert f"\n  {name} " in answer.stdout


def test_an_unknown_command_is_wrong_use(tmp_path: Path) -> None:
    answer = run_installer("fly", cwd=tmp_path)
    assert answer.returncode == 2
    assert "'fly'" in answer.stderr


def test_a_problem_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(project: Project, command: commands.Command) -> None:
        raise SetupError("What happened.", "What was kept.", "What to do.")

    monkeypatch.setattr(commands, "prepare", prepare)
    assert commands.main(["run"]) == 2
    assert capsys.readouterr().err == "\nWhat happened.\nWhat was kept.\nWhat to do.\n"


def test_a_file_that_cannot_be_written_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(project: Project, command: commands.Command) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(commands, "prepare", prepare)
    assert commands.main(["run"]) == 2
    assert "No space left on device" in capsys.readouterr().err


def test_ctrl_c_is_told_what_comes_next(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(project: Project, command: commands.Command) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "prepare", prepare)
    assert commands.main(["run"]) == 130
    assert "goes on where it stopped" in capsys.readouterr().err


def test_a_full_disk_is_seen_before_anything_is_downloaded(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "NEEDED_GB", 10**9)
    with pytest.raises(SetupError, match="GB are free") as caught:
        commands.prepare(project, commands.COMMANDS["run"])
    assert caught.value.kept == "Nothing was changed."
    assert not project.venv.exists()


@pytest.fixture
def tools(project: Project) -> Path:
    """Stand-ins for the tools: each says its name and arguments, and fails if a file of its name is there."""
    folder = project.python.parent
    for name in ("ruff", "pyright", "lint-imports", "pytest"):
        text = (
            "import sys; from pathlib import Path\n"
            f"print({name!r}, *sys.argv[1:], 'in', Path.cwd().name, flush=True)\n"
            f"sys.exit(3 if Path('{name} fails').exists() else 0)\n"
        )
        add_program(folder, name, text)
    return project.root


@on_posix
def test_all_checks_run_before_the_tests_whose_summary_comes_last(project: Project, tools: Path) -> None:
    answer = start_task("test", project, [], tools.parent)
    lines = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert lines[1::2][:4] == [
        "ruff check in project",
        "ruff format --check in project",
        "pyright in project",
        "lint-imports --no-logo in project",
    ]
    assert lines[-1].startswith("pytest -q -n ")


@on_posix
@pytest.mark.parametrize("name", ["ruff", "pyright", "lint-imports"])
def test_a_failed_check_fails_the_whole_but_the_tests_still_run(
    project: Project, tools: Path, name: str
) -> None:
    (tools / f"{name} fails").touch()
    answer = start_task("test", project, [], tools)
    assert answer.returncode == 1
    assert "FAILED CHECKS: " + name.split("-")[0] in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("pytest ")
    if name != "pyright":
        assert start_task("lint", project, [], tools).returncode == 1


@on_posix
def test_failed_tests_fail_the_whole(project: Project, tools: Path) -> None:
    (tools / "pytest fails").touch()
    assert start_task("test", project, [], tools).returncode == 3


@on_posix
def test_with_arguments_only_pytest_runs_with_them(project: Project, tools: Path) -> None:
    answer = start_task("test", project, ["tests/core", "-k", "x y"], tools.parent)
    assert answer.stdout == "pytest tests/core -k x y in project\n"


def test_every_command_is_described_by_its_function() -> None:
    for name, command in commands.COMMANDS.items():
        assert command.start.__doc__, name
    assert set(tasks.CHECKS) == {"ruff check", "ruff format --check", "pyright", "lint-imports"}
