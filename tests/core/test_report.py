"""A data set is scored with every failure named, and the report shows what was found."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bsdrd.data.images import Pixels, as_model_input, write_image
from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.errors import DataError, ImageError
from bsdrd.overlay import as_rgb, fit, overlay
from bsdrd.report import Evaluated, worst_alarms, worst_misses, write_report
from bsdrd.result import AnomalyMaps, Inspection, Thresholds
from bsdrd.scoring import figures, rates, score_tiles

LIMITS = Thresholds(2.0, 4.0)


class Spots:
    """A detector without a network: how far a place is from the tile's median, in grey levels / 10."""

    def inspect(self, pixels: Pixels) -> Inspection:
        grey = as_model_input(pixels, 1)[0]
        height, width = grey.shape
        size = (-(-width // 4), -(-height // 4))
        far = np.abs(grey - np.median(grey)) / 10
        grid = np.asarray(cv2.resize(far, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        score = float(grid.max())
        maps = AnomalyMaps(grid, grid.copy(), grid.copy(), height, width)
        return Inspection(maps, score, (), LIMITS.verdict(score), LIMITS, 1.0)


def tile(seed: int, spot: float = 0.0) -> NDArray[np.uint8]:
    pixels = np.random.default_rng(seed).normal(100, 2 + seed % 3, (80, 100))
    pixels[20:32, 40:60] += spot
    return np.clip(pixels, 0, 255).astype(np.uint8)


@pytest.fixture
def tiles(tmp_path: Path) -> Path:
    for number in range(8):
        write_image(tmp_path / f"test/good/{number}.png", tile(number))
    for number, spot in enumerate((60, 30, 80, 5)):
        write_image(tmp_path / f"test/crack/{number}.png", tile(20 + number, spot))
        mask = np.zeros((80, 100), dtype=np.uint8)
        mask[20:32, 40:60] = 255
        write_image(tmp_path / f"ground_truth/crack/{number}_mask.png", mask)
    return tmp_path


def evaluated(dataset: Dataset) -> Evaluated:
    scored = score_tiles(Spots(), dataset, dataset.test(), pixels=True)
    found = figures(scored, resamples=20)
    return Evaluated(
        model="Line 3 <spots>",
        model_sha256="ab" * 32,
        data=str(dataset.root),
        thresholds=LIMITS,
        scored=scored,
        figures=found,
        rates=rates(scored, LIMITS),
        about={"Backend": "onnx"},
        notes=dataset.warnings,
    )


def test_scores_classes_and_pixels_of_a_data_set_become_figures(tiles: Path) -> None:
    dataset = load_dataset(tiles)
    steps: list[tuple[int, int]] = []
    scored = score_tiles(
        Spots(), dataset, dataset.test(), pixels=True, progress=lambda a, b: steps.append((a, b))
    )
    assert steps == [(n + 1, 12) for n in range(12)]
    found = figures(scored, resamples=20)
    assert (found["good"], found["defective"]) == (8, 4)
    assert 0.8 < found["image_auroc"] <= 1
    assert found["pixel_auroc"] > 0.8
    assert found["aupro"] > 0.5
    done = rates(scored, LIMITS)
    assert done is not None
    assert done.escape is not None
    verdicts = {one.name: one.verdict for one in scored.tiles}
    assert verdicts["test/crack/2.png"] == "NG"
    assert verdicts["test/crack/3.png"] == "OK"
    assert done.escape.count == 1


def test_every_tile_that_cannot_be_inspected_is_named_and_the_rest_is_scored(tiles: Path) -> None:
    (tiles / "test/good/0.png").write_bytes(b"")
    (tiles / "test/good/1.png").write_text("no picture", encoding="utf-8")
    dataset = load_dataset(tiles)
    scored = score_tiles(Spots(), dataset, dataset.test())
    assert [bad.name for bad in scored.failed] == ["test/good/0.png", "test/good/1.png"]
    assert "0 bytes" in scored.failed[0].reason
    assert len(scored.tiles) == 10
    assert figures(scored, resamples=2)["pixel_auroc"] is None


def test_nothing_to_score_is_an_error(tiles: Path) -> None:
    dataset = load_dataset(tiles)
    with pytest.raises(DataError, match="no tiles"):
        score_tiles(Spots(), dataset, [])
    for file in (tiles / "test/good").iterdir():
        file.write_bytes(b"")
    with pytest.raises(DataError, match=r"None of the 8 tiles(?s:.*)0 bytes"):
        score_tiles(Spots(), dataset, [t for t in dataset.test() if t.is_good])


def test_a_report_needs_nothing_beside_it_and_shows_the_worst_tiles(tiles: Path, tmp_path: Path) -> None:
    (tiles / "test/good/7.png").write_bytes(b"")
    result = evaluated(load_dataset(tiles))
    page = write_report(tmp_path / "out" / "report", result, Spots())
    html = page.read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:)', html)
    assert "Line 3 &lt;spots&gt;" in html
    misses, alarms = html.split("Worst misses")[1].split("Worst false alarms")
    shown = re.findall(r"test/crack/\d.png", misses)
    assert shown == [one.name for one in worst_misses(result.scored.tiles)]
    assert shown[0] == "test/crack/3.png"
    assert len(re.findall(r"test/good/\d.png", alarms.split("Not inspected")[0])) == 7
    assert "test/good/7.png" in alarms.split("Not inspected")[1]
    for name in ("roc.png", "pr.png", "scores.png"):
        assert cv2.imread(str(page.parent / name)) is not None
    kept = json.loads((page.parent / "metrics.json").read_text(encoding="utf-8"))
    assert kept["image_auroc"] == result.figures["image_auroc"]
    with (page.parent / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert rows[-1]["verdict"] == "NOT INSPECTED"
    assert "0 bytes" in rows[-1]["error"]


def test_a_report_on_good_tiles_alone_leaves_out_what_it_cannot_know(tmp_path: Path) -> None:
    for number in range(3):
        write_image(tmp_path / f"data/{number}.png", tile(number))
    page = write_report(tmp_path / "report", evaluated(load_dataset(tmp_path / "data")), Spots())
    html = page.read_text(encoding="utf-8")
    assert "Worst misses" not in html
    assert "unknown: no defective tiles" in html
    assert not (tmp_path / "report" / "roc.png").exists()


def test_a_tile_that_has_gone_meanwhile_does_not_stop_the_report(tiles: Path, tmp_path: Path) -> None:
    result = evaluated(load_dataset(tiles))
    (tiles / "test/crack/3.png").unlink()
    html = write_report(tmp_path / "report", result, Spots()).read_text(encoding="utf-8")
    assert "does not exist" in html


def test_a_report_that_cannot_be_written_says_so(tiles: Path, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(ImageError, match="could not be written"):
        write_report(tmp_path / "report", evaluated(load_dataset(tiles)), Spots())


def test_one_tile_in_many_exposures_is_shown_once(tiles: Path) -> None:
    for number in range(5):
        write_image(tiles / f"test/good/dark_exp{number}.png", tile(40 + number, 12))
    scored = score_tiles(Spots(), load_dataset(tiles), load_dataset(tiles).test()).tiles
    names = [one.name for one in worst_alarms(scored)]
    assert sum("dark" in name for name in names) == 1
    assert [one.score for one in worst_alarms(scored)] == sorted(
        (one.score for one in worst_alarms(scored)), reverse=True
    )


def maps_of(values: NDArray[np.float32]) -> AnomalyMaps:
    return AnomalyMaps(values, values.copy(), values.copy(), values.shape[0] * 4, values.shape[1] * 4)


def test_heat_has_one_scale_for_all_tiles() -> None:
    pixels = np.full((80, 80), 100, dtype=np.uint8)
    calm = np.zeros((20, 20), dtype=np.float32)
    assert (overlay(pixels, maps_of(calm + 0.9), LIMITS) == 100).all()  # below half of T1: plain
    weak, strong = calm.copy(), calm.copy()
    weak[10, 10], strong[10, 10] = 1.5, 8.0
    change = [np.abs(overlay(pixels, maps_of(m), LIMITS).astype(int) - 100).sum() for m in (weak, strong)]
    assert 0 < change[0] < change[1] / 4
    white = (overlay(pixels, maps_of(weak), LIMITS) == 255).all(axis=2)
    assert not white.any()  # T1 is not reached
    assert (overlay(pixels, maps_of(strong), LIMITS) == 255).all(axis=2).any()


def test_the_true_defect_is_outlined_in_cyan_and_deep_colour_is_shown() -> None:
    truth = np.zeros((80, 80), dtype=np.bool_)
    truth[30:40, 30:50] = True
    pixels = np.full((80, 80, 3), 257 * 90, dtype=np.uint16)
    drawn = overlay(pixels, maps_of(np.zeros((20, 20), dtype=np.float32)), LIMITS, truth=truth)
    cyan = (drawn == (0, 229, 255)).all(axis=2)
    assert cyan[30, 30:50].all()
    assert not cyan[34, 35]
    assert (drawn[~cyan] == 90).all()


def test_pictures_shrink_to_fit_and_never_grow() -> None:
    assert fit(as_rgb(np.zeros((100, 400), dtype=np.uint8)), 200).shape == (50, 200, 3)
    assert fit(as_rgb(np.zeros((100, 150), dtype=np.uint8)), 200).shape == (100, 150, 3)
