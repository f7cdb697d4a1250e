"""Every kind of bad input through `train`, `predict` and `evaluate`: a clear error, the right exit code."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bsdrd import cli
from bsdrd.data import images
from bsdrd.data.images import write_image

Run = Callable[..., tuple[int, dict[str, Any], str]]

GOOD = 13
#: What can be inspected although it is unusual.
SOUND = {"cmyk.jpg", "alpha.png", "deep.png"}
#: What cannot, with a word that the error says of it.
BROKEN = {
    "text.png": "no readable picture",
    "cut.jpg": "truncated",
    "empty.png": "empty",
    "dot.png": "1 x 1",
    "long.png": "20 x 20000 px",
    "nan.tiff": "NaN",
    "locked.png": "ermission",
}


def tile(seed: int, height: int = 80, width: int = 96) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 190, (height, width)).astype(np.uint8)


def write_sound(folder: Path) -> None:
    colour = np.random.default_rng(3).integers(0, 255, (80, 96, 4)).astype(np.uint8)
    Image.fromarray(colour, "CMYK").save(folder / "cmyk.jpg")
    Image.fromarray(colour, "RGBA").save(folder / "alpha.png")
    write_image(folder / "deep.png", tile(4).astype(np.uint16) * 257)


def write_broken(folder: Path) -> None:
    (folder / "text.png").write_text("this is a letter and no picture\n" * 20)
    Image.fromarray(tile(1, 200, 200)).save(folder / "whole.jpg", quality=95)
    whole = (folder / "whole.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "whole.jpg").unlink()
    (folder / "empty.png").touch()
    Image.fromarray(np.zeros((1, 1), np.uint8)).save(folder / "dot.png")
    Image.fromarray(np.zeros((20, 20000), np.uint8)).save(folder / "long.png")
    Image.fromarray(np.full((80, 80), np.nan, np.float32)).save(folder / "nan.tiff")
    write_image(folder / "locked.png", tile(2))
    (folder / "locked.png").chmod(0)


@contextmanager
def as_ordinary_user() -> Generator[None]:
    """File permissions do not bind the administrator, so that one becomes nobody for a while."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def full_disk(after: int) -> Generator[None]:
    """No file may grow beyond so many bytes."""
    resource = pytest.importorskip("resource", reason="limits of this kind are those of Unix")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after, hard))  # Python turns the signal into an OSError
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def bsdrd(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command with --json in this process: exit code, summary, what people would not see."""

    def run(*words: object) -> tuple[int, dict[str, Any], str]:
        monkeypatch.setattr(sys, "argv", ["bsdrd", *map(str, words), "--json"])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        summary = json.loads(out.splitlines()[-1])
        code = int(end.value.code or 0)
        assert (summary["event"], summary["exit_code"]) == ("summary", code)
        return code, summary, err

    return run


@pytest.fixture
def place(small_model: Path) -> Iterator[Path]:
    """A folder that everybody may write to, with the model in it: the temporary folder is pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "tiles").mkdir()
        shutil.copy(small_model, folder / "small.bsdrd")
        yield folder


