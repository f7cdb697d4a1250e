"""Data sets as they lie on disk: which picture is good, which defective, which tile, which split.

| layout | recognised by | good tiles | groups |
|---|---|---|---|
| manifest | a `.csv` file, `manifest.csv` in a folder | class good, ok, free, normal | column, or guessed |
| MVTec AD | folder `train/good` or `test` | `good` in train, validation, test | guessed from names |
| MT | folders `MT_<Class>/Imgs` | `MT_Free` | `split.csv`, or frame numbers |
| flat | any other folder of pictures | all | guessed from names |

A manifest has the columns file, class, group, split, mask, flag, of which only the first is needed; paths
are relative to it. Guessing is told in `Dataset.warnings`; see `bsdrd.data.splits.guess_groups`.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bsdrd.data.dataset import (
    EMPTY_MASK,
    GOOD,
    GOOD_NAMES,
    LAYOUT_HELP,
    SHOWS_DEFECT,
    SPLITS,
    Dataset,
    Tile,
    class_name,
    listed,
    relative_name,
)
from bsdrd.data.images import IMAGE_EXTENSIONS, find_images, image_size
from bsdrd.data.splits import guess_groups
from bsdrd.errors import DataError, ImageError

__all__ = ["EMPTY_MASK", "GOOD", "SHOWS_DEFECT", "Dataset", "Tile", "load_dataset"]

_TELLING_FOLDERS = GOOD_NAMES | {
    *("ng", "bad", "defect", "defects", "defective", "anomaly", "faulty"),
    *("train", "test", "validation", "val", "ground_truth", "mask", "masks", "label", "labels"),
}


def load_dataset(path: str | Path) -> Dataset:
    """Find out what a data set holds. Pictures are not decoded, but masks are compared in size.

    Args:
        path: A folder in one of the layouts, or a manifest CSV.

    Raises:
        DataError: If nothing usable is there; every offending row or file is named.
    """
    root = Path(path)
    try:
        dataset = _load(root)
    except OSError as error:
        raise DataError(
            f"{error.filename or root} cannot be read: {error.strerror or error}.",
            do_next="Check the permissions of the data set's folders.",
        ) from error
    if not dataset.tiles:
        raise DataError(f"{root} holds no pictures.", do_next=LAYOUT_HELP)
    _check_masks(dataset)
    return dataset


def _load(root: Path) -> Dataset:
    if root.is_file():
        if root.suffix.lower() != ".csv":
            raise DataError(f"{root} is no data set.", do_next=LAYOUT_HELP)
        return _manifest(root)
    if not root.is_dir():
        raise DataError(f"{root} does not exist.", do_next="Check the path.")
    if (root / "manifest.csv").is_file():
        return _manifest(root / "manifest.csv")
    if any(folder.is_dir() for folder in root.glob("MT_*/Imgs")):
        return _mt(root)
    if (root / "train" / "good").is_dir() or (root / "test").is_dir():
        return _mvtec(root)
    return _flat(root)


def _flat(root: Path) -> Dataset:
    files = find_images(root)
    folders = {part.lower() for file in files for part in file.relative_to(root).parts[:-1]}
    telling = sorted(folders & _TELLING_FOLDERS)
    if telling:
        raise DataError(
            f"{root} has subfolders named {', '.join(telling)}, so not all of its pictures may be good.",
            do_next=LAYOUT_HELP,
        )
    masks = [relative_name(file, root) for file in files if file.stem.lower().endswith("_mask")]
    if masks:
        raise DataError(
            listed(f"{root} holds masks among its pictures:", masks),
            do_next="Move them away, or use the MVTec AD layout or a manifest.",
        )
    # As in the MT folders: tile.png beside tile.jpg is its mask (or the same picture again).
    jpegs = {file.with_suffix("") for file in files if file.suffix.lower() in (".jpg", ".jpeg")}
    doubles = {file for file in files if file.suffix.lower() == ".png" and file.with_suffix("") in jpegs}
    kept = [Tile(file, GOOD, "") for file in files if file not in doubles]
    tiles, warnings = _guessed(root, kept)
    if doubles:
        warnings += (f"{len(doubles)} .png files beside a .jpg of the same name are left out as masks.",)
    return Dataset(root, "flat", tiles, warnings)


def _mvtec(root: Path) -> Dataset:
    tiles: list[Tile] = []
    missing: list[str] = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        split = SPLITS.get(folder.name.lower(), "")
        if not split:
            continue
        for file in find_images(folder):
            parts = file.relative_to(folder).parts
            if len(parts) < 2:
                raise DataError(
                    f"{relative_name(file, root)} lies in no class folder.",
                    do_next=f"Move the pictures of {folder.name} to {folder.name}/good or another class.",
                )
            cls = class_name(parts[0])
            mask = None if cls == GOOD else _mvtec_mask(root, Path(*parts))
            if cls != GOOD and mask is None:
                missing.append(relative_name(file, root))
            tiles.append(Tile(file, cls, "", split, mask))
    _refuse_defects_in_training(root, tiles)
    guessed, warnings = _guessed(root, tiles)
    if missing:
        warnings += (listed("Without a mask, so left out of pixel figures:", missing),)
    return Dataset(root, "mvtec", guessed, warnings)


def _mvtec_mask(root: Path, inside: Path) -> Path | None:
    folder = root / "ground_truth" / inside.parent
    for ending in IMAGE_EXTENSIONS:
        for stem in (f"{inside.stem}_mask", inside.stem):
            if (folder / f"{stem}{ending}").is_file():
                return folder / f"{stem}{ending}"
    return None


def _mt(root: Path) -> Dataset:
    tiles: list[Tile] = []
    for folder in sorted(root.glob("MT_*/Imgs")):
        cls = class_name(folder.parent.name.removeprefix("MT_"))
        for file in find_images(folder):
            if file.suffix.lower() == ".png":  # the mask of the .jpg of the same name
                continue
            mask = file.with_suffix(".png")
            tiles.append(Tile(file, cls, "", "", mask if cls != GOOD and mask.is_file() else None))
    if (root / "split.csv").is_file():
        return _with_mt_split(root, tiles)
    return Dataset(root, "mt", *_guessed(root, tiles))


def _with_mt_split(root: Path, tiles: Sequence[Tile]) -> Dataset:
    rows = _rows(root / "split.csv", {"file", "group", "split"})
    by_name = {relative_name(tile.path, root): tile for tile in tiles}
    wrong: list[str] = []
    placed: list[Tile] = []
    for number, row in rows:
        tile = by_name.pop(row["file"], None)
        if tile is None:
            wrong.append(f"row {number}: {row['file']} does not exist, or is listed twice")
        elif row["split"].lower() not in SPLITS:
            wrong.append(f"row {number}: split '{row['split']}' is none of train, calibration, test")
        else:
            split = SPLITS[row["split"].lower()]
            placed.append(replace(tile, group=row["group"], split=split, flag=row.get("flag", "")))
    if wrong:
        raise DataError(
            listed(f"{root / 'split.csv'} does not fit the pictures:", wrong),
            do_next="Correct these rows, or remove the file to have groups guessed from frame numbers.",
        )
    _refuse_leaks(placed)
    warnings: list[str] = []
    if by_name:
        warnings.append(listed("Not in split.csv, so left out:", list(by_name)))
    flagged = Counter(tile.flag for tile in placed if tile.flag)
    if flagged[SHOWS_DEFECT]:
        warnings.append(f"{flagged[SHOWS_DEFECT]} pictures marked free show a defect and count as neither.")
    if flagged[EMPTY_MASK]:
        warnings.append(f"{flagged[EMPTY_MASK]} defective pictures have an empty mask: no pixel figures.")
    return Dataset(root, "mt", tuple(placed), tuple(warnings))


def _manifest(file: Path) -> Dataset:
    root = file.parent
    wrong: list[str] = []
    tiles: list[Tile] = []
    seen: dict[str, int] = {}
    for number, row in _rows(file, {"file"}):
        tile, problems = _manifest_row(root, row)
        before = seen.setdefault(os.path.normpath(tile.path), number)
        if before != number:
            problems.append(f"{row['file']} is already in row {before}")
        wrong += [f"row {number}: {problem}" for problem in problems]
        tiles.append(tile)
    if wrong:
        raise DataError(listed(f"{file} cannot be used:", wrong), do_next="Correct these rows.")
    _refuse_leaks(tiles)
    _refuse_defects_in_training(root, tiles)
    guessed, warnings = _guessed(root, tiles)
    unmasked = sum(tile.is_defective and tile.mask is None for tile in guessed)
    if unmasked:
        warnings += (f"{unmasked} defective pictures have no mask and are left out of pixel figures.",)
    return Dataset(root, "manifest", guessed, warnings)


def _manifest_row(root: Path, row: Mapping[str, str]) -> tuple[Tile, list[str]]:
    problems: list[str] = []
    path = root / row["file"]
    if not row["file"]:
        problems.append("no file is named")
    elif not _is_file(path):
        problems.append(f"{row['file']} does not exist")
    mask = root / row["mask"] if row.get("mask") else None
    if mask is not None and not _is_file(mask):
        problems.append(f"mask {row['mask']} does not exist")
    split = row.get("split", "").lower()
    if split not in SPLITS:
        problems.append(f"split '{row['split']}' is none of train, calibration, test")
    flag = row.get("flag", "")
    if flag not in ("", SHOWS_DEFECT, EMPTY_MASK):
        problems.append(f"flag '{flag}' is unknown")
    cls = row.get("class", GOOD)
    if not cls:
        problems.append("the class is empty")
    name = class_name(cls)
    mask = None if name == GOOD else mask  # all of a good tile is good
    return Tile(path, name, row.get("group", ""), SPLITS.get(split, ""), mask, flag), problems


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder closed to us
        return False


def _rows(file: Path, needed: set[str]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)  # spreadsheets write what their country writes
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        columns = {str(name).strip().lower() for name in reader.fieldnames or ()}
        if not needed <= columns:
            raise DataError(
                f"{file} lacks the column {', '.join(sorted(needed - columns))}.",
                do_next="Its first row names the columns: file, class, group, split, mask.",
            )
        return [
            (
                reader.line_num,
                {str(key).strip().lower(): str(value or "").strip() for key, value in row.items() if key},
            )
            for row in reader
        ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{file} cannot be read as CSV: {error}.", do_next="Save it as UTF-8 CSV.") from error


def _guessed(root: Path, tiles: Sequence[Tile]) -> tuple[tuple[Tile, ...], tuple[str, ...]]:
    """Tiles with a group each; groups that are given stay."""
    without = [tile for tile in tiles if not tile.group]
    if not without:
        return tuple(tiles), ()
    guess = guess_groups([relative_name(tile.path, root) for tile in without])
    groups = dict(zip((tile.path for tile in without), guess.groups, strict=True))
    placed = tuple(tile if tile.group else replace(tile, group=groups[tile.path]) for tile in tiles)
    warnings = [f"Which pictures show one tile is guessed from their names: {guess.rule}."]
    torn = _torn(placed)
    if torn:
        warnings.append(listed("By their names, pictures of one tile seem to be in several splits:", torn))
    return placed, tuple(warnings)


def _refuse_defects_in_training(root: Path, tiles: Sequence[Tile]) -> None:
    wrong = [relative_name(tile.path, root) for tile in tiles if tile.split == "train" and not tile.is_good]
    if wrong:
        raise DataError(
            listed("Training is on good tiles only, and these are not:", wrong),
            do_next="Move them to the test split.",
        )


def _torn(tiles: Iterable[Tile]) -> list[str]:
    """Groups that lie in more than one split, as lines."""
    splits: dict[str, set[str]] = defaultdict(set)
    for tile in tiles:
        if tile.group and tile.split:
            splits[tile.group].add(tile.split)
    return [f"group {group}: {', '.join(sorted(found))}" for group, found in splits.items() if len(found) > 1]


def _refuse_leaks(tiles: Iterable[Tile]) -> None:
    torn = _torn(tiles)
    if torn:
        raise DataError(
            listed("Pictures of one tile must stay in one split, but these groups are in several:", torn),
            do_next="Give all pictures of a tile the same split.",
        )


def _check_masks(dataset: Dataset) -> None:
    wrong: list[str] = []
    for tile in dataset.tiles:
        if tile.mask is None:
            continue
        name = relative_name(tile.mask, dataset.root)
        try:
            mask = image_size(tile.mask)
        except ImageError as error:
            wrong.append(error.what)
            continue
        try:
            picture = image_size(tile.path)
        except ImageError:
            continue  # told when the picture itself is read
        if mask != picture:
            wrong.append(f"{name} is {mask[0]} x {mask[1]} px, its picture {picture[0]} x {picture[1]}")
    if wrong:
        raise DataError(
            listed("Masks must be as large as their pictures:", wrong),
            do_next="Export these masks again at the size of their pictures.",
        )
