import sys
from pathlib import Path

import pytest
from installer import needs, system
from installer.needs import Family, Need
from installer.problems import SetupError
from tests.installer.conftest import add_program, on_posix

THERE = Need("libthere.so.1", "libthere1", "there", "there")
GONE = Need("libgone.so.1", "libgone1", "gone", "gone")
TOOL = Need("gonetool", "gone-tool", "gonetool", "gonetool")
ALL = (*needs.QT, *needs.WINDOW, *needs.TEST_TOOLS)
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the loader of Linux")


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ('ID=debian\nVERSION_ID="12"', Family.DEBIAN),
        ("NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian", Family.DEBIAN),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"', Family.DEBIAN),
        ("ID=fedora", Family.FEDORA),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"', Family.FEDORA),
        ("ID=arch", Family.ARCH),
        ("ID=manjaro\nID_LIKE=arch", Family.ARCH),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"', Family.OTHER),
        ("# ID=debian", Family.OTHER),
        ("no sign at all\n\n", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_the_family_of_a_distribution_is_read_from_os_release(text: str, family: Family) -> None:
    assert system.family_of(text) is family


@on_linux
def test_what_is_there_is_found_by_asking_the_loader() -> None:
    assert system.is_there(Need("libc.so.6", "", "", ""))
    assert not system.is_there(GONE)
    assert not system.is_there(TOOL)


@on_linux
def test_a_program_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_program(tmp_path, TOOL.name, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert system.is_there(TOOL)


@on_linux
def test_only_what_is_missing_is_asked_for() -> None:
    assert system.missing_of([THERE, GONE], lambda need: need is THERE) == [GONE]


def test_nothing_is_missing_on_windows_and_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("win32", "darwin"):
        monkeypatch.setattr(sys, "platform", name)
        assert system.missing_of([GONE, TOOL]) == []


@pytest.mark.parametrize(
    ("family", "command"),
    [
        (Family.DEBIAN, "sudo apt-get install -y --no-install-recommends libgone1 gone-tool"),
        (Family.FEDORA, "sudo dnf install -y gone gonetool"),
        (Family.ARCH, "sudo pacman -S --needed --noconfirm gone gonetool"),
        (Family.OTHER, "libgone.so.1, gonetool"),
    ],
)
def test_the_advice_is_a_command_that_can_be_pasted(family: Family, command: str) -> None:
    assert command in system.advice([GONE, TOOL, GONE], family)


def test_a_package_is_named_once_in_the_advice() -> None:
    assert system.advice(needs.WINDOW, Family.FEDORA).split().count("libxcb") == 1


@pytest.mark.parametrize("need", ALL, ids=lambda need: need.name)
def test_every_need_names_its_package_for_every_family(need: Need) -> None:
    for family in (Family.DEBIAN, Family.FEDORA, Family.ARCH):
        assert need.package(family)
        assert " " not in need.package(family)


def test_no_need_is_listed_twice() -> None:
    assert len({need.name for need in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "Get:3 http://debian.org bookworm/main amd64 xvfb amd64 2:21 [3,000 kB]",
            "downloading xvfb",
        ),
        ("Setting up xdotool (1:3.2016) ...", "setting up xdotool"),
        ("Unpacking openbox (3.6.1-10) ...", "setting up openbox"),
        ("Reading package lists...", None),
        ("", None),
    ],
)
def test_apt_shows_which_package_it_is_at(line: str, words: str | None) -> None:
    assert system.apt_detail(line) == words


@pytest.mark.parametrize(
    ("platform", "machine", "bits", "musl", "words"),
    [
        ("linux", "x86_64", 32, False, "32 bit"),
        ("darwin", "x86_64", 64, False, "Intel"),
        ("linux", "x86_64", 64, True, "Alpine"),
    ],
)
def test_a_computer_without_builds_is_refused_before_any_download(
    platform: str, machine: str, bits: int, musl: bool, words: str
) -> None:
    with pytest.raises(SetupError) as caught:
        system.refuse_unsupported(platform, machine, bits, musl)
    assert words in str(caught.value)
    assert "Nothing was changed" in caught.value.kept


@pytest.mark.parametrize(
    ("platform", "machine"), [("linux", "x86_64"), ("darwin", "arm64"), ("win32", "AMD64")]
)
def test_the_usual_computers_are_welcome(platform: str, machine: str) -> None:
    system.refuse_unsupported(platform, machine, 64, False)


def test_the_package_with_venv_is_that_of_this_very_python() -> None:
    assert system.venv_package((3, 12)) == "python3.12-venv"


@pytest.fixture
def fake_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand-ins for apt-get and apt-cache that note their calls; apt knows nothing before "update"."""
    calls = tmp_path / "calls"
    note = f"import os, sys\nfrom pathlib import Path\ncalls = Path({str(calls)!r})\n"
    note += "old = calls.read_text() if calls.exists() else ''\n"
    note += "calls.write_text(old + ' '.join(sys.argv[1:]) + '\\n')\n"
    known = note + "sys.exit(0 if 'update' in old else 100)\n"
    folder = tmp_path / "bin"
    add_program(folder, "apt-cache", known)
    add_program(
        folder,
        "apt-get",
        note + "assert os.environ['DEBIAN_FRONTEND'] == 'noninteractive'\n"
        "if 'full' in sys.argv: sys.exit('E: Write error - write (28: No space left on device)')\n",
    )
    # Nothing else on the path: the real apt must never be reached.
    monkeypatch.setenv("PATH", str(folder))
    return calls


@on_posix
def test_apt_refreshes_its_lists_only_where_a_package_is_unknown(fake_apt: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    system.apt_install(["xvfb", "openbox", "xvfb"], log)
    first = fake_apt.read_text().splitlines()
    assert [line.split()[0] for line in first] == ["show", "update", "-o"]
    assert first[2].endswith("install -y --no-install-recommends xvfb openbox")
    system.apt_install(["xdotool"], log)
    assert "update" not in fake_apt.read_text().splitlines()[3:]


@on_posix
def test_a_failed_apt_says_why_and_what_to_type(fake_apt: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="disk is full") as caught:
        system.apt_install(["full"], tmp_path / "log")
    assert "apt-get" in caught.value.do_next
    assert "full" in caught.value.do_next
    assert "No space left" in (tmp_path / "log").read_text()


@on_posix
def test_where_we_may_not_install_the_missing_is_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "may_install", lambda family: False)
    assert system.provide([GONE], tmp_path / "log") == ([GONE] if sys.platform.startswith("linux") else [])
    assert not (tmp_path / "log").exists()


def test_a_python_without_ensurepip_is_told_which_package_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_can_make_environments", lambda: False)
    monkeypatch.setattr(system, "may_install", lambda family: False)
    monkeypatch.setattr(system, "this_family", lambda: Family.DEBIAN)
    with pytest.raises(SetupError) as caught:
        system.provide_venv_module(tmp_path / "log")
    assert system.venv_package(sys.version_info[:2]) in caught.value.do_next
