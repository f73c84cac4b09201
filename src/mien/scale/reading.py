"""An actor's work: read parts of an archive, pictures or films, into the tables."""

import json
import pickle
import tempfile
from collections.abc import Generator, Iterator
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
from mien.output.journal import write_rows
from mien.output.rows import COLUMNS, FILM_COLUMNS, Row, dict_rows, film_row
from mien.scale.listing import FetchError, File
from mien.scale.table_files import Tables

_MOST_DEATHS: Final = 3  # of actors at one part, after which the part is given up


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

        def rows() -> Iterator[Row]:
            paths = {file.name: file.path for file in part.files if not file.root}
            for result, _ in read_sources(contents(), self._reader, workers=1, also=None):
                results.faces[result.image] = len(result.readings)
                if result.error is None:
                    yield from dict_rows(result.to_dict())
                else:
                    path = paths.get(result.image, result.image)
                    results.errors[result.image] = result.error.replace(path, result.image)

        write_rows(faces, "parquet", COLUMNS, rows())

    def _read_films(self, part: Part, faces: Path, results: _Results) -> None:
        for film in part.files:
            rows = self._film_rows(film, faces.parent, results)
            try:
                write_rows(faces, "parquet", {"film": str, **FILM_COLUMNS}, rows)
            except FetchError as error:
                results.missed[film.name] = str(error)

    def _film_rows(self, film: File, folder: Path, results: _Results) -> Iterator[Row]:
        with _on_disk(film, folder) as path:
            results.faces[film.name] = 0
            try:
                with Video(path) as video:
                    for frame, readings in watch(
                        video, reader=self._reader, every=self._task.every
                    ):
                        results.faces[film.name] += len(readings)
                        yield from (
                            {"film": film.name, **film_row(frame, reading)} for reading in readings
                        )
            except (MienError, FFmpegError) as error:
                text = str(error).replace(str(path), film.name)
                results.errors[film.name] = text if film.name in text else f"{film.name}: {text}"


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
