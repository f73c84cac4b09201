"""One film: its frames read one after the other, and its video, table and report written."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from mien.cameras import Camera
from mien.errors import VideoError
from mien.films.annotated import AnnotatedVideo
from mien.films.pieces import join
from mien.films.places import DAMAGE, FILM, SETTINGS, TABLES, Place
from mien.films.report import About, report
from mien.films.summary import Summary
from mien.films.tables import COLUMNS, row
from mien.films.work import Work
from mien.follower import Follower
from mien.reader import Reader
from mien.row_file import read_journal, write_rows
from mien.videos import Video
from mien.watcher import frames_of

SAVED: Final = 10.0
"""Seconds of work after which what is done is kept for a run that goes on with it."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with each film.

    Attributes:
        every: seconds between frames that are read.
        settings: all that its figures depend on.
        endings: of the files to write: the report's first, the table's last.
    """

    every: float
    settings: str
    endings: tuple[str, ...]

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
    """

    summary: Summary
    damage: str | None
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Film:
    """A film that lies in a file, so that a later run can go on with it.

    Attributes:
        path: of the file.
        fingerprint: of `mien.films.places.fingerprint`.
    """

    path: Path
    fingerprint: str


class Annotation(AbstractContextManager["Annotation"]):
    """One film on its way to its files; a context manager, which keeps what a later run can use."""

    def __init__(
        self, video: Video | Camera, place: Place, task: Task, reader: Reader, film: Film | None
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
        self._marks = {FILM: film.fingerprint if film else "", SETTINGS: task.settings}
        self._work = Work(place.work, self._marks | {"files": " ".join(task.endings)})
        self._reader = reader
        self._follower = Follower()
        if self._work.progress.follower is not None:
            self._follower.state = self._work.progress.follower

    @property
    def kept(self) -> float:
        """Seconds of the film that are done and kept, so that a later run goes on there."""
        return self._work.progress.time

    def __exit__(self, *_: object) -> None:
        self._work.close()

    def run(self, advance: Callable[[float], None]) -> Outcome:
        """Do what is not done.

        Args:
            advance: called with the time of each frame that is done, in seconds.

        Raises:
            VideoError: nothing of the film can be read.
            OSError: a file cannot be written.
            KeyboardInterrupt: somebody ended it; of a film in a file the next run goes on.
        """
        damage, interrupted = self._read(advance)
        summary = self._work.progress.summary
        summary.finish()
        self._finish(damage)
        return Outcome(summary, damage, interrupted)

    def _read(self, advance: Callable[[float], None]) -> tuple[str | None, bool]:
        """Read the frames, and gather rows and annotated pictures."""
        summary, damage, interrupted = self._work.progress.summary, None, False
        frames = frames_of(self._video, self._task.every, self._work.progress.frame)
        pause = monotonic() + SAVED
        with closing(frames), ExitStack() as files:
            pictures: AnnotatedVideo | None = None
            try:
                for frame in frames:
                    readings = self._follower.read(self._reader, frame)
                    summary.add(frame, readings)
                    for reading in readings:
                        self._work.rows.write(row(frame, reading))
                    if self._task.drawn:
                        pictures = pictures or files.enter_context(self._pictures())
                        pictures.write(frame, readings)
                    advance(frame.time)
                    if self._film and monotonic() >= pause:
                        files.close()
                        pictures = None
                        self._work.save(frame, self._follower.state)
                        pause = monotonic() + SAVED
            except VideoError as error:
                if not summary.frames:
                    raise
                damage = str(error)
            except KeyboardInterrupt:
                if not self._video.live or not summary.frames:
                    raise
                interrupted = True  # that is how live pictures end: what came is kept
        return damage, interrupted

    def _pictures(self) -> AnnotatedVideo:
        size = self._work.progress.summary.size
        if self._film:
            return AnnotatedVideo(self._work.next_piece(), self._video, piece=True, size=size)
        return AnnotatedVideo(self._work.path("mp4"), self._video)

    def _finish(self, damage: str | None) -> None:
        """Write the files, and give them their names when all are whole."""
        work, place, table = self._work, self._place, self._task.endings[-1]
        write_rows(work.path(table), TABLES[table], COLUMNS, read_journal(work.path("rows")))
        if self._task.drawn and self._film:
            join(work.pieces(), self._film.path, self._video.beginning or 0.0, work.path("mp4"))
        marks = self._marks | ({DAMAGE: damage} if damage else {})
        name = self._film.path.name if self._film else self._video.name
        about = About(name, self._task.every, damage, marks)
        work.path("html").write_text(report(about, self._work.progress.summary), encoding="utf-8")
        for ending in self._task.endings[1:]:  # else a report of now could stand beside one of them
            place.path(ending).unlink(missing_ok=True)
        for ending in self._task.endings:
            work.path(ending).replace(place.path(ending))
        work.remove()
