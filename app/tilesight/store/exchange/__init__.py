"""Records and labels out of a store and into one: MVTec AD, COCO, labelme, CSV.

Every format carries everything that Tilesight knows (record, regions, labels of every reviewer, region
labels, drawn masks) beside what the format itself defines, so that a round trip loses nothing; anomaly
maps are the exception: they are the model's work and belong into a backup. What another program changed
(a label, a mask, a folder) wins over what was written beside it and counts as the importing person's label.
Regions that a person accepted as defects are exported as masks too; coming back, they stay regions.
"""

from __future__ import annotations

from tilesight.store.exchange.apply import ImportReport, import_entries
from tilesight.store.exchange.entry import EntryLabel, EntryMask, EntryRegionLabel, TileEntry
from tilesight.store.exchange.formats import FORMATS, Format, export_records, import_folder, recognise
from tilesight.store.exchange.report import ExportReport

__all__ = [
    "FORMATS",
    "EntryLabel",
    "EntryMask",
    "EntryRegionLabel",
    "ExportReport",
    "Format",
    "ImportReport",
    "TileEntry",
    "export_records",
    "import_entries",
    "import_folder",
    "recognise",
]
