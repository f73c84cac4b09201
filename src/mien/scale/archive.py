"""`mien read --ray` and `mien watch --ray`: read an archive into tables, by Ray Data.

Ray Data hands parts of the archive to actors, wherever cores are free. Each actor holds a reader
and writes its parts into the tables itself, so rows never pass through this process. Ray replaces
an actor that dies, and the new one begins the part again. A part at which actors died three times
is read file by file. A file at which they die as often is listed as an error.
"""

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
from mien.output.resuming import hash_of, stamp_of, weights_of
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

_MOST_PICTURES: Final = 256  # in a part: some seconds of work, which a kill may lose
_LEAST_PICTURES: Final = 16
_PARTS_PER_CORE: Final = 8  # so that all cores finish at about the same time
_MOST_BLOCKS: Final = 4096  # of Ray Data; each costs the scheduler some milliseconds


def read_archive(
    given: Sequence[str],
    out: Path,
    *,
    films: bool = False,
    every: float = 0.0,
    model: Path | None = None,
    overwrite: bool = False,
) -> int:
    """Read an archive into tables, or resume where an earlier run stopped.

    Args:
        given: files, folders and patterns, or addresses of files and folders (s3://, gs://, ...).
            Each folder is a source. The source of a file that is named is its folder.
        out: folder or address for the tables; see `mien.scale.table_files`.
        films: whether to read films instead of pictures.
        every: seconds between frames of a film that are read; 0 reads all.
        model: file of `mien export`; None for the network that ships with mien.
        overwrite: whether to replace tables that were made with other settings.

    Returns:
        Exit code: 1 if a file could not be read, or not to its end. The errors are listed.

    Raises:
        MissingPackageError: Ray is not installed.
        MienError: there are no files, or the tables cannot be used.
        OSError: the tables cannot be written.
    """
    check_ray()
    endings = FILM_ENDINGS if films else EXTENSIONS
    files = unique(file for place in given for file in _find(place, endings))
    what = "films" if films else "pictures"
    if not files:
        raise MienError(f"{', '.join(given)}: no {what} found there.")
    for source in {file.source for file in files}:
        partition(source)  # refuses names that are too long
    settings = {"read": what, "weights": weights_of(model)} | ({"every": every} if films else {})
    place = whole_address(out)
    if not is_address(place):
        place = str(Path(place).absolute())
    shown = source_of(whole_address(out))
    tables = Tables(place)
    done = tables.begin(settings, overwrite=overwrite)
    todo = [
        file for file in files if file.name not in done or done[file.name] not in (None, file.stamp)
    ]
    total, before = f"{len(files):,} {what}", len(files) - len(todo)
    changed = {file.name for file in todo if file.name in done}
    if changed:
        _tell(f"{len(changed):,} of {total} have changed and are read again.")
        tables.forget(changed)
    if before:
        _tell(f"{before:,} of {total} are in {shown} already.")
    missed: dict[str, str] = {}
    if todo:
        task = ArchiveTask(films, every, None if model is None else model.read_bytes())
        with progress("Reading", len(files), before, counted=what, lines=True) as show_done:
            count = before

            def advance(more: int) -> None:
                nonlocal count
                count += more
                show_done(count)

            try:
                missed = _read(todo, tables, place, task, advance)
            except KeyboardInterrupt:
                _tell(f"stopped. Results so far are in {shown}. The same command continues.")
                raise
    wanted = {file.name for file in files}
    errors = {name: error for name, error in tables.errors().items() if name in wanted}
    for _, error in sorted(errors.items()):
        tell(error)
    if errors:
        _tell(f"{len(errors):,} of {total} have errors, listed in {shown}/errors.")
    for _, error in sorted(missed.items()):
        tell(error)
    if missed:
        _tell(
            f"{len(missed):,} of {total} could not be fetched. The same command tries them again."
        )
    return 1 if errors or missed else 0


def _read(
    todo: list[File],
    tables: Tables,
    out: str,
    task: ArchiveTask,
    advance: Callable[[int], None],
) -> dict[str, str]:
    """Read files, and return why some could not be fetched, by name."""
    missed: dict[str, str] = {}
    with ray_cluster() as cores:
        share = len(todo) // (_PARTS_PER_CORE * cores)
        size = 1 if task.films else min(_MOST_PICTURES, max(_LEAST_PICTURES, share))
        unread = _run(list(_parts(todo, size)), out, task, cores, missed, advance)
        single = [_part([file]) for part in unread for file in part.files]
        for part in _run(single, out, task, cores, missed, advance):
            (file,) = part.files
            reason = f"{file.name}: left out, because reading it ended the process three times."
            done = {file.name: (0, file.stamp)}
            tables.write(part.source, part.name, faces=None, done=done, errors={file.name: reason})
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
    """Have actors read parts, and add to `missed` why files could not be fetched.

    Returns:
        Parts that were given up, because actors died at them.

    Raises:
        MienError: Ray gave up.
        OSError: the results cannot be written.
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
    # On a cluster that grows, Ray may start more actors.
    most = len(parts) if os.environ.get("RAY_ADDRESS") else workers
    items = [{"part": pickle.dumps(part)} for part in parts]
    blocks = min(len(parts), _MOST_BLOCKS)
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
            f"Ray ended the run: {error}. Results so far are kept; the same command continues."
        ) from error
    return list(unread.values())


def _parts(todo: Iterable[File], size: int) -> Iterator[Part]:
    by_source: dict[str, list[File]] = {}
    for file in todo:
        by_source.setdefault(file.source, []).append(file)
    for files in by_source.values():
        yield from map(_part, chunks(files, size))


def _part(files: Sequence[File]) -> Part:
    names = "\n".join(file.name for file in files).encode("utf-8", "surrogateescape")
    return Part(hash_of(names), files[0].source, tuple(files))


def _find(place: str, endings: frozenset[str]) -> Iterator[File]:
    if is_address(place):
        yield from find_files(place, endings)
        return
    folder = Path(place) if Path(place).is_dir() else None
    for path in find_images([place], endings=endings):
        source = str(folder or path.parent)
        yield File(str(path), "", str(path.absolute()), stamp_of(path), source)


def _tell(words: str) -> None:
    tell(f"mien: {words}")
