"""The work of `mien watch`: one film after the other, and what is printed about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from av.error import FFmpegError

from mien.cli.watch import WatchOptions
from mien.errors import MienError
from mien.faces.reader import Reader
from mien.films.annotation import Annotation, AnnotationTask, Film
from mien.films.output_files import DAMAGE, find_place, fingerprint, name_of
from mien.media.container import ffmpeg_reason
from mien.media.frame_times import clock_time
from mien.media.sources import open_video
from mien.media.waiting import end_without
from mien.output.console import safe, tell
from mien.output.progress import progress
from mien.output.resuming import weights_of
from mien.output.tables import arrow_schema
from mien.readings import count_of_faces

_INTERRUPTED: Final = 130
_DIGITS: Final = 10  # no camera's number has so many


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the work on a film ended: what was wrong with it, and whether somebody pressed Ctrl-C."""

    damage: str | None = None
    interrupted: bool = False


def watch_films(videos: Sequence[str], options: WatchOptions) -> int:
    """Annotate films one after the other, and print what was written for each.

    Args:
        videos: paths, addresses, numbers of cameras, or - for standard input.
        options: what is made of them, and how.

    Returns:
        The exit code: 1 if a film could not be read to its end, which standard error names; 130 if
        somebody pressed Ctrl-C.

    Raises:
        MissingPackageError: pyarrow is not installed, and Parquet is asked for.
        MienError: the model or the folder cannot be used.
    """
    if options.parquet:
        arrow_schema()  # fails where pyarrow is missing, before any work
    table = "jsonl" if options.as_json else "parquet" if options.parquet else "csv"
    reader = Reader(model=options.model)
    task = AnnotationTask(
        every=options.every,
        settings={
            "every": f"{options.every:g} s",
            "weights": weights_of(options.model),
            "language": options.language,
        },
        endings=("html", *(() if options.no_video else ("mp4",)), table),
        language=options.language,
        overwrite=options.overwrite,
    )
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise MienError(f"{options.out}: a file. Expected a folder's name for --out.") from error
    failed = interrupted = False
    try:
        for number, given in enumerate(videos, start=1):
            part = f" ({number} of {len(videos)})" if len(videos) > 1 else ""
            ending = _try(given, options.out, task, reader, part)
            if ending.damage:
                tell(ending.damage)
                failed = True
            if ending.interrupted:
                interrupted = True
                break
    except KeyboardInterrupt:
        interrupted = True
    code = _INTERRUPTED if interrupted else 1 if failed else 0
    end_without(code)
    return code


def _try(given: str, out: Path, task: AnnotationTask, reader: Reader, part: str) -> _Ending:
    """Annotate one film; whatever is wrong with it, the next one can be tried."""
    try:
        return _annotate(_source(given), out, task, reader, part)
    except MienError as error:
        return _Ending(str(error))
    except (OSError, FFmpegError) as error:
        where = getattr(error, "filename", None)
        place = f" ({str(where).removeprefix('file:')})" if where else ""
        mend = "When that is mended, run the same command again to continue."
        return _Ending(f"{given}: stopped: {ffmpeg_reason(error)}{place}. {mend}")
    except Exception as error:
        return _Ending(
            f"{given}: cannot be annotated: {type(error).__name__}: {error}. "
            "This is a defect of mien: please report it."
        )


def _source(given: str) -> str | int:
    """Return a camera's number, where no file has that name."""
    if given.isascii() and given.isdecimal() and len(given) < _DIGITS and not Path(given).exists():
        return int(given)
    return given


def _annotate(
    source: str | int, out: Path, task: AnnotationTask, reader: Reader, part: str
) -> _Ending:
    path = Path(source) if isinstance(source, str) and Path(source).is_file() else None
    with open_video(source, sound=task.drawn and path is None) as video:

        def say(words: str) -> None:
            tell(f"{video.name}: {words}")

        film = Film(path, fingerprint(path)) if path else None
        place = find_place(out, name_of(source), film and film.fingerprint)
        if place.is_done(task.settings, task.endings):
            say(f"done before, see {place.path('html')}; skipped")
            return _Ending(place.marks.get(DAMAGE))
        place.check(film and film.fingerprint, task.settings, overwrite=task.overwrite)
        with (
            Annotation(video, place, task, reader, film) as annotation,
            progress(f"{place.name}{part}", video.duration) as advance,
        ):
            if annotation.kept:
                say(f"continues at {clock_time(annotation.kept)}")
            try:
                outcome = annotation.run(advance)
            except KeyboardInterrupt:
                if annotation.kept:
                    at = clock_time(annotation.kept)
                    say(f"stopped. Run the same command again to continue at {at}.")
                raise
    summary = outcome.summary
    faces = count_of_faces(len(summary.faces))
    files = ", ".join(str(place.path(ending)) for ending in outcome.endings)
    for note in outcome.notes:
        say(note)
    print(safe(f"{video.name}: {faces} in {clock_time(summary.end)}; {files}"), flush=True)
    return _Ending(outcome.damage, outcome.interrupted)
