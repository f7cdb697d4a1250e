"""A small project of its own, and stand-ins for programs of the system."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from installer.environment import Project

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = """\
[build-system]
requires = ["hatchling"]
[project]
name = "tilesight"
version = "1.0"
dependencies = ["numpy>=1"]
[tool.ruff]
line-length = 110
"""


def make_project(root: Path) -> Project:
    """A project with the two files that decide what is installed, and nothing else."""
    (root / "installer").mkdir(parents=True)
    (root / "build").mkdir()
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "installer" / "constraints.txt").write_text("numpy==2.0\npip==26.3\n", encoding="utf-8")
    return Project(root)


def add_program(folder: Path, name: str, text: str) -> Path:
    """Write a small Python program that can be started by its name (not on Windows)."""
    folder.mkdir(parents=True, exist_ok=True)
    code = folder / f"{name}.py"
    code.write_text(text, encoding="utf-8")
    path = folder / name
    # Not Python's own path in the first line: that breaks where the path has a space.
    start = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(code))}"
    path.write_text(f'#!/bin/sh\n{start} "$@"\n', encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh project without an environment."""
    return make_project(tmp_path / "project")


on_posix = pytest.mark.skipif(os.name == "nt", reason="uses small scripts as stand-ins for system programs")


def start_task(
    name: str, project: Project, arguments: list[str], cwd: Path
) -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from installer import tasks; from installer.environment import Project\n"
        f"sys.exit(tasks.{name}(Project(Path({str(project.root)!r})), {arguments!r}))"
    )
    return subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=False)
