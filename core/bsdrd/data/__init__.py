"""Reading tiles: image files, folder layouts, splits and augmentation."""
