"""Training on good tiles: a generator of progress events that can be cancelled at any step and resumed."""

from bsdrd.training.events import Event
from bsdrd.training.loop import train
from bsdrd.training.settings import PRESETS, TrainSettings, preset

__all__ = ["PRESETS", "Event", "TrainSettings", "preset", "train"]
