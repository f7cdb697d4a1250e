"""Which way the grinding streaks of tiles run."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from bsdrd.data.images import Pixels, as_model_input


def streaks_run_across(pictures: Sequence[Pixels]) -> bool:
    """Whether the grinding streaks of most pictures run from left to right, not from top to bottom."""
    across = 0
    for picture in pictures:
        grey = cv2.GaussianBlur(np.ascontiguousarray(as_model_input(picture, 1)[0]), (0, 0), 1.0)
        along_x = float(np.abs(np.diff(grey, axis=1)).mean())
        along_y = float(np.abs(np.diff(grey, axis=0)).mean())
        across += along_y > along_x
    return 2 * across > len(pictures)
