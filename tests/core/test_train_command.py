"""`bsdrd train` as a process: checkpoints as often as asked for, and polite stops."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from bsdrd.bundle import read_bundle
from bsdrd.cli.train import run_train
from bsdrd.model.spec import ModelSpec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    rng = np.random.default_rng(1)
    for index in range(16):
        cv2.imwrite(str(folder / f"t{index}.png"), rng.integers(90, 130, (80, 96)).astype(np.uint8))
    return folder


def test_checkpoints_come_as_often_as_asked_for(folder: Path, tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    run_train(
        folder,
        tmp_path / "m.bsdrd",
        teacher="efficientnet_lite0",
        steps=3,
        every=1,
        batch_size=2,
        threads=1,
        tell=told.append,
    )
    assert [event["step"] for event in told if event["event"] == "checkpoint"] == [1, 2, 3]


@pytest.mark.parametrize(("preset", "wider"), [("balanced", False), ("best", True)])
def test_the_best_quality_has_a_wider_defect_head(
    folder: Path, tmp_path: Path, preset: str, wider: bool
) -> None:
    out = tmp_path / "m.bsdrd"
    settings: dict[str, Any] = {"preset": preset, "steps": 1, "batch_size": 2, "threads": 1}
    run_train(folder, out, teacher="efficientnet_lite0", tell=_ignore, **settings)
    spec = read_bundle(out, graph=False, weights=False).spec
    assert (spec.head_width > ModelSpec("efficientnet_lite0").head_width) == wider
    run_train(folder, tmp_path / "warm.bsdrd", parent=out, tell=_ignore, **{**settings, "preset": "best"})
    assert read_bundle(tmp_path / "warm.bsdrd", graph=False, weights=False).spec == spec


def _ignore(_: dict[str, Any]) -> None:
    pass


def _events(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGBREAK"])
def test_a_training_that_is_asked_to_stop_keeps_a_checkpoint(folder: Path, tmp_path: Path, name: str) -> None:
    number = getattr(signal, name, None)
    if number is None or (sys.platform == "win32" and name != "SIGBREAK"):
        pytest.skip(f"{name} cannot be sent to a process on this system")
    out = tmp_path / "m.bsdrd"
    options = ["--out", str(out), "--teacher", "efficientnet_lite0", "--steps", "5000", "--every", "5000"]
    with subprocess.Popen(
        [sys.executable, "-m", "bsdrd", "train", str(folder), *options, "--threads", "1", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    ) as process:
        try:
            events = _events(process)
            assert any(event["event"] == "step" for event in events)
            asked = signal.CTRL_BREAK_EVENT if sys.platform == "win32" else number
            os.kill(process.pid, asked)
            rest = list(events)
        finally:
            process.kill()
    saved = [event for event in rest if event["event"] == "checkpoint"]
    assert saved
    assert Path(saved[-1]["path"]).is_file()
    assert (rest[-1]["event"], rest[-1]["reason"]) == ("summary", "cancelled")
    assert not out.exists()
