"""`mien read --ray` and `mien watch --ray`: an archive → tables, by Ray Data.

The files are cut into parts, which Ray Data hands to actors wherever cores are free; each actor
holds a reader and writes its parts into the tables itself, so that rows never pass through this
process. An actor that dies is started anew by Ray and begins its part again. A part at which actors
died three times is read file by file; a file at which they die as often is listed as an error.
"""

import hashlib
import json
import logging
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from mien.errors import MienError
from mien.media.formats import EXTENSIONS
from mien.media.search import find_images
from mien.output.console import tell
from mien.output.progress import progress
from mien.output.resuming import stamp_of, weights_of
from mien.parallel import chunks
from mien.scale.cluster import check_ray, ray_cluster
from mien.scale.listing import File, find_files, is_address, source_of, unique, whole_address
from mien.scale.reading import ArchiveTask, Part, PartReader
from mien.scale.table_files import Tables, partition

FILM_ENDINGS: Final = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"}
    | {".vob", ".flv", ".wmv", ".asf", ".ogv", ".3gp", ".mxf", ".gif"}
)
"""Endings by which films are found in folders, in lower case."""

_MOST: Final = 256  # pictures a part: some seconds' work, which a kill may lose
_LEAST: Final = 16
_PARTS: Final = 8  # a core, so that all end at about the same time
_BLOCKS: Final = 4096  # of Ray Data; each costs the scheduler some milliseconds


def read_archive(
    given: Sequence[str],
    out: Path,
    *,
    films: bool = False,
    every: float = 0.0,
    model: Path | None = None,
    overwrite: bool = False,
) -> int:
    """Read an archive into tables, or go on where an earlier run has stopped.

    Args:
        given: files, folders and patterns, or addresses of files and folders (s3://, gs://, ...).
            Each folder is a source; files that are named have their folder as source.
        out: folder, or address, for the tables; see `mien.scale.table_files`.
        films: read films, not pictures.
        every: seconds between frames of films that are read; 0 reads all.
        model: a file of `mien export`.
        overwrite: replace tables that were made with other settings.

    Returns:
        The exit code: 1 if a file could not be read, or not to its end; the errors are listed.

    Raises:
        MissingPackageError: Ray is not installed.
        MienError: there are no files, or the tables cannot be used.
        OSError: the tables cannot be written.
    """
    check_ray()
    endings = FILM_ENDINGS if films else EXTENSIONS
    sources = unique(pair for place in given for pair in _find(place, endings))
    what = "films" if films else "pictures"
    if not sources:
        raise MienError(f"{', '.join(given)}: no {what} in there.")
    for source in {source for source, _ in sources}:
        partition(source)
    settings = {"read": what, "weights": weights_of(model)} | ({"every": every} if films else {})
    place = whole_address(out)
    if not is_address(place):
        place = str(Path(place).absolute())
    told = source_of(whole_address(out))
    tables = Tables(place)
    done = tables.begin(settings, overwrite=overwrite)
    todo = [
        (source, file)
        for source, file in sources
        if file.name not in done or done[file.name] not in (None, file.stamp)
    ]
    before = len(sources) - len(todo)
    changed = {file.name for _, file in todo if file.name in done}
    if changed:
        _tell(f"{len(changed):,} of {len(sources):,} {what} changed since: read again.")
        tables.forget(changed)
    if before:
        _tell(f"{before:,} of {len(sources):,} {what} are in {told} already.")
    missed: dict[str, str] = {}
    if todo:
        task = ArchiveTask(films, every, None if model is None else model.read_bytes())
        with progress("Reading", len(sources), before, counted=what, lines=True) as show_done:
            count = before

            def advance(more: int) -> None:
                nonlocal count
                count += more
                show_done(count)

            try:
                missed = _read(todo, tables, place, task, advance)
            except KeyboardInterrupt:
                _tell(
                    f"stopped; what is done is kept in {told}. The same command goes on from there."
                )
                raise
    wanted = {file.name for _, file in sources}
    errors = {name: error for name, error in tables.errors().items() if name in wanted}
    for _, error in sorted(errors.items()):
        tell(error)
    if errors:
        _tell(f"{len(errors):,} of {len(sources):,} {what} have errors, listed in {told}/errors.")
    for _, error in sorted(missed.items()):
        tell(error)
    if missed:
        _tell(
            f"{len(missed):,} of {len(sources):,} {what} could not be fetched. "
            "The same command tries them again."
        )
    return 1 if errors or missed else 0


