"""Installs the packages into the environment with pip.

PyTorch comes first and by its own way: on Linux the ordinary index gives the build for NVIDIA cards, several
gigabytes that a computer without such a card cannot use.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from installer.environment import Project, clean_environment
from installer.problems import SetupError, explain_pip, is_this_computer
from installer.progress import run_with_progress

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
CONSTRAINTS_HEAD = "# The exact versions that everybody gets. Written by: python installer lock"


def pinned(constraints: str, name: str) -> str:
    """The version of a package in the constraints.

    Raises:
        KeyError: The package is not pinned.
    """
    for line in constraints.splitlines():
        left, sign, version = line.partition("==")
        if sign and left.strip().lower() == name:
            return version.split(";")[0].strip()
    raise KeyError(name)


def has_nvidia_card() -> bool:
    """Whether the driver of an NVIDIA card is at work on this computer."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def torch_attempts(platform: str, nvidia: bool, torch: str, torchvision: str) -> list[list[str]]:
    """The pip arguments to try, in order, to get PyTorch before everything else.

    An empty list leaves it to the ordinary installation, whose build is the right one.

    Args:
        platform: As sys.platform.
        nvidia: Whether an NVIDIA card is there.
        torch: Version of torch.
        torchvision: Version of torchvision.
    """
    if not platform.startswith("linux") or nvidia:
        return []
    # "+cpu" can never match the big build. First the sources this computer is set up with (a company's
    # mirror may have it), then PyTorch's own index, which has torchvision to match.
    own_index = ["--no-deps", "--index-url", CPU_INDEX, "--retries", "1"]
    return [
        ["--no-deps", f"torch=={torch}+cpu"],
        [*own_index, f"torch=={torch}+cpu", f"torchvision=={torchvision}+cpu"],
    ]


class PipDetail:
    """Turns pip's output into a few words: which package, how much of it."""

    def __init__(self) -> None:
        self._count = 0
        self._name = ""

    def __call__(self, line: str) -> str | None:
        """The words for a line of output; None where it says nothing new."""
        words = line.split()
        if len(words) >= 2 and words[0] == "Collecting":
            self._count += 1
            self._name = re.split(r"[<>=!~\[; (]", words[1])[0]
            return f"{self._count} {self._name}"
        if len(words) == 4 and words[0] == "Progress" and words[1].isdigit() and words[3].isdigit():
            done, total = int(words[1]) / 1e6, int(words[3]) / 1e6
            return f"{self._count} {self._name}, {done:.0f} of {total:.0f} MB"
        if line.startswith("Installing collected packages"):
            count = line.count(",") + 1
            return f"unpacking {count} packages" if count > 1 else "unpacking"
        return None


def install(project: Project, parts: tuple[str, ...], say: Callable[[str], None] = print) -> None:
    """Install everything of these parts in the pinned versions. What is there already is not touched.

    Args:
        project: Where everything lies.
        parts: "run", and "dev" for the tools of developers.
        say: Takes a message for the person.

    Raises:
        SetupError: pip failed; it says why.
    """
    _require(project, ["install", *_build_tools(project)], "Installing pip", old_pip=True)
    _torch_first(project, ["install"], say)
    # The build tools are installed above in their pinned versions: no second, unpinned set for the build.
    build = ["--no-build-isolation", "-e", _target(project, parts)]
    _require(project, ["install", "-c", str(project.constraints), *build], "Installing packages")


def pack(project: Project, parts: tuple[str, ...], say: Callable[[str], None] = print) -> None:
    """Download everything that `install` needs into the project's folder, for a computer without internet.

    Raises:
        SetupError: pip failed; it says why.
    """
    folder = project.packed
    shutil.rmtree(folder, ignore_errors=True)
    into = ["download", "--dest", str(folder)]
    _torch_first(project, into, say)
    # With its "+cpu" the build that lies there already counts as newer than the one of the index.
    wanted = ["--find-links", str(folder), "-c", str(project.constraints), *_build_tools(project)]
    _require(
        project, [*into, *wanted, "--no-build-isolation", _target(project, parts)], "Downloading packages"
    )


