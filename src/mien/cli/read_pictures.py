"""The work of `mien read`: pictures into words, JSON, CSV, Parquet and drawn copies."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.cli.read import Kind, ReadOptions
from mien.errors import MienError
from mien.faces.batch import Source, read_sources
from mien.faces.reader import Reader
from mien.faces.usual_face import usual_face
from mien.media.lists import STANDARD_INPUT, read_list
from mien.media.search import ImageSearch, exists
from mien.output.console import safe, tell
from mien.output.drawn_copies import Copy, DrawnCopies, draw_copy
from mien.output.journal import csv_header, csv_line, json_line
from mien.output.progress import progress
from mien.output.result_file import ResultFile
from mien.output.resuming import hash_of, weights_of
from mien.output.rows import COLUMNS, rows
from mien.output.tables import arrow_schema
from mien.output.texts import load_texts
from mien.readings import PictureResult
from mien.types import Reading

_NAMED: Final = 5  # how many problems of one kind are named

_Compare = Callable[[PictureResult], PictureResult]


def read_pictures(images: Iterable[str], options: ReadOptions) -> int:
    """Read pictures, and write or print their results, in their order.

    Args:
        images: files, folders and patterns, or - for standard input.
        options: what is written, where, and how.

    Returns:
        The exit code: 1 if a picture could not be read, a copy not be written, or pictures may have
        been missed, which standard error names.

    Raises:
        MienError: there are no pictures, or a model, `out` or one of `usual` cannot be used.
    """
    files_from, kind, out = options.files_from, options.kind, options.out
    if kind == "parquet":
        arrow_schema()  # fails where pyarrow is missing, before any work
    given = [*images, *(read_list(files_from, null=options.null) if files_from else ())]
    # A later run must not read the copies of this one.
    if options.draw and any(_is_same(name, options.draw) for name in given):
        raise MienError(
            f"{options.draw}: cannot be searched for pictures and hold the copies of --draw. Name "
            "another folder for them."
        )
    search = ImageSearch(options.draw)
    sources = dict(_sources(given, search))
    for sentence in search.sentences():
        tell(f"mien: {sentence}")
    if not sources:
        raise MienError(f"{', '.join(given[:_NAMED]) or files_from}: no pictures in there.")
    reader = Reader(model=options.model)
    compare = _comparison(reader, options.usual or ())
    errors: list[str] = []
    with ExitStack() as stack:
        file, todo = None, sources
        if out is not None and kind != "text":
            settings = {"weights": weights_of(options.model)}
            if options.usual:
                settings["usual"] = hash_of(*(path.read_bytes() for path in options.usual))
            file = stack.enter_context(ResultFile(out, kind, settings, overwrite=options.overwrite))
            todo = _to_read(file, sources, out)
            errors.extend(file.errors_of(name for name in sources if name not in todo))
        copies = stack.enter_context(DrawnCopies(options.draw, out)) if options.draw else None
        write = _printer(kind, options.movements) if file is None else file.write
        done = len(sources) - len(todo)
        redrawn = _to_draw(copies, sources, todo)
        count = len(todo) + len(redrawn)
        # Results that scroll by on a terminal show the progress themselves.
        hidden = count < 2 or (out is None and sys.stdout.isatty())
        show_done = stack.enter_context(
            progress("Reading", count, counted="pictures", hidden=hidden)
        )

        def draw(image: NDArray[np.uint8], result: PictureResult) -> Copy:
            return draw_copy(image, compare(result), movements=options.movements, changes=True)

        pictures = [*redrawn.items(), *todo.items()]
        read = read_sources(pictures, reader, None, None if copies is None else draw)
        try:
            for number, (result, copy) in enumerate(stack.enter_context(closing(read)), start=1):
                if copies is not None and (copy is not None or result.image in redrawn):
                    copies.save(result.image, copy or MienError(result.error))
                if result.image in todo:
                    errors.extend([result.error] if result.error else [])
                    write(compare(result))
                    done += 1
                show_done(number)
        except KeyboardInterrupt:
            if file is not None:
                tell(
                    f"mien: stopped; {done:,} of {len(sources):,} pictures are done and kept. "
                    "Run the same command again to continue."
                )
            raise
    return _tell_errors(errors, len(sources), copies, search)


def _to_read(
    file: ResultFile, sources: Mapping[str, Path | bytes], out: Path
) -> Mapping[str, Path | bytes]:
    """Return the pictures that are not in the file, or that changed since they were read."""
    todo = file.todo(sources)
    if done := len(sources) - len(todo):
        tell(f"mien: {done:,} of {len(sources):,} pictures are in {out} already.")
    if changed := sum(map(file.has, todo)):
        what = "1 picture has" if changed == 1 else f"{changed:,} pictures have"
        tell(f"mien: {what} changed since then and will be read again.")
    return todo


def _to_draw(
    copies: DrawnCopies | None, sources: Mapping[str, Path | bytes], todo: Mapping[str, object]
) -> dict[str, Path | bytes]:
    """Return the pictures that an earlier run read, and whose copies it could not write."""
    missing = copies.missing if copies is not None else ()
    redrawn = {name: sources[name] for name in missing if name in sources and name not in todo}
    if redrawn:
        tell(f"mien: {_copies(len(redrawn))} could not be written before and will be made now.")
    return redrawn


def _tell_errors(
    errors: list[str], count: int, copies: DrawnCopies | None, search: ImageSearch
) -> int:
    """Name what went wrong, and return the exit code."""
    for error in errors:
        tell(error)
    if errors and count > 1:
        tell(f"mien: {len(errors):,} of {count:,} pictures could not be read.")
    undrawn = copies.errors if copies is not None else []
    for error in undrawn[:_NAMED]:
        tell(error)
    if undrawn:
        tell(
            f"mien: {_copies(len(undrawn))} could not be written; all readings are complete. Run "
            "the same command again to make the copies."
        )
    return 1 if errors or undrawn or search.is_lacking else 0


def _copies(count: int) -> str:
    return "1 copy" if count == 1 else f"{count:,} copies"


def _is_same(name: str, folder: Path) -> bool:
    return exists(Path(name)) and folder.exists() and folder.samefile(name)


def _sources(given: Iterable[str], search: ImageSearch) -> Iterator[Source]:
    for name in given:
        if not name:  # a variable of the shell that is not set; as a path it is this folder
            raise MienError("Expected a picture's or a folder's name, got an empty one.")
        if name == STANDARD_INPUT:
            yield name, sys.stdin.buffer.read()
        else:
            yield from ((str(path), path) for path in search.files([name]))


def _printer(kind: Kind, movements: bool) -> Callable[[PictureResult], None]:
    """Return a function that prints a result at once; the head of a table is printed first."""

    def lines(result: PictureResult) -> str:
        if kind == "text":
            return _as_text(result, movements)
        if kind == "csv":
            return "".join(map(csv_line, rows([result])))
        return json_line(result.to_dict())

    def write(text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OSError(error.errno, error.strerror, "standard output") from error

    if kind == "csv":
        write(csv_header(COLUMNS))
    return lambda result: write(lines(result))


def _as_text(result: PictureResult, movements: bool) -> str:
    """Return a line for a picture and an indented one for each face; nothing for an error.

    Where the person's usual face is known, a further line says how the face differs from it.

    Args:
        result: result of one picture.
        movements: whether a further line says what moves in a face, where anything does.
    """
    if result.error is not None:
        return ""
    lines = [f"{safe(result.image)}: {result.summary()}\n"]
    numbered = load_texts("en").sentences["numbered"]
    for number, reading in enumerate(result.readings, start=1):
        sentence = reading.sentence()
        if len(result.readings) > 1:
            width = f"{reading.face.width:.0f}"
            sentence = numbered.format(number=number, width=width, sentence=sentence)
        lines.append(f"  {sentence}\n")
        if movements and (moves := reading.movement_words()):
            lines.append(f"    {moves}\n")
        if change := reading.change_words():
            lines.append(f"    {change}\n")
    return "".join(lines)


def _comparison(reader: Reader, usual: Sequence[Path]) -> _Compare:
    """Return a function that compares all faces of a result with the usual face of some pictures.

    Without pictures it returns results as they are.
    """
    if not usual:
        return lambda result: result
    face = usual_face([_usual_reading(reader, path) for path in usual])
    return lambda result: replace(
        result, readings=tuple(face.compared(reading) for reading in result.readings)
    )


def _usual_reading(reader: Reader, path: Path) -> Reading:
    """Return the reading of a picture's largest face.

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
