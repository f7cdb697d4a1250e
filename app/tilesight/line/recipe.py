"""A recipe: everything that decides about a tile, under one name and one hash.

Detector, source, how tiles are found, thresholds, which regions count, where is looked, what is kept. It is
a value: changing it makes another one, which takes effect between two frames.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bsdrd.data.images import read_mask
from bsdrd.detector import ModelInfo
from bsdrd.errors import BsdrdError
from bsdrd.judge import Rule
from bsdrd.result import Thresholds
from tilesight.line.tile_finding.settings import Automatic, TileFinding, WholeFrame
from tilesight.store.canonical import content_sha256, file_sha256
from tilesight.store.images import Keep, RetentionRule
from tilesight.store.tuning.mask import InspectionMask
from tilesight.store.tuning.rule import PixelRule

#: Format number of recipe files.
SCHEMA_VERSION = 1
#: Stands for the model that ships with the program.
STARTER = "starter"

_Number = Annotated[float, Field(allow_inf_nan=False)]


class RecipeError(BsdrdError):
    """A recipe cannot be used as it is; the one in force stays."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Retention(_Part):
    """Which pictures and maps are kept beside the records.

    Attributes:
        pictures: "all", "grey and ng" (everything but OK) or "none".
        maps: Likewise.
        cap_gb: Both together, in 10^9 bytes; the oldest unlabelled ones go first. None for no limit.
    """

    pictures: Keep = "grey and ng"
    maps: Keep = "grey and ng"
    cap_gb: float | None = Field(default=20.0, gt=0, le=1e6)

    def rule(self) -> RetentionRule:
        """The rule as the store takes it."""
        return RetentionRule(
            self.pictures, self.maps, None if self.cap_gb is None else int(self.cap_gb * 1e9)
        )


class MaskFile(_Part):
    """A picture that says where a tile is inspected: white is inspected; it is scaled to every tile.

    Attributes:
        path: The picture.
        sha256: Its hash when it was chosen; another picture under the same name is refused.
    """

    path: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @classmethod
    def choose(cls, path: Path) -> MaskFile:
        """Takes a picture as it is now.

        Raises:
            ImageError: If it cannot be read.
            RecipeError: If it leaves nothing to inspect.
        """
        mask = read_mask(path)
        if not mask.any():
            raise RecipeError(f"The mask {path} leaves nothing to inspect: white is inspected.")
        return cls(path=str(path), sha256=file_sha256(path))

    def raster(self, height: int, width: int) -> NDArray[np.bool_]:
        """The mask for a tile of this size: bool, height x width, True = inspected, read-only.

        Raises:
            ImageError: If the picture cannot be read.
            RecipeError: If it is another one than was chosen.
        """
        return _mask_of(self.path, self.sha256, height, width)