def _build_tools(project: Project) -> list[str]:
    constraints = project.constraints.read_text(encoding="utf-8")
    tools = [f"{name}=={pinned(constraints, name)}" for name in ("pip", "hatchling", "editables")]
    return ["-c", str(project.constraints), *tools]


def _target(project: Project, parts: tuple[str, ...]) -> str:
    return f"{project.root}[dev]" if "dev" in parts else str(project.root)


def _torch_first(project: Project, verb: list[str], say: Callable[[str], None]) -> None:
    constraints = project.constraints.read_text(encoding="utf-8")
    versions = [pinned(constraints, name) for name in ("torch", "torchvision")]
    attempts = torch_attempts(sys.platform, has_nvidia_card(), *versions)
    if not attempts:
        return
    titles = ["Looking for PyTorch in the usual place", "Fetching PyTorch from its own index"]
    for title, arguments in zip(titles, attempts, strict=True):
        code, lines = _pip(project, [*verb, *arguments], title, failure="not there")
        if code == 0:
            return
        if is_this_computer(lines):
            raise _explain(project, lines)
    say(
        f"The small build of PyTorch was not found ({CPU_INDEX} out of reach): going on with the big one.\n"
        "It works on every computer, but is a download of several gigabytes."
    )


def _pip(
    project: Project, arguments: list[str], title: str, *, old_pip: bool = False, failure: str = "failed"
) -> tuple[int, list[str]]:
    environment = {**clean_environment(), "PYTHONUNBUFFERED": "1"}
    if project.packed.is_dir() and arguments[0] == "install":
        environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": project.packed.as_uri()}
    # The pip that came with Python may be too old to report its progress.
    bar = "off" if old_pip else "raw"
    options = ["--disable-pip-version-check", "--no-input", "--progress-bar", bar]
    return run_with_progress(
        [str(project.python), "-m", "pip", *arguments, *options],
        title=title,
        log=project.log,
        detail=PipDetail(),
        environment=environment,
        failure=failure,
    )


def _require(project: Project, arguments: list[str], title: str, *, old_pip: bool = False) -> None:
    code, lines = _pip(project, arguments, title, old_pip=old_pip)
    if code != 0:
        raise _explain(project, lines)


def _explain(project: Project, lines: list[str]) -> SetupError:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return explain_pip(lines, root=project.root, log=project.log, python=version)


def newest_versions(report: str) -> str:
    """The text of a constraints file from pip's report of a dry run.

    Args:
        report: What ``pip install --dry-run --report`` wrote.
    """
    versions: dict[str, str] = {}
    for entry in json.loads(report)["install"]:
        name, version = str(entry["metadata"]["name"]), str(entry["metadata"]["version"])
        # The project itself is no package from an index, and the builds for NVIDIA cards bring their own
        # libraries, pinned by torch; both would be wrong elsewhere.
        if name != "tilesight" and not re.match(r"nvidia|cuda|triton", name):
            versions[name] = version.split("+")[0]
    lines = [f"{name}=={versions[name]}" for name in sorted(versions, key=str.lower)]
    return "\n".join([CONSTRAINTS_HEAD, *lines, ""])


def lock(project: Project) -> None:
    """Write the newest versions that pyproject.toml allows to the constraints; installs nothing.

    Raises:
        SetupError: pip failed; it says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        arguments = ["install", "--dry-run", "--ignore-installed", "--report", str(report)]
        wanted = ["pip", "hatchling", "editables", "-e", f"{project.root}[dev]"]
        _require(project, [*arguments, *wanted], "Looking for versions")
        text = newest_versions(report.read_text(encoding="utf-8"))
    temporary = project.constraints.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(project.constraints)
