"""`bsdrd evaluate` and `bsdrd calibrate` keep their contract, through a real model file and ONNX Runtime."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from tests.line.tiny_model import pass_on_graph
from typer.testing import CliRunner

from bsdrd.bundle import Bundle, Graphs, read_bundle, write_bundle
from bsdrd.cli import build_app
from bsdrd.cli.calibrate import Choice, Part, run_calibrate
from bsdrd.cli.evaluate import describe, run_evaluate
from bsdrd.data.images import write_image
from bsdrd.errors import DataError, ModelFileError
from bsdrd.manifest import Certificate, ProviderParity
from bsdrd.model.spec import ModelSpec
from bsdrd.result import Thresholds

FIGURES = ("image_auroc", "image_ap", "f1_max", "frr_at_95", "frr_at_99", "pixel_auroc", "pixel_ap", "aupro")


def spots_graph() -> bytes:
    """A first part of six nodes with the interface of an exported one: distance to the mean grey, / 10."""
    pool = {"ceil_mode": 1, "count_include_pad": 0}
    nodes = [
        helper.make_node("AveragePool", ["pixels"], ["cells"], kernel_shape=[4, 4], strides=[4, 4], **pool),
        helper.make_node("ReduceMean", ["cells", "image_axes"], ["mean"], keepdims=1),
        helper.make_node("Sub", ["cells", "mean"], ["signed"]),
        helper.make_node("Abs", ["signed"], ["far"]),
        helper.make_node("Div", ["far", "ten"], ["scaled"]),
        helper.make_node("Concat", ["scaled", "scaled", "scaled"], ["grids"], axis=1),
        helper.make_node(
            "AveragePool", ["pixels"], ["features"], kernel_shape=[16, 16], strides=[16, 16], **pool
        ),
    ]
    constants = [
        helper.make_tensor("image_axes", TensorProto.INT64, [2], [2, 3]),
        helper.make_tensor("ten", TensorProto.FLOAT, [], [10.0]),
    ]

    def value(name: str, rank: int) -> onnx.ValueInfoProto:
        shape = [None] * rank if name != "pixels" else [None, 1, None, None]
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    outputs = [value(name, 4) for name in ("grids", "features")]
    graph = helper.make_graph(nodes, "spots", [value("pixels", 4)], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return model.SerializeToString()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    graphs, weights = Graphs((spots_graph(),), pass_on_graph()), b"no weights are needed here"
    parity = Certificate(
        passed=True,
        map_tolerance=1e-3,
        score_tolerance=1e-3,
        providers=[ProviderParity(provider="CPU", map_difference=0, score_difference=0, verdict_flips=0)],
        tiles=1,
        sizes=["80x100"],
        look_sha256=graphs.look_sha256,
        finish_sha256=hashlib.sha256(graphs.finish).hexdigest(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        versions={},
        created_at="2026-01-01T00:00:00+00:00",
    )
    path = tmp_path_factory.mktemp("model") / "spots.bsdrd"
    write_bundle(path, Bundle("Spots", ModelSpec(), Thresholds(2.0, 4.0), graphs, weights, parity))
    return path


def tile(seed: int, spot: float = 0.0) -> NDArray[np.uint8]:
    pixels = np.random.default_rng(seed).normal(100, 3, (80, 100))
    pixels[20:32, 40:60] += spot
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A manifest: 10 good and 5 cracked test tiles, 10 good and 2 cracked calibration tiles."""
    rows = ["file,class,group,split,mask"]
    mask = np.zeros((80, 100), dtype=np.uint8)
    mask[20:32, 40:60] = 255
    write_image(tmp_path / "mask.png", mask)
    for number in range(27):
        split = "test" if number < 15 else "calibration"
        cracked = number % 15 >= 10
        write_image(tmp_path / f"{number}.png", tile(number, 15 + 10 * (number % 5) if cracked else 0))
        rows.append(
            f"{number}.png,{'crack' if cracked else 'good'},g{number},{split},{'mask.png' if cracked else ''}"
        )
    (tmp_path / "tiles.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path / "tiles.csv"


def test_evaluate_gives_every_figure_of_the_contract(model: Path, data: Path, tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    summary = run_evaluate(model, data, threads=1, report=tmp_path / "report", tell=events.append)
    assert summary["event"] == "summary"
    for name in FIGURES:
        assert 0 <= summary[name] <= 1
        low, high = summary[f"{name}_ci95"]
        assert low <= high
        assert summary["per_class"]["crack"][name] == summary[name]
    assert set(summary["without_uneven"]) == {
        f"{name}{end}" for name in ("pixel_auroc", "pixel_ap", "aupro") for end in ("", "_ci95")
    }
    assert (summary["good"], summary["defective"], summary["groups"]) == (10, 5, 15)
    assert summary["image_auroc"] == 1.0
    assert (summary["backend"], summary["provider"]) == ("onnx", "CPU")
    assert summary["at_thresholds"]["escape"]["of"] == 5
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert [e["done"] for e in events if e["event"] == "progress"] == list(range(1, 16))
    assert Path(summary["report"]).is_file()
    assert describe(summary)[0][0] == "Image AUROC"
    assert len(describe(summary)) == len(FIGURES)


def test_evaluate_names_what_it_could_not_read_and_goes_on(model: Path, data: Path) -> None:
    (data.parent / "3.png").write_bytes(b"")
    write_image(data.parent / "4.png", np.zeros((20, 20), dtype=np.uint8))
    events: list[dict[str, Any]] = []
    summary = run_evaluate(model, data, threads=1, tell=events.append)
    assert [bad["file"] for bad in summary["failed"]] == ["3.png", "4.png"]
    assert [e["file"] for e in events if e["event"] == "failed"] == ["3.png", "4.png"]
    assert summary["good"] == 8


def test_calibrate_writes_a_child_of_the_model_with_the_thresholds_it_found(
    model: Path, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "calibrated.bsdrd"
    before = model.read_bytes()
    events: list[dict[str, Any]] = []
    choice = Choice(method="targets", miss_rate=0.0, false_reject_rate=0.0)
    summary = run_calibrate(model, data, out, choice, threads=1, tell=events.append)
    child, parent = read_bundle(out), read_bundle(model)
    assert child.thresholds == Thresholds(summary["threshold_low"], summary["threshold_high"])
    assert child.parent_sha256 == parent.sha256 == summary["parent_sha256"]
    assert child.sha256 == summary["model_sha256"] != parent.sha256
    assert (child.graphs, child.weights) == (parent.graphs, parent.weights)
    assert child.calibration["method"] == "targets"
    assert len(child.reference_scores) == 10
    assert (summary["escape"]["of"], summary["false_reject"]["of"]) == (2, 10)
    assert model.read_bytes() == before
    # No tile of the test split is on the wrong side either: the spots are easy.
    again = run_evaluate(out, data, threads=1, tell=events.append)
    assert again["at_thresholds"]["false_reject"]["count"] == 0


@pytest.mark.parametrize(
    ("choice", "part", "of"),
    [
        (Choice(), "auto", 10),
        (Choice(method="f1"), "test", 10),
        (Choice(method="cost", check_cost=0.2), "all", 20),
        (Choice(method="manual", low=1.0, high=3.0), "auto", 10),
    ],
)
def test_every_method_and_part_gives_thresholds(
    model: Path, data: Path, tmp_path: Path, choice: Choice, part: Part, of: int
) -> None:
    events: list[dict[str, Any]] = []
    summary = run_calibrate(
        model, data, tmp_path / "out.bsdrd", choice, part=part, threads=1, tell=events.append
    )
    assert summary["threshold_low"] <= summary["threshold_high"]
    assert summary["false_reject"]["of"] == of
    told = [e["text"] for e in events if e["event"] == "warning"]
    assert any("better than they are" in text for text in told) == (part == "test")


def test_a_flat_folder_of_good_tiles_calibrates_and_leaves_escapes_unknown(
    model: Path, tmp_path: Path
) -> None:
    for number in range(6):
        write_image(tmp_path / f"good tiles/{number}.png", tile(number))
    events: list[dict[str, Any]] = []
    summary = run_calibrate(
        model, tmp_path / "good tiles", tmp_path / "out.bsdrd", Choice(), tell=events.append
    )
    assert summary["escape"] is None
    assert not summary["escape_rate_known"]
    assert any("unknown" in e["text"] for e in events if e["event"] == "warning")
    with pytest.raises(DataError, match="needs defective tiles"):
        run_calibrate(
            model,
            tmp_path / "good tiles",
            tmp_path / "other.bsdrd",
            Choice(method="f1"),
            tell=events.append,
        )
    assert not (tmp_path / "other.bsdrd").exists()


def test_what_cannot_be_calibrated_leaves_the_model_as_it_was(
    model: Path, data: Path, tmp_path: Path
) -> None:
    events: list[dict[str, Any]] = []
    for choice in (Choice(method="manual"), Choice(method="manual", low=3, high=1), Choice(method="targets")):
        with pytest.raises(DataError):
            run_calibrate(model, data, tmp_path / "out.bsdrd", choice, threads=1, tell=events.append)
    text = data.read_text(encoding="utf-8").replace(",calibration,", ",train,").replace("crack,g2", "good,g2")
    data.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="marks no tiles for calibration"):
        run_calibrate(model, data, tmp_path / "out.bsdrd", Choice(), threads=1, tell=events.append)
    assert not (tmp_path / "out.bsdrd").exists()


def test_no_model_is_an_error_before_any_tile_is_read(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError):
        run_evaluate(tmp_path / "gone.bsdrd", data, tell=lambda _: None)


def run_command(*arguments: object) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "bsdrd", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else []
    return done.returncode, lines, done.stderr


def test_the_command_ends_with_a_summary_and_tells_failures_by_its_exit_code(model: Path, data: Path) -> None:
    (data.parent / "3.png").write_bytes(b"")
    code, lines, _ = run_command("evaluate", model, data, "--json", "--threads", 1)
    assert code == 1
    assert lines[-1]["event"] == "summary"
    assert lines[-1]["image_auroc"] == 1.0
    assert lines[-1]["failed"][0]["file"] == "3.png"
    code, _, told = run_command("evaluate", model, data.parent / "gone")
    assert code == 3
    assert "does not exist" in " ".join(told.split())
    assert "Traceback" not in told


def test_the_calibrate_command_passes_its_options_on(model: Path, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.bsdrd"
    common = ["calibrate", str(model), str(data), "--out", str(out), "--json", "--threads", "1"]
    done = CliRunner().invoke(build_app(), [*common, "--grey-quantile", "0.5", "--reject-quantile", "0.8"])
    assert done.exit_code == 0
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["settings"] == {"grey_quantile": 0.5, "reject_quantile": 0.8}
    assert (summary["grey_good"]["count"], summary["false_reject"]["count"]) == (3, 2)
    cost = ["--method", "cost", "--escape-cost", "50", "--check-cost", "2", "--defect-share", "0.01"]
    done = CliRunner().invoke(build_app(), [*common, *cost])
    assert json.loads(done.stdout.splitlines()[-1])["settings"] == {
        "escape_cost": 50.0,
        "reject_cost": 1.0,
        "check_cost": 2.0,
        "defect_share": 0.01,
    }
    assert CliRunner().invoke(build_app(), [*common, "--grey-quantile", "2"]).exit_code == 2


def test_inference_and_figures_import_neither_torch_nor_plots(model: Path, data: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bsdrd.cli.evaluate import run_evaluate;"
        "run_evaluate(Path(sys.argv[1]), Path(sys.argv[2]), tell=lambda _: None);"
        "print([m for m in ('torch', 'matplotlib', 'jinja2', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(model), str(data)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
