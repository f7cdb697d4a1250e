from __future__ import annotations

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.line.line_pictures import write_tile

from bsdrd.detector import ModelInfo
from bsdrd.result import Thresholds
from tilesight.line.recipe import DEMO, MaskFile, Recipe, RecipeError, Retention, recipe_for
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.saved import BadFile, NewerFile, SavedFileError
from tilesight.line.tile_finding.settings import Automatic, FixedRectangle, WholeFrame
from tilesight.store.tuning.mask import InspectionMask, Stroke, StrokeKind

LEFT_HALF_OUT = InspectionMask(strokes=(Stroke(kind=StrokeKind.RECTANGLE, points=((0.0, 0.0), (0.5, 1.0))),))


@pytest.fixture
def info(tmp_path: Path) -> ModelInfo:
    return ModelInfo(
        name="test model",
        sha256="a" * 64,
        teacher="none",
        channels=1,
        thresholds=Thresholds(3.0, 5.0),
        smallest_side=64,
        created_at="2026-11-01T00:00:00Z",
        provenance={},
        calibration={},
        reference_scores=(1.0, 2.0),
        path=tmp_path / "model.bsdrd",
    )


@pytest.fixture
def book(tmp_path: Path) -> RecipeBook:
    return RecipeBook(tmp_path / "recipes")


def test_a_recipe_comes_back_as_it_was_saved(book: RecipeBook) -> None:
    recipe = Recipe(
        name="Lot 7",
        tile_finding=FixedRectangle(x=1, y=2, width=300, height=200, angle_deg=5),
        t1=4.0,
        t2=6.0,
        mask=LEFT_HALF_OUT,
        retention=Retention(pictures="all", cap_gb=None),
        mm_per_px=0.05,
        min_area=0.4,
        min_area_in_mm2=True,
    )
    book.save(recipe)
    again = book.load("Lot 7")
    assert again == recipe
    assert again.sha256 == recipe.sha256


@pytest.mark.parametrize(
    "change", [{"t1": 1.0, "t2": 2.0}, {"edge_band_px": 3}, {"mask": LEFT_HALF_OUT}, {"source": "camera:0"}]
)
def test_every_change_changes_the_hash(change: dict[str, object]) -> None:
    assert DEMO.changed(**change).sha256 != DEMO.sha256
    assert DEMO.changed().sha256 == DEMO.sha256


@pytest.mark.parametrize(
    "wrong",
    [
        {"t1": 1.0},
        {"t1": 2.0, "t2": 1.0},
        {"t1": float("nan"), "t2": 1.0},
        {"min_area": -1},
        {"name": "  "},
        {"name": "a\nb"},
        {"device": "tpu"},
        {"colour": "blue"},
        {"mm_per_px": 0},
        {"tile_finding": {"mode": "guess"}},
    ],
)
def test_values_that_do_not_fit_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Recipe.model_validate({"name": "x", **wrong})


def test_thresholds_are_the_models_own_until_a_recipe_sets_them(info: ModelInfo) -> None:
    plain = Recipe(name="plain", source="somewhere")
    assert plain.rule_for(info, 100, 80).thresholds == info.thresholds
    assert plain.changed(t1=1.0, t2=2.0).rule_for(info, 100, 80).thresholds == Thresholds(1.0, 2.0)


def test_an_area_in_mm2_uses_the_sources_scale_before_the_recipes(info: ModelInfo) -> None:
    recipe = DEMO.changed(min_area=1.0, min_area_in_mm2=True, mm_per_px=0.1)
    assert recipe.rule_for(info, 100, 80).min_area_px == 100
    assert recipe.rule_for(info, 100, 80, mm_per_px=0.5).min_area_px == 4
    with pytest.raises(RecipeError, match="scale"):
        recipe.changed(mm_per_px=None).rule_for(info, 100, 80)


def test_a_drawn_mask_and_a_mask_file_must_agree(info: ModelInfo, tmp_path: Path) -> None:
    upper = np.zeros((200, 100), np.uint8)
    upper[:100] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), upper)
    file = MaskFile.choose(tmp_path / "mask.png")
    mask = DEMO.changed(mask=LEFT_HALF_OUT, mask_file=file).rule_for(info, 64, 80).mask
    assert mask is not None
    assert mask[:32, 40:].all()
    assert mask.sum() == 32 * 40


