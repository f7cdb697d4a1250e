"""The `bsdrd` command keeps its contract: files, columns, JSON, exit codes, and errors without tracebacks."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import typer
from PIL import Image

from bsdrd import benchmark, cli
from bsdrd.bundle import read_bundle, write_bundle
from bsdrd.data.images import read_image, write_image
from bsdrd.detector import Detector
from bsdrd.errors import ModelFileError
from bsdrd.predicting import COLUMNS

BENCH_KEYS = (
    *("teacher_ms", "detector_ms", "ratio", "images_per_second", "p50_ms", "p95_ms", "p99_ms", "peak_rss_mb"),
    *("backend", "provider"),
)


#: Options that the documentation stands for with dots, and evaluate's choice of backend for its siblings.
ABBREVIATED = {
    ("calibrate", f"--{name}")
    for name in (
        *("grey-quantile", "reject-quantile", "miss-rate", "false-reject-rate", "escape-cost", "reject-cost"),
        *("check-cost", "defect-share", "low", "high", "backend"),
    )
} | {("predict", "--backend")}


class Ran:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def summary(self) -> dict[str, Any]:
        assert self.events[-1]["event"] == "summary"
        return self.events[-1]


@pytest.fixture
def bsdrd(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs the command in this process."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["bsdrd", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return Ran(int(end.value.code or 0), out, err)

    return run


def made_tile(height: int = 90, width: int = 80, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 190, (height, width)).astype(np.uint8)


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    """A folder with three good pictures, one of them below."""
    folder = tmp_path / "tiles"
    write_image(folder / "a1.png", made_tile())
    write_image(folder / "a2.png", made_tile(70, 120, 1))
    write_image(folder / "deep" / "a1.tif", made_tile(seed=2).astype(np.uint16) * 257)
    return folder


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "results.csv").open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == COLUMNS
        return list(reader)


# --------------------------------------------------------------------- predict


def test_predict_writes_a_row_an_overlay_and_maps_for_every_picture(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path, detector: Detector
) -> None:
    out = tmp_path / "out"
    ran = bsdrd("predict", small_model, tiles, "--out", out, "--json")
    assert ran.code == 0
    found = rows(out)
    assert [Path(row["file"]).relative_to(tiles).as_posix() for row in found] == [
        "a1.png",
        "a2.png",
        "deep/a1.tif",
    ]
    want = detector.inspect(read_image(tiles / "a1.png"))
    assert found[0]["verdict"] == want.verdict
    assert float(found[0]["score"]) == pytest.approx(want.score, abs=1e-3)
    assert (float(found[0]["threshold_low"]), float(found[0]["threshold_high"])) == (4.0, 6.0)
    assert int(found[0]["regions"]) == len(want.regions)
    assert float(found[0]["milliseconds"]) > 0
    assert found[0]["error"] == ""

    assert read_image(out / "overlays" / "deep" / "a1.png").shape == (90, 80, 3)
    with np.load(out / "maps" / "a2.npz") as maps:
        assert (int(maps["height"]), int(maps["width"])) == (70, 120)
        assert maps["fused"].dtype == np.float16
        kept = detector.inspect(read_image(tiles / "a2.png")).maps.fused
        np.testing.assert_allclose(maps["fused"], kept, atol=0.02)

    document = json.loads((out / "results.json").read_text())
    assert document["model_sha256"] == detector.info.sha256
    assert [one["score"] for one in document["results"]] == [float(row["score"]) for row in found]
    if want.regions:
        assert document["results"][0]["regions"][0]["peak"] == pytest.approx(want.regions[0].peak, abs=1e-3)

    assert ran.summary["files"] == sum(ran.summary["verdicts"].values()) == 3
    assert [event["event"] for event in ran.events].count("tile") == 3


def test_predict_names_every_file_that_cannot_be_read_and_ends_with_1(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    (tiles / "text.png").write_text("this is text")
    (tiles / "empty.jpg").write_bytes(b"")
    (tiles / "half.png").write_bytes((tiles / "a1.png").read_bytes()[:2000])
    write_image(tiles / "dot.png", np.zeros((1, 1), np.uint8))
    Image.fromarray(np.full((80, 80), np.nan, np.float32)).save(tiles / "nan.tiff")
    missing = tmp_path / "nowhere.png"
    out = tmp_path / "out"
    ran = bsdrd("predict", small_model, tiles, missing, "--out", out, "--save", "none", "--json")
    assert ran.code == 1
    bad = {Path(one["file"]).name for one in ran.summary["failed"]}
    assert bad == {"text.png", "empty.jpg", "half.png", "dot.png", "nan.tiff", "nowhere.png"}
    for row in rows(out):
        failed = Path(row["file"]).name in bad
        assert (row["verdict"] == "NOT INSPECTED") == failed
        assert bool(row["error"]) == failed
        assert (row["score"] == "") == failed
    assert sum(event["event"] == "failed" for event in ran.events) == 6
    assert not (out / "overlays").exists()

    human = bsdrd("predict", small_model, tiles, "--out", out, "--save", "none")
    assert human.code == 1
    assert all(name in human.err for name in bad - {"nowhere.png"})


def test_predict_takes_thresholds_and_filters_of_ones_own(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("predict", small_model, tiles / "a1.png", "--out", out, "--save", "none")
    assert bsdrd(*words, "--low", "-90", "--high", "-80").code == 0
    assert rows(out)[0]["verdict"] == "NG"
    assert float(rows(out)[0]["threshold_high"]) == -80
    assert bsdrd(*words, "--low", "90", "--high", "95", "--min-area", "20", "--edge-band", "8").code == 0
    assert rows(out)[0]["verdict"] == "OK"
    assert bsdrd(*words, "--edge-band", "40").code == 1
    assert rows(out)[0]["verdict"] == "NOT INSPECTED"
    assert bsdrd(*words, "--low", "5", "--high", "1").code == 3


def test_predict_does_not_inspect_its_own_overlays(bsdrd, small_model: Path, tiles: Path) -> None:
    out = tiles / "results"
    for _ in range(2):
        assert bsdrd("predict", small_model, tiles, "--out", out).code == 0
        assert len(rows(out)) == 3


def test_pictures_of_the_same_name_get_results_of_their_own(bsdrd, small_model: Path, tmp_path: Path) -> None:
    for folder, seed in (("x", 1), ("y", 2)):
        write_image(tmp_path / folder / "t.png", made_tile(seed=seed))
    write_image(tmp_path / "x" / "t.bmp", made_tile(seed=3))
    out = tmp_path / "out"
    assert (
        bsdrd(
            "predict", small_model, tmp_path / "x", tmp_path / "y", tmp_path / "y" / "t.png", "--out", out
        ).code
        == 0
    )
    assert len(rows(out)) == 3
    assert len(list((out / "overlays").iterdir())) == len(list((out / "maps").iterdir())) == 3


def test_nothing_to_inspect_is_refused(bsdrd, small_model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = bsdrd("predict", small_model, tmp_path / "empty", "--out", tmp_path / "out", "--json")
    assert ran.code == 3
    assert "no pictures" in ran.summary["error"]
    assert not (tmp_path / "out").exists()


def test_results_that_cannot_be_written_are_refused(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = bsdrd("predict", small_model, tiles, "--out", tmp_path / "file" / "out")
    assert ran.code == 3
    assert "cannot be written" in ran.err


def test_predict_can_run_in_torch(bsdrd, small_model: Path, tiles: Path, tmp_path: Path) -> None:
    ran = bsdrd(
        "predict", small_model, tiles / "a1.png", "--out", tmp_path / "o",
        "--backend", "torch", "--device", "cpu", "--json",
    )  # fmt: skip
    assert (ran.code, ran.summary["backend"], ran.summary["provider"]) == (0, "torch", "CPU")


# --------------------------------------------------------------------- info and export


def test_info_shows_where_a_model_comes_from(bsdrd, small_model: Path) -> None:
    ran = bsdrd("info", small_model, "--json")
    assert ran.code == 0
    assert ran.summary["model"] == "small"
    assert ran.summary["model_sha256"] == read_bundle(small_model).sha256
    assert ran.summary["parity"]["passed"]
    human = bsdrd("info", small_model)
    assert "efficientnet_lite0" in human.out
    assert "passed" in human.out


def test_a_model_that_failed_its_parity_check_is_shown_and_refused(
    bsdrd, failed_model: Path, tiles: Path
) -> None:
    ran = bsdrd("info", failed_model)
    assert ran.code == 3
    assert "FAILED" in ran.out
    assert "parity" in ran.err
    assert bsdrd("predict", failed_model, tiles, "--out", tiles / "o").code == 3


def test_export_takes_the_plain_graph_out(
    bsdrd, small_model: Path, tmp_path: Path, detector: Detector
) -> None:
    graph, proof = tmp_path / "g" / "graph.onnx", tmp_path / "proof.json"
    ran = bsdrd("export", small_model, "--onnx", graph, "--certificate", proof, "--json")
    assert ran.code == 0
    pixels = np.full((1, 1, 64, 72), 90, np.float32)
    fused = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]).run(
        ["fused"], {"pixels": pixels}
    )
    np.testing.assert_allclose(np.asarray(fused[0]), detector.network(pixels).fused, atol=1e-3)
    assert json.loads(proof.read_text()) == ran.summary["parity"]


def test_export_proves_a_new_export_on_given_tiles(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new.bsdrd"
    ran = bsdrd("export", small_model, "--out", out, "--tile", tiles / "a2.png", "--json")
    assert ran.code == 0, ran.out + ran.err
    new = read_bundle(out)
    assert new.parent_sha256 == read_bundle(small_model).sha256
    assert "70x120" in new.parity.sizes
    assert ran.summary["model_sha256"] == new.sha256


def test_export_without_anything_to_write_is_wrong_use(bsdrd, small_model: Path) -> None:
    assert bsdrd("export", small_model).code == 2


# --------------------------------------------------------------------- bench


def test_bench_gives_every_figure_of_the_contract(bsdrd, small_model: Path) -> None:
    ran = bsdrd(
        "bench", small_model, "--size", "64x96", "--batch", "2", "--threads", "1", "--repeat", "3",
        "--backend", "onnx", "--device", "cpu", "--no-growth", "--json",
    )  # fmt: skip
    assert ran.code == 0
    summary = ran.summary
    assert set(BENCH_KEYS) <= set(summary)
    for key in BENCH_KEYS[:8]:
        assert summary[key] > 0, key
    assert summary["ratio"] == pytest.approx(summary["detector_ms"] / summary["teacher_ms"])
    assert summary["p50_ms"] <= summary["p95_ms"] <= summary["p99_ms"]
    assert (summary["backend"], summary["provider"], summary["height"], summary["width"]) == (
        "onnx",
        "CPU",
        64,
        96,
    )
    assert set(summary["stages"]) == {"prepare", "teacher", "students", "maps", "judge"}
    assert 30 < summary["peak_rss_mb"] < 1000
    assert summary["ratio_cpu"] > 0
    assert [(bar["most"], bar["met"]) for bar in summary["bars"]] == [
        (2.0, summary["ratio"] <= 2.0),
        (400.0, summary["peak_rss_mb"] <= 400),
    ]


def test_growth_compares_the_time_of_a_pixel_with_that_of_a_smaller_tile(
    small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "GROWTH_BASE", 64)
    setting = benchmark.Setting(str(small_model), 128, 96, threads=1, repeats=3, device="cpu")
    found = benchmark.growth(setting)
    assert found["relative"] > 0
    assert found["relative_cpu"] > 0
    assert found["ns_per_pixel"] == pytest.approx(1e6 * found["milliseconds"] / (128 * 96))


def test_a_bar_is_judged_by_the_largest_memory_and_the_largest_tile() -> None:
    grown = [
        {"height": side, "width": side, "relative": side / 4000, "peak_rss_mb": memory, "flooded": flooded}
        for side, memory, flooded in ((512, 150, False), (4096, 300, False), (4096, 401, True))
    ]
    found = benchmark.bars({"ratio": 1.5, "peak_rss_mb": 140}, grown)
    assert [(bar.value, bar.most, bar.met) for bar in found] == [
        (1.5, 2.0, True),
        (401, 400.0, False),
        (1.024, 1.2, True),
    ]


def test_a_measurement_that_fails_says_why(small_model: Path, failed_model: Path) -> None:
    from bsdrd.benchmark import Setting, in_child
    from bsdrd.errors import DeviceError

    with pytest.raises(DeviceError, match="parity"):
        in_child("inspect", Setting(str(failed_model), 64, 64, repeats=3))


@pytest.mark.parametrize("size", ["256", "axb", "10x10", "64x9000", "256x256x3"])
def test_a_size_that_cannot_be_measured_is_wrong_use(bsdrd, small_model: Path, size: str) -> None:
    assert bsdrd("bench", small_model, "--size", size).code == 2


# --------------------------------------------------------------------- the command as a whole


def test_every_command_of_the_contract_is_there_and_explains_itself(bsdrd) -> None:
    for command in ("train", "evaluate", "predict", "export", "bench", "calibrate", "info"):
        ran = bsdrd(command, "--help")
        assert ran.code == 0
        assert "--json" in ran.out
    assert bsdrd("--version").out.startswith("bsdrd ")


def test_the_documented_contract_names_every_option_and_key(
    bsdrd, small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    text = (Path(__file__).parents[2] / "docs" / "detector.md").read_text(encoding="utf-8")
    contract = text[text.index("## The contract") : text.index("### Shell completion")]
    common = {"--json", "--help", "--device", "--threads"}
    commands = typer.main.get_command(cli.build_app()).commands  # pyright: ignore[reportAttributeAccessIssue]
    for name, command in commands.items():
        usage = contract[contract.index(f"bsdrd {name} ") :].split("\nbsdrd ")[0].split("\n```")[0]
        for parameter in command.params:
            for option in (one for one in parameter.opts if one.startswith("--")):
                assert option in usage or option in common or (name, option) in ABBREVIATED, (name, option)
    out = tmp_path / "out"
    ran = bsdrd("predict", small_model, tiles / "a1.png", "--out", out, "--save", "none", "--json")
    for key in (*ran.summary, *BENCH_KEYS, *COLUMNS):
        assert key in contract, key


def test_shell_completion_can_be_shown() -> None:
    words = [sys.executable, "-m", "bsdrd"]
    environment = {
        **os.environ,
        "_BSDRD_COMPLETE": "complete_bash",
        "COMP_WORDS": "bsdrd pre",
        "COMP_CWORD": "1",
    }
    # Run under its own name: completion is bound to it.
    program = "import sys; sys.argv = ['bsdrd']; from bsdrd.cli import main; main()"
    done = subprocess.run(
        [words[0], "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["predict"]


@pytest.mark.parametrize(
    "words", [["predict"], ["frobnicate"], ["info", "--frob"], ["predict", "m", "p", "--save", "x"]]
)
def test_wrong_use_ends_with_2(bsdrd, words: list[str]) -> None:
    assert bsdrd(*words).code == 2
    as_json = bsdrd(*words, "--json")
    assert (as_json.code, as_json.summary["exit_code"]) == (2, 2)


def test_a_model_that_cannot_be_read_is_refused_with_what_to_do(bsdrd, tmp_path: Path) -> None:
    (tmp_path / "x.bsdrd").write_text("hello")
    for name in ("x.bsdrd", "missing.bsdrd"):
        ran = bsdrd("info", tmp_path / name)
        assert ran.code == 3
        assert ran.out == ""
        assert ran.err.startswith("Error: ")
        assert len(ran.err.splitlines()) >= 2
    as_json = bsdrd("info", tmp_path / "x.bsdrd", "--json")
    assert [event["event"] for event in as_json.events] == ["error", "summary"]
    assert as_json.events[0]["do_next"]
    assert as_json.summary["exit_code"] == 3


def test_a_fault_of_the_program_is_a_sentence_and_no_traceback(
    bsdrd, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("bsdrd.bundle.read_bundle", broken)
    ran = bsdrd("info", small_model)
    assert ran.code == 3
    assert "not foreseen: ZeroDivisionError: oh" in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.err
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")
    assert "Traceback" in bsdrd("info", small_model).err


def test_the_commands_that_do_not_train_never_import_torch(
    small_model: Path, tiles: Path, tmp_path: Path
) -> None:
    program = (
        "import sys\nfrom bsdrd.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    code = end.code\n"
        "sys.exit(9 if 'torch' in sys.modules else code)\n"
    )
    words = ["predict", str(small_model), str(tiles), "--out", str(tmp_path / "o"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["exit_code"] == 0


def test_evaluate_and_calibrate_are_attached(bsdrd, small_model: Path, tmp_path: Path) -> None:
    for kind, names in (("good", "abc"), ("crack", "de")):
        for index, name in enumerate(names):
            write_image(tmp_path / "data" / "test" / kind / f"{name}.png", made_tile(seed=index))
    for name in "fghi":
        write_image(tmp_path / "data" / "train" / "good" / f"{name}.png", made_tile(seed=ord(name)))
    ran = bsdrd("evaluate", small_model, tmp_path / "data", "--threads", "1", "--json")
    assert ran.code == 0, ran.err
    assert 0 <= ran.summary["image_auroc"] <= 1
    out = tmp_path / "new.bsdrd"
    words = ("--method", "manual", "--low", "1", "--high", "2", "--part", "all", "--threads", "1", "--json")
    ran = bsdrd("calibrate", small_model, tmp_path / "data", "--out", out, *words)
    assert ran.code == 0, ran.err
    assert (read_bundle(out).thresholds.low, read_bundle(out).thresholds.high) == (1, 2)


def test_the_model_file_given_back_by_a_command_is_whole(bsdrd, small_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.bsdrd"
    write_bundle(copy, read_bundle(small_model))
    copy.write_bytes(copy.read_bytes()[:-9])
    with pytest.raises(ModelFileError):
        read_bundle(copy)
    assert bsdrd("export", copy, "--onnx", tmp_path / "g.onnx").code == 3
    assert not (tmp_path / "g.onnx").exists()
