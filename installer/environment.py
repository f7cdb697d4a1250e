"""The environment ``.venv``: what state it is in, making it, and knowing that nothing is left to do.

```
 nothing there ── create ──▶ unfinished ── packages, then the stamp ──▶ ready
 damaged ─────── remake ──────▲   ▲                                      │
                                  └── pyproject.toml or versions changed ┘
```
The stamp is written last, so an interrupted set-up never looks ready.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass, field
from enum import Enum
from pathlib import Path

from installer.problems import DISK_SIGNS, PERMISSION_SIGNS, SetupError

STAMP = "tilesight-setup.json"
STAMP_FORMAT = 1
# Variables that lead Python or pip out of the environment.
HARMFUL = {
    *("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT"),
    *("PIP_NO_DEPS", "PIP_PYTHON"),
}


class State(Enum):
    """What an environment needs."""

    READY = "ready"
    ABSENT = "absent"
    UNFINISHED = "unfinished"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a finished set-up left behind.

    Attributes:
        root: The project's folder; an environment does not survive a move.
        inputs: Fingerprint of everything that decides what is installed.
        parts: What was installed: "run", and "dev" for the tools of developers.
        listing: Number of entries in each folder of the installed packages, to notice later damage.
        format: Version of the stamp itself.
    """

    root: str
    inputs: str
    parts: tuple[str, ...]
    listing: dict[str, int] = field(default_factory=dict[str, int])
    format: int = STAMP_FORMAT


@dataclass(frozen=True, slots=True)
class Project:
    """Where everything lies.

    Attributes:
        root: The project's folder.
    """

    root: Path

    @property
    def venv(self) -> Path:
        """The environment."""
        return self.root / ".venv"

    @property
    def constraints(self) -> Path:
        """The exact versions."""
        return self.root / "installer" / "constraints.txt"

    @property
    def packed(self) -> Path:
        """Packages that were brought along; where they are, nothing is downloaded."""
        return self.root / "packages"

    @property
    def log(self) -> Path:
        """Everything that the tools printed while setting up."""
        return self.root / "build" / "setup.log"

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.script("python")

    def script(self, name: str) -> Path:
        """A program of the environment."""
        if sys.platform == "win32":
            return self.venv / "Scripts" / f"{name}.exe"
        return self.venv / "bin" / name

    @property
    def packages(self) -> Path | None:
        """The folder of the installed packages; None where there is none yet."""
        if sys.platform == "win32":
            found = [self.venv / "Lib" / "site-packages"]
        else:
            found = sorted(self.venv.glob("lib/python3.*/site-packages"))
        return next((folder for folder in found if folder.is_dir()), None)


def fingerprint(project: Project) -> str:
    """A fingerprint of what decides which packages are installed: dependencies and exact versions.

    Settings of tools in pyproject.toml do not count: changing a lint rule installs nothing.
    """
    data = tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))
    relevant = {key: data.get(key) for key in ("build-system", "project")}
    relevant["hatch"] = data.get("tool", {}).get("hatch")
    text = json.dumps(relevant, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode())
    digest.update(project.constraints.read_text(encoding="utf-8").encode())
    return digest.hexdigest()


def take_listing(packages: Path) -> dict[str, int]:
    """How many entries each folder of the installed packages has; Python's own caches do not count."""
    listing = {".": 0}
    with os.scandir(packages) as entries:
        for entry in entries:
            if entry.name == "__pycache__":
                continue
            listing["."] += 1
            if entry.is_dir(follow_symlinks=False):
                listing[entry.name] = _count(entry.path)
    return listing


def _count(folder: str) -> int:
    with os.scandir(folder) as entries:
        return sum(entry.name != "__pycache__" for entry in entries)


def is_intact(packages: Path, listing: dict[str, int]) -> bool:
    """Whether everything that was listed is still there; more than that is fine."""
    try:
        now = take_listing(packages)
    except OSError:
        return False
    return all(now.get(name, 0) >= count for name, count in listing.items())


