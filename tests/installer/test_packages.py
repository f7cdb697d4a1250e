import json
import sys
import tomllib
from pathlib import Path

import pytest
from installer import packages
from installer.environment import Project
from installer.packages import CPU_INDEX, PipDetail, newest_versions, pinned, torch_attempts
from installer.problems import SetupError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = (ROOT / "installer" / "constraints.txt").read_text(encoding="utf-8")
PINS = {
    canonicalize_name(line.split("==")[0]): line.split("==")[1]
    for line in CONSTRAINTS.splitlines()
    if "==" in line
}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    texts = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("requirement", declared(), ids=lambda requirement: requirement.name)
def test_every_dependency_has_an_exact_version_that_pyproject_allows(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)])


def test_no_version_is_that_of_one_kind_of_computer_only() -> None:
    assert "+" not in CONSTRAINTS
    assert not [name for name in PINS if name.startswith(("nvidia", "triton", "cuda"))]


def test_a_version_is_read_from_the_constraints() -> None:
    assert pinned("# torch==1.0\nTorch == 2.13.0 ; python_version>'3'\n", "torch") == "2.13.0"
    with pytest.raises(KeyError):
        pinned("torchvision==0.28.0", "torch")


def test_linux_without_a_card_gets_the_small_build_of_pytorch() -> None:
    first, second = torch_attempts("linux", False, "2.13.0", "0.28.0")
    assert "torch==2.13.0+cpu" in first
    assert CPU_INDEX not in first
    assert {"torch==2.13.0+cpu", "torchvision==0.28.0+cpu", CPU_INDEX} <= set(second)
    assert "--no-deps" in first
    assert "--no-deps" in second


@pytest.mark.parametrize(("platform", "nvidia"), [("win32", False), ("darwin", False), ("linux", True)])
def test_elsewhere_the_ordinary_build_of_pytorch_is_the_right_one(platform: str, nvidia: bool) -> None:
    assert torch_attempts(platform, nvidia, "2.13.0", "0.28.0") == []


def test_pip_shows_which_package_and_how_much_of_it() -> None:
    detail = PipDetail()
    assert detail("Collecting numpy==2.4.6 (from -c constraints.txt)") == "1 numpy"
    assert detail("  Downloading numpy-2.4.6.whl (16 MB)") is None
    assert detail("Progress 8000000 of 16000000") == "1 numpy, 8 of 16 MB"
    assert detail("Collecting typer[all]>=0.12") == "2 typer"
    assert detail("Installing collected packages: a, b, c") == "unpacking 3 packages"
    assert detail("Installing collected packages: torch") == "unpacking"
    assert detail("Progress is good of course") is None
    assert detail("") is None


def test_the_newest_versions_leave_out_the_project_and_the_libraries_of_cards() -> None:
    names = [("torch", "2.13.0+cpu"), ("tilesight", "0.1.0"), ("nvidia-cudnn-cu13", "9"), ("Alembic", "1.2")]
    report = {"install": [{"metadata": {"name": name, "version": version}} for name, version in names]}
    text = newest_versions(json.dumps(report))
    assert text.splitlines()[1:] == ["Alembic==1.2", "torch==2.13.0"]
    assert text.startswith("#")
    assert text.endswith("\n")


def test_a_full_disk_does_not_lead_to_the_big_build_of_pytorch(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []

    def full(project: Project, arguments: list[str], title: str, **options: object) -> tuple[int, list[str]]:
        calls.append(arguments)
        return 1, ["OSError: [Errno 28] No space left on device"]

    monkeypatch.setattr(packages, "_pip", full)
    monkeypatch.setattr(packages, "has_nvidia_card", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")
    project.constraints.write_text("torch==2.13.0\ntorchvision==0.28.0\n", encoding="utf-8")
    with pytest.raises(SetupError, match="disk is full"):
        packages._torch_first(project, ["install"], print)
    assert len(calls) == 1
