"""`mien read`: pictures, folders, patterns, standard input → words, JSON, CSV, Parquet, copies."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from mien.errors import MienError
from mien.faces.batch import Source, read_sources
from mien.faces.reader import Reader
from mien.faces.usual_face import usual_face
from mien.media.lists import read_list
from mien.media.search import ImageSearch
from mien.output.console import tell
from mien.output.drawn_copies import Copy, DrawnCopies, draw_copy
from mien.output.journal import Format, csv_header
from mien.output.printing import as_csv, as_json, as_text
from mien.output.progress import progress
from mien.output.result_file import ResultFile
from mien.output.resuming import hash_of, weights_of
from mien.output.tables import COLUMNS, arrow_schema
from mien.readings import PictureResult
from mien.types import Reading

STANDARD_INPUT: Final = "-"
_NAMED: Final = 5  # problems of one kind that are named each

_Compared = Callable[[PictureResult], PictureResult]

_AS: Final = {"json": as_json, "csv": as_csv}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What is asked of `mien read`.

    Attributes:
        files_from: a file with a path a line, or `STANDARD_INPUT`.
        kind: format of the results; "text" has no file, "parquet" nothing else.
        out: file for the results; an interrupted run is continued there.
        draw: folder for copies with the readings drawn in.
        model: a file of `mien export`.
        movements: whether words and copies say what moves in each face.
        null: whether paths in the list end with a null character, not with a line.
        usual: pictures of one person's usual face, with which every face is compared.
        overwrite: whether an `out` is replaced that was made with another model or usual face.
    """

    files_from: str | None
    kind: Format | Literal["text"]
    out: Path | None
    draw: Path | None
    model: Path | None
    movements: bool = False
    null: bool = False
    usual: Sequence[Path] = ()
    overwrite: bool = False


def read_pictures(images: Iterable[str], wishes: Wishes) -> int:
    """Read pictures, and write or print what came of them, in their order.

    Args:
        images: files, folders and patterns, or `STANDARD_INPUT`.
        wishes: what is made of them.

    Returns:
        The exit code: 1 if a picture could not be read, a copy not be written, or pictures may have
        been missed, which standard error names.

    Raises:
        MienError: there are no pictures, or a model, `out` or one of `usual` cannot be used.
    """
    files_from, kind, out = wishes.files_from, wishes.kind, wishes.out
    if kind == "parquet":
        arrow_schema()  # fails where pyarrow is missing, before any work
    given = [*images, *(read_list(files_from, null=wishes.null) if files_from else ())]
    search = ImageSearch()
    sources = dict(_sources(given, search))
    for sentence in search.sentences():
        tell(f"mien: {sentence}")
    if not sources:
        raise MienError(f"{', '.join(given[:_NAMED]) or files_from}: no pictures in there.")
    reader = Reader(model=wishes.model)
    compared = _comparing(reader, wishes.usual)
    errors: list[str] = []
    with ExitStack() as stack:
        file, todo = None, sources
        if out is not None and kind != "text":
            settings = {"weights": weights_of(wishes.model)}
            if wishes.usual:
                settings["usual"] = hash_of(*(path.read_bytes() for path in wishes.usual))
            file = stack.enter_context(ResultFile(out, kind, settings, overwrite=wishes.overwrite))
            todo = _to_read(file, sources, out)
            errors.extend(file.errors_of(name for name in sources if name not in todo))
        copies = stack.enter_context(DrawnCopies(wishes.draw, out)) if wishes.draw else None
        show = _printer(kind, wishes.movements) if file is None else file.write
        done = len(sources) - len(todo)
        again = _to_draw(copies, sources, todo)
        count = len(todo) + len(again)
        # Results that scroll by show how far it is themselves.
        hidden = count < 2 or (out is None and sys.stdout.isatty())
        show_done = stack.enter_context(
            progress("Reading", count, counted="pictures", hidden=hidden)
        )
        drawn = None if copies is None else partial(_draw, wishes.movements, compared)
        read = read_sources([*again.items(), *todo.items()], reader, None, drawn)
        try:
            for number, (result, copy) in enumerate(stack.enter_context(closing(read)), start=1):
                if copies is not None and (copy is not None or result.image in again):
                    copies.save(result.image, copy or MienError(result.error))
                if result.image in todo:
                    errors.extend([result.error] if result.error else [])
                    show(compared(result))
                    done += 1
                show_done(number)
        except KeyboardInterrupt:
            if file is not None:
                tell(
                    f"mien: stopped; {done:,} of {len(sources):,} pictures are done and kept. "
                    "The same command goes on from there."
                )
            raise
    return _tell_errors(errors, len(sources), copies, search)


