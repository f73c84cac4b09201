"""Checkpoint of an unfinished film, from which a later run resumes.

A folder beside the film's files holds the rows so far, the annotated pictures in pieces, and a
state that is saved every few seconds: how far the film is done, and which faces are followed. A
killed run loses only what came after its last state. The next run cuts rows and pieces back to
that state, so nothing is doubled. One run at a time can have the folder; see
`mien.output.journal.Journal`.
"""

import json
import pickle
import shutil
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from mien.faces.spacing import SpacedFollower
from mien.films.summary import Summary
from mien.frames import Frame
from mien.output.journal import Journal
from mien.output.whole_file import write_whole

_ROWS: Final = "rows"
_STATE: Final = "state"
_NEW: Final = "state.new"  # written by `write_whole` before it becomes the state
_HEAD: Final = 1 << 14  # bytes of a state's first line, at most
_PACKAGES: Final = ("mien", "av", "numpy")  # with other versions a state may mean something else

_PUBLIC: Final = (
    *("Change", "Face", "Follower", "Quality", "Reading", "Reason"),
    *("UsualFace", "UsualFaces", "Votes"),
)
_KNOWN: Final = frozenset(
    {
        *(("mien", name) for name in _PUBLIC),
        ("mien.films.checkpoint", "Progress"),
        *(("mien.films.summary", name) for name in ("Summary", "FaceSummary", "Segment", "Moment")),
        ("mien.faces.spacing", "SpacedFollower"),
        *(("mien.faces.usual_faces", "_Person"), ("collections", "deque")),
        *(("mien.faces.tracker", name) for name in ("Tracker", "_Track")),
        *(("mien.faces.appearance", "Look"), ("mien.faces.smoothing", "Steady")),
        *(("mien.faces.talking", name) for name in ("Talking", "SpokenVotes")),
        *(("mien.faces.gestures", name) for name in ("Gestures", "_Pose")),
        ("mien.faces.just_now", "JustNow"),
        *(("numpy", name) for name in ("ndarray", "dtype")),
        *(("numpy._core.multiarray", name) for name in ("_reconstruct", "scalar")),
        ("numpy._core.numeric", "_frombuffer"),
    }
)
# Everything that a state may hold. Pickles can run programs, and people who may write into the
# folder of the results must not be able to run any.


@dataclass(slots=True)
class Progress:
    """Progress of a film.

    Attributes:
        frame: index of the last frame; -1 before the first.
        time: time of that frame in seconds.
        rows: size of the rows in bytes.
        pieces: sizes of the annotated video's pieces in bytes.
        follower: follower of the faces; None before the first frame.
        summary: summary of the film so far.
    """

    frame: int = -1
    time: float = 0.0
    rows: int = 0
    pieces: list[int] = field(default_factory=list[int])
    follower: SpacedFollower | None = None
    summary: Summary = field(default_factory=Summary)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise pickle.UnpicklingError(f"{module}.{name} does not belong into a state")
        return super().find_class(module, name)


class Checkpoint:
    """Folder with the checkpoint of one film.

    Attributes:
        progress: progress of the film.
        rows: rows of the film so far, as JSON lines.
    """

    def __init__(self, folder: Path, about: Mapping[str, str]) -> None:
        """Open the folder, and resume what an earlier run left there of the same film and task.

        Args:
            folder: folder for the files. Checkpoints of other films or tasks in it are removed.
            about: film and settings; see `about_checkpoint`.

        Raises:
            MienError: another run of mien has the folder.
            OSError: the folder cannot be written, or is none of mien's.
        """
        self._folder = folder
        self._is_removed = False
        self._head = dict(about) | {name: version(name) for name in _PACKAGES}
        folder.mkdir(exist_ok=is_free(folder) or bool(about_checkpoint(folder)))
        self.rows = Journal(self.path(_ROWS), folder)
        try:
            self._resume()
        except BaseException:
            self.rows.close()
            raise

    def _resume(self) -> None:
        """Bring the folder back to its last state, or to the beginning if there is none."""
        self.progress = self._left() or Progress()
        if self.progress.frame < 0:
            self._remove_all_but(_ROWS, _STATE)
        for piece in self.pieces()[len(self.progress.pieces) :]:
            piece.unlink()
        self.rows.cut(self.progress.rows)
        if self.progress.frame < 0:
            self._save()
        self.rows.begin()

    def _remove_all_but(self, *names: str) -> None:
        for path in self._folder.iterdir():
            if path.name not in names:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def path(self, name: str) -> Path:
        """Path of a file in the folder."""
        return self._folder / name

    def next_piece(self) -> Path:
        """Path for the next piece of the annotated video."""
        return self.path(f"{len(self.pieces()):05}.mp4")

    def pieces(self) -> list[Path]:
        """Paths of the pieces so far, in order."""
        return sorted(self._folder.glob("*.mp4"))

    def save(self, frame: Frame, follower: SpacedFollower) -> None:
        """Save the state, with the summary in `progress`.

        Args:
            frame: last frame whose readings are in rows, pieces and summary.
            follower: follower of the faces.

        Raises:
            OSError: the state cannot be written.
        """
        self.progress.frame, self.progress.time = frame.index, frame.time
        self.progress.follower = follower
        self._save()

    def _save(self) -> None:
        self.progress.rows = self.rows.size
        self.progress.pieces = [piece.stat().st_size for piece in self.pieces()]
        head = json.dumps(self._head).encode() + b"\n"
        write_whole(self.path(_STATE), head + pickle.dumps(self.progress, protocol=5))

    def remove(self) -> None:
        """Remove the folder with all files in it.

        Raises:
            OSError: a file cannot be removed.
        """
        self._is_removed = True
        self._remove_all_but(_ROWS)
        self.rows.remove()
        with suppress(OSError):  # another run has just begun in it
            self._folder.rmdir()

    def close(self) -> None:
        """Close the rows; the folder stays if there is something to resume."""
        with closing(self.rows), suppress(OSError):
            if self.progress.frame < 0 and not self._is_removed:
                self.remove()

    def _left(self) -> Progress | None:
        """Return what an earlier run of the same left, if it is whole."""
        if about_checkpoint(self._folder) != self._head:
            return None
        try:
            with self.path(_STATE).open("rb") as file:
                file.readline()
                progress = _Unpickler(file).load()
            if not isinstance(progress, Progress):
                return None
            pieces = [piece.stat().st_size for piece in self.pieces()]
            whole = (
                pieces[: len(progress.pieces)] == progress.pieces
                and self.path(_ROWS).stat().st_size >= progress.rows
            )
        except Exception:  # damaged pickles raise all kinds of errors
            return None
        return progress if whole else None


def is_free(folder: Path) -> bool:
    """Whether a folder is missing, empty, or only as full as that of a run that just begins."""
    if not folder.is_dir():
        return not folder.exists()
    left = (path for path in folder.iterdir() if path.name != _NEW)
    return all(path.name == _ROWS and not path.stat().st_size for path in left)


def about_checkpoint(folder: Path) -> dict[str, str]:
    """Return the film and the settings of a checkpoint's folder; empty if it is no such folder."""
    try:
        with (folder / _STATE).open("rb") as file:
            about = json.loads(file.readline(_HEAD))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}
