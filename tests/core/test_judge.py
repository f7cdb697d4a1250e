"""The judge against a slow twin that looks at every pixel on its own."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from bsdrd.errors import ImageError
from bsdrd.judge import Judgement, Rule, inspected_area, judge, score_only
from bsdrd.regions import FEATURE_LENGTH
from bsdrd.result import AnomalyMaps, Thresholds, Verdict

T = Thresholds(2.0, 4.0)


def make_maps(height: int, width: int, seed: int = 0, spots: int = 3) -> AnomalyMaps:
    rng = np.random.default_rng(seed)
    shape = (-(-height // 4), -(-width // 4))

    def grid() -> np.ndarray:
        values = ndimage.gaussian_filter(rng.normal(size=shape), 1.0) * 2
        for _ in range(spots):
            values[rng.integers(shape[0]), rng.integers(shape[1])] += rng.uniform(0, 8)
        return values.astype(np.float32)

    struct, detail = grid(), grid()
    return AnomalyMaps(struct, detail, np.maximum(struct, detail), height, width)


def flat(height: int, width: int, value: float = 0.0) -> AnomalyMaps:
    grid = np.full((-(-height // 4), -(-width // 4)), value, np.float32)
    return AnomalyMaps(grid, grid.copy(), grid.copy(), height, width)


def with_cells(height: int, width: int, cells: dict[tuple[int, int], float]) -> AnomalyMaps:
    grid = np.zeros((-(-height // 4), -(-width // 4)), np.float32)
    for at, value in cells.items():
        grid[at] = value
    return AnomalyMaps(grid, np.zeros_like(grid), grid.copy(), height, width)


def pixel_values(maps: AnomalyMaps) -> np.ndarray:
    """What every pixel counts as, one cell at a time."""
    values = np.minimum(maps.full("fused"), maps.fused.max())
    for (i, j), own in np.ndenumerate(maps.fused):
        for y in {min(4 * i + 1, maps.height - 1), min(4 * i + 2, maps.height - 1)}:
            for x in {min(4 * j + 1, maps.width - 1), min(4 * j + 2, maps.width - 1)}:
                values[y, x] = max(values[y, x], own)
    return values


def slow_judge(maps: AnomalyMaps, rule: Rule) -> tuple[float, list[tuple[int, tuple[int, ...], float]]]:
    values, area = pixel_values(maps), inspected_area(rule, maps.height, maps.width)
    if not area.any():
        return float("nan"), []
    labels, count = ndimage.label((values >= np.float64(rule.outline)) & area, structure=np.ones((3, 3)))
    regions = []
    for k in range(1, count + 1):
        y, x = np.nonzero(labels == k)
        if y.size >= rule.min_area_px:
            box = (x.min(), y.min(), np.ptp(x) + 1, np.ptp(y) + 1)
            regions.append((y.size, tuple(int(v) for v in box), float(values[y, x].max())))
    if regions:
        return max(r[2] for r in regions), sorted(regions)
    rest = values[area & (values < np.float64(rule.outline))]
    return float(rest.max()) if rest.size else just_below(rule.outline), []


def just_below(threshold: float) -> float:
    """The largest float32 under a threshold."""
    value = np.float32(threshold)
    return float(value if float(value) < threshold else np.nextafter(value, np.float32(-np.inf)))


sizes = st.integers(1, 90)


@settings(max_examples=150, deadline=None)
@given(
    height=sizes,
    width=sizes,
    seed=st.integers(0, 10_000),
    spots=st.integers(0, 6),
    low=st.floats(-1, 6),
    map_threshold=st.none() | st.floats(-1, 6),
    min_area=st.integers(1, 60),
    edge=st.integers(0, 12),
    masked=st.booleans(),
    band_pixels=st.sampled_from([1, 700, 1 << 19]),
)
def test_judging_agrees_with_looking_at_every_pixel_however_many_bands_there_are(
    height: int, width: int, seed: int, spots: int, low: float, map_threshold: float | None,
    min_area: int, edge: int, masked: bool, band_pixels: int,
) -> None:  # fmt: skip
    maps = make_maps(height, width, seed, spots)
    mask = np.random.default_rng(seed).random((height, width)) < 0.8 if masked else None
    rule = Rule(Thresholds(low, low + 1), map_threshold, min_area, edge, mask)
    with patch("bsdrd.regions.BAND_PIXELS", band_pixels):
        got = judge(maps, rule)
        np.testing.assert_equal(score_only(maps, rule), got.score)
    score, regions = slow_judge(maps, rule)
    np.testing.assert_equal(got.score, score)
    assert sorted((r.area_px, r.box, r.peak) for r in got.regions) == regions
    assert got.verdict == rule.thresholds.verdict(score)


@settings(max_examples=60, deadline=None)
@given(height=sizes, width=sizes, seed=st.integers(0, 10_000), low=st.floats(-1, 6))
def test_with_the_default_rule_the_score_is_the_largest_cell_and_regions_appear_exactly_from_t1(
    height: int, width: int, seed: int, low: float
) -> None:
    maps = make_maps(height, width, seed)
    got = judge(maps, Rule(Thresholds(low, low + 1)))
    assert got.score == maps.fused.max()
    assert bool(got.regions) == (got.verdict is not Verdict.OK)
    if got.regions:
        assert got.regions[0].peak == got.score


def test_regions_come_highest_peak_first_with_their_places() -> None:
    maps = with_cells(64, 80, {(2, 3): 5.0, (10, 15): 9.0})
    got = judge(maps, Rule(T))
    assert [r.peak for r in got.regions] == [9.0, 5.0]
    assert [r.peak_at for r in got.regions] == [(61, 41), (13, 9)]
    assert got.regions[0].centroid == (61.5, 41.5)
    assert got.verdict is Verdict.NG


def test_the_last_partial_cell_of_an_odd_tile_still_makes_a_region() -> None:
    maps = with_cells(65, 73, {(16, 18): 3.0})
    got = judge(maps, Rule(T))
    assert got.score == 3.0
    assert got.regions[0].peak_at == (72, 64)


def test_a_threshold_that_float32_cannot_hold_is_compared_the_same_for_regions_and_verdict() -> None:
    for low in (2.3, 2.7, 0.1):
        maps = flat(64, 64, low)
        got = judge(maps, Rule(Thresholds(low, 9.0)))
        assert bool(got.regions) == (got.verdict is Verdict.GREY)


def test_small_regions_do_not_count_and_the_score_falls_below_the_map_threshold() -> None:
    maps = with_cells(64, 64, {(3, 3): 9.0})
    area = judge(maps, Rule(T)).regions[0].area_px
    assert judge(maps, Rule(T, min_area_px=area)).score == 9.0
    filtered = judge(maps, Rule(T, min_area_px=area + 1))
    assert (filtered.regions, filtered.verdict) == ((), Verdict.OK)
    assert 1.0 < filtered.score < 2.0


def test_a_tile_wholly_above_the_threshold_but_smaller_than_the_filter_scores_just_below_it() -> None:
    got = judge(flat(8, 8, 5.0), Rule(T, min_area_px=65))
    assert got == Judgement(just_below(2.0), (), Verdict.OK)


def test_the_edge_band_and_the_mask_take_pixels_out() -> None:
    maps = with_cells(64, 64, {(0, 5): 9.0, (8, 8): 3.0})
    assert judge(maps, Rule(T)).score == 9.0
    assert judge(maps, Rule(T, edge_band_px=8)).score == 3.0
    mask = np.ones((64, 64), bool)
    mask[20:50, 20:50] = False
    only_edge = judge(maps, Rule(T, mask=mask))
    assert [r.peak for r in only_edge.regions] == [9.0]


@pytest.mark.parametrize("rule", [Rule(T, edge_band_px=32), Rule(T, mask=np.zeros((64, 64), bool))])
@pytest.mark.parametrize("value", [0.0, 9.0])
def test_a_rule_that_inspects_nothing_gives_not_inspected_and_never_ok(rule: Rule, value: float) -> None:
    got = judge(flat(64, 64, value), rule)
    assert np.isnan(got.score)
    assert (got.regions, got.verdict) == ((), Verdict.NOT_INSPECTED)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_map_with_a_value_that_is_no_number_gives_not_inspected(bad: float) -> None:
    maps = with_cells(64, 64, {(2, 2): bad, (8, 8): 9.0})
    assert judge(maps, Rule(T)).verdict is Verdict.NOT_INSPECTED
    assert np.isnan(score_only(maps, Rule(T)))


def test_a_mask_of_another_size_is_refused_with_both_sizes() -> None:
    rule = Rule(T, mask=np.ones((64, 65), bool))
    for value in (0.0, 9.0):
        for judging in (judge, score_only):
            with pytest.raises(ImageError, match="65 x 64 px, but the tile has 64 x 64 px"):
                judging(flat(64, 64, value), rule)


@pytest.mark.parametrize(
    "wrong",
    [
        {"map_threshold": float("nan")},
        {"min_area_px": 0},
        {"edge_band_px": -1},
        {"mask": np.ones((4, 4), np.uint8)},
        {"mask": np.ones(4, bool)},
    ],
)
def test_a_rule_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"must|expected"):
        Rule(T, **wrong)  # pyright: ignore[reportArgumentType]


def test_fired_names_the_student_that_exceeds_the_threshold_at_the_peak() -> None:
    shape = (16, 16)
    struct, detail = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    struct[2, 2], detail[2, 8] = 5, 5
    struct[8, 2] = detail[8, 2] = 5
    struct[8, 8] = detail[8, 8] = 1.5
    fused = struct + detail
    got = judge(AnomalyMaps(struct, detail, fused, 64, 64), Rule(T))
    fired = {(r.peak_at[1] // 4, r.peak_at[0] // 4): r.fired for r in got.regions}
    assert fired == {(2, 2): "struct", (2, 8): "detail", (8, 2): "both", (8, 8): "both"}


def test_a_region_is_described_by_the_unit_mean_of_the_features_under_it() -> None:
    maps = with_cells(70, 70, {(2, 2): 9.0, (3, 3): 9.0, (3, 4): 9.0, (12, 12): 7.0})
    features = np.random.default_rng(1).normal(size=(5, 5, 5)).astype(np.float32)
    got = judge(maps, Rule(T), features)
    values = pixel_values(maps)
    labels, _ = ndimage.label(values >= 2, structure=np.ones((3, 3)))
    for region in got.regions:
        x, y = region.peak_at
        where = np.nonzero(labels == labels[y, x])
        mean = features[:, where[0] // 16, where[1] // 16].mean(axis=1)
        np.testing.assert_allclose(region.feature, mean / np.linalg.norm(mean), atol=1e-4)
    assert len(got.regions) == 2


def test_filtered_regions_do_not_disturb_the_descriptors_of_the_rest() -> None:
    maps = with_cells(70, 70, {(2, 2): 3.0, (12, 12): 9.0, (12, 13): 9.0})
    features = np.random.default_rng(1).normal(size=(5, 5, 5)).astype(np.float32)
    alone = judge(with_cells(70, 70, {(12, 12): 9.0, (12, 13): 9.0}), Rule(T), features)
    both = judge(maps, Rule(T, min_area_px=40), features)
    assert both.regions == alone.regions


def test_wide_features_are_projected_to_a_short_unit_descriptor_that_keeps_likeness() -> None:
    maps = with_cells(160, 160, {(4, 4): 9.0, (20, 20): 8.0, (36, 36): 7.0})
    rng = np.random.default_rng(2)
    features = rng.normal(size=(120, 10, 10)).astype(np.float32)
    features[:, :3, :3] = features[:, 5, 5][:, None, None]
    features[:, 4:7, 4:7] = features[:, 5, 5][:, None, None] + 0.1 * rng.normal(size=(120, 3, 3))
    first, second, third = (np.array(r.feature) for r in judge(maps, Rule(T), features).regions)
    assert first.shape == (FEATURE_LENGTH,)
    np.testing.assert_allclose([np.linalg.norm(v) for v in (first, second, third)], 1, atol=1e-3)
    assert first @ second > 0.95
    assert abs(first @ third) < 0.5


def test_features_of_another_size_are_refused() -> None:
    with pytest.raises(ImageError, match=r"expected F x 5 x 5"):
        judge(with_cells(70, 70, {(2, 2): 9.0}), Rule(T), np.zeros((5, 4, 5), np.float32))


@settings(max_examples=40, deadline=None)
@given(height=sizes, width=sizes, seed=st.integers(0, 10_000), low=st.floats(-1, 3))
def test_bands_change_nothing_that_is_said_of_a_region(
    height: int, width: int, seed: int, low: float
) -> None:
    maps, rule = make_maps(height, width, seed, spots=5), Rule(Thresholds(low, low + 1))
    shape = (3, -(-height // 16), -(-width // 16))
    features = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    whole = judge(maps, rule, features)
    with patch("bsdrd.regions.BAND_PIXELS", 1):
        banded = judge(maps, rule, features)
    assert len(banded.regions) == len(whole.regions)
    for one, other in zip(banded.regions, whole.regions, strict=True):
        assert (one.area_px, one.box, one.peak, one.peak_at) == (
            other.area_px,
            other.box,
            other.peak,
            other.peak_at,
        )
        np.testing.assert_allclose(one.centroid, other.centroid, rtol=1e-9)
        np.testing.assert_allclose(one.feature, other.feature, atol=2e-4)


def test_large_tiles_are_judged_in_bands_without_a_seam() -> None:
    maps = make_maps(1100, 300, seed=5, spots=20)
    rule = Rule(T, map_threshold=0.3)
    score, regions = slow_judge(maps, rule)
    features = np.random.default_rng(1).normal(size=(8, 69, 19)).astype(np.float32)
    with patch("bsdrd.regions.BAND_PIXELS", 300 * 256):
        got = judge(maps, rule, features)
    assert got.score == score
    assert sorted((r.area_px, r.box, r.peak) for r in got.regions) == regions
    tall = max(got.regions, key=lambda r: r.box[3])
    values = pixel_values(maps)
    labels, _ = ndimage.label(values >= 0.3, structure=np.ones((3, 3)))
    where = np.nonzero(labels == labels[tall.peak_at[1], tall.peak_at[0]])
    mean = features[:, where[0] // 16, where[1] // 16].mean(axis=1)
    np.testing.assert_allclose(tall.feature, mean / np.linalg.norm(mean), atol=1e-4)
