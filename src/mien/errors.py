"""mien's errors: each message names the thing, what was expected, what came and how to mend it."""


class MienError(Exception):
    """Base of every error that mien raises on purpose."""


class ImageError(MienError):
    """A picture cannot be read, or is of a kind that mien refuses."""


class VideoError(MienError):
    """A film cannot be read, or not to its end."""


class ModelError(MienError):
    """A model file is missing, damaged, or not what its place demands."""


class DataError(MienError):
    """A data set is missing, damaged, or does not fit what is asked of it."""


class TrainingError(MienError):
    """A training run cannot start, go on or be exported."""


class MissingPackageError(MienError):
    """A package that mien can do without is wanted here, and not installed."""


def reason_of(error: Exception) -> str:
    """Why something failed, in the system's words without its number and the file's name."""
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or type(error).__name__).rstrip(".")