def _to_read(
    file: ResultFile, sources: Mapping[str, Path | bytes], out: Path
) -> Mapping[str, Path | bytes]:
    """Pictures that are not in the file, or changed since."""
    todo = file.todo(sources)
    if done := len(sources) - len(todo):
        tell(f"mien: {done:,} of {len(sources):,} pictures are in {out} already.")
    if changed := sum(map(file.has, todo)):
        what = "1 picture has" if changed == 1 else f"{changed:,} pictures have"
        tell(f"mien: {what} changed since it was written: read again.")
    return todo


def _to_draw(
    copies: DrawnCopies | None, sources: Mapping[str, Path | bytes], todo: Mapping[str, object]
) -> dict[str, Path | bytes]:
    """Pictures that an earlier run has read, and whose copies it could not write."""
    missing = copies.missing if copies is not None else ()
    again = {n: sources[n] for n in missing if n in sources and n not in todo}
    if again:
        what = "1 copy" if len(again) == 1 else f"{len(again):,} copies"
        tell(f"mien: {what} that could not be written before: made now.")
    return again


def _tell_errors(
    errors: list[str], count: int, copies: DrawnCopies | None, search: ImageSearch
) -> int:
    """Name what went wrong; the exit code."""
    for error in errors:
        tell(error)
    if errors and count > 1:
        tell(f"mien: {len(errors):,} of {count:,} pictures could not be read.")
    undrawn = copies.errors if copies is not None else []
    for error in undrawn[:_NAMED]:
        tell(error)
    if undrawn:
        what = "1 copy" if len(undrawn) == 1 else f"{len(undrawn):,} copies"
        tell(
            f"mien: {what} could not be written; all readings are whole. The same command makes "
            "the copies when it can."
        )
    return 1 if errors or undrawn or search.is_lacking else 0


def _sources(given: Iterable[str], search: ImageSearch) -> Iterator[Source]:
    for name in given:
        if not name:  # a variable of the shell that is not set; as a path it is this folder
            raise MienError("Expected a picture's or a folder's name, got an empty one.")
        if name == STANDARD_INPUT:
            yield name, sys.stdin.buffer.read()
        else:
            yield from ((str(path), path) for path in search.files([name]))


def _printer(kind: str, movements: bool) -> Callable[[PictureResult], None]:
    """Prints a result; who reads along sees each when it is done."""
    if kind == "csv":
        sys.stdout.write(csv_header(COLUMNS))

    written = partial(as_text, movements=movements) if kind == "text" else _AS[kind]

    def show(result: PictureResult) -> None:
        try:
            sys.stdout.write(written(result))
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, "standard output") from error

    return show


def _comparing(reader: Reader, usual: Sequence[Path]) -> _Compared:
    """Compares all faces of a result with the usual face of some pictures, where there are any."""
    if not usual:
        return lambda result: result
    face = usual_face([_usual_reading(reader, path) for path in usual])
    return lambda result: replace(
        result, readings=tuple(face.compared(reading) for reading in result.readings)
    )


def _usual_reading(reader: Reader, path: Path) -> Reading:
    """Of the largest face of a picture.

    Raises:
        MienError: it cannot be read, or shows no face that can be seen well.
    """
    try:
        readings = reader.read(path)
    except MienError as error:
        raise MienError(f"--usual {error}") from error
    if not readings:
        raise MienError(f"--usual {path}: no face found. Give pictures of the person's face.")
    if not readings[0].can_be_seen:
        raise MienError(
            f"--usual {path}: its largest face is unclear: {readings[0].reason}. Give a picture "
            "that shows the person's face well."
        )
    return readings[0]


def _draw(
    movements: bool, compared: _Compared, image: NDArray[np.uint8], result: PictureResult
) -> Copy:
    return draw_copy(image, compared(result), movements=movements, changes=True)
