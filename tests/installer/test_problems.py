from pathlib import Path

import pytest
from installer.problems import SetupError, explain_apt, explain_pip, is_this_computer

ROOT = Path("/somewhere/tilesight")
LOG = ROOT / "build" / "setup.log"

# Real output of pip 23 to 26, shortened.
NO_NETWORK = """\
WARNING: Retrying (Retry(total=0)) after connection broken by 'NameResolutionError("HTTPSConnection(host=
'pypi.org', port=443): Failed to resolve 'pypi.org' ([Errno -3] Temporary failure in name resolution)")'
ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)
ERROR: No matching distribution found for numpy==2.4.6
"""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
NO_BUILD = """\
ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: 2.14.0)
ERROR: No matching distribution found for torch==2.13.0
"""
CERTIFICATE = """\
WARNING: Retrying after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL:
CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)'))': /simple/pip/
ERROR: No matching distribution found for pip==26.3
"""
PERMISSION = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x/y.py'"
LOCKED = (
    "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'C:\\\\x\\\\cv2.pyd'"
)
HASH = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
PROXY = "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.', OSError())'"


@pytest.mark.parametrize(
    ("text", "what", "next_step"),
    [
        (NO_NETWORK, "could not be reached", "HTTPS_PROXY"),
        (PROXY, "could not be reached", "HTTPS_PROXY"),
        (FULL, "disk is full", "Free at least"),
        (NO_BUILD, "no build of torch==2.13.0 for this computer and Python 3.15", "Python 3.11"),
        (CERTIFICATE, "certificate", "PIP_CERT"),
        (PERMISSION, "may not be written", "folder of your own"),
        (LOCKED, "may not be written", "Close programs"),
        (HASH, "damaged on its way", "run the same command again"),
    ],
    ids=["network", "proxy", "disk", "no build", "certificate", "permission", "locked", "hash"],
)
def test_a_failed_pip_says_what_happened_what_was_kept_and_what_to_do(
    text: str, what: str, next_step: str
) -> None:
    problem = explain_pip(text.splitlines(), root=ROOT, log=LOG, python="3.15")
    assert what in problem.what
    assert problem.kept == "What was already downloaded and installed is kept."
    assert next_step in problem.do_next


def test_an_unknown_failure_shows_the_end_of_the_output_and_where_the_rest_is() -> None:
    problem = explain_pip([f"line {n}" for n in range(50)], root=ROOT, log=LOG, python="3.11")
    assert "line 49" in problem.what
    assert "line 2\n" not in problem.what
    assert str(LOG) in problem.do_next


def test_trying_another_source_is_no_use_when_this_computer_is_at_fault() -> None:
    assert is_this_computer(FULL.splitlines())
    assert is_this_computer(PERMISSION.splitlines())
    assert not is_this_computer(NO_NETWORK.splitlines())
    assert not is_this_computer(NO_BUILD.splitlines())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "E: Failed to fetch http://debian.org/x  Temporary failure resolving 'debian.org'",
            "reached",
        ),
        ("E: Write error - write (28: No space left on device)", "disk is full"),
        ("E: Unable to locate package xvfb", "Unable to locate package xvfb"),
    ],
)
def test_a_failed_apt_gives_the_command_to_type(text: str, what: str) -> None:
    problem = explain_apt([text], command="apt-get install -y xvfb", log=LOG)
    assert what in problem.what
    assert "apt-get install -y xvfb" in problem.do_next


def test_a_problem_reads_as_three_parts() -> None:
    assert str(SetupError("What.", "Kept.", "Next.")) == "What.\nKept.\nNext."
