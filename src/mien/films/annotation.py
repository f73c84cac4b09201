"""One film: its frames read one after the other, and its video, table and report written."""

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
from mien.media.camera import Camera
from mien.media.container import reason_of
from mien.media.film import Video
from mien.media.waiting import undisturbed
from mien.output.journal import write_rows
from mien.output.resuming import Settings
from mien.output.rows import FILM_COLUMNS, film_row
from mien.output.whole_file import write_whole
from mien.types import Frame, Reading

SAVED: Final = 10.0
"""Seconds of work after which what is done is kept for a run that goes on with it."""

_SIZES: Final = (
    "The size of its picture changes on the way: later pictures are scaled to fit {} × {} pixels, "
    "and all boxes count in those."
)


@dataclass(frozen=True, slots=True)
class AnnotationTask:
    """What is done with each film.

    Attributes:
        every: seconds between frames that are read.
        settings: all that its files depend on, but their endings.
        endings: of the files to write: the report's first, the table's last.
        language: of the report.
        overwrite: whether files of the same film that were made with other settings are replaced.
    """

    every: float
    settings: Settings
    endings: tuple[str, ...]
    language: Language = "en"
    overwrite: bool = False

    @property
    def drawn(self) -> bool:
        """Whether the video is written."""
        return "mp4" in self.endings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a film.

    Attributes:
        summary: of what it showed.
        damage: what was wrong with it.
        interrupted: whether somebody ended it, as live pictures are.
        notes: what else people should know of it, each a sentence.
        endings: of the files that were written, as of `AnnotationTask`.
    """

    summary: Summary
    damage: str | None
    interrupted: bool
    notes: Sequence[str]
    endings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Film:
    """A film that lies in a file, so that a later run can go on with it.

    Attributes:
        path: of the file.
        fingerprint: of `mien.films.output_files.fingerprint`.
    """

    path: Path
    fingerprint: str


class Annotation(AbstractContextManager["Annotation"]):
    """One film on its way to its files; a context manager, which keeps what a later run can use."""

    def __init__(
        self,
        video: Video | Camera,
        place: Place,
        task: AnnotationTask,
        reader: Reader,
        film: Film | None,
    ) -> None:
        """Take up what an interrupted run of the same has done.

        Args:
            video: opened; with its sound, where `film` is None and the video is written.
            place: for the files.
            task: what is done.
            reader: that reads the frames.
            film: where it lies; None of what cannot be read twice.
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
        self._endings = list(task.endings)
        self._notes: list[str] = []
        self._pictures: AnnotatedVideo | None = None
        self._lost: str | None = None
        self._follower = self._checkpoint.progress.follower or SpacedFollower(least_gap=gap)

    @property
    def kept(self) -> float:
        """Seconds of the film that are done and kept, so that a later run goes on there."""
        return self._checkpoint.progress.time

    def __exit__(self, *_: object) -> None:
        self._abandon_pictures()
        self._checkpoint.close()

    def run(self, advance: Callable[[float], None]) -> Outcome:
        """Do what is not done.

        Args:
            advance: called with the time of each frame that is done, in seconds.

        Raises:
            VideoError: nothing of the film can be read.
            OSError: a file cannot be written.
            KeyboardInterrupt: somebody ended it; of a film in a file the next run goes on.
        """
        with ExitStack() as finishing:
            damage, interrupted = self._read(advance, finishing)
            summary = self._checkpoint.progress.summary
            summary.finish()
            if self._video.size_changes:
                self._notes.append(_SIZES.format(*(summary.size or (0, 0))))
            self._notes += self._video.notes
            damage = " ".join(filter(None, (damage, self._lost))) or None
            self._finish(damage)
        return Outcome(summary, damage, interrupted, self._notes, self._endings)

    def _read(
        self, advance: Callable[[float], None], finishing: ExitStack
    ) -> tuple[str | None, bool]:
        """Read the frames, and gather rows and annotated pictures.

        Where somebody ends it, `finishing` holds off that they do so again at once.
        """
        damage, interrupted = None, False
        frames = frames_of(self._video, self._task.every, self._checkpoint.progress.frame)
        with closing(frames):
            try:
                damage = self._read_all(frames, advance)
            except KeyboardInterrupt:
                if not self._video.live or not self._checkpoint.progress.summary.frames:
                    raise
                finishing.enter_context(undisturbed())
                interrupted = True  # that is how live pictures end: what came is kept
            self._end_pictures()
        return damage, interrupted

    def _read_all(self, frames: Iterable[Frame], advance: Callable[[float], None]) -> str | None:
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
            # The summary last: whoever ends it at the first frame has nothing, or all of its files.
            self._draw(frame, readings)
            for reading in readings:
                self._checkpoint.rows.write(film_row(frame, reading))
            self._checkpoint.progress.summary.add(frame, readings)
            advance(frame.time)

    def _draw(self, frame: Frame, readings: Sequence[Reading]) -> None:
        if "mp4" in self._endings:
            with self._going_on_without_pictures():
                self._pictures = self._pictures or self._next_pictures()
                self._pictures.write(frame, readings)

    def _next_pictures(self) -> AnnotatedVideo:
        size = self._checkpoint.progress.summary.size
        if self._film:
            return AnnotatedVideo(self._checkpoint.next_piece(), self._video, piece=True, size=size)
        return AnnotatedVideo(self._checkpoint.path("mp4"), self._video)

    def _end_pictures(self) -> None:
        with self._going_on_without_pictures():
            if self._pictures:
                self._pictures.close()
                self._notes += self._pictures.notes
                self._pictures = None

    @contextmanager
    def _going_on_without_pictures(self) -> Generator[None]:
        """What cannot be read twice is read on where only its video cannot be written."""
        try:
            yield
        except (OSError, FFmpegError) as error:
            self._abandon_pictures()
            if self._film:
                raise
            self._endings.remove("mp4")
            self._lost = (
                f"{self._video.name}: the annotated video cannot be written: {reason_of(error)}. "
                "Table and report have all that was read."
            )

    def _abandon_pictures(self) -> None:
        pictures, self._pictures = self._pictures, None
        if pictures:
            with suppress(OSError, FFmpegError):
                pictures.abandon()

    def _finish(self, damage: str | None) -> None:
        """Write the files, and give them their names when all are whole."""
        checkpoint, place, table = self._checkpoint, self._place, self._endings[-1]
        write_rows(checkpoint.path(table), TABLES[table], FILM_COLUMNS, checkpoint.rows.contents())
        if "mp4" in self._endings and self._film:
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
        for ending in self._endings[1:]:  # else a report of now could stand beside one of them
            place.path(ending).unlink(missing_ok=True)
        for ending in self._endings:
            checkpoint.path(ending).replace(place.path(ending))
        checkpoint.remove()

    def _film_beside(self) -> str | None:
        """The name of a film that lies beside the report: the annotated one, or the film itself."""
        if "mp4" in self._endings:
            return self._place.path("mp4").name
        if self._film and self._film.path.resolve().parent == self._place.folder.resolve():
            return self._film.path.name
        return None