def read_stamp(project: Project) -> Stamp | None:
    """What the last finished set-up left; None where none finished or the note is unreadable."""
    try:
        values = json.loads((project.venv / STAMP).read_text(encoding="utf-8"))
        if values["format"] != STAMP_FORMAT:
            return None
        listing = {str(name): int(count) for name, count in values["listing"].items()}
        return Stamp(str(values["root"]), str(values["inputs"]), tuple(values["parts"]), listing)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_stamp(project: Project, parts: tuple[str, ...]) -> None:
    """Note that the set-up finished."""
    packages = project.packages
    assert packages is not None
    stamp = Stamp(str(project.root), fingerprint(project), parts, take_listing(packages))
    temporary = project.venv / f"{STAMP}.new"
    temporary.write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    temporary.replace(project.venv / STAMP)


def forget_stamp(project: Project) -> None:
    """Take the note away before anything is changed, so that an interruption shows."""
    (project.venv / STAMP).unlink(missing_ok=True)


def state_of(project: Project, parts: tuple[str, ...]) -> State:
    """What the environment needs before these parts can be used. Takes some milliseconds.

    Args:
        project: Where everything lies.
        parts: What is needed: "run", or "run" and "dev".
    """
    if not os.path.lexists(project.venv):
        return State.ABSENT
    packages = project.packages
    # A link to a Python that was uninstalled still lies there, but leads nowhere.
    # (os.path.exists: the same Python may be out of reach for this user, which is no error here.)
    if not os.path.exists(project.python) or packages is None:  # noqa: PTH110
        return State.DAMAGED
    stamp = read_stamp(project)
    if stamp is None:
        return State.UNFINISHED
    if stamp.root != str(project.root) or not is_intact(packages, stamp.listing):
        return State.DAMAGED
    if stamp.inputs != fingerprint(project) or not set(parts) <= set(stamp.parts):
        return State.UNFINISHED
    return State.READY


def works(project: Project) -> bool:
    """Whether the environment's Python starts and has a pip."""
    try:
        answer = subprocess.run(
            [project.python, "-c", "import pip._internal.cli.main"],
            capture_output=True,
            env=clean_environment(),
            check=False,
        )
    except OSError:
        return False
    return answer.returncode == 0


def create(project: Project) -> None:
    """Make the environment anew; what lay there is removed.

    Raises:
        SetupError: It could not be made.
    """
    if project.venv.is_dir() and not project.venv.is_symlink():
        _refuse_own_python(project)
    try:
        if project.venv.is_symlink() or project.venv.is_file():
            project.venv.unlink()
        elif project.venv.exists():
            shutil.rmtree(project.venv)
    except OSError as error:
        raise SetupError(
            f"The old environment could not be removed: {error}",
            "It is left as it is.",
            f"Close programs that use it, delete the folder {project.venv}, then run the same command again.",
        ) from error
    answer = subprocess.run(
        [base_python(), "-m", "venv", str(project.venv)],
        capture_output=True,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if answer.returncode != 0:
        raise _explain_venv(answer.stdout + answer.stderr, project)


def base_python() -> str:
    """The Python outside of every environment, even when we were started by an environment's own."""
    return str(getattr(sys, "_base_executable", sys.executable))


def clean_environment() -> dict[str, str]:
    """Our variables without the harmful ones."""
    return {name: value for name, value in os.environ.items() if name not in HARMFUL}


def _refuse_own_python(project: Project) -> None:
    if sys.platform == "win32" and Path(sys.prefix).resolve() == project.venv.resolve():
        raise SetupError(
            "The environment must be made anew, but it is the one in use.",
            "It is left as it is.",
            "Type  deactivate  and run the same command again.",
        )


def _explain_venv(text: str, project: Project) -> SetupError:
    lower = text.lower()
    kept = f"A half-made environment may lie in {project.venv}; the next run removes it."
    if any(sign in lower for sign in DISK_SIGNS):
        return SetupError("The disk is full.", kept, "Free some space, then run the same command again.")
    if any(sign in lower for sign in PERMISSION_SIGNS):
        what = f"{project.root} may not be written."
        return SetupError(what, kept, "Copy the project to a folder of your own.")
    return SetupError(f"The environment could not be made:\n{text.strip()}", kept, "Install Python anew.")
