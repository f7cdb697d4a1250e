"""Errors that tell a person what happened, what was kept and what to do next."""


class BsdrdError(Exception):
    """Base of every error that bsdrd and Tilesight raise on purpose.

    Args:
        what: What happened, as one sentence.
        kept: What was kept or left untouched; empty where nothing was at stake.
        do_next: What the person can do about it.
    """

    def __init__(self, what: str, *, kept: str = "", do_next: str = "") -> None:
        super().__init__(" ".join(part for part in (what, kept, do_next) if part))
        self.what = what
        self.kept = kept
        self.do_next = do_next

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders in the data loader; keyword arguments need help to do so.
        return (_rebuild, (type(self), self.what, self.kept, self.do_next))


def _rebuild(kind: type[BsdrdError], what: str, kept: str, do_next: str) -> BsdrdError:
    return kind(what, kept=kept, do_next=do_next)


class ImageError(BsdrdError):
    """A picture cannot be read or has a shape, type or value that cannot be inspected."""


class DataError(BsdrdError):
    """A data set (folder, manifest, split) cannot be used as it is."""


class TeacherError(BsdrdError):
    """Teacher weights are missing, damaged or could not be fetched."""


class ModelFileError(BsdrdError):
    """A model file is damaged, hostile, newer than this program, or failed its parity check."""


class TrainingError(BsdrdError):
    """Training cannot start or had to stop."""


class DeviceError(BsdrdError):
    """A compute device was asked for that is not there or ran out of memory."""
