"""`mien read`: pictures, folders, patterns, standard input → words, JSON, CSV, Parquet, copies."""

import io
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.draw import draw_readings
from mien.errors import MienError
from mien.files import Source, read_sources
from mien.printing import as_csv, as_json, as_text
from mien.reader import Reader
from mien.result_file import ResultFile
from mien.row_file import Format, csv_header
from mien.sources import find_images
from mien.tables import COLUMNS, arrow_schema
from mien.types import PictureResult, Reading
from mien.usual import can_be_seen, usual_face

STANDARD_INPUT: Final = "-"

_Compared = Callable[[PictureResult], PictureResult]

_AS: Final = {"json": as_json, "csv": as_csv}


def read_pictures(
    images: Iterable[str],
    *,
    files_from: str | None,
    kind: Format | Literal["text"],
    out: Path | None,
    draw: Path | None,
    model: Path | None,
    movements: bool = False,
    usual: Sequence[Path] = (),
) -> int:
    """Read pictures, and write or print what came of them, in their order.

    Args:
        images: files, folders and patterns, or `STANDARD_INPUT`.
        files_from: a file with a path a line, or `STANDARD_INPUT`.
        kind: of the results; "text" has no file, "parquet" nothing else.
        out: file for the results, which goes on where an interrupted run has left it.
        draw: folder for copies with the readings drawn in.
        model: a file of `mien export`.
        movements: whether words and copies say what moves in each face.
        usual: pictures of one person's usual face, with which every face is compared.

    Returns:
        The exit code: 1 if a picture could not be read, which standard error names.

    Raises:
        MienError: there are no pictures, or a model, `out` or one of `usual` cannot be used.
    """
    if kind == "parquet":
        arrow_schema()  # fails where pyarrow is missing, before any work
    given = [*images, *(_lines(files_from) if files_from else ())]
    sources = dict(_sources(given))
    if not sources:
        raise MienError(f"{', '.join(given) or files_from}: no pictures in there.")
    reader = Reader(model=model)
    compared = _comparing(reader, usual)
    copies = _Copies(draw) if draw else None
    errors: list[str] = []
    with ExitStack() as stack:
        file = None
        if out is not None and kind != "text":
            file = stack.enter_context(ResultFile(out, kind))
            errors.extend(file.errors_of(sources))
        show = _printer(kind, movements) if file is None else file.write
        todo = [source for source in sources.items() if file is None or not file.is_done(source[0])]
        done = len(sources) - len(todo)
        if done:
            _tell(f"{done:,} of {len(sources):,} pictures are in {out} already.")
        advance = stack.enter_context(_progress(len(todo), hidden=out is None))
        drawn = None if copies is None else partial(_draw, movements, compared)
        results = stack.enter_context(closing(read_sources(todo, reader, None, drawn)))
        try:
            for result, copy in results:
                if copies is not None and copy is not None:
                    result = copies.save(result, copy)  # noqa: PLW2901
                if result.error is not None:
                    errors.append(result.error)
                show(compared(result))
                done += 1
                advance()
        except KeyboardInterrupt:
            if file is not None:
                _tell(
                    f"stopped; {done:,} of {len(sources):,} pictures are done and kept. "
                    "The same command goes on from there."
                )
            raise
    for error in errors:
        print(error, file=sys.stderr)
    if errors and len(sources) > 1:
        _tell(f"{len(errors):,} of {len(sources):,} pictures could not be read.")
    return 1 if errors else 0


def _tell(words: str) -> None:
    print(f"mien: {words}", file=sys.stderr)


def _lines(name: str) -> list[str]:
    content = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    return [os.fsdecode(line) for line in content.splitlines() if line]


def _sources(given: Iterable[str]) -> Iterator[Source]:
    for name in given:
        if name == STANDARD_INPUT:
            yield name, sys.stdin.buffer.read()
        else:
            yield from ((str(path), path) for path in find_images([name]))


def _printer(kind: str, movements: bool) -> Callable[[PictureResult], None]:
    """Prints a result; who reads along sees each when it is done."""
    if kind == "csv":
        sys.stdout.write(csv_header(COLUMNS))

    written = partial(as_text, movements=movements) if kind == "text" else _AS[kind]

    def show(result: PictureResult) -> None:
        sys.stdout.write(written(result))
        sys.stdout.flush()

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
    if not can_be_seen(readings[0]):
        raise MienError(
            f"--usual {path}: its largest face is unclear: {readings[0].why}. Give a picture "
            "that shows the person's face well."
        )
    return readings[0]


def _draw(
    movements: bool, compared: _Compared, image: NDArray[np.uint8], result: PictureResult
) -> bytes:
    content = io.BytesIO()
    readings = compared(result).readings
    drawn = draw_readings(image, readings, movements=movements, changes=True)
    Image.fromarray(drawn).save(content, "JPEG", quality=92)
    return content.getvalue()


class _Copies:
    """Pictures with readings drawn in, in one folder, each under a name that was free."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._next: dict[str, int] = {}

    def save(self, result: PictureResult, content: bytes) -> PictureResult:
        """The result, or why its copy could not be written."""
        name = "standard-input" if result.image == STANDARD_INPUT else Path(result.image).stem
        while True:
            number = self._next[name] = self._next.get(name, 0) + 1
            path = self._folder / f"{name}{'' if number == 1 else f'-{number}'}.jpg"
            try:
                with path.open("xb") as file:
                    file.write(content)
            except FileExistsError:
                continue
            except OSError as error:
                return replace(result, error=f"{result.image}: its copy cannot be written: {error}")
            return result


@contextmanager
def _progress(total: int, *, hidden: bool) -> Generator[Callable[[], None]]:
    """A bar on standard error, where a person sees that; `hidden` where the results scroll by."""
    if total < 2 or not sys.stderr.isatty() or (hidden and sys.stdout.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    # Rich would send standard output to the bar's console, which is standard error.
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("Reading", total=total)
        yield lambda: bar.advance(task)
