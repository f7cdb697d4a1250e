"""What the viewer paints, pixel by pixel: the overlay is the judged map, and nothing below T1 is tinted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from tests.ui.hand_made import THRESHOLDS, maps, texture, tile

from bsdrd.result import AnomalyMaps, Thresholds
from tilesight.ui.colour import oklab
from tilesight.ui.theme import Theme
from tilesight.ui.viewer import MapScale, TileCanvas, ViewerModel, ViewTile
from tilesight.ui.viewer.colours import (
    FUSED_LEVELS,
    LEVELS,
    MIXES,
    level_values,
    map_table,
    overlay_table,
)
from tilesight.ui.viewer.export import compose
from tilesight.ui.viewer.geometry import Port, View
from tilesight.ui.viewer.picture import (
    Pyramid,
    detail_share,
    display_bytes,
    seen_indices,
    seen_pixels,
    tone_table,
)

SCALE = MapScale.for_thresholds(THRESHOLDS)


def rgb(image: QImage) -> NDArray[np.int64]:
    """H x W x 3 of a picture."""
    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height = flat.width(), flat.height()
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(height, flat.bytesPerLine())
    return rows[:, : 3 * width].reshape(height, width, 3).astype(np.int64)


def painted(
    qtbot: QtBot, theme: Theme, shown: ViewTile, *, marks: bool = False
) -> tuple[TileCanvas, ViewerModel]:
    """A canvas exactly as large as the tile, one to one."""
    model = ViewerModel()
    canvas = TileCanvas(model, theme)
    qtbot.addWidget(canvas)
    canvas.resize(shown.width, shown.height)
    canvas.show()
    model.set_marks(marks)
    model.set_opacity(1.0)
    model.set_tile(shown)
    model.set_view(View(1.0, shown.width / 2, shown.height / 2, fit=False))
    return canvas, model


def blend(under: NDArray[np.int64], table: list[int], indices: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What source-over painting should give."""
    entries = np.array(table, dtype=np.int64)[indices]
    alpha = (entries >> 24) / 255
    over = np.stack([(entries >> shift) & 255 for shift in (16, 8, 0)], axis=-1)
    return over * alpha[..., None] + under * (1 - alpha[..., None])


@pytest.mark.parametrize("name", ["struct", "detail", "fused"])
def test_the_overlay_is_the_map_through_the_colour_table(qtbot: QtBot, theme: Theme, name: str) -> None:
    shown = tile("a", struct=((90, 80, 25, 9),), detail=((230, 150, 10, 12),))
    assert shown.maps is not None
    canvas, model = painted(qtbot, theme, shown)
    model.set_map(name)  # type: ignore[arg-type]
    got = rgb(canvas.grab().toImage())
    full = shown.maps.full(name)  # type: ignore[arg-type]
    levels = FUSED_LEVELS if name == "fused" else LEVELS
    per_level = levels / (SCALE.top - SCALE.bottom)
    wanted_level = np.clip(np.floor((full - SCALE.bottom) * per_level), 0, levels - 1)
    _, indices = seen_indices(shown.maps, name, SCALE, model.view, canvas.port)  # type: ignore[arg-type]
    assert np.abs((indices.astype(int) % levels) - wanted_level).max() <= 1
    under = np.repeat(shown.pixels[..., None].astype(np.int64), 3, axis=2)
    wanted = blend(under, overlay_table(name, SCALE, THRESHOLDS, 1.0), indices)  # type: ignore[arg-type]
    assert np.abs(got - wanted).max() <= 2


