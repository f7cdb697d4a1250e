"""System libraries: what Qt needs from the operating system, and how this computer gets it.

What is there is found by asking the loader, which tells the truth on every Linux; package names are only
needed to install what is missing.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from installer.needs import INSTALL_COMMANDS, Family, Need
from installer.problems import SetupError, explain_apt
from installer.progress import run_with_progress


def family_of(os_release: str) -> Family:
    """The family of a distribution.

    Args:
        os_release: Text of /etc/os-release; empty where there is none.
    """
    values: dict[str, str] = {}
    for line in os_release.splitlines():
        key, sign, value = line.partition("=")
        if sign:
            values[key.strip()] = value.strip().strip("\"'").lower()
    names = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    for name in names:
        if name in ("debian", "ubuntu"):
            return Family.DEBIAN
        if name in ("fedora", "rhel", "centos"):
            return Family.FEDORA
        if name in ("arch", "archlinux"):
            return Family.ARCH
    return Family.OTHER


def this_family() -> Family:
    """The family of this computer."""
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        try:
            return family_of(path.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
    return Family.OTHER


def is_there(need: Need) -> bool:
    """Whether this computer provides it."""
    if ".so" not in need.name:
        return shutil.which(need.name) is not None
    try:
        ctypes.CDLL(need.name)
    except OSError:
        return False
    return True


def missing_of(needs: Iterable[Need], is_there: Callable[[Need], bool] = is_there) -> list[Need]:
    """What of the needs this computer lacks; nothing on Windows and macOS, where the wheels bring all."""
    if not sys.platform.startswith("linux"):
        return []
    return [need for need in needs if not is_there(need)]


def advice(needs: Sequence[Need], family: Family) -> str:
    """What a person who may install system packages has to type."""
    if family not in INSTALL_COMMANDS:
        return "    (install what provides: " + ", ".join(need.name for need in needs) + ")"
    packages = dict.fromkeys(need.package(family) for need in needs)
    return "    sudo " + " ".join([*INSTALL_COMMANDS[family], *packages])


def may_install(family: Family) -> bool:
    """Whether we may install system packages ourselves: only as root on Debian and Ubuntu."""
    return family is Family.DEBIAN and _is_root() and shutil.which("apt-get") is not None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def apt_install(packages: Sequence[str], log: Path) -> None:
    """Install Debian packages; refreshes the package lists where the first try fails.

    Raises:
        SetupError: apt could not install them.
    """
    start, *rest = INSTALL_COMMANDS[Family.DEBIAN]
    # Another apt may be at work (unattended upgrades): wait for it instead of failing.
    install = [start, "-o", "DPkg::Lock::Timeout=300", *rest, *dict.fromkeys(packages)]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def run(command: list[str], title: str) -> tuple[int, list[str]]:
        return run_with_progress(command, title=title, log=log, detail=apt_detail, environment=environment)

    title = f"Installing system packages ({len(packages)})"
    # The first try needs no network for the lists; on a fresh computer there are none yet.
    code, lines = run(install, title) if _apt_knows(packages) else (1, [])
    if code != 0:
        run(["apt-get", "update"], "Refreshing the list of system packages")
        code, lines = run(install, title)
    if code != 0:
        raise explain_apt(lines, command=" ".join(install), log=log)


def _apt_knows(packages: Sequence[str]) -> bool:
    """Whether the package lists of this computer name all packages."""
    answer = subprocess.run(["apt-cache", "show", "-q", *packages], capture_output=True, check=False)
    return answer.returncode == 0


def apt_detail(line: str) -> str | None:
    """What of apt's output is worth showing."""
    words = line.split()
    if len(words) > 2 and words[0] in ("Unpacking", "Setting"):
        return f"setting up {words[2] if words[0] == 'Setting' else words[1]}"
    if len(words) > 4 and words[0].startswith("Get:"):
        return f"downloading {words[4]}"
    return None


def provide(needs: Sequence[Need], log: Path) -> list[Need]:
    """Install what is missing where we may.

    Returns:
        What is still missing, because we may not install it.

    Raises:
        SetupError: The package manager failed.
    """
    missing = missing_of(needs)
    family = this_family()
    if missing and may_install(family):
        apt_install([need.package(family) for need in missing], log)
        missing = missing_of(needs)
    return missing


def refuse_unsupported(platform: str, machine: str, bits: int, musl: bool) -> None:
    """Stop early where no build of PyTorch or Qt exists, before anything is downloaded.

    Args:
        platform: As sys.platform.
        machine: As platform.machine().
        bits: 32 or 64, of this Python.
        musl: Whether the C library is musl (Alpine).

    Raises:
        SetupError: This computer cannot run the program.
    """
    untouched = "Nothing was changed."
    if bits < 64:
        raise SetupError(
            "This Python is a 32 bit build.", untouched, "Install a 64 bit Python 3.11 or newer."
        )
    if platform == "darwin" and machine == "x86_64":
        raise SetupError(
            "PyTorch no longer exists for Macs with Intel processors.",
            untouched,
            "Use a Mac with Apple silicon, or Linux or Windows. If this Mac has Apple silicon, its Python "
            "was built for Intel: install the universal build from python.org.",
        )
    if musl:
        raise SetupError(
            "PyTorch and Qt have no builds for musl systems such as Alpine.",
            untouched,
            "Use a Linux with glibc: Debian, Ubuntu, Fedora, Arch.",
        )


def venv_package(version: tuple[int, int]) -> str:
    """The Debian package that lets a Python make environments, for instance "python3.11-venv"."""
    return f"python{version[0]}.{version[1]}-venv"


def provide_venv_module(log: Path) -> None:
    """See that this Python can make an environment with pip in it; Debian splits that off.

    Raises:
        SetupError: It cannot, and we may not mend it.
    """
    if _can_make_environments():
        return
    package = venv_package(sys.version_info[:2])
    family = this_family()
    if may_install(family):
        apt_install([package], log)
        importlib.invalidate_caches()
        if _can_make_environments():
            return
    command = (
        f"sudo apt-get install -y {package}" if family is Family.DEBIAN else "(the package with ensurepip)"
    )
    raise SetupError(
        "This Python cannot make environments: its modules venv and ensurepip are missing.",
        "Nothing was changed.",
        f"Install them, then run the same command again:\n    {command}",
    )


def _can_make_environments() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))
