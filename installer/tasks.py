"""What the commands start once everything is there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

from installer import packages
from installer.environment import Project, clean_environment

# Name of the check and how it is started. All of them run, so that one look shows everything.
CHECKS = {
    "ruff check": ("ruff", "check"),
    "ruff format --check": ("ruff", "format", "--check"),
    "pyright": ("pyright",),
    "lint-imports": ("lint-imports", "--no-logo"),
}


def run(project: Project, arguments: list[str]) -> int:
    """Start the program; paths in the arguments are those of the person's own folder."""
    return _become([str(project.python), "-m", "tilesight", *arguments])


def bsdrd(project: Project, arguments: list[str]) -> int:
    """Start the detector's command line."""
    return _become([str(project.script("bsdrd")), *arguments])


def python(project: Project, arguments: list[str]) -> int:
    """Start the environment's Python."""
    return _become([str(project.python), *arguments])


def setup(project: Project, arguments: list[str]) -> int:
    """Start nothing; say what there is now."""
    print(f"Ready. The program: {project.script('tilesight')}\nThe detector: {project.script('bsdrd')}")
    return 0


def lock(project: Project, arguments: list[str]) -> int:
    """Write the newest allowed versions to the constraints."""
    packages.lock(project)
    print(f"Written: {project.constraints}. Run the tests, then commit it.")
    return 0


def pack(project: Project, arguments: list[str]) -> int:
    """Download all packages, to be carried to a computer without internet."""
    packages.pack(project, ("run",))
    print(
        f"Everything is in {project.packed}. Carry this project's folder with it, without .venv,\n"
        "to a computer of the same kind (system, processor, Python) and start it there."
    )
    return 0


def format_code(project: Project, arguments: list[str]) -> int:
    """Bring the code into its form."""
    fixed = _call(project, "ruff", "check", "--fix", "--quiet", *arguments)
    return _call(project, "ruff", "format", *arguments) or fixed


def lint(project: Project, arguments: list[str]) -> int:
    """Find mistakes, wrong form and broken import rules."""
    return 1 if _failed_checks(project, ["ruff check", "ruff format --check", "lint-imports"]) else 0


def types(project: Project, arguments: list[str]) -> int:
    """Check the types."""
    return _call(project, "pyright", *arguments)


def test(project: Project, arguments: list[str]) -> int:
    """All checks, then all tests; with arguments only pytest with them.

    pytest's summary is the last thing printed, because that is where people and build servers look.
    """
    if arguments:
        return _call(project, "pytest", *arguments)
    failed = _failed_checks(project, list(CHECKS))
    if failed:
        print(f"\nFAILED CHECKS: {', '.join(failed)} (see above). The tests follow.", flush=True)
    workers = str(min(max(2, os.cpu_count() or 2), 8))
    code = _call(project, "pytest", "-q", "-n", workers, "--dist", "loadfile")
    return code or (1 if failed else 0)


def _failed_checks(project: Project, names: list[str]) -> list[str]:
    """Run checks; returns the names of those that failed."""
    failed: list[str] = []
    for name in names:
        print(f"--- {name}", flush=True)
        if _call(project, *CHECKS[name]) != 0:
            failed.append(name)
    return failed


def _call(project: Project, program: str, *arguments: str) -> int:
    """Run a program of the environment in the project's folder; returns its exit code."""
    command = [str(project.script(program)), *arguments]
    return subprocess.call(command, cwd=project.root, env=_environment(project, clean_environment()))


def _environment(project: Project, variables: Mapping[str, str]) -> dict[str, str]:
    """Variables with the environment's programs first on the path, as if it were activated."""
    path = os.pathsep.join([str(project.python.parent), variables.get("PATH", "")])
    return {**variables, "VIRTUAL_ENV": str(project.venv), "PATH": path}


def _become(command: list[str]) -> int:
    """Run a program in our place: signals, exit code and terminal are its own."""
    sys.stdout.flush()
    environment = clean_environment()
    if sys.platform == "win32":
        # os.exec there returns to the prompt while the program still runs.
        return subprocess.call(command, env=environment)
    return os.execve(command[0], command, environment)
