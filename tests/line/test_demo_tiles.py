"""Rendered tiles: repeatable, true about themselves, and like the real ones where that can be measured."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tilesight.line.demo import (
    DEFECTS,
    KINDS,
    TEXTURES,
    Texture,
    random_size,
    render_good_tiles,
    render_tile,
    render_tiles,
)


def rendered(seed: int, **options: object):
    options = {"height": 160, "width": 200, **options}
    return render_tile(np.random.default_rng(seed), **options)  # pyright: ignore[reportArgumentType]


class TestTruth:
    @given(
        seed=st.integers(0, 2**32 - 1),
        kind=st.sampled_from(KINDS),
        height=st.integers(48, 400),
        width=st.integers(48, 640),
        severity=st.floats(0, 1),
        slivers=st.booleans(),
    )
    def test_every_tile_has_its_size_and_a_mask_just_where_it_is_defective(
        self, seed: int, kind: str, height: int, width: int, severity: float, slivers: bool
    ) -> None:
        tile = rendered(seed, kind=kind, height=height, width=width, severity=severity, slivers=slivers)
        assert tile.pixels.shape == tile.mask.shape == tile.solid.shape == (height, width)
        assert (tile.pixels.dtype, tile.mask.dtype, tile.solid.dtype) == (np.uint8, np.bool_, np.bool_)
        assert tile.kind == kind
        assert tile.mask.any() == (kind != "good")
        assert tile.mask.mean() < 0.7
        assert tile.solid.mean() > 0.6
        assert not tile.pixels.flags.writeable
        assert not tile.mask.flags.writeable

    @pytest.mark.parametrize("kind", DEFECTS)
    def test_a_defect_changes_the_tile_inside_its_mask_and_hardly_beside_it(self, kind: str) -> None:
        for seed in range(6):
            good, bad = (rendered(seed, kind=which, severity=0.7) for which in ("good", kind))
            change = np.abs(bad.pixels.astype(float) - good.pixels.astype(float))
            beside = ~cv2.dilate(bad.mask.astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool)
            assert change[bad.mask].mean() > 8
            assert change[beside].mean() < 3.5

    @pytest.mark.parametrize("kind", ["blowhole", "crack", "break", "fray"])
    def test_these_defects_are_darker_than_the_surface_around_them(self, kind: str) -> None:
        for seed in range(6):
            tile = rendered(seed, kind=kind, height=256, width=256, severity=0.8, slivers=False)
            around = (
                cv2.dilate(tile.mask.astype(np.uint8), np.ones((31, 31), np.uint8)).astype(bool) & ~tile.mask
            )
            assert tile.pixels[tile.mask].mean() < 0.85 * tile.pixels[around].mean()

    @pytest.mark.parametrize("kind", DEFECTS)
    def test_a_severe_defect_is_easier_to_see_than_a_slight_one(self, kind: str) -> None:
        def visible(severity: float) -> float:
            total = 0.0
            for seed in range(12):
                good, bad = (rendered(seed, kind=which, severity=severity) for which in ("good", kind))
                total += float(np.abs(bad.pixels.astype(float) - good.pixels.astype(float)).sum())
            return total

        assert visible(1.0) > 1.3 * visible(0.0)

    def test_median_defect_areas_are_of_the_size_of_real_ones(self) -> None:
        # Real tiles: blowhole 0.14 %, crack 0.3 %, break 1.3 %, fray 15 %, uneven 24 %.
        expected = {"blowhole": 0.14, "crack": 0.3, "break": 1.3, "fray": 15.0, "uneven": 24.0}
        for kind, percent in expected.items():
            tiles = render_tiles(5, 15, kinds=(kind,))  # pyright: ignore[reportArgumentType]
            median = 100 * float(np.median([tile.mask.mean() for tile in tiles]))
            assert percent / 2.5 < median < percent * 2.5, kind


class TestRepeatable:
    @pytest.mark.parametrize("kind", KINDS)
    def test_one_seed_gives_one_tile(self, kind: str) -> None:
        first, second = rendered(3, kind=kind), rendered(3, kind=kind)
        assert np.array_equal(first.pixels, second.pixels)
        assert np.array_equal(first.mask, second.mask)

    def test_other_seeds_give_other_tiles(self) -> None:
        assert not np.array_equal(rendered(3).pixels, rendered(4).pixels)

    def test_tile_k_of_a_series_does_not_depend_on_those_before_it(self) -> None:
        long, short = list(render_tiles(1, 4, size=(80, 90))), list(render_tiles(1, 2, size=(80, 90)))
        assert np.array_equal(long[1].pixels, short[1].pixels)
        assert [tile.kind for tile in long] == list(KINDS[:4])

    def test_sizes_span_those_of_real_tiles(self) -> None:
        sizes = np.array([random_size(np.random.default_rng(seed)) for seed in range(300)])
        assert sizes[:, 0].min() >= 220
        assert sizes[:, 0].max() <= 403
        assert 103 <= sizes[:, 1].min() < 140
        assert 560 < sizes[:, 1].max() <= 632


class TestExposureAndTexture:
    @given(seed=st.integers(0, 1000), level=st.floats(66, 153))
    @settings(max_examples=15)
    def test_exposure_sets_the_mean_grey_level(self, seed: int, level: float) -> None:
        tile = rendered(seed, exposure=level, slivers=False)
        assert tile.pixels.mean() == pytest.approx(level, rel=0.12)

    # The streaks of "crosshatch" run both ways on purpose.
    @pytest.mark.parametrize("name", sorted(set(TEXTURES) - {"crosshatch"}))
    def test_every_texture_renders_with_streaks_along_the_tile(self, name: str) -> None:
        for pixels in render_good_tiles(2, 3, size=(200, 200), texture=name):
            inner = pixels[30:-30, 30:-30].astype(float)
            assert np.abs(np.diff(inner, axis=1)).mean() > np.abs(np.diff(inner, axis=0)).mean()

    def test_textures_look_different_from_one_another(self) -> None:
        roughness = {
            name: np.mean(
                [_residual(tile).std() for tile in render_good_tiles(1, 6, size=(220, 220), texture=name)]
            )
            for name in TEXTURES
        }
        assert roughness["satin"] < 0.85 * roughness["standard"]
        assert roughness["coarse"] > 1.15 * roughness["standard"]

    def test_own_numbers_can_be_given_instead_of_a_name(self) -> None:
        smooth = Texture(streaks=0, dashes=0, grain=0, mottle=0, glints=0, glare=0, stains=0)
        plain, usual = (
            rendered(1, texture=look, height=256, width=256).pixels for look in (smooth, "standard")
        )
        assert _residual(plain).std() < 0.4 * _residual(usual).std()


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"kind": "scratch"}, "no kind 'scratch'"),
            ({"height": 40}, "at least 48"),
            ({"exposure": 0.0}, "mean grey level"),
            ({"severity": 1.5}, "between 0 and 1"),
            ({"texture": "velvet"}, "no texture 'velvet'"),
        ],
    )
    def test_an_argument_out_of_range_is_refused_in_words(
        self, options: dict[str, object], words: str
    ) -> None:
        with pytest.raises(ValueError, match=words):
            rendered(0, **options)


def _residual(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What is left of the surface after its wide light and shadow, relative: without the borders."""
    pad = max(12, int(0.08 * min(pixels.shape)))
    inner = pixels[pad:-pad, pad:-pad].astype(np.float32)
    return np.asarray(inner / np.maximum(cv2.GaussianBlur(inner, (0, 0), 12), 4) - 1)