def test_a_good_tile_shows_no_tint_at_all(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("good", struct=((160, 120, 60, THRESHOLDS.low - 0.05),))
    canvas, _ = painted(qtbot, theme, shown, marks=True)
    got = rgb(canvas.grab().toImage())
    assert np.array_equal(got, np.repeat(shown.pixels[..., None], 3, axis=2))


def test_the_overlay_goes_off_and_on(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a", struct=((90, 80, 25, 9),))
    canvas, model = painted(qtbot, theme, shown)
    plain = np.repeat(shown.pixels[..., None], 3, axis=2)
    assert not np.array_equal(rgb(canvas.grab().toImage()), plain)
    model.set_overlay(False)
    assert np.array_equal(rgb(canvas.grab().toImage()), plain)


def test_moving_a_threshold_needs_no_new_index_picture(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a", struct=((90, 80, 25, 9),))
    canvas, model = painted(qtbot, theme, shown)
    model.set_map("struct")
    canvas.grab()
    before = canvas._indices
    model.set_thresholds(Thresholds(8.5, 9.5))
    got = rgb(canvas.grab().toImage())
    assert canvas._indices is before
    tinted = np.any(got != shown.pixels[..., None], axis=-1)
    assert shown.maps is not None
    assert np.all(shown.maps.full("struct")[tinted] >= 8.5 - 0.05)


def test_struct_and_detail_have_two_hues_in_the_fused_view(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a", struct=((80, 120, 25, 9),), detail=((240, 120, 25, 9),))
    canvas, _ = painted(qtbot, theme, shown)
    got = rgb(canvas.grab().toImage())
    struct, detail = got[120, 80], got[120, 240]
    assert struct[2] > struct[0], "struct leans blue"
    assert detail[0] > detail[2], "detail leans orange"


def test_outlines_run_where_the_map_crosses_its_threshold(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a", struct=((160, 120, 30, 9),))
    canvas, model = painted(qtbot, theme, shown)
    model.set_overlay(False)
    plain = rgb(canvas.grab().toImage())
    model.set_marks(True)
    marked = np.any(rgb(canvas.grab().toImage()) != plain, axis=-1)
    assert shown.maps is not None
    full = shown.maps.full("fused")
    inside = full >= THRESHOLDS.low
    rows, columns = np.nonzero(inside)
    box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    edge = np.zeros_like(inside)
    edge[1:-1, 1:-1] = inside[1:-1, 1:-1] & ~(
        inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    )
    assert marked[edge].all()
    middle = marked[box][8:-8, 8:-8]
    centre = middle[middle.shape[0] // 2, middle.shape[1] // 2]
    assert not centre, "an outline does not cover the region"


def test_colour_pictures_keep_their_colours(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("c", colour=True)
    canvas, _ = painted(qtbot, theme, shown)
    assert np.array_equal(rgb(canvas.grab().toImage()), shown.pixels)


def test_brightness_and_contrast_change_the_display_and_not_the_tile(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a")
    kept = shown.pixels.copy()
    canvas, model = painted(qtbot, theme, shown)
    model.set_tone(0.2, 1.5)
    got = rgb(canvas.grab().toImage())
    assert np.array_equal(got[..., 0], tone_table(0.2, 1.5)[shown.pixels])
    assert np.array_equal(shown.pixels, kept)
    copied = compose(model, theme)
    assert copied is not None
    assert np.array_equal(rgb(copied)[..., 0], kept)


def test_twice_the_size_shows_crisp_pixels(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a", height=120, width=160)
    canvas, model = painted(qtbot, theme, shown)
    canvas.resize(320, 240)
    model.set_view(View(2.0, 80, 60, fit=False))
    got = rgb(canvas.grab().toImage())[..., 0]
    assert np.array_equal(got, np.repeat(np.repeat(shown.pixels, 2, axis=0), 2, axis=1))


def test_a_mask_is_visible(qtbot: QtBot, theme: Theme) -> None:
    shown = tile("a")
    mask = np.ones(shown.pixels.shape, dtype=np.bool_)
    mask[:, :100] = False
    canvas, model = painted(qtbot, theme, shown)
    plain = rgb(canvas.grab().toImage())
    model.set_tile(ViewTile("m", shown.pixels, maps=shown.maps, thresholds=THRESHOLDS, mask=mask))
    differs = np.any(rgb(canvas.grab().toImage()) != plain, axis=-1)
    assert differs[:, :98].mean() > 0.95
    assert not differs[:, 102:].any()


@given(
    height=st.integers(5, 70),
    width=st.integers(5, 70),
    zoom=st.sampled_from([0.1, 0.37, 1.0, 1.9, 3.0]),
    seed=st.integers(0, 9),
)
def test_an_index_picture_never_exceeds_the_map(height: int, width: int, zoom: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = (-(-height // 4), -(-width // 4))
    grids = [random.normal(2, 4, shape).astype(np.float32) for _ in range(2)]
    anomaly = AnomalyMaps(grids[0], grids[1], grids[0] + grids[1], height, width)
    port = Port(96, 80)
    view = View(zoom, width / 2, height / 2, fit=False)
    for name in ("struct", "fused"):
        seen, indices = seen_indices(anomaly, name, SCALE, view, port)  # type: ignore[arg-type]
        assert indices.shape == (seen.height(), seen.width()) or seen.isEmpty()
        if indices.size:
            levels = FUSED_LEVELS if name == "fused" else LEVELS
            values = level_values(SCALE, levels)[indices.astype(int) % levels]
            assert values.max() <= max(float(anomaly.grid(name).max()), SCALE.bottom) + 1e-4  # type: ignore[arg-type]


def test_a_large_tile_is_drawn_at_the_size_of_the_screen() -> None:
    pixels = np.zeros((3000, 4000), dtype=np.uint8)
    pixels[::2] = 200
    big = ViewTile("big", pixels)
    port = Port(400, 300)
    _, seen = seen_pixels(big, Pyramid(pixels), View(0.1, 2000, 1500), port)
    assert seen.shape == (300, 400)
    assert np.abs(seen.astype(int) - 100).max() <= 2, "fine stripes become their average, not a pattern"


def test_sixteen_bits_keep_their_scale() -> None:
    pixels = np.array([[0, 255, 256, 65535]], dtype=np.uint16)
    assert display_bytes(pixels).tolist() == [[0, 0, 1, 255]]


def test_tables_are_clear_below_t1_and_climb_in_lightness() -> None:
    for name in ("struct", "detail", "fused"):
        table = overlay_table(name, SCALE, THRESHOLDS, 1.0)  # type: ignore[arg-type]
        levels = FUSED_LEVELS if name == "fused" else LEVELS
        values = level_values(SCALE, levels)
        for start in range(0, LEVELS, levels):
            part = np.array(table[start : start + levels])
            assert np.all((part >> 24 == 0) == (values < THRESHOLDS.low))
            hexes = [f"#{entry & 0xFFFFFF:06x}" for entry in part[values >= THRESHOLDS.low]]
            assert np.all(np.diff(oklab(hexes)[:, 0]) > -0.01)
        assert len(map_table(name, SCALE)) == LEVELS  # type: ignore[arg-type]
    assert FUSED_LEVELS * MIXES == LEVELS


def test_equal_thresholds_make_a_table_without_trouble() -> None:
    table = overlay_table("fused", MapScale(0, 8), Thresholds(5, 5), 0.5)
    assert max(entry >> 24 for entry in table) <= 128


@given(low=st.floats(-5, 50), extra=st.floats(0, 50))
def test_the_scale_holds_both_thresholds(low: float, extra: float) -> None:
    thresholds = Thresholds(low, low + extra)
    scale = MapScale.for_thresholds(thresholds)
    assert scale.bottom <= thresholds.low <= thresholds.high < scale.top
    assert scale.share(scale.top + 100) == 1.0


def test_the_share_of_detail_is_zero_for_struct_and_one_for_detail() -> None:
    made = maps(40, 40, struct=((8, 8, 3, 9),), detail=((32, 32, 3, 9),))
    share = detail_share(made)
    assert share[2, 2] < 0.05
    assert share[7, 7] > 0.95


def test_a_tile_of_odd_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="H x W"):
        ViewTile("x", np.zeros((4, 4, 4), dtype=np.uint8))
    with pytest.raises(ValueError, match="uint8"):
        ViewTile("x", np.zeros((4, 4), dtype=np.float32))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="maps of"):
        ViewTile("x", texture(40, 40), maps=maps(40, 44))
    with pytest.raises(ValueError, match="bottom < top"):
        MapScale(1.0, 1.0)


def test_what_is_saved_shows_overlay_and_outline(theme: Theme) -> None:
    model = ViewerModel()
    model.set_tile(tile("a", struct=((160, 120, 30, 9),)))
    picture = compose(model, theme)
    assert picture is not None
    assert (picture.width(), picture.height()) == (320, 240)
    assert len({tuple(row) for row in rgb(picture).reshape(-1, 3).tolist()}) > 300
    model.set_tile(None)
    assert compose(model, theme) is None


def test_a_place_maps_to_the_widget_and_back() -> None:
    port, view = Port(640, 480, 2.0), View(3.0, 17.5, 42.25)
    there = port.to_widget(view, 12.0, 7.0)
    back = port.to_tile(view, there)
    assert (back - QPointF(12.0, 7.0)).manhattanLength() < 1e-9
