"""The command `mien watch`."""

import hashlib
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from av.error import FFmpegError
from cyclopts import Group, Parameter, validators

from mien._films import clock_time
from mien.cameras import Camera
from mien.classifier import PACKAGED_MODEL
from mien.errors import MienError, VideoError
from mien.films.annotated import AnnotatedVideo
from mien.films.places import ALL, DAMAGE, FILM, SETTINGS, Place, find_place, fingerprint, name_of
from mien.films.report import About, report
from mien.films.summary import Summary
from mien.films.tables import check_parquet, open_table
from mien.reader import Reader
from mien.videos import Video, open_video
from mien.watcher import watch as watch_frames

_FLAG = Parameter(negative=(), show_default=False)
_FORMAT = Group("Table", validator=validators.MutuallyExclusive())
_INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class _Task:
    """What is done with each film.

    Attributes:
        every: seconds between frames that are read.
        settings: all that its figures depend on.
        endings: of the files to write, the report's first.
    """

    every: float
    settings: str
    endings: tuple[str, ...]


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
    model: Path | None = None,
    ray: Annotated[bool, _FLAG] = False,
) -> int:
    """Annotate films: a video with boxes and words, a table, and a report for each.

    A film that cannot be read is named, the others are read; a damaged one is read as far as it
    goes. What is done already is skipped when the same is asked for again. Nothing of another film
    is overwritten: where its name is taken, a number is put behind it.

    Args:
        videos: film files; - for standard input; addresses (rtsp://, http://); numbers of cameras.
            What goes on live is ended with Ctrl-C.
        out: folder for the files, which get the films' names.
        every: seconds between frames that are read; 0 reads all. The video has those frames alone.
        no_video: leave out the annotated video.
        as_json: the table as JSON lines instead of CSV.
        parquet: the table as Parquet; needs pyarrow.
        model: a file of `mien export`; without it the network that ships with mien.
        ray: read an archive by Ray, on all cores or the cluster that RAY_ADDRESS names: files,
            folders and addresses such as s3://bucket/folder into Parquet tables, without videos
            and reports.
    """
    if ray:
        if as_json:
            raise MienError("--ray writes Parquet; leave out --json.")
        from mien.scale.archive import read_archive

        return read_archive(videos, out, films=True, every=every, model=model)
    if parquet:
        check_parquet()
    table = "jsonl" if as_json else "parquet" if parquet else "csv"
    reader = Reader(model=model)
    weights = hashlib.sha256((model or PACKAGED_MODEL).read_bytes()).hexdigest()[:16]
    task = _Task(
        every,
        f"every {every:g} s, weights {weights}",
        ("html", *(() if no_video else ("mp4",)), table),
    )
    out.mkdir(parents=True, exist_ok=True)
    failed = False
    for number, given in enumerate(videos, start=1):
        source = int(given) if given.isdecimal() and not Path(given).exists() else given
        part = f" ({number} of {len(videos)})" if len(videos) > 1 else ""
        try:
            damage, interrupted = _annotate(source, out, task, reader, part)
        except (MienError, OSError, FFmpegError) as error:
            damage, interrupted = str(error), False
            if not isinstance(error, MienError):
                damage = f"{given}: {error}"
        if damage:
            print(damage, file=sys.stderr)
            failed = True
        if interrupted:
            return _INTERRUPTED
    return 1 if failed else 0


def _annotate(
    source: str | int, out: Path, task: _Task, reader: Reader, part: str
) -> tuple[str | None, bool]:
    """Do one film; what was wrong with it, and whether somebody ended it."""
    with open_video(source, sound="mp4" in task.endings) as video:
        is_file = isinstance(source, str) and Path(source).is_file()
        film = fingerprint(Path(source)) if is_file and isinstance(source, str) else None
        place = find_place(out, name_of(source), film)
        if place.is_done(task.settings, task.endings):
            done = f"{video.name}: done before, see {place.path('html')}; skipped"
            print(done, file=sys.stderr)
            return place.marks.get(DAMAGE), False
        try:
            summary, damage, interrupted = _write(video, place, task, reader, part)
            marks = {FILM: film or "", SETTINGS: task.settings}
            if damage:
                marks[DAMAGE] = damage
            name = Path(video.name).name if is_file else video.name
            told = report(About(name, task.every, damage, marks), summary)
            place.partial("html").write_text(told, encoding="utf-8")
            for ending in task.endings[1:]:  # else a report of now could stand beside one of these
                place.path(ending).unlink(missing_ok=True)
            for ending in task.endings:
                place.partial(ending).replace(place.path(ending))
        finally:
            for ending in ALL:  # of an earlier run that was killed, too
                place.partial(ending).unlink(missing_ok=True)
    faces = "1 face" if len(summary.faces) == 1 else f"{len(summary.faces)} faces"
    files = ", ".join(str(place.path(ending)) for ending in task.endings)
    print(f"{video.name}: {faces} in {clock_time(summary.end)}; {files}", flush=True)
    return damage, interrupted


def _write(
    video: Video | Camera, place: Place, task: _Task, reader: Reader, part: str
) -> tuple[Summary, str | None, bool]:
    """Read the film, and write its video and its table under their partial names."""
    summary, damage, interrupted = Summary(), None, False
    table = task.endings[-1]
    with ExitStack() as files:
        rows = files.enter_context(open_table(place.partial(table), table))
        drawn = None
        if "mp4" in task.endings:
            drawn = files.enter_context(AnnotatedVideo(place.partial("mp4"), video))
        name = f"{place.name}{part}"
        advance = files.enter_context(_progress(name, video.duration))
        try:
            for frame, readings in watch_frames(video, reader=reader, every=task.every):
                summary.add(frame, readings)
                rows.write(frame, readings)
                if drawn:
                    drawn.write(frame, readings)
                advance(frame.time)
        except VideoError as error:
            if not summary.frames:
                raise
            damage = str(error)
        except KeyboardInterrupt:
            if not video.live or not summary.frames:
                raise
            interrupted = True  # that is how live pictures end: what came is kept
    summary.finish()
    return summary, damage, interrupted


@contextmanager
def _progress(name: str, seconds: float | None) -> Generator[Callable[[float], None]]:
    """A bar with the time left on standard error, where a person sees that."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(escape(name), total=seconds)
        yield lambda time: bar.update(task, completed=time)
