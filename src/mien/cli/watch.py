"""The command `mien watch`."""

from pathlib import Path
from typing import Annotated, Final

from av.error import FFmpegError
from cyclopts import Group, Parameter, validators

from mien.answers import Language
from mien.errors import MienError
from mien.faces.reader import Reader
from mien.films.annotation import Annotation, AnnotationTask, Film
from mien.films.output_files import DAMAGE, find_place, fingerprint, name_of
from mien.media.camera import Camera
from mien.media.container import reason_of
from mien.media.film import Video
from mien.media.frame_times import clock_time
from mien.media.sources import open_video
from mien.media.waiting import end_without
from mien.output.console import safe, tell
from mien.output.progress import progress
from mien.output.resuming import weights_of
from mien.output.tables import arrow_schema

_FLAG = Parameter(negative=(), show_default=False)
_FORMAT = Group("Table", validator=validators.MutuallyExclusive())
_INTERRUPTED: Final = 130
_DIGITS: Final = 10  # no camera's number has so many


def _refuse_options(_: object, videos: list[str]) -> None:
    for video in videos:
        if video.startswith("-") and video != "-":
            raise ValueError(f"there is no such option; a film of that name is ./{video}")


def watch(
    videos: Annotated[list[str], Parameter(allow_leading_hyphen=True, validator=_refuse_options)],
    /,
    *,
    out: Path,
    every: Annotated[float, Parameter(validator=validators.Number(gte=0))] = 0.0,
    no_video: Annotated[bool, _FLAG] = False,
    as_json: Annotated[bool, _FLAG, Parameter("--json", group=_FORMAT)] = False,
    parquet: Annotated[bool, _FLAG, Parameter(group=_FORMAT)] = False,
    language: Language = "en",
    overwrite: Annotated[bool, _FLAG] = False,
    model: Path | None = None,
    ray: Annotated[bool, _FLAG] = False,
) -> int:
    """Annotate films: a video with boxes and words, a table, and a report for each.

    A film that cannot be read is named, the others are read; a damaged one is read as far as it
    goes. What is done already is skipped when the same is asked for again, and a film that was
    begun goes on where it was. Nothing of another film is overwritten: where its name is taken, a
    number is put behind it.

    Args:
        videos: film files; - for standard input; addresses (rtsp://, http://); numbers of cameras.
            What goes on live is ended with Ctrl-C.
        out: folder for the files, which get the films' names.
        every: seconds between frames that are read, and the video has those alone. With 0 it has
            all, and of a film in a file those are read that come 0.06 s or more apart.
        no_video: leave out the annotated video.
        as_json: the table as JSON lines instead of CSV.
        parquet: the table as Parquet; needs pyarrow.
        language: of the report: en or de.
        overwrite: replace what was made of the same film with another --model, --every or
            --language.
        model: a file of `mien export`; without it the network that ships with mien.
        ray: read an archive by Ray, on all cores or the cluster that RAY_ADDRESS names: files,
            folders and addresses such as s3://bucket/folder into Parquet tables, without videos
            and reports.
    """
    if ray:
        if as_json:
            raise MienError("--ray writes Parquet; leave out --json.")
        from mien.scale.archive import read_archive

        return read_archive(videos, out, films=True, every=every, model=model, overwrite=overwrite)
    if parquet:
        arrow_schema()  # fails where pyarrow is missing, before any work
    table = "jsonl" if as_json else "parquet" if parquet else "csv"
    reader = Reader(model=model)
    task = AnnotationTask(
        every,
        {"every": f"{every:g} s", "weights": weights_of(model), "language": language},
        ("html", *(() if no_video else ("mp4",)), table),
        language,
        overwrite,
    )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise MienError(f"{out}: a file. Expected a folder's name for --out.") from error
    failed = interrupted = False
    try:
        for number, given in enumerate(videos, start=1):
            part = f" ({number} of {len(videos)})" if len(videos) > 1 else ""
            damage, interrupted = _try(given, out, task, reader, part)
            if damage:
                tell(damage)
                failed = True
            if interrupted:
                break
    except KeyboardInterrupt:
        interrupted = True
    code = _INTERRUPTED if interrupted else 1 if failed else 0
    end_without(code)
    return code


def _try(
    given: str, out: Path, task: AnnotationTask, reader: Reader, part: str
) -> tuple[str | None, bool]:
    """Do one film; what was wrong with it whatever it is, and whether somebody ended it."""
    try:
        return _annotate(_source(given), out, task, reader, part)
    except MienError as error:
        return str(error), False
    except (OSError, FFmpegError) as error:
        where = getattr(error, "filename", None)
        place = f" ({str(where).removeprefix('file:')})" if where else ""
        mend = "When that is mended, the same command goes on."
        return f"{given}: stopped: {reason_of(error)}{place}. {mend}", False
    except Exception as error:  # no film keeps mien from the others
        return (
            f"{given}: cannot be done: {type(error).__name__}: {error}. "
            "That is a fault of mien's: please report it."
        ), False


def _source(given: str) -> str | int:
    """A camera's number, where no file has that name."""
    if given.isascii() and given.isdecimal() and len(given) < _DIGITS and not Path(given).exists():
        return int(given)
    return given


def _annotate(
    source: str | int, out: Path, task: AnnotationTask, reader: Reader, part: str
) -> tuple[str | None, bool]:
    """Do one film; what was wrong with it, and whether somebody ended it."""
    path = Path(source) if isinstance(source, str) and Path(source).is_file() else None
    with open_video(source, sound=task.drawn and path is None) as video:
        film = Film(path, fingerprint(path)) if path else None
        place = find_place(out, name_of(source), film and film.fingerprint)
        if place.is_done(task.settings, task.endings):
            _tell(video, f"done before, see {place.path('html')}; skipped")
            return place.marks.get(DAMAGE), False
        place.check(film and film.fingerprint, task.settings, overwrite=task.overwrite)
        with (
            Annotation(video, place, task, reader, film) as annotation,
            progress(f"{place.name}{part}", video.duration) as advance,
        ):
            if annotation.kept:
                _tell(video, f"goes on at {clock_time(annotation.kept)}")
            try:
                outcome = annotation.run(advance)
            except KeyboardInterrupt:
                if annotation.kept:
                    at = clock_time(annotation.kept)
                    _tell(video, f"stopped. The same command goes on from {at}.")
                raise
    summary = outcome.summary
    faces = "1 face" if len(summary.faces) == 1 else f"{len(summary.faces)} faces"
    files = ", ".join(str(place.path(ending)) for ending in outcome.endings)
    for note in outcome.notes:
        _tell(video, note)
    print(safe(f"{video.name}: {faces} in {clock_time(summary.end)}; {files}"), flush=True)
    return outcome.damage, outcome.interrupted


def _tell(video: Video | Camera, words: str) -> None:
    tell(f"{video.name}: {words}")
