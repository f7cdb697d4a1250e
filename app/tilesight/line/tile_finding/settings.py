"""How tiles are found in a frame: a part of the recipe, therefore versioned with it and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WholeFrame(_Settings):
    """Every frame is one tile, as it is: files, or a camera that sees nothing else."""

    mode: Literal["whole"] = "whole"


class FixedRectangle(_Settings):
    """The tile always lies at the same place.

    Attributes:
        x: First column of the rectangle before turning, in pixels.
        y: First row.
        width: Columns.
        height: Rows.
        angle_deg: Turn about the middle; positive is clockwise on the screen.
    """

    mode: Literal["rectangle"] = "rectangle"
    x: int = Field(ge=0)
    y: int = Field(ge=0)
    width: int = Field(ge=16)
    height: int = Field(ge=16)
    angle_deg: float = Field(default=0.0, ge=-180, le=180)


class Automatic(_Settings):
    """Tiles are told from the belt by their brightness, wherever and however they lie.

    Attributes:
        tile_is: "brighter" or "darker" than the belt.
        shortest_px: Smallest short side of a tile, in frame pixels; what is smaller is not looked at.
        longest_px: Largest long side; what is larger is refused, as several tiles that cannot be told apart.
        min_contrast: Smallest difference of grey levels (of 255) between tile and belt.
        margin_px: Belt kept around the tile, so that chipped edges stay in the picture.
        streaks: "vertical" turns the tile so that its grinding streaks run downwards, as the model has
            learned them; "as they lie" takes the smallest turn that sets the sides straight.
        most: Largest number of tiles in a frame.
    """

    mode: Literal["automatic"] = "automatic"
    tile_is: Literal["brighter", "darker"] = "brighter"
    shortest_px: int = Field(default=64, ge=24)
    longest_px: int = Field(default=900, ge=32)
    min_contrast: float = Field(default=12.0, ge=2, le=200)
    margin_px: int = Field(default=1, ge=0, le=64)
    streaks: Literal["vertical", "as they lie"] = "vertical"
    most: int = Field(default=12, ge=1, le=100)

    @model_validator(mode="after")
    def _sizes_in_order(self) -> Automatic:
        if self.shortest_px > self.longest_px:
            raise ValueError("shortest_px must not exceed longest_px")
        return self


#: Any of the three, told apart by `mode`.
TileFinding = Annotated[WholeFrame | FixedRectangle | Automatic, Field(discriminator="mode")]