def test_another_picture_under_the_masks_name_is_refused(info: ModelInfo, tmp_path: Path) -> None:
    path = write_tile(tmp_path / "mask.png", 1)
    recipe = DEMO.changed(mask_file=MaskFile.choose(path))
    write_tile(path, 2)
    with pytest.raises(RecipeError, match="not the picture"):
        recipe.rule_for(info, 96, 64)
    black = tmp_path / "black.png"
    cv2.imwrite(str(black), np.zeros((80, 80), np.uint8))
    with pytest.raises(RecipeError, match="nothing to inspect"):
        MaskFile.choose(black)


def test_a_recipe_made_for_another_model_is_refused(info: ModelInfo) -> None:
    DEMO.fits(info)
    DEMO.changed(model_sha256="a" * 64).fits(info)
    with pytest.raises(RecipeError, match="another model"):
        DEMO.changed(model_sha256="b" * 64).fits(info)


def test_a_newer_recipe_is_refused_and_left_where_it_is(book: RecipeBook) -> None:
    path = book.save(DEMO)
    text = path.read_text().replace('"schema": 1', '"schema": 2')
    path.write_text(text)
    with pytest.raises(NewerFile, match="newer Tilesight"):
        book.load(DEMO.name)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"schema": 1}',
        b'{"schema": true, "name": "x"}',
        b"\xff\xfe",
        b"[" * 99999,
    ],
)
def test_a_damaged_recipe_is_kept_aside_and_the_start_goes_on(book: RecipeBook, content: bytes) -> None:
    path = book.save(DEMO.changed(name="Lot 7"))
    path.write_bytes(content)
    recipe, problem = book.load_or_demo("Lot 7")
    assert recipe == DEMO
    assert "Lot 7" in problem
    assert not path.exists()
    assert path.with_name(f"{path.name}.bad").read_bytes() == content
    assert book.names() == []


def test_a_second_damaged_file_does_not_replace_the_first(book: RecipeBook) -> None:
    for content in (b"first", b"second"):
        book.save(DEMO).write_bytes(content)
        with pytest.raises(BadFile):
            book.load(DEMO.name)
    assert sorted(path.read_bytes() for path in book.folder.iterdir()) == [b"first", b"second"]


def test_a_failed_save_leaves_the_old_recipe(book: RecipeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    book.save(DEMO)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(SavedFileError, match="unchanged"):
            book.save(DEMO.changed(edge_band_px=5))
    assert book.load(DEMO.name) == DEMO
    assert [path.name for path in book.folder.iterdir()] == [book.path(DEMO.name).name]


@given(
    name=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)
)
def test_any_name_makes_a_file_in_the_folder_and_is_listed(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    book = RecipeBook(tmp_path_factory.mktemp("book"))
    path = book.save(DEMO.changed(name=name))
    assert path.parent == book.folder
    assert book.names() == [name]
    assert book.load(name).name == name


def test_a_name_that_differs_only_in_case_is_refused(book: RecipeBook) -> None:
    book.save(DEMO.changed(name="Lot 7"))
    with pytest.raises(RecipeError, match="already"):
        book.save(DEMO.changed(name="LOT 7"))


def test_recipes_are_listed_in_natural_order_and_deleted_ones_are_kept_aside(book: RecipeBook) -> None:
    for name in ("Lot 10", "lot 9", "Lot 2"):
        book.save(DEMO.changed(name=name))
    assert book.names() == ["Lot 2", "lot 9", "Lot 10"]
    book.delete("lot 9")
    assert book.names() == ["Lot 2", "Lot 10"]
    with pytest.raises(RecipeError, match="Lot 2, Lot 10"):
        book.load("lot 9")


def test_a_recipe_from_elsewhere_is_checked_and_its_file_left(book: RecipeBook, tmp_path: Path) -> None:
    file = tmp_path / "from colleague.json"
    file.write_text(json.dumps(DEMO.changed(name="Lot 7").content()))
    assert book.import_file(file).name == "Lot 7"
    assert book.names() == ["Lot 7"]
    file.write_bytes(b"{}")
    with pytest.raises(BadFile):
        book.import_file(file)
    assert file.exists()


def test_the_recipe_of_a_source_finds_tiles_as_the_source_shows_them() -> None:
    assert isinstance(recipe_for("demo").tile_finding, Automatic)
    assert isinstance(recipe_for("/tiles").tile_finding, WholeFrame)
    assert recipe_for("/tiles").source == "/tiles"
