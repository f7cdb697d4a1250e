"""Everything that the pages of the gate show of the store: models, promotions, evaluation sets."""

from __future__ import annotations

from dataclasses import dataclass, field

from tilesight.line.recipe import Recipe
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.job import JobBook, Status
from tilesight.line.training.releasing import can_roll_back
from tilesight.store.evaluation import FrozenSet
from tilesight.store.models import Promotion, StoredModel
from tilesight.store.records import RecordStore

#: Jobs that are looked at for how long a training takes here.
_JOBS_FOR_PACE = 12


@dataclass(frozen=True, slots=True)
class Registry:
    """The models of the store.

    Attributes:
        live: That is live for the recipe; None where nothing was promoted yet.
        others: All that could be compared with it, newest first.
        goes_back_to: Name of the model that a rollback leads to; "" for none.
        pace: Seconds of a finished training by (mode, preset), newest first: how long it takes here.
        promotions: Who went live when, for every recipe, newest first.
        sets: Evaluation sets, newest first.
        deleted: Names of deleted models by their hash, for the promotions that name them.
    """

    live: StoredModel | None
    others: tuple[StoredModel, ...]
    goes_back_to: str
    pace: dict[tuple[str, str], float]
    promotions: tuple[Promotion, ...] = ()
    sets: tuple[FrozenSet, ...] = ()
    deleted: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def models(self) -> tuple[StoredModel, ...]:
        """The live one, then all others."""
        return self.others if self.live is None else (self.live, *self.others)

    def find(self, sha256: str) -> StoredModel | None:
        """A model by its hash."""
        return next((one for one in self.models if one.sha256 == sha256), None)


NOTHING = Registry(None, (), "", {})


def read_registry(store: RecordStore, recipe: Recipe | None) -> Registry:
    """Everything that the pages of the gate show of the store."""
    live = None if recipe is None else store.models.live(recipe.name)
    others = tuple(one for one in store.models.all() if live is None or one.sha256 != live.sha256)
    pace: dict[tuple[str, str], float] = {}
    for folder in JobBook(store.folder).all()[:_JOBS_FOR_PACE]:
        if folder.state().status is Status.FINISHED:
            job, run = folder.job(), TrainingRun(folder)
            if job.settings.steps is None and run.state.seconds:
                pace.setdefault((job.settings.mode, job.settings.preset), run.state.seconds)
    back = can_roll_back(store, recipe) if recipe is not None else ""
    promotions, sets = tuple(store.models.promotions()), tuple(store.evaluation.sets())
    here = {one.sha256 for one in (*others, *(() if live is None else (live,)))}
    deleted = {one.sha256: one.name for one in store.models.all(removed=True) if one.sha256 not in here}
    return Registry(live, others, back, pace, promotions, sets, deleted)
