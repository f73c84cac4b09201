"""What an actor does: a part of an archive, pictures or one film, into the tables."""

import json
import pickle
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from av.error import FFmpegError

from mien.errors import MienError
from mien.faces.batch import read_sources
from mien.faces.reader import Reader
from mien.faces.watch import watch
from mien.media.film import Video
from mien.output.rows import FILM_COLUMNS, dict_rows, film_row
from mien.output.tables import arrow_schema
from mien.parallel import chunks
from mien.scale.listing import FetchError, File
from mien.scale.table_files import Tables

_DEATHS: Final = 3  # of actors at one part, after which it is let alone
_ROWS: Final = 8192  # of Parquet that are written at once


@dataclass(frozen=True, slots=True)
class Part:
    """Files that one task reads.

    Attributes:
        name: of its files in the tables.
        source: that they are of.
        files: pictures, or one film.
    """

    name: str
    source: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """How files are read.

    Attributes:
        films: whether they are films, not pictures.
        every: seconds between frames of films that are read; 0 reads all.
        model: content of a file of `mien export`; None for the network that ships with mien.
    """

    films: bool
    every: float = 0.0
    model: bytes | None = None


class PartReader:
    """Reads parts, one after the other; an actor of Ray Data."""

    def __init__(self, out: str, task: ArchiveTask) -> None:
        """Load the models, and join those who write into `out`."""
        with _model_file(task.model) as path:
            self._reader = Reader(model=path, threads=1)
        self._task = task
        self._tables = Tables(out)
        self._tables.join()

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Read a batch; of each part its name, `files`, `faces`, `missed`, `deadly`, `failed`.

        `missed` is, as JSON, why some files could not be fetched: of these nothing is written, so
        that a later run tries them again. `deadly` says that the part was not read, because actors
        died at it; `failed` is why nothing can be written any more, or "".
        """
        results = [self._read(pickle.loads(part)) for part in batch["part"]]
        return {key: [result[key] for result in results] for key in results[0]}

    def _read(self, part: Part) -> dict[str, Any]:
        errors: dict[str, str] = {}
        missed: dict[str, str] = {}
        done: dict[str, int] = {}
        failed, deadly = "", False
        with tempfile.TemporaryDirectory(prefix="mien-") as folder:
            faces = Path(folder) / "faces.parquet"
            try:
                if self._tables.begun(part.name) >= _DEATHS:
                    deadly = True
                elif self._task.films:
                    for file in part.files:
                        try:
                            self._read_film(file, faces, done, errors)
                        except FetchError as error:
                            missed[file.name] = str(error)
                else:
                    self._read_pictures(part, faces, done, errors, missed)
                if not deadly:
                    rows = faces if sum(done.values()) else None
                    stamps = {file.name: file.stamp for file in part.files}
                    read = {name: (count, stamps[name]) for name, count in done.items()}
                    self._tables.write(part.source, part.name, faces=rows, done=read, errors=errors)
            except OSError as error:
                failed = str(error)
        return {
            "part": part.name,
            "files": len(done),
            "faces": sum(done.values()),
            "missed": json.dumps(missed),
            "deadly": deadly,
            "failed": failed,
        }

    def _read_pictures(
        self,
        part: Part,
        faces: Path,
        done: dict[str, int],
        errors: dict[str, str],
        missed: dict[str, str],
    ) -> None:
        def contents() -> Iterator[tuple[str, Path | bytes]]:
            for file in part.files:
                if not file.root:
                    yield file.name, Path(file.path)
                    continue
                try:
                    yield file.name, file.read()
                except FetchError as error:
                    missed[file.name] = str(error)

        paths = {file.name: file.path for file in part.files if not file.root}
        results = read_sources(contents(), self._reader, workers=1, also=None)
        with _rows_into(faces, arrow_schema()) as write:
            for result, _ in results:
                done[result.image] = len(result.readings)
                if result.error is not None:
                    path = paths.get(result.image, result.image)
                    errors[result.image] = result.error.replace(path, result.image)
                else:
                    write(list(dict_rows(result.to_dict())))

    def _read_film(
        self, film: File, faces: Path, done: dict[str, int], errors: dict[str, str]
    ) -> None:
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
                told = str(error).replace(path, film.name)
                errors[film.name] = told if film.name in told else f"{film.name}: {told}"
        done[film.name] = faces_seen


@contextmanager
def _rows_into(path: Path, schema: Any) -> Generator[Callable[[list[dict[str, Any]]], None]]:
    """A Parquet file that takes rows, some thousands of which are in memory at once."""
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
    """The film as a file: itself, or a copy, because many kinds have their index at the end."""
    if not film.root:
        yield Path(film.path)
        return
    path = folder / film.copy_name
    film.copy_to(path)
    try:
        yield path
    finally:
        path.unlink()


def _model_file(content: bytes | None) -> AbstractContextManager[Path | None]:
    return nullcontext() if content is None else _file_of(content)


@contextmanager
def _file_of(content: bytes) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="mien-") as folder:
        path = Path(folder) / "model.onnx"
        path.write_bytes(content)
        yield path