@pytest.fixture(autouse=True)
def pictures_are_read_as_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only while a picture is read: an interpreter that belongs to the administrator must go on importing."""
    read = images._read_bytes  # pyright: ignore[reportPrivateUsage]

    def as_user(path: Path) -> bytes:
        with as_ordinary_user():
            return read(path)

    monkeypatch.setattr(images, "_read_bytes", as_user)


@pytest.fixture
def tiles(place: Path) -> Path:
    """Good tiles, the unusual ones and the broken ones."""
    for seed in range(GOOD):
        write_image(place / "tiles" / f"good{seed}.png", tile(seed + 10))
    write_sound(place / "tiles")
    write_broken(place / "tiles")
    return place / "tiles"


def assert_all_named(text: str) -> None:
    for name, word in BROKEN.items():
        (line,) = [line for line in text.splitlines() if f"{name}" in line]
        assert word in line, line
    assert not any(name in text for name in SOUND)


# --------------------------------------------------------------------- pictures


def test_predict_inspects_what_it_can_and_names_the_rest(bsdrd: Run, place: Path, tiles: Path) -> None:
    code, summary, _ = bsdrd("predict", place / "small.bsdrd", tiles, "--out", place / "out")
    assert code == 1
    assert_all_named("\n".join(f"{one['file']} {one['error']}" for one in summary["failed"]))
    with (place / "out" / "results.csv").open(newline="", encoding="utf-8") as file:
        verdicts = {Path(row["file"]).name: row["verdict"] for row in csv.DictReader(file)}
    assert {name for name, verdict in verdicts.items() if verdict == "NOT INSPECTED"} == set(BROKEN)
    assert len(verdicts) == GOOD + len(SOUND) + len(BROKEN)


def write_manifest(folder: Path, cracked: str) -> Path:
    """All pictures of a folder as good ones, and a cracked one with the mask of that name."""
    rows = [f"{path.name},good,{path.stem}," for path in sorted(folder.iterdir())]
    write_image(folder / "mask.png", np.full((80, 96), 255, np.uint8))
    write_image(folder / "small-mask.png", np.full((40, 48), 255, np.uint8))
    write_image(folder / "crack.png", tile(20))
    lines = ["file,class,group,mask", *rows, f"crack.png,crack,c,{cracked}"]
    (folder / "tiles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "tiles.csv"


def test_evaluate_measures_what_it_can_and_names_the_rest(bsdrd: Run, place: Path, tiles: Path) -> None:
    code, summary, _ = bsdrd("evaluate", place / "small.bsdrd", write_manifest(tiles, "mask.png"))
    assert code == 1, summary
    assert_all_named("\n".join(f"{one['file']} {one['error']}" for one in summary["failed"]))
    assert 0 <= summary["image_auroc"] <= 1


def test_a_mask_of_another_size_is_refused_before_anything_is_measured(
    bsdrd: Run, place: Path, tiles: Path
) -> None:
    code, summary, _ = bsdrd("evaluate", place / "small.bsdrd", write_manifest(tiles, "small-mask.png"))
    assert code == 3
    assert "small-mask.png is 40 x 48 px, its picture 80 x 96" in summary["error"]


def test_train_refuses_and_names_all_that_is_broken_at_once(bsdrd: Run, place: Path, tiles: Path) -> None:
    code, summary, _ = bsdrd("train", tiles, "--out", place / "new.bsdrd")
    assert code == 3
    assert_all_named(summary["error"])
    assert "--skip-bad" in summary["error"]
    assert not (place / "new.bsdrd").exists()


def test_train_leaves_out_what_is_broken_when_asked_and_a_full_disk_costs_no_model(
    bsdrd: Run, place: Path, tiles: Path
) -> None:
    words = ("train", tiles, "--out", place / "new.bsdrd", "--skip-bad", "--threads", 1, "--device", "cpu")
    short = ("--teacher", "efficientnet_lite0", "--steps", 1, "--batch-size", 2)
    code, summary, _ = bsdrd(*words, *short)
    assert code == 1, summary
    assert_all_named("\n".join(summary["failed"]))
    before = (place / "new.bsdrd").read_bytes()
    with full_disk(after=200_000):
        code, summary, _ = bsdrd(*words, *short, "--seed", 1)
    assert code == 3
    assert "could not be" in summary["error"]
    assert (place / "new.bsdrd").read_bytes() == before
    assert not list(place.glob("*.part"))


# --------------------------------------------------------------------- folders and disks


@pytest.mark.parametrize("kind", ["empty", "missing", "text"])
@pytest.mark.parametrize("command", ["train", "predict", "evaluate"])
def test_a_folder_without_pictures_is_refused(bsdrd: Run, place: Path, command: str, kind: str) -> None:
    data = place / ("nowhere" if kind == "missing" else "tiles")
    if kind == "text":
        (data / "notes.txt").write_text("no picture")
    model, out = place / "small.bsdrd", place / "out.bsdrd"
    words = {
        "train": ("train", data, "--out", out),
        "predict": ("predict", model, data, "--out", place / "out"),
        "evaluate": ("evaluate", model, data),
    }[command]
    code, summary, _ = bsdrd(*words)
    if command == "predict" and kind == "missing":
        assert code == 1  # one input among others: named, and the others are inspected
        assert str(data) in summary["failed"][0]["error"]
    else:
        assert code == 3
        assert str(data) in summary["error"]
    assert not out.exists()


def test_a_disk_that_is_full_while_results_are_saved_is_an_error_that_says_so(
    bsdrd: Run, place: Path
) -> None:
    for seed in range(4):
        write_image(place / "tiles" / f"{seed}.png", tile(seed))
    rows = [f"{seed}.png,{'good' if seed else 'crack'},g{seed}" for seed in range(4)]
    (place / "tiles.csv").write_text(
        "file,class,group\n" + "\n".join(f"tiles/{row}" for row in rows) + "\n", encoding="utf-8"
    )
    with full_disk(after=300):
        code, summary, _ = bsdrd("predict", place / "small.bsdrd", place / "tiles", "--out", place / "out")
        assert code == 3
        assert "could not be written: File too large" in summary["error"]
        code, summary, _ = bsdrd(
            "evaluate", place / "small.bsdrd", place / "tiles.csv", "--report", place / "report"
        )
        assert code == 3
        assert "be written" in summary["error"]
