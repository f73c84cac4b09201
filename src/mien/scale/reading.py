"""An actor's work: read parts of an archive, pictures or films, into the tables."""

import json
import pickle
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from av.error import FFmpegError

from mien.errors import MienError
from mien.faces.batch import read_sources
from mien.faces.reader import Reader
from mien.faces.watch import watch
from mien.media.film import Video
from mien.output.tables import FILM_COLUMNS, arrow_schema, dict_rows, film_row
from mien.parallel import chunks
from mien.scale.listing import FetchError, File
from mien.scale.table_files import Tables

_MOST_DEATHS: Final = 3  # of actors at one part, after which the part is given up
_ROWS: Final = 8192  # of Parquet that are written at once


@dataclass(frozen=True, slots=True)
class Part:
    """Files that one task reads.

    Attributes:
        name: name of the part's files in the tables.
        source: source of the files.
        files: pictures, or one film.
    """

    name: str
    source: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """Way in which files are read.

    Attributes:
        films: whether the files are films instead of pictures.
        every: seconds between frames of a film that are read; 0 reads all.
        model: content of a file of `mien export`; None for the network that ships with mien.
    """

    films: bool
    every: float = 0.0
    model: bytes | None = None


@dataclass(slots=True)
class _Results:
    """Results of a part, by names of files."""

    faces: dict[str, int] = field(default_factory=dict[str, int])  # number of faces in each
    errors: dict[str, str] = field(default_factory=dict[str, str])
    missed: dict[str, str] = field(default_factory=dict[str, str])  # why it was not fetched


class PartReader:
    """Reader of parts, one after the other; an actor of Ray Data."""

    def __init__(self, out: str, task: ArchiveTask) -> None:
        """Load the models, and join the writers of the tables in `out`."""
        with _model_file(task.model) as path:
            self._reader = Reader(model=path, threads=1)
        self._task = task
        self._tables = Tables(out)
        self._tables.join()

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Read a batch, and return columns with one value for each part.

        The columns are `part`, the part's name; `files` and `faces`, how many were read; `missed`,
        why files could not be fetched, as JSON: nothing is written of these, so that a later run
        tries them again; `deadly`, whether the part was left unread because actors died at it;
        `failed`, why nothing can be written any more, or "".
        """
        results = [self._read(pickle.loads(part)) for part in batch["part"]]
        return {key: [result[key] for result in results] for key in results[0]}

    def _read(self, part: Part) -> dict[str, Any]:
        results = _Results()
        failed, deadly = "", False
        with tempfile.TemporaryDirectory(prefix="mien-") as folder:
            faces = Path(folder) / "faces.parquet"
            try:
                deadly = self._tables.begun(part.name) >= _MOST_DEATHS
                if not deadly:
                    read = self._read_films if self._task.films else self._read_pictures
                    read(part, faces, results)
                    stamps = {file.name: file.stamp for file in part.files}
                    self._tables.write(
                        part.source,
                        part.name,
                        faces=faces if any(results.faces.values()) else None,
                        done={name: (n, stamps[name]) for name, n in results.faces.items()},
                        errors=results.errors,
                    )
            except OSError as error:
                failed = str(error)
        return {
            "part": part.name,
            "files": len(results.faces),
            "faces": sum(results.faces.values()),
            "missed": json.dumps(results.missed),
            "deadly": deadly,
            "failed": failed,
        }

    def _read_pictures(self, part: Part, faces: Path, results: _Results) -> None:
        def contents() -> Iterator[tuple[str, Path | bytes]]:
            for file in part.files:
                if not file.root:
                    yield file.name, Path(file.path)
                    continue
                try:
                    yield file.name, file.read()
                except FetchError as error:
                    results.missed[file.name] = str(error)

        paths = {file.name: file.path for file in part.files if not file.root}
        pictures = read_sources(contents(), self._reader, workers=1, also=None)
        with _rows_into(faces, arrow_schema()) as write:
            for result, _ in pictures:
                results.faces[result.image] = len(result.readings)
                if result.error is not None:
                    path = paths.get(result.image, result.image)
                    results.errors[result.image] = result.error.replace(path, result.image)
                else:
                    write(list(dict_rows(result.to_dict())))

    def _read_films(self, part: Part, faces: Path, results: _Results) -> None:
        for film in part.files:
            try:
                self._read_film(film, faces, results)
            except FetchError as error:
                results.missed[film.name] = str(error)

    def _read_film(self, film: File, faces: Path, results: _Results) -> None:
        faces_seen = 0
        schema = arrow_schema({"film": str, **FILM_COLUMNS})
        with _rows_into(faces, schema) as write:
            try:
                with _on_disk(film, faces.parent) as path, Video(path) as video:
                    frames = watch(video, reader=self._reader, every=self._task.every)
                    rows = (
                        {"film": film.name, **film_row(frame, reading)}
                        for frame, readings in frames
                        for reading in readings
                    )
                    for some in chunks(rows, 256):
                        write(some)
                        faces_seen += len(some)
            except FetchError:
                raise
            except (MienError, FFmpegError) as error:
                path = str(faces.parent / film.copy_name) if film.root else film.path
                text = str(error).replace(path, film.name)
                results.errors[film.name] = text if film.name in text else f"{film.name}: {text}"
        results.faces[film.name] = faces_seen


@contextmanager
def _rows_into(path: Path, schema: Any) -> Generator[Callable[[list[dict[str, Any]]], None]]:
    """Open a Parquet file that takes rows, and keeps some thousands of them in memory at most."""
    from pyarrow import Table, parquet

    waiting: list[dict[str, Any]] = []
    with parquet.ParquetWriter(path, schema) as writer:

        def flush() -> None:
            writer.write_table(Table.from_pylist(waiting, schema))
            waiting.clear()

        def write(rows: list[dict[str, Any]]) -> None:
            waiting.extend(rows)
            if len(waiting) >= _ROWS:
                flush()

        yield write
        if waiting:
            flush()


@contextmanager
def _on_disk(film: File, folder: Path) -> Generator[Path]:
    """Give the film as a file: itself, or a copy, since many kinds have their index at the end."""
    if not film.root:
        yield Path(film.path)
        return
    path = folder / film.copy_name
    film.copy_to(path)
    try:
        yield path
    finally:
        path.unlink()


@contextmanager
def _model_file(content: bytes | None) -> Generator[Path | None]:
    if content is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(content)
        yield path
