"""Annotation of one film: its frames are read, and its video, table and report written."""

import json
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from av.error import FFmpegError

from mien.answers import Language
from mien.errors import VideoError
from mien.faces.reader import Reader
from mien.faces.spacing import LEAST_GAP, Followed, SpacedFollower
from mien.faces.watch import frames_of
from mien.films.checkpoint import Checkpoint
from mien.films.joining import join
from mien.films.output_files import DAMAGE, FILM, SETTINGS, TABLES, Place
from mien.films.report import About, report
from mien.films.summary import Summary
from mien.films.video import AnnotatedVideo
from mien.frames import Frame
from mien.media.camera import Camera
from mien.media.container import ffmpeg_reason
from mien.media.film import Video
from mien.media.waiting import undisturbed
from mien.output.journal import write_rows
from mien.output.resuming import Settings
from mien.output.rows import FILM_COLUMNS, film_row
from mien.output.whole_file import write_whole
from mien.types import Reading

SAVED: Final = 10.0
"""Seconds of work after which progress is saved, so that a later run can resume there."""

_SIZES: Final = (
    "The size of its picture changes on the way: later pictures are scaled to fit {} × {} pixels, "
    "and all boxes count in those."
)


@dataclass(frozen=True, slots=True)
class AnnotationTask:
    """Way in which films are annotated.

    Attributes:
        every: seconds between frames that are read; 0 reads all.
        settings: everything that the files' contents depend on.
        endings: endings of the files to write: the report's, the table's, and mp4 for a video.
        language: language of the report.
        overwrite: whether to replace files of the same film that were made with other settings.
    """

    every: float
    settings: Settings
    endings: tuple[str, ...]
    language: Language = "en"
    overwrite: bool = False

    @property
    def drawn(self) -> bool:
        """Whether the annotated video is written."""
        return "mp4" in self.endings

    @property
    def table(self) -> str:
        """Ending of the table."""
        return next(ending for ending in self.endings if ending in TABLES)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of annotating one film.

    Attributes:
        summary: summary of the film.
        damage: damage of the film, in words; None if there is none.
        interrupted: whether somebody ended it, as live pictures end.
        notes: further remarks for people, each a sentence.
        endings: endings of the files that were written.
    """

    summary: Summary
    damage: str | None
    interrupted: bool
    notes: Sequence[str]
    endings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Film:
    """Film in a file, which a later run can resume.

    Attributes:
        path: path of the file.
        fingerprint: value of `mien.films.output_files.fingerprint`.
    """

    path: Path
    fingerprint: str


class Annotation(AbstractContextManager["Annotation"]):
    """Annotation of one film, as a context manager that keeps what a later run can use."""

    def __init__(
        self,
        video: Video | Camera,
        place: Place,
        task: AnnotationTask,
        reader: Reader,
        film: Film | None,
    ) -> None:
        """Resume what an interrupted run left of the same film and task, if there is such.

        Args:
            video: open film; with its sound if `film` is None and the video is written.
            place: place of the files.
            task: way in which the film is annotated.
            reader: reader of the frames.
            film: file of the film; None if the source cannot be read twice.
        """
        self._video = video
        self._place = place
        self._task = task
        self._film = film
        self._marks = {FILM: film.fingerprint if film else "", SETTINGS: json.dumps(task.settings)}
        gap = 0.0 if task.every or video.live else LEAST_GAP
        about = self._marks | {"files": " ".join(task.endings), "gap": f"{gap:g}"}
        self._checkpoint = Checkpoint(place.checkpoint, about)
        self._reader = reader
        self._drawn = task.drawn
        self._notes: list[str] = []
        self._pictures: AnnotatedVideo | None = None
        self._lost: str | None = None
        self._follower = self._checkpoint.progress.follower or SpacedFollower(least_gap=gap)

    @property
    def kept(self) -> float:
        """Time in seconds from which a later run resumes."""
        return self._checkpoint.progress.time

    def __exit__(self, *_: object) -> None:
        self._abandon_pictures()
        self._checkpoint.close()

    def run(self, advance: Callable[[float], None]) -> Outcome:
        """Annotate the rest of the film, and write its files.

        Args:
            advance: function that is called with the time of each finished frame, in seconds.

        Raises:
            VideoError: nothing of the film can be read.
            OSError: a file cannot be written.
            KeyboardInterrupt: somebody ended it. The next run resumes a film in a file.
        """
        summary = self._checkpoint.progress.summary
        damage, interrupted = None, False
        with ExitStack() as finishing:
            frames = frames_of(self._video, self._task.every, self._checkpoint.progress.frame)
            with closing(frames):
                try:
                    damage = self._read(frames, advance)
                except KeyboardInterrupt:
                    if not self._video.live or not summary.frames:
                        raise
                    finishing.enter_context(undisturbed())  # by a second Ctrl-C
                    interrupted = True  # this is how live pictures end; their files are written
                self._end_pictures()
            summary.finish(self._video.decoded if isinstance(self._video, Video) else None)
            if self._video.size_changes:
                self._notes.append(_SIZES.format(*(summary.size or (0, 0))))
            self._notes += self._video.notes
            damage = " ".join(filter(None, (damage, self._lost))) or None
            endings = self._finish(damage)
        return Outcome(summary, damage, interrupted, self._notes, endings)

    def _read(self, frames: Iterable[Frame], advance: Callable[[float], None]) -> str | None:
        """Read the frames, gather rows and annotated pictures, and return what damage there is."""
        damage, pause = None, monotonic() + SAVED
        try:
            for frame in frames:
                self._add(self._follower.take(self._reader, frame), advance)
                if self._film and monotonic() >= pause and not self._follower.waits:
                    self._end_pictures()
                    self._checkpoint.save(frame, self._follower)
                    pause = monotonic() + SAVED
        except VideoError as error:
            if not self._checkpoint.progress.summary.frames:
                raise
            damage = str(error)
        self._add(self._follower.finish(self._reader), advance)
        return damage

    def _add(self, followed: Iterable[Followed], advance: Callable[[float], None]) -> None:
        for frame, readings in followed:
            # The summary last, so that Ctrl-C at the first frame leaves no file or all of them.
            self._draw(frame, readings)
            for reading in readings:
                self._checkpoint.rows.write(film_row(frame, reading))
            self._checkpoint.progress.summary.add(frame, readings)
            advance(frame.time)

    def _draw(self, frame: Frame, readings: Sequence[Reading]) -> None:
        if self._drawn:
            with self._continuing_without_pictures():
                self._pictures = self._pictures or self._next_pictures()
                self._pictures.write(frame, readings)

    def _next_pictures(self) -> AnnotatedVideo:
        size = self._checkpoint.progress.summary.size
        if self._film:
            return AnnotatedVideo(self._checkpoint.next_piece(), self._video, piece=True, size=size)
        return AnnotatedVideo(self._checkpoint.path("mp4"), self._video)

    def _end_pictures(self) -> None:
        with self._continuing_without_pictures():
            if self._pictures:
                self._pictures.close()
                self._notes += self._pictures.notes
                self._pictures = None

    @contextmanager
    def _continuing_without_pictures(self) -> Generator[None]:
        """Let a source that cannot be read twice continue if only its video cannot be written."""
        try:
            yield
        except (OSError, FFmpegError) as error:
            self._abandon_pictures()
            if self._film:
                raise
            self._drawn = False
            self._lost = (
                f"{self._video.name}: the annotated video cannot be written: "
                f"{ffmpeg_reason(error)}. Table and report are complete."
            )

    def _abandon_pictures(self) -> None:
        pictures, self._pictures = self._pictures, None
        if pictures:
            with suppress(OSError, FFmpegError):
                pictures.abandon()

    def _finish(self, damage: str | None) -> Sequence[str]:
        """Write the files, give them their names when all are whole, and return their endings."""
        checkpoint, place, table = self._checkpoint, self._place, self._task.table
        write_rows(checkpoint.path(table), TABLES[table], FILM_COLUMNS, checkpoint.rows.contents())
        if self._drawn and self._film:
            beginning = self._video.beginning or 0.0
            self._notes += join(
                checkpoint.pieces(), self._film.path, beginning, checkpoint.path("mp4")
            )
        marks = self._marks | ({DAMAGE: damage} if damage else {})
        name = self._film.path.name if self._film else self._video.name
        about = About(
            name,
            self._task.every,
            damage,
            self._notes,
            marks,
            film=self._film_beside(),
            language=self._task.language,
        )
        write_whole(checkpoint.path("html"), report(about, self._checkpoint.progress.summary))
        endings = [one for one in self._task.endings if self._drawn or one != "mp4"]
        endings.sort(key=lambda ending: ending != "html")  # the report gets its name first
        for ending in endings[1:]:  # old files must not stand beside the new report
            place.path(ending).unlink(missing_ok=True)
        for ending in endings:
            checkpoint.path(ending).replace(place.path(ending))
        checkpoint.remove()
        return endings

    def _film_beside(self) -> str | None:
        """Return the name of the film beside the report: the annotated one, or the film itself."""
        if self._drawn:
            return self._place.path("mp4").name
        if self._film and self._film.path.resolve().parent == self._place.folder.resolve():
            return self._film.path.name
        return None