def _read(
    todo: list[tuple[str, File]],
    tables: Tables,
    out: str,
    task: ArchiveTask,
    advance: Callable[[int], None],
) -> dict[str, str]:
    """Read files; why those that could not be fetched could not, by name."""
    missed: dict[str, str] = {}
    with ray_cluster() as cores:
        most = 1 if task.films else len(todo) // (_PARTS * cores)
        parts = list(_parts(todo, 1 if task.films else min(_MOST, max(_LEAST, most))))
        unread = _run(parts, out, task, cores, missed, advance)
        alone = [_part(part.source, [file]) for part in unread for file in part.files]
        for part in _run(alone, out, task, cores, missed, advance):
            name = part.files[0].name
            why = f"{name}: whoever read it died, three times; it is left out."
            done = {name: (0, part.files[0].stamp)}
            tables.write(part.source, part.name, faces=None, done=done, errors={name: why})
            advance(1)
    tables.end()
    return missed


def _run(
    parts: list[Part],
    out: str,
    task: ArchiveTask,
    cores: int,
    missed: dict[str, str],
    advance: Callable[[int], None],
) -> list[Part]:
    """Have parts read, and add to `missed` why files could not be fetched.

    Returns:
        Those at which actors died again and again.

    Raises:
        MienError: Ray gave up.
        OSError: what was read cannot be written.
    """
    if not parts:
        return []
    import ray.data
    from ray.exceptions import RayError

    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    workers = min(cores, len(parts))
    # On a cluster that grows, Ray may start more.
    most = len(parts) if os.environ.get("RAY_ADDRESS") else workers
    items = [{"part": pickle.dumps(part)} for part in parts]
    blocks = min(len(parts), _BLOCKS)
    results = ray.data.from_items(items, override_num_blocks=blocks).map_batches(
        PartReader,
        fn_constructor_args=(out, task),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=workers, max_size=most),
        num_cpus=1,
    )
    unread = {part.name: part for part in parts}
    try:
        for result in results.iter_rows():
            if result["failed"]:
                raise OSError(f"{source_of(out)}: cannot be written: {result['failed']}")
            if not result["deadly"]:
                del unread[result["part"]]
                fresh = json.loads(result["missed"])
                missed |= fresh
                advance(result["files"] + len(fresh))
    except RayError as error:
        raise MienError(
            f"Ray ended the run: {error}. What is done is kept; the same command goes on."
        ) from error
    return list(unread.values())


def _parts(todo: Iterable[tuple[str, File]], size: int) -> Iterator[Part]:
    by_source: dict[str, list[File]] = {}
    for source, file in todo:
        by_source.setdefault(source, []).append(file)
    for source, files in by_source.items():
        for some in chunks(files, size):
            yield _part(source, some)


def _part(source: str, files: Sequence[File]) -> Part:
    names = "\n".join(file.name for file in files).encode("utf-8", "surrogateescape")
    return Part(hashlib.sha256(names).hexdigest()[:16], source, tuple(files))


def _find(place: str, endings: frozenset[str]) -> Iterator[tuple[str, File]]:
    """Files, with their sources."""
    if is_address(place):
        source = source_of(place)
        for file in find_files(place, endings):
            yield (source if file.name != source else source.rpartition("/")[0]), file
        return
    folder = Path(place).is_dir()
    for path in find_images([place], endings=endings):
        source = Path(place) if folder else path.parent
        yield str(source), File(str(path), "", str(path.absolute()), stamp_of(path))


def _tell(words: str) -> None:
    tell(f"mien: {words}")
