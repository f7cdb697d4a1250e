"""Where a tile lies in a frame, and how its pixels map there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Pose:
    """A tile of `width` x `height` pixels, turned and shifted into a frame; nothing is scaled.

    Pixel centres lie at whole numbers, in the tile as in the frame.

    Attributes:
        centre: x, y of the tile's middle in the frame, in pixels.
        angle_deg: Turn from the tile's x axis to the frame's; positive turns x towards y (clockwise on
            the screen). In (-180, 180].
        width: Columns of the tile.
        height: Rows of the tile.
    """

    centre: tuple[float, float]
    angle_deg: float
    width: int
    height: int

    @property
    def matrix(self) -> NDArray[np.float64]:
        """Tile pixel to frame pixel: 2 x 3 affine, as OpenCV takes it."""
        cos, sin = math.cos(math.radians(self.angle_deg)), math.sin(math.radians(self.angle_deg))
        mid_x, mid_y = (self.width - 1) / 2, (self.height - 1) / 2
        x, y = self.centre
        return np.array(
            [[cos, -sin, x - cos * mid_x + sin * mid_y], [sin, cos, y - sin * mid_x - cos * mid_y]]
        )

    @property
    def inverse(self) -> NDArray[np.float64]:
        """Frame pixel to tile pixel: 2 x 3 affine."""
        turn = self.matrix[:, :2].T
        return np.hstack([turn, -turn @ self.matrix[:, 2:]])

    @property
    def corners(self) -> NDArray[np.float64]:
        """Outer corners in the frame, clockwise from the tile's upper left: 4 x 2, x and y in pixels."""
        right, bottom = self.width - 0.5, self.height - 0.5
        return self.to_frame(np.array([[-0.5, -0.5], [right, -0.5], [right, bottom], [-0.5, bottom]]))

    @property
    def straight(self) -> bool:
        """Whether tile pixels are frame pixels, so that cutting out needs no interpolation."""
        offset = self.matrix[:, 2]
        return self.angle_deg == 0 and bool(np.allclose(offset, np.round(offset), atol=1e-6))

    def to_frame(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the tile in the frame: N x 2 to N x 2, x and y in pixels."""
        return np.asarray(points, np.float64) @ self.matrix[:, :2].T + self.matrix[:, 2]

    def to_tile(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the frame in the tile: N x 2 to N x 2, x and y in pixels."""
        return np.asarray(points, np.float64) @ self.inverse[:, :2].T + self.inverse[:, 2]

    def cut(self, frame: Pixels) -> Pixels:
        """The tile's pixels, upright: height x width (x 3), type of the frame; repeats the frame's border."""
        if self.straight:
            left, top = (round(float(value)) for value in self.matrix[:, 2])
            if (
                left >= 0
                and top >= 0
                and top + self.height <= len(frame)
                and left + self.width <= frame.shape[1]
            ):
                return frame[top : top + self.height, left : left + self.width].copy()
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (self.width, self.height)
        cut = cv2.warpAffine(frame, self.matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return cut.astype(np.uint8) if frame.dtype == np.uint8 else cut.astype(np.uint16)

    def turned(self, quarter_turns: int) -> Pose:
        """The same place with the tile turned by quarter turns, positive as `angle_deg`."""
        angle = math.remainder(self.angle_deg + 90 * quarter_turns, 360)
        width, height = (self.height, self.width) if quarter_turns % 2 else (self.width, self.height)
        return Pose(self.centre, 180.0 if angle == -180 else angle, width, height)