class Recipe(_Part):
    """Everything that decides about a tile.

    Attributes:
        format: Format number of the file.
        name: As a person calls it.
        model: Path of the model file, or "starter" for the one that ships with the program.
        model_sha256: Hash that the model file must have; None accepts any.
        source: As `tilesight.line.sources.open_source` reads it.
        tile_finding: How a frame becomes tiles.
        t1: Where GREY starts; None, together with `t2`, takes the model's own.
        t2: Where NG starts.
        map_threshold: Outlines regions on the fused map; None takes T1.
        min_area: Smaller regions do not count; in pixels, or in mm² where `min_area_in_mm2`.
        min_area_in_mm2: Whether `min_area` is in mm²; it then needs `mm_per_px`.
        edge_band_px: Width of the band along the tile's edges that does not count.
        mask: Drawn part of the tile that is inspected; None: all of it.
        mask_file: Likewise as a picture; where both are given, both must agree.
        mm_per_px: Scale of the pictures, where the source does not know it.
        retention: What is kept beside the records.
        device: "auto", "cpu" or "cuda".
        threads: CPU threads of the detector; 0 takes one for each core.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    format: Literal[1] = Field(default=SCHEMA_VERSION, alias="schema")
    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$")
    model: str = Field(default=STARTER, min_length=1)
    model_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    source: str = "demo"
    tile_finding: TileFinding = Field(default_factory=WholeFrame)
    t1: _Number | None = None
    t2: _Number | None = None
    map_threshold: _Number | None = None
    min_area: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    min_area_in_mm2: bool = False
    edge_band_px: int = Field(default=0, ge=0, le=4000)
    mask: InspectionMask | None = None
    mask_file: MaskFile | None = None
    mm_per_px: float | None = Field(default=None, gt=0, le=100)
    retention: Retention = Field(default_factory=Retention)
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = Field(default=0, ge=0, le=256)

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        if (self.t1 is None) != (self.t2 is None):
            raise ValueError("T1 and T2 are set together, or both are the model's own")
        if self.t1 is not None and self.t2 is not None and self.t1 > self.t2:
            raise ValueError(f"T1 ({self.t1:g}) must not exceed T2 ({self.t2:g})")
        return self

    def content(self) -> dict[str, Any]:
        """The recipe made of JSON's types, as it is hashed and kept in the store's history."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def sha256(self) -> str:
        """Hash of the whole content; records name the recipe by it."""
        return content_sha256(self.content())

    def changed(self, **values: object) -> Recipe:
        """Another recipe with some values replaced, checked as a whole.

        Raises:
            pydantic.ValidationError: If it does not fit together.
        """
        return Recipe.model_validate({**self.model_dump(by_alias=False), **values})

    def thresholds(self, info: ModelInfo) -> Thresholds:
        """T1 and T2 that apply with a model."""
        if self.t1 is None or self.t2 is None:
            return info.thresholds
        return Thresholds(self.t1, self.t2)

    def pixel_rule(self) -> PixelRule:
        """The pixel side of the rule, without a mask file."""
        return PixelRule(
            self.map_threshold, self.min_area, self.min_area_in_mm2, self.edge_band_px, self.mask
        )

    def rule_for(self, info: ModelInfo, height: int, width: int, mm_per_px: float | None = None) -> Rule:
        """The rule for one tile. Masks lie in the tile's own coordinates, so they follow its pose.

        Args:
            info: The model that judges.
            height: Of the tile in pixels.
            width: Likewise.
            mm_per_px: Scale as the source knows it; the recipe's own where None.

        Raises:
            RecipeError: If the rule cannot be made, for instance an area in mm² without a scale.
            ImageError: If the mask file cannot be read.
        """
        scale = mm_per_px if mm_per_px is not None else self.mm_per_px
        try:
            rule = self.pixel_rule().rule(self.thresholds(info), height, width, scale)
        except ValueError as error:
            raise RecipeError(f"The recipe {self.name} cannot judge: {error}.") from error
        if self.mask_file is None:
            return rule
        mask = self.mask_file.raster(height, width)
        if rule.mask is not None:
            mask = mask & rule.mask
        return Rule(rule.thresholds, rule.map_threshold, rule.min_area_px, rule.edge_band_px, mask)

    def fits(self, info: ModelInfo) -> None:
        """Checks that a model is the one that the recipe was made for.

        Raises:
            RecipeError: If the recipe names another one by its hash.
        """
        if self.model_sha256 is not None and self.model_sha256 != info.sha256:
            raise RecipeError(
                f"The recipe {self.name} was made for another model than {info.path.name} "
                f"({self.model_sha256[:12]}, not {info.sha256[:12]}).",
                kept="The detector in force stays.",
                do_next="Choose the right model file, or save the recipe with this one.",
            )


#: What runs when nothing was set up: tiles on the rendered belt.
# Rendered tiles are plainer than real ones, so the demo line has thresholds of its own: T1 about the 97 %
# point of good rendered tiles under the shipped model (7.7), T2 between the 99 % point of these (8.5) and the
# 5 % point of defective ones (10.8); `python benchmarks/starter.py --thresholds` prints them.
DEMO = Recipe(name="Demo line", source="demo", tile_finding=Automatic(), t1=7.8, t2=9.0)


def recipe_for(source: str) -> Recipe:
    """The recipe for a source that nobody made one for: the shipped model, every picture is one tile."""
    if source.strip().lower().startswith("demo:tiles"):
        return DEMO.changed(name="Demo line, cut tiles", source=source.strip(), tile_finding=WholeFrame())
    if source.strip().lower().startswith("demo"):
        return DEMO.changed(source=source.strip())
    return Recipe(name="Whole pictures", source=source)


def on_a_belt(recipe: Recipe) -> Recipe:
    """The same where pictures show tiles on a belt that must be found first."""
    return recipe.changed(name="Tiles on a belt", tile_finding=Automatic())


@lru_cache(maxsize=16)
def _mask_of(file: str, sha256: str, height: int, width: int) -> NDArray[np.bool_]:
    path = Path(file)
    mask = read_mask(path)
    if file_sha256(path) != sha256:
        raise RecipeError(
            f"The mask {path} is not the picture that the recipe was made with.",
            do_next="Choose the mask again in the recipe.",
        )
    scaled = cv2.resize(mask.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    found: NDArray[np.bool_] = np.asarray(scaled, np.bool_)
    found.setflags(write=False)
    return found
