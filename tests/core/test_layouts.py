"""Data sets are read in the layouts they come in, and every fault in them is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bsdrd.data.dataset import fingerprint
from bsdrd.data.images import write_image
from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.errors import DataError


def picture(path: Path, height: int = 64, width: int = 70) -> Path:
    write_image(path, np.full((height, width), 90, dtype=np.uint8))
    return path


def classes(dataset: Dataset) -> dict[str, str]:
    return {dataset.name(tile): tile.cls for tile in dataset.tiles}


@pytest.fixture
def mvtec(tmp_path: Path) -> Path:
    for name in ("train/good/000", "train/good/001", "test/good/000", "test/crack/000", "test/crack/001"):
        picture(tmp_path / f"{name}.png")
    picture(tmp_path / "ground_truth/crack/000_mask.png")
    return tmp_path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    for name in ("a1", "a2", "b", "c", "c_mask"):
        picture(tmp_path / f"{name}.png")
    (tmp_path / "tiles.csv").write_text(
        "file,class,group,split,mask\n"
        "a1.png,good,A,train,\na2.png,OK,A,train,\nb.png,good,B,val,\nc.png,Crack,C,test,c_mask.png\n",
        encoding="utf-8",
    )
    return tmp_path / "tiles.csv"


def test_a_flat_folder_holds_good_tiles(tmp_path: Path) -> None:
    for name in ("lot1/t10.png", "lot1/t2.png", "x.jpg"):
        picture(tmp_path / name)
    dataset = load_dataset(tmp_path)
    assert dataset.kind == "flat"
    assert classes(dataset) == {"lot1/t2.png": "good", "lot1/t10.png": "good", "x.jpg": "good"}
    assert len(dataset.train()) == len(dataset.test()) == 3
    assert "guessed" in dataset.warnings[0]
    train, held_out = dataset.training_and_held_out(seed=1)
    assert {tile.path for tile in train} | {tile.path for tile in held_out} == {t.path for t in dataset.tiles}


def test_a_mask_beside_its_picture_is_not_taken_for_a_tile(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png", "b.jpg"):
        picture(tmp_path / name)
    dataset = load_dataset(tmp_path)
    assert set(classes(dataset)) == {"a.jpg", "b.jpg"}
    assert "1 .png" in dataset.warnings[-1]


@pytest.mark.parametrize("name", ["NG/1.png", "good/1.png", "masks/1.png"])
def test_a_folder_of_classes_is_not_mistaken_for_good_tiles(tmp_path: Path, name: str) -> None:
    picture(tmp_path / "0.png")
    picture(tmp_path / name)
    with pytest.raises(DataError, match=r"subfolders named \w+, so not all"):
        load_dataset(tmp_path)


def test_mask_files_in_a_flat_folder_are_named(tmp_path: Path) -> None:
    for name in ("a.png", "a_mask.png", "b_mask.png"):
        picture(tmp_path / name)
    with pytest.raises(DataError, match=r"(?s)a_mask\.png.*b_mask\.png"):
        load_dataset(tmp_path)


def test_the_mvtec_layout_gives_classes_splits_and_masks(mvtec: Path) -> None:
    picture(mvtec / "validation/good/000.png")
    dataset = load_dataset(mvtec)
    assert dataset.kind == "mvtec"
    assert [dataset.name(t) for t in dataset.train()] == ["train/good/000.png", "train/good/001.png"]
    assert [dataset.name(t) for t in dataset.calibration()] == ["validation/good/000.png"]
    test = {dataset.name(tile): tile for tile in dataset.test()}
    assert test["test/crack/000.png"].mask == mvtec / "ground_truth/crack/000_mask.png"
    assert test["test/crack/000.png"].has_pixel_truth
    assert not test["test/crack/001.png"].has_pixel_truth
    assert test["test/good/000.png"].has_pixel_truth
    assert any("test/crack/001.png" in warning for warning in dataset.warnings)
    assert len({tile.group for tile in dataset.tiles}) == len(dataset.tiles)
    train, held_out = dataset.training_and_held_out()
    assert (train, held_out) == (dataset.train(), dataset.calibration())


def test_defects_among_the_training_tiles_are_refused_by_name(mvtec: Path) -> None:
    picture(mvtec / "train/crack/007.png")
    with pytest.raises(DataError, match=r"good tiles only(?s:.*)train/crack/007\.png"):
        load_dataset(mvtec)


def test_masks_of_another_size_are_all_named(mvtec: Path) -> None:
    picture(mvtec / "ground_truth/crack/000_mask.png", 65, 70)
    picture(mvtec / "ground_truth/crack/001_mask.png", 64, 71)
    with pytest.raises(DataError, match=r"65 x 70 px, its picture 64 x 70(?s:.*)64 x 71"):
        load_dataset(mvtec)


def test_a_mask_that_is_no_picture_is_named(mvtec: Path) -> None:
    (mvtec / "ground_truth/crack/001.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(DataError, match=r"crack.001\.png is no readable picture"):
        load_dataset(mvtec)


def test_a_manifest_gives_all_that_its_columns_say(manifest: Path) -> None:
    dataset = load_dataset(manifest)
    assert dataset.kind == "manifest"
    assert [(t.path.name, t.cls, t.group, t.split) for t in dataset.tiles] == [
        ("a1.png", "good", "A", "train"),
        ("a2.png", "good", "A", "train"),
        ("b.png", "good", "B", "calibration"),
        ("c.png", "crack", "C", "test"),
    ]
    assert dataset.tiles[3].mask == manifest.parent / "c_mask.png"
    assert dataset.warnings == ()


def test_a_manifest_of_files_alone_is_enough(manifest: Path) -> None:
    manifest.write_text("\ufeffFile;\na1.png;\nb.png;\n", encoding="utf-8")
    dataset = load_dataset(manifest)
    assert [tile.cls for tile in dataset.tiles] == ["good", "good"]
    assert len({tile.group for tile in dataset.tiles}) == 2


def test_every_wrong_row_of_a_manifest_is_named(manifest: Path) -> None:
    with manifest.open("a", encoding="utf-8") as file:
        file.write(
            "gone.png,good,,,\nb.png,good,,tset,\na2.png,good,A,train,\n,good,,,\nc.png/x,,,,gone_mask.png\n"
        )
    with pytest.raises(DataError) as caught:
        load_dataset(manifest)
    lines = [line.strip() for line in caught.value.what.splitlines()[1:]]
    assert lines == [
        "row 6: gone.png does not exist",
        "row 7: split 'tset' is none of train, calibration, test",
        "row 7: b.png is already in row 4",
        "row 8: a2.png is already in row 3",
        "row 9: no file is named",
        "row 10: c.png/x does not exist",
        "row 10: mask gone_mask.png does not exist",
        "row 10: the class is empty",
    ]


def test_a_tile_on_both_sides_of_a_split_is_refused(manifest: Path) -> None:
    text = manifest.read_text(encoding="utf-8").replace("a2.png,OK,A,train", "a2.png,OK,A,test")
    manifest.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="group A: test, train"):
        load_dataset(manifest)


def test_guessed_groups_on_both_sides_are_told(manifest: Path) -> None:
    for name in ("t_exp1", "t_exp2", "u_exp1"):
        picture(manifest.parent / f"{name}.png")
    manifest.write_text("file,split\nt_exp1.png,train\nt_exp2.png,test\nu_exp1.png,train\n", encoding="utf-8")
    assert "group t: test, train" in load_dataset(manifest).warnings[-1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,class\na.png,good\n", "lacks the column file"),
        (b"", "lacks the column file"),
        ("file\nstücke.png\n".encode("latin-1"), "cannot be read as CSV"),
        (b'file\n"a.png\n', "cannot be read as CSV"),
        (b"file,class\n", "holds no pictures"),
    ],
)
def test_a_manifest_that_is_no_table_is_refused(manifest: Path, content: bytes, reason: str) -> None:
    manifest.write_bytes(content)
    with pytest.raises(DataError, match=reason):
        load_dataset(manifest)


def test_nothing_and_the_wrong_thing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    for name, reason in (("empty", "no pictures"), ("notes.txt", "no data set"), ("gone", "does not exist")):
        with pytest.raises(DataError, match=reason):
            load_dataset(tmp_path / name)


def small_mt(root: Path) -> Path:
    for cls, frame in (("Free", 1000), ("Free", 2000), ("Free", 2100), ("Crack", 3000), ("Uneven", 4000)):
        picture(root / f"MT_{cls}/Imgs/exp1_num_{frame}.jpg")
        picture(root / f"MT_{cls}/Imgs/exp1_num_{frame}.png")
    return root


def test_the_mt_layout_without_a_split_groups_near_frames(tmp_path: Path) -> None:
    dataset = load_dataset(small_mt(tmp_path))
    assert dataset.kind == "mt"
    assert sorted(tile.cls for tile in dataset.tiles) == ["crack", "good", "good", "good", "uneven"]
    assert len({tile.group for tile in dataset.tiles}) == 4
    assert [tile.mask is not None for tile in dataset.tiles if tile.cls == "good"] == [False] * 3
    assert len(dataset.test()) == 5


def test_the_mt_split_and_its_flags_are_kept(tmp_path: Path) -> None:
    small_mt(tmp_path)
    (tmp_path / "split.csv").write_text(
        "file,group,split,flag\n"
        "MT_Free/Imgs/exp1_num_1000.jpg,1,train,\nMT_Free/Imgs/exp1_num_2000.jpg,2,train,\n"
        "MT_Free/Imgs/exp1_num_2100.jpg,3,test,free_but_shows_defect\n"
        "MT_Crack/Imgs/exp1_num_3000.jpg,3,test,\nMT_Uneven/Imgs/exp1_num_4000.jpg,4,test,empty_mask\n",
        encoding="utf-8",
    )
    dataset = load_dataset(tmp_path)
    assert [tile.group for tile in dataset.train()] == ["1", "2"]
    assert [tile.cls for tile in dataset.test()] == ["crack", "uneven"]
    assert [tile.has_pixel_truth for tile in dataset.test()] == [True, False]
    assert len(dataset.warnings) == 2
    with (tmp_path / "split.csv").open("a", encoding="utf-8") as file:
        file.write("MT_Free/Imgs/gone.jpg,9,train,\nMT_Crack/Imgs/exp1_num_3000.jpg,9,noon,\n")
    with pytest.raises(DataError, match=r"row 7(?s:.*)row 8"):
        load_dataset(tmp_path)


@pytest.mark.tiles
def test_the_real_tiles_are_counted_as_their_readme_says(mt_folder: Path) -> None:
    dataset = load_dataset(mt_folder)
    good = [tile for tile in dataset.test() if tile.is_good]
    defective = [tile for tile in dataset.test() if tile.is_defective]
    assert (len(dataset.train()), len(dataset.calibration())) == (405, 84)
    assert (len(good), len(defective)) == (149 - 6, 228)
    assert len({tile.group for tile in dataset.train()}) == 65
    assert len({tile.group for tile in dataset.calibration()}) == 12
    assert sum(tile.has_pixel_truth for tile in dataset.test()) == 143 + 227


def test_the_fingerprint_depends_on_contents_and_not_on_order() -> None:
    one = fingerprint([("a", "1"), ("b", "2")])
    assert one == fingerprint([("b", "2"), ("a", "1")])
    assert one != fingerprint([("a", "2"), ("b", "1")])


def test_a_data_set_without_good_tiles_cannot_be_trained_on(manifest: Path) -> None:
    manifest.write_text("file,class\na1.png,crack\n", encoding="utf-8")
    with pytest.raises(DataError, match="no good tiles"):
        load_dataset(manifest).training_and_held_out()
