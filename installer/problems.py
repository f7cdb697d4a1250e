"""What can go wrong while setting up, in words that say what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

# Space for the environment and for the downloads while it is made (measured, see docs/installing.md).
NEEDED_GB = 4

NETWORK_SIGNS = (
    "newconnectionerror",
    "failed to establish a new connection",
    "name resolution",
    "getaddrinfo failed",
    "nodename nor servname",
    "connection refused",
    "connection reset",
    "connection aborted",
    "connection broken",
    "network is unreachable",
    "no route to host",
    "readtimeouterror",
    "connecttimeouterror",
    "read timed out",
    "proxyerror",
    "cannot connect to proxy",
    "incompleteread",
    "could not resolve",
    "temporary failure resolving",
)
CERTIFICATE_SIGNS = ("certificate_verify_failed", "certificate verify failed", "sslcertverificationerror")
DISK_SIGNS = ("no space left on device", "errno 28", "not enough space on the disk", "disk quota exceeded")
PERMISSION_SIGNS = (
    *("permission denied", "errno 13", "access is denied", "winerror 5]"),
    "read-only file system",
)
NO_VERSION_SIGNS = ("no matching distribution found", "could not find a version that satisfies")
HASH_SIGNS = ("do not match the hashes", "hash mismatch")


class SetupError(Exception):
    """Setting up cannot go on.

    Attributes:
        what: What happened.
        kept: What was kept or left untouched.
        do_next: What the person can do.
    """

    def __init__(self, what: str, kept: str, do_next: str) -> None:
        super().__init__(what)
        self.what = what
        self.kept = kept
        self.do_next = do_next

    def __str__(self) -> str:
        return f"{self.what}\n{self.kept}\n{self.do_next}"


def _has(text: str, signs: Sequence[str]) -> bool:
    return any(sign in text for sign in signs)


def is_this_computer(lines: Iterable[str]) -> bool:
    """Whether a command failed because of this computer (disk, permissions): trying elsewhere is no use."""
    return _has("\n".join(lines).lower(), DISK_SIGNS + PERMISSION_SIGNS)


def explain_pip(lines: Iterable[str], *, root: Path, log: Path, python: str) -> SetupError:
    """Turn the output of a failed pip into a problem that a person can act on.

    Args:
        lines: What pip printed.
        root: The project's folder.
        log: Where the full output was written.
        python: The version of the Python that is used, for instance "3.11".
    """
    lines = list(lines)
    text = "\n".join(lines).lower()
    kept = "What was already downloaded and installed is kept."
    again = "Then run the same command again: it goes on where it stopped."
    if _has(text, DISK_SIGNS):
        return SetupError(
            "The disk is full.", kept, f"Free at least {NEEDED_GB} GB on the disk of {root}. {again}"
        )
    if _has(text, CERTIFICATE_SIGNS):
        return SetupError(
            "The package index could not be trusted: its certificate was not accepted.",
            kept,
            "In a company network, set PIP_CERT to the company's certificate file. " + again,
        )
    # Network before "no matching version": pip reports the second as a consequence of the first.
    if _has(text, NETWORK_SIGNS):
        return SetupError(
            "The package index (pypi.org) could not be reached.",
            kept,
            "Connect this computer to the internet; behind a proxy, set HTTPS_PROXY=http://host:port; "
            "with a mirror inside the company, set PIP_INDEX_URL. " + again,
        )
    if _has(text, HASH_SIGNS):
        return SetupError("A downloaded file was damaged on its way.", kept, again)
    if _has(text, NO_VERSION_SIGNS):
        name = _package_without_version(lines)
        return SetupError(
            f"There is no build of {name} for this computer and Python {python}.",
            kept,
            "Builds exist for Python 3.11 to 3.14 (64 bit) on Windows and Linux with x86-64 processors, and "
            "on Macs with Apple silicon. Delete the folder .venv and start the command with such a Python.",
        )
    if _has(text, PERMISSION_SIGNS):
        return SetupError(
            f"Files below {root} may not be written.",
            kept,
            "Close programs that use them, or copy the project to a folder of your own. " + again,
        )
    tail = "\n".join("    " + line for line in lines[-12:])
    return SetupError(f"pip stopped with an error:\n{tail}", kept, f"The whole output is in {log}.")


def _package_without_version(lines: Iterable[str]) -> str:
    """The name that pip could not find, for instance "torch==2.13.0"."""
    for line in lines:
        for sign in ("No matching distribution found for ", "satisfies the requirement "):
            if sign in line:
                return line.split(sign, 1)[1].split(" (", 1)[0].strip()
    return "a package"


def explain_apt(lines: Sequence[str], *, command: str, log: Path) -> SetupError:
    """Turn the output of a failed apt into a problem that a person can act on."""
    text = "\n".join(lines).lower()
    if _has(text, DISK_SIGNS):
        what = "The disk is full."
    elif _has(text, NETWORK_SIGNS):
        what = "The system's package server could not be reached."
    else:
        what = "apt stopped with an error:\n" + "\n".join("    " + line for line in lines[-8:])
    return SetupError(
        what,
        "Packages that were already installed stay.",
        f"Mend that, or install by hand, then run the same command again:\n    {command}\n"
        f"The whole output is in {log}.",
    )
