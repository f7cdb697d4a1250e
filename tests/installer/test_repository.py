"""What may be in the repository, and that its rules bite."""

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif"}
# Put together here so that this file does not name what it forbids.
MACHINE_PATH = re.compile(
    r"(?<![\w./~$}-])/(?:" + "|".join(["work", "root", "home", "Users", "opt/pypi", "opt/wheels"]) + r")/\w"
    r"|\b[A-Za-z]:\\{1,2}Users\\{1,2}\w"
)


def repository_files() -> list[Path]:
    """Every file that is or would be committed."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in files if path.is_file()]


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return "" if b"\0" in data[:8192] else data.decode("utf-8", errors="replace")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /" + "work/main", True),
        ('open("/' + "root/x", True),
        ("C:\\" + "Users\\me", True),
        ("/" + "home/me/tiles", True),
        ("teamwork/main", False),
        ("https://example.com/home/page", False),
        ("../work/main", False),
        ("/usr/lib/python3", False),
    ],
)
def test_paths_of_a_machine_are_recognised(text: str, found: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is found


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    bad = {
        str(path.relative_to(ROOT)): match.group()
        for path in repository_files()
        if (match := MACHINE_PATH.search(text_of(path)))
    }
    assert not bad


def test_no_picture_has_the_name_of_a_tile_of_the_data_set() -> None:
    name = re.compile(r"exp\d+_num_\d+|MT_(?:Blowhole|Break|Crack|Fray|Free|Uneven)")
    assert not [
        path for path in repository_files() if path.suffix.lower() in PICTURES and name.search(path.name)
    ]


@pytest.mark.tiles
def test_no_file_is_a_picture_of_the_data_set(mt_folder: Path) -> None:
    tiles = {
        hashlib.sha256(path.read_bytes()).digest()
        for path in mt_folder.rglob("*")
        if path.suffix.lower() in PICTURES
    }
    assert len(tiles) > 100
    files = [path for path in repository_files() if path.suffix.lower() in PICTURES]
    assert not [path for path in files if hashlib.sha256(path.read_bytes()).digest() in tiles]


def test_every_picture_in_the_docs_says_how_it_was_made() -> None:
    folder = ROOT / "docs" / "pictures"
    text = (folder / "README.md").read_text(encoding="utf-8")
    pictures = [
        path for path in repository_files() if path.is_relative_to(folder) and path.suffix in PICTURES
    ]
    assert not [path.name for path in pictures if path.name not in text]


def test_every_link_in_the_docs_leads_to_a_file() -> None:
    broken: list[str] = []
    for path in repository_files():
        if path.suffix != ".md":
            continue
        text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken


def test_every_package_is_under_the_import_contracts() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    roots = settings["tool"]["importlinter"]["root_packages"]
    assert sorted(roots) == sorted(
        path.parent.name for top in ("core", "app") for path in (ROOT / top).glob("*/__init__.py")
    )
    for path in repository_files():
        for top in ("core", "app"):
            if path.suffix == ".py" and path.is_relative_to(ROOT / top):
                # Without this file import-linter would pass over the whole folder.
                assert (path.parent / "__init__.py").exists(), path


@pytest.mark.parametrize(
    ("place", "line", "broken"),
    [
        ("core/bsdrd/probe.py", "import tilesight.store", True),
        ("core/bsdrd/probe.py", "import PySide6.QtCore", True),
        ("app/tilesight/store/probe.py", "import tilesight.line.frames", True),
        ("app/tilesight/line/probe.py", "import pyqtgraph", True),
        ("app/tilesight/ui/probe.py", "import PySide6.QtCore, tilesight.line, bsdrd", False),
    ],
)
def test_the_import_contracts_bite(tmp_path: Path, place: str, line: str, broken: bool) -> None:
    for top in ("core/bsdrd", "app/tilesight"):
        shutil.copytree(ROOT / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / place).write_text(line + "\n", encoding="utf-8")
    # The copies must be found before the installed packages.
    code = (
        "import sys; sys.path[:0] = ['core', 'app']\n"
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ("BROKEN" in answer.stdout) is broken, answer.stdout + answer.stderr
    assert (answer.returncode != 0) is broken, answer.stdout + answer.stderr
