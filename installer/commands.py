"""The commands of ``python installer``: what each needs, and what it then starts."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer import needs, packages, system, tasks
from installer.environment import Project, State, create, forget_stamp, state_of, works, write_stamp
from installer.locking import only_one
from installer.problems import NEEDED_GB, SetupError

USAGE = """\
usage: python installer COMMAND [ARGUMENTS]

  run [ARGUMENTS]     start Tilesight (set it up first where needed)
  test [ARGUMENTS]    all checks and tests; with ARGUMENTS only pytest with them
  bsdrd [ARGUMENTS]   the detector's command line: train, evaluate, predict, ...
  pack                download all packages, for a computer without internet

for developers:
  setup               make the environment with all tools, start nothing
  format              bring the code into its form
  lint                find mistakes and broken import rules
  types               check the types
  python [ARGUMENTS]  the environment's Python, for instance for benchmarks
  lock                write the newest allowed versions to installer/constraints.txt

Everything is installed into the folder .venv beside this one and nowhere else,
except for system libraries on Debian and Ubuntu when started as root.
"""

RUN = ("run",)
DEVELOP = ("run", "dev")


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        parts: What must be installed.
        needs: System libraries without which it cannot work.
        wishes: System packages without which a part of it is left out.
        start: Does the work; gets the project and the arguments, returns the exit code.
    """

    parts: tuple[str, ...]
    needs: tuple[needs.Need, ...]
    wishes: tuple[needs.Need, ...]
    start: Callable[[Project, list[str]], int]


COMMANDS = {
    "run": Command(RUN, needs.QT + needs.WINDOW, (), tasks.run),
    "bsdrd": Command(RUN, (), (), tasks.bsdrd),
    "pack": Command(RUN, (), (), tasks.pack),
    "test": Command(DEVELOP, needs.QT, needs.WINDOW + needs.TEST_TOOLS, tasks.test),
    "setup": Command(DEVELOP, needs.QT, needs.WINDOW + needs.TEST_TOOLS, tasks.setup),
    "format": Command(DEVELOP, (), (), tasks.format_code),
    "lint": Command(DEVELOP, (), (), tasks.lint),
    "types": Command(DEVELOP, (), (), tasks.types),
    "python": Command(DEVELOP, (), (), tasks.python),
    "lock": Command(DEVELOP, (), (), tasks.lock),
}


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; returns the exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    command = COMMANDS.get(arguments[0])
    if command is None:
        print(f"There is no command {arguments[0]!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    project = Project(Path(__file__).resolve().parent.parent)
    try:
        try:
            prepare(project, command)
        except OSError as error:
            raise _explain_files(project, error) from error
        return command.start(project, list(arguments[1:]))
    except SetupError as problem:
        sys.stdout.flush()
        print(f"\n{problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return 130


def prepare(project: Project, command: Command) -> None:
    """See that everything is there; quick where it is.

    Raises:
        SetupError: Something cannot be provided.
    """
    if state_of(project, command.parts) is not State.READY:
        bits = 64 if sys.maxsize > 2**32 else 32
        musl = sys.platform == "linux" and platform.libc_ver()[0] != "glibc"
        system.refuse_unsupported(sys.platform, platform.machine(), bits, musl)
        _prepare_log(project)
        with only_one(project.log.with_name("setup.lock")):
            # Another start may have done it while we waited.
            if state_of(project, command.parts) is not State.READY:
                _set_up(project, command.parts)
    _provide_system(project, command)


def _set_up(project: Project, parts: tuple[str, ...]) -> None:
    print(f"Setting up Tilesight in {project.venv}. This happens once; the output is in {project.log}.")
    state = state_of(project, parts)
    if state is State.UNFINISHED and not works(project):
        state = State.DAMAGED
    if state is State.DAMAGED:
        print("The environment there is damaged or from another place: making it anew.")
    if state in (State.ABSENT, State.DAMAGED):
        _require_space(project.root)
        system.provide_venv_module(project.log)
        create(project)
    forget_stamp(project)
    packages.install(project, parts)
    write_stamp(project, parts)


def _provide_system(project: Project, command: Command) -> None:
    """System libraries: install them where we may, else say how.

    Raises:
        SetupError: The command cannot work without what is missing.
    """
    if "TILESIGHT_SKIP_SYSTEM" in os.environ:
        return
    missing = system.missing_of(command.needs + command.wishes)
    if not missing:
        return
    _prepare_log(project)
    missing = system.provide(missing, project.log)
    family = system.this_family()
    if set(missing) & set(command.needs):
        raise SetupError(
            "System libraries are missing: " + ", ".join(need.name for need in missing),
            "Everything else is set up and kept.",
            "Install them (this needs an administrator), then run the same command again:\n"
            + system.advice(missing, family)
            + "\nOr go on without them by setting TILESIGHT_SKIP_SYSTEM=1.",
        )
    if missing:
        print("Left out, because these are missing: " + ", ".join(need.name for need in missing))
        print("To have them:\n" + system.advice(missing, family))


def _prepare_log(project: Project) -> None:
    try:
        project.log.parent.mkdir(exist_ok=True)
        project.log.open("a", encoding="utf-8").close()
    except OSError as error:
        raise SetupError(
            f"{project.root} may not be written: {error}",
            "Nothing was changed.",
            "Copy the project to a folder of your own and start the command there.",
        ) from error


def _require_space(root: Path) -> None:
    free = shutil.disk_usage(root).free / 1e9
    if free < NEEDED_GB:
        raise SetupError(
            f"Only {free:.1f} GB are free on the disk of {root}; setting up needs {NEEDED_GB} GB.",
            "Nothing was changed.",
            "Free some space, or copy the project to another disk, then run the same command again.",
        )


def _explain_files(project: Project, error: OSError) -> SetupError:
    return SetupError(
        f"Files in {project.root} could not be read or written: {error}",
        "What was already installed is kept.",
        "Free some space or mend the permissions, then run the same command again.",
    )
