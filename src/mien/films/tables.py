"""Readings of a film as a table: one row a face and frame, as CSV, JSON lines or Parquet."""

import csv
import json
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Protocol, Self

from mien.emotions import VOTE_NAMES
from mien.errors import MienError
from mien.types import Frame, Reading

COLUMNS: Final = (
    *("time", "frame", "track", "x1", "y1", "x2", "y2", "score", "top", "share"),
    *VOTE_NAMES,
    *("clear", "why"),
)
"""Names of the columns; `mien read --csv` has the same for what is the same."""

_ROWS: Final = 8192  # of Parquet that are written at once


class Table(Protocol):
    """A file of readings; a context manager, which ends it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        """Add a row a face.

        Raises:
            OSError: the file cannot be written.
        """
        ...


def row(frame: Frame, reading: Reading) -> dict[str, Any]:
    """A face in a frame, by `COLUMNS`."""
    face = reading.to_dict()
    top, share = face["top"][0]
    values = (
        *(round(frame.time, 4), frame.index, reading.track, *face["box"], face["score"]),
        *(top, share, *face["votes"].values(), face["clear"], face["why"]),
    )
    return dict(zip(COLUMNS, values, strict=True))


class _Lines:
    """A text file that grows line by line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class _Csv(_Lines):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._writer = csv.DictWriter(self._file, COLUMNS, lineterminator="\n")
        self._writer.writeheader()

    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        for reading in readings:
            values = row(frame, reading)
            self._writer.writerow(values | {"clear": str(values["clear"]).lower()})


class _JsonLines(_Lines):
    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        for reading in readings:
            self._file.write(json.dumps(row(frame, reading)) + "\n")


class _Parquet:
    def __init__(self, path: Path) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        kinds = dict.fromkeys(COLUMNS, pa.float64())
        kinds |= {"frame": pa.int64(), "track": pa.int64(), "clear": pa.bool_()}
        kinds |= {"top": pa.string(), "why": pa.string()}
        self._schema = pa.schema(kinds.items())
        self._record_batch = pa.RecordBatch.from_pylist
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            self._writer.close()

    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        self._rows.extend(row(frame, reading) for reading in readings)
        if len(self._rows) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_batch(self._record_batch(self._rows, schema=self._schema))
            self._rows.clear()


ENDINGS: Final = {"csv": _Csv, "jsonl": _JsonLines, "parquet": _Parquet}
"""Kinds of tables by the ending of their files."""


def open_table(path: Path, ending: str) -> Table:
    """Start a table of one of `ENDINGS`."""
    return ENDINGS[ending](path)


def check_parquet() -> None:
    """Refuse Parquet where it cannot be written.

    Raises:
        MienError: pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise MienError(
            "--parquet needs pyarrow, which is not installed. Install it (pip install pyarrow), "
            "or leave --parquet out for CSV."
        )
