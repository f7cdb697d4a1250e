"""Groups are found in names, and a split keeps each group on one side."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bsdrd.data.splits import guess_groups, hold_out
from bsdrd.errors import DataError


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["a_exp1.png", "a_exp2.png", "b_exp1.png"], ["a", "a", "b"]),
        (["cam1/7.png", "cam2/7.png", "cam1/8.png"], ["/7", "/7", "/8"]),
        (["12-view-3.png", "12-view-4.png", "13-view-3.png"], ["12", "12", "13"]),
        (["t1_e1_left.bmp", "t1_e2_left.bmp", "t1_e2_right.bmp"], ["t1_left", "t1_left", "t1_right"]),
    ],
)
def test_names_that_differ_in_exposure_or_view_are_one_tile(names: list[str], groups: list[str]) -> None:
    assert list(guess_groups(names).groups) == groups


@pytest.mark.parametrize(
    "names",
    [
        ["001.png", "002.png", "003.png"],
        ["view1.png", "view2.png", "view3.png"],  # nothing is left of the name
        [f"part_e{n}.png" for n in range(40)],  # a numbering: nobody takes forty views
        ["a_exp1.png", "a_exp2.png", "a_exp3.png"],  # one single tile says nothing about others
        ["exposed_1.png", "exposed_2.png"],
    ],
)
def test_other_names_are_a_tile_each(names: list[str]) -> None:
    guess = guess_groups(names)
    assert len(set(guess.groups)) == len(names)
    assert "tile of its own" in guess.rule


def test_near_frames_of_magnetic_tiles_are_one_tile() -> None:
    names = ["exp1_num_100.jpg", "exp2_num_380.jpg", "x/exp1_num_680.jpg", "exp3_num_660.jpg"]
    groups = guess_groups(names).groups
    assert groups[0] == groups[1] == groups[3] == groups[2]
    assert len(set(guess_groups(["exp1_num_100.jpg", "exp2_num_400.jpg"]).groups)) == 2


@pytest.mark.tiles
def test_guessed_tiles_of_the_real_data_set_are_seldom_torn(mt_folder: Path) -> None:
    with (mt_folder / "split.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    guessed = guess_groups([row["file"] for row in rows]).groups
    found: dict[str, set[str]] = defaultdict(set)
    for row, group in zip(rows, guessed, strict=True):
        found[row["group"]].add(group)
    assert len(found) == 130
    assert sum(len(groups) == 1 for groups in found.values()) == 119  # as the docstring says


@given(
    st.lists(st.integers(0, 30).map(str), min_size=2, max_size=200).filter(lambda g: len(set(g)) > 1),
    st.floats(0.01, 0.99),
    st.integers(0, 5),
)
def test_whole_groups_are_held_out_near_the_share_and_whatever_the_order(
    groups: list[str], share: float, seed: int
) -> None:
    out = hold_out(groups, share=share, seed=seed)
    names = np.array(groups)
    assert not set(names[out]) & set(names[~out])
    assert 0 < out.sum() < len(groups)
    largest = max(groups.count(group) for group in set(groups))
    assert abs(out.sum() - share * len(groups)) <= largest
    shuffled = groups.copy()
    random.Random(seed).shuffle(shuffled)
    assert set(names[out]) == set(np.array(shuffled)[hold_out(shuffled, share=share, seed=seed)])


def test_another_seed_holds_out_other_tiles() -> None:
    groups = [str(n) for n in range(50)]
    chosen = [frozenset(np.flatnonzero(hold_out(groups, seed=seed))) for seed in range(5)]
    assert len(set(chosen)) == 5


def test_one_tile_or_a_senseless_share_cannot_be_split() -> None:
    with pytest.raises(DataError, match="one tile"):
        hold_out(["a", "a"])
    with pytest.raises(DataError, match="between 0 and 1"):
        hold_out(["a", "b"], share=1.0)