def _alike(field: NDArray[np.float32], step: int, axis: int) -> float:
    """Correlation of the field with itself `step` pixels further along `axis`."""
    field = field - field.mean()
    size = field.shape[axis] - step
    here, there = field.take(range(size), axis), field.take(range(step, size + step), axis)
    return float((here * there).mean() / (field**2).mean())


def _looks(tiles: list[NDArray[np.uint8]]) -> dict[str, float]:
    fields = [_residual(tile) for tile in tiles]
    return {
        "spread of the light": float(np.median([tile.std() / tile.mean() for tile in tiles])),
        "spread of the streaks": float(np.median([field.std() for field in fields])),
        "across, 1 px": float(np.median([_alike(field, 1, 1) for field in fields])),
        "across, 4 px": float(np.median([_alike(field, 4, 1) for field in fields])),
        "along, 1 px": float(np.median([_alike(field, 1, 0) for field in fields])),
        "along, 8 px": float(np.median([_alike(field, 8, 0) for field in fields])),
        "along, 32 px": float(np.median([_alike(field, 32, 0) for field in fields])),
    }


@pytest.mark.tiles
def test_rendered_good_tiles_have_the_statistics_of_real_ones(mt_folder: Path) -> None:
    with (mt_folder / "split.csv").open() as table:
        rows = [row for row in csv.DictReader(table) if row["class"] in ("free", "good")]
    chosen = [row["file"] for row in rows if row["split"] == "train" and not row["flag"]][::8]
    read = [cv2.imread(str(mt_folder / name), cv2.IMREAD_GRAYSCALE) for name in chosen]
    real = _looks([np.asarray(pixels, np.uint8) for pixels in read if pixels is not None])
    drawn = _looks(render_good_tiles(0, 50))
    for name in ("spread of the light", "spread of the streaks"):
        assert drawn[name] == pytest.approx(real[name], rel=0.25), name
    for name in set(real) - {"spread of the light", "spread of the streaks"}:
        assert drawn[name] == pytest.approx(real[name], abs=0.1), name
