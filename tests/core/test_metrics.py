"""Figures are those of scikit-learn and of slow, plain code, ties and odd cases included."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy import ndimage
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from bsdrd.errors import DataError
from bsdrd.metrics import AUPRO_LIMIT, PixelCounts, evaluation, image_figures

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

# Few different values, so that ties are the rule; all of them exact in float16.
levels = st.sampled_from([-3.0, -0.0, 0.0, 0.5, 1.0, 1.25, 2.0, 100.0])


@st.composite
def labelled_scores(draw: st.DrawFn) -> tuple[list[float], list[bool]]:
    pairs = draw(st.lists(st.tuples(levels, st.booleans()), min_size=2, max_size=40))
    scores, truth = [p[0] for p in pairs], [p[1] for p in pairs]
    truth[0], truth[1] = True, False
    return scores, truth


@st.composite
def tiles(draw: st.DrawFn) -> list[tuple[NDArray[np.float32], Mask | None]]:
    found: list[tuple[NDArray[np.float32], Mask | None]] = []
    for index in range(draw(st.integers(1, 4))):
        shape = draw(st.tuples(st.integers(2, 7), st.integers(2, 7)))
        values = draw(hnp.arrays(np.float32, shape, elements=levels))
        mask = draw(st.none() | hnp.arrays(np.bool_, shape))
        if index == 0:  # at least one region and one good pixel
            mask = np.zeros(shape, dtype=np.bool_)
            mask[0, 0] = True
        found.append((values, mask))
    return found


def slow_aupro(data: list[tuple[NDArray[np.float32], Mask | None]]) -> float:
    thresholds = sorted({float(v) for values, _ in data for v in values.ravel()}, reverse=True)
    points = [(0.0, 0.0)]
    for threshold in thresholds:
        overlaps: list[float] = []
        false = negatives = 0
        for values, mask in data:
            truth = np.zeros(values.shape, dtype=bool) if mask is None else mask
            labels, count = ndimage.label(truth, structure=np.ones((3, 3)))
            overlaps += [float((values[labels == r] >= threshold).mean()) for r in range(1, count + 1)]
            false += int((values[~truth] >= threshold).sum())
            negatives += int((~truth).sum())
        points.append((false / negatives, float(np.mean(overlaps))))
    fpr, pro = zip(*points, strict=True)
    area = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x1 > x0:
            right = min(x1, AUPRO_LIMIT)
            if right > x0:
                area += (right - x0) * (y0 + np.interp(right, [x0, x1], [y0, y1])) / 2
    assert fpr[-1] == pro[-1] == 1.0
    return float(area / AUPRO_LIMIT)


@given(labelled_scores())
def test_image_figures_are_those_of_scikit_learn(data: tuple[list[float], list[bool]]) -> None:
    scores, truth = data
    found = image_figures(scores, truth, range(len(scores)), resamples=2)
    assert found["image_auroc"].value == pytest.approx(roc_auc_score(truth, scores))
    assert found["image_ap"].value == pytest.approx(average_precision_score(truth, scores))
    precision, recall, _ = precision_recall_curve(truth, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    assert found["f1_max"].value == pytest.approx(f1.max())


@given(labelled_scores())
def test_false_rejects_are_counted_at_the_highest_threshold_that_detects_enough(
    data: tuple[list[float], list[bool]],
) -> None:
    scores, truth = np.asarray(data[0]), np.asarray(data[1])
    found = image_figures(scores, truth, range(scores.size), resamples=2)
    for name, detection in (("frr_at_95", 0.95), ("frr_at_99", 0.99)):
        threshold = max(t for t in scores if (scores[truth] >= t).mean() >= detection)
        assert found[name].value == pytest.approx((scores[~truth] >= threshold).mean())


@given(tiles())
def test_pixel_figures_are_those_of_scikit_learn_and_of_a_slow_twin(
    data: list[tuple[NDArray[np.float32], Mask | None]],
) -> None:
    counts = PixelCounts()
    for number, (values, mask) in enumerate(data):
        counts.add(values, mask, "good" if mask is None else "crack", str(number))
    found = counts.figures(resamples=2)
    scores = np.concatenate([values.ravel() for values, _ in data])
    truth = np.concatenate([(np.zeros(v.shape, bool) if m is None else m).ravel() for v, m in data])
    assert found["pixel_auroc"].value == pytest.approx(roc_auc_score(truth, scores))
    assert found["pixel_ap"].value == pytest.approx(average_precision_score(truth, scores))
    assert found["aupro"].value == pytest.approx(slow_aupro(data))


def noisy_tiles(count: int, seed: int) -> list[tuple[NDArray[np.float32], Mask | None, str]]:
    random = np.random.default_rng(seed)
    found: list[tuple[NDArray[np.float32], Mask | None, str]] = []
    for number in range(count):
        values = random.normal(size=(40, 50)).astype(np.float32)
        mask = None
        if number % 2:
            mask = np.zeros((40, 50), dtype=np.bool_)
            mask[5:15, 5 : 10 + number] = True
            mask[30:32, 30:34] = True
            values[mask] += 1.5
        found.append((values, mask, "good" if mask is None else ("crack", "uneven")[number // 2 % 2]))
    return found


def test_rounding_to_float16_hardly_moves_pixel_figures() -> None:
    data = noisy_tiles(8, 0)
    counts = PixelCounts()
    for number, (values, mask, cls) in enumerate(data):
        counts.add(values, mask, cls, str(number))
    found = counts.figures(resamples=100)
    scores = np.concatenate([values.ravel() for values, _, _ in data])
    truth = np.concatenate([(np.zeros(v.shape, bool) if m is None else m).ravel() for v, m, _ in data])
    assert found["pixel_auroc"].value == pytest.approx(roc_auc_score(truth, scores), abs=1e-4)
    assert found["pixel_ap"].value == pytest.approx(average_precision_score(truth, scores), abs=1e-3)
    for figure in found.values():
        assert figure.low <= figure.value <= figure.high


def test_the_bootstrap_equals_drawing_whole_tiles_and_counting_again() -> None:
    random = np.random.default_rng(1)
    groups = np.repeat(np.arange(12), 3)
    truth = np.repeat(random.random(12) > 0.5, 3)
    scores = random.normal(size=36) + truth
    found = image_figures(scores, truth, groups.tolist(), resamples=400, seed=5)
    drawn = np.random.default_rng(5).multinomial(12, np.full(12, 1 / 12), size=400)
    _, order = np.unique(groups.astype(str), return_inverse=True)
    aurocs = [
        roc_auc_score(np.repeat(truth, w[order]), np.repeat(scores, w[order]))
        for w in drawn
        if 0 < np.repeat(truth, w[order]).mean() < 1
    ]
    low, high = np.percentile(aurocs, [2.5, 97.5])
    assert (found["image_auroc"].low, found["image_auroc"].high) == pytest.approx((low, high))
    pictures = image_figures(scores, truth, range(36), resamples=400, seed=5)["image_auroc"]
    assert pictures.high - pictures.low < high - low  # pictures of one tile feign evidence


def test_the_coarse_pixel_bootstrap_is_close_to_an_exact_one() -> None:
    data = noisy_tiles(10, 3)
    counts = PixelCounts()
    for number, (values, mask, cls) in enumerate(data):
        counts.add(values, mask, cls, str(number))
    found = counts.figures(resamples=60, seed=9)
    drawn = np.random.default_rng(9).multinomial(10, np.full(10, 0.1), size=60)
    exact: dict[str, list[float]] = {"pixel_auroc": [], "pixel_ap": [], "aupro": []}
    for weights in drawn:
        again = PixelCounts()
        for number in np.repeat(np.arange(10), weights):
            again.add(*data[number], str(number))
        for name, figure in again.figures(resamples=1).items():
            exact[name].append(figure.value)
    for name, values in exact.items():
        low, high = np.percentile(values, [2.5, 97.5])
        assert (found[name].low, found[name].high) == pytest.approx((low, high), abs=2e-3)


def test_an_evaluation_has_every_figure_of_the_contract_and_is_plain_json() -> None:
    data = noisy_tiles(12, 2)
    counts = PixelCounts()
    for number, (values, mask, cls) in enumerate(data):
        counts.add(values, mask, cls, str(number // 2))
    result = evaluation(
        [float(values.max()) for values, _, _ in data],
        [cls for _, _, cls in data],
        [str(number // 2) for number in range(12)],
        counts,
        resamples=50,
    )
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    figures = ("image_auroc", "image_ap", "f1_max", "frr_at_95", "frr_at_99")
    figures += ("pixel_auroc", "pixel_ap", "aupro")
    for part in (result, *result["per_class"].values()):
        for name in figures:
            assert 0 <= part[name] <= 1
            assert len(part[f"{name}_ci95"]) == 2
    assert set(result["per_class"]) == {"crack", "uneven"}
    assert (result["images"], result["good"], result["defective"], result["groups"]) == (12, 6, 6, 6)
    assert result["per_class"]["crack"]["images"] == 9
    without = PixelCounts()
    for number, (values, mask, cls) in enumerate(data):
        if cls != "uneven":
            without.add(values, mask, cls, str(number // 2))
    assert result["without_uneven"]["aupro"] == without.figures(resamples=1)["aupro"].value
    assert result["without_uneven"]["pixel_ap"] == result["per_class"]["crack"]["pixel_ap"]


def test_one_kind_of_tiles_gives_no_figures_instead_of_wrong_ones() -> None:
    counts = PixelCounts()
    counts.add(np.ones((4, 4), dtype=np.float32), None, "good", "1")
    result = evaluation([1.0, 2.0], ["good", "good"], ["1", "2"], counts, resamples=5)
    assert result["image_auroc"] is None
    assert result["pixel_auroc_ci95"] is None
    assert result["per_class"] == {}
    assert evaluation([1.0], ["crack"], ["1"], resamples=5)["image_ap"] is None


def test_an_empty_mask_does_not_crash_pixel_figures() -> None:
    counts = PixelCounts()
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    counts.add(values, np.zeros((4, 4), dtype=np.bool_), "uneven", "1")
    assert counts.figures(resamples=5) == {}
    mask = np.zeros((4, 4), dtype=np.bool_)
    mask[3, 3] = True
    counts.add(values, mask, "crack", "2")
    assert counts.figures(resamples=5)["pixel_auroc"].value == pytest.approx(1 - 0.5 / 31)


def test_a_class_of_a_single_resampled_tile_still_has_a_finite_interval() -> None:
    found = image_figures([0, 1, 2], [False, False, True], ["a", "b", "c"], resamples=200)
    assert found["image_auroc"].low == found["image_auroc"].high == 1.0


def test_scores_or_maps_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="1 of 2 scores"):
        image_figures([np.nan, 1.0], [True, False], ["a", "b"])
    with pytest.raises(DataError, match="do not match"):
        image_figures([1.0], [True, False], ["a", "b"])
    counts = PixelCounts()
    with pytest.raises(DataError, match="no finite"):
        counts.add(np.full((4, 4), np.inf, dtype=np.float32), None, "good", "1")
    with pytest.raises(DataError, match="do not match"):
        counts.add(np.zeros((4, 4), dtype=np.float32), np.zeros((4, 5), dtype=np.bool_), "crack", "1")


@given(hnp.arrays(np.float32, (3, 4), elements=st.floats(-1e6, 1e6, width=32)))
def test_any_finite_map_is_ranked_in_its_order(values: NDArray[np.float32]) -> None:
    mask = np.zeros((3, 4), dtype=np.bool_)
    mask[1, 1:3] = True
    counts = PixelCounts()
    counts.add(values, mask, "crack", "1")
    rounded = np.clip(values, -65504, 65504).astype(np.float16).astype(np.float64)
    expected = roc_auc_score(mask.ravel(), rounded.ravel())
    assert counts.figures(resamples=1)["pixel_auroc"].value == pytest.approx(expected)
