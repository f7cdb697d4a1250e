"""What a shadow model is judged with: its own thresholds, found by the recipe's rule, and where they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tilesight.line.recipe import Recipe, RecipeError


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of a recipe; None where they are the model's own (`map_threshold`: T1).

    Attributes:
        t1: Where GREY starts.
        t2: Where NG starts.
        map_threshold: Outlines regions.
    """

    t1: float | None = None
    t2: float | None = None
    map_threshold: float | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> Limits:
        """Those of a recipe."""
        return cls(recipe.t1, recipe.t2, recipe.map_threshold)

    @property
    def own(self) -> bool:
        """Whether the recipe has any of its own, which were made for one model only."""
        return self != Limits()


@dataclass(frozen=True, slots=True)
class ShadowTerms:
    """Thresholds for the shadow model, and the recipe's ones that they correspond to.

    Attributes:
        held: The recipe's when they were found.
        new: For the shadow model.
    """

    held: Limits
    new: Limits

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> ShadowTerms:
        """From the JSON values of a run; what is missing counts as the model's own."""
        return cls(Limits(**values.get("held", {})), Limits(**values.get("new", {})))

    def content(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    def recipe_for(self, recipe: Recipe, model: Path) -> Recipe:
        """A recipe in force as it would be with the shadow model: what it looks at, and where, is the same.

        Raises:
            RecipeError: If nobody knows what its thresholds correspond to under the shadow model.
        """
        limits = Limits.of(recipe)
        if limits.own and limits != self.held:
            raise RecipeError(
                f"The recipe {recipe.name} has thresholds of its own, and they are not those that the shadow "
                "model's were found for.",
                kept="The live model judges as before.",
                do_next="Compare the two models again, then start shadow mode anew.",
            )
        new = self.new if limits.own else Limits()
        return recipe.changed(model=str(model), model_sha256=None, **asdict(new))
