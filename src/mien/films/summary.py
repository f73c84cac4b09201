"""Summary of a film, gathered frame by frame: each face's times and strongest moments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.answers import Reason, State
from mien.emotions import VOTE_NAMES
from mien.frames import Box, Frame
from mien.types import Gesture, Reading

_THUMBNAIL: Final = 112  # pixels a side
_AROUND: Final = 1.6  # side of a thumbnail, as a multiple of the face's box
_GESTURES: Final = get_args(Gesture)
_HEAD: Final = 1.3  # size of a head, as a multiple of its face's box

Picture = NDArray[np.uint8]


@dataclass(slots=True)
class Segment:
    """Time for which a face had the same answer or two answers, or was unclear.

    Attributes:
        start: seconds since the film's beginning.
        end: seconds since the film's beginning.
        answer: name of `mien.VOTE_NAMES`, or two of them, such as "happy+neutral", if about as
            many people would give each; None while unclear.
        reason: reason while unclear.
    """

    start: float
    end: float
    answer: str | None
    reason: Reason | None


@dataclass(slots=True, eq=False)
class Moment:
    """Moment at which the most people would give one answer about a face.

    Attributes:
        time: seconds since the film's beginning.
        reading: reading of the face.
        picture: face as RGB uint8 (112, 112, 3).
    """

    time: float
    reading: Reading
    picture: Picture

    @property
    def answer(self) -> str:
        """Answer that most people would give."""
        return self.reading.top(1)[0][0]

    @property
    def share(self) -> float:
        """Share of people who would give it, 0 to 1."""
        return self.reading.top(1)[0][1]


@dataclass(slots=True)
class FaceSummary:
    """One face over the whole film.

    Attributes:
        track: number of the face.
        segments: segments in order of time.
        moments: strongest moments by answer.
        talked: seconds for which the face talked.
        events: times in seconds and events: "nod", "shake", or the answer after a lasting change,
            with the time at which it began.
        last: latest reading of the face.
    """

    track: int
    segments: list[Segment] = field(default_factory=list[Segment])
    moments: dict[str, Moment] = field(default_factory=dict[str, Moment])
    talked: float = 0.0
    events: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    last: Reading | None = None

    @property
    def seconds(self) -> float:
        """Seconds for which the face was seen."""
        return sum(segment.end - segment.start for segment in self.segments)

    def shares(self) -> dict[str | None, float]:
        """Return each answer's share of the face's time, largest first; None is unclear."""
        times: dict[str | None, float] = {}
        for segment in self.segments:
            answer = segment.answer
            times[answer] = times.get(answer, 0.0) + segment.end - segment.start
        total = sum(times.values()) or 1.0
        ordered = sorted(times, key=lambda answer: -times[answer])
        return {answer: times[answer] / total for answer in ordered}


class Summary:
    """Summary of a film, which grows with each frame.

    Attributes:
        faces: faces by track.
        frames: number of frames that were read.
        size: width and height of the first frame in pixels; None before it.
        end: seconds that are covered so far.
    """

    def __init__(self) -> None:
        self.faces: dict[int, FaceSummary] = {}
        self.frames = 0
        self.size: tuple[int, int] | None = None
        self.end = 0.0
        self._gap = 0.0
        self._shown: list[int] = []  # tracks in the last frame, which is shown until the next

    def add(self, frame: Frame, readings: Sequence[Reading]) -> None:
        """Add the next frame, and its readings with tracks."""
        self._last_until(frame.time)
        if self.frames:
            self._gap = frame.time - self.end
        self.size = self.size or (frame.image.shape[1], frame.image.shape[0])
        self.frames += 1
        self.end = frame.time
        self._shown = []
        for reading in readings:
            if reading.track is None:
                continue
            face = self.faces.setdefault(reading.track, FaceSummary(reading.track))
            self._shown.append(reading.track)
            answer = "+".join(sorted(reading.answers, key=VOTE_NAMES.index)) or None
            last = face.segments[-1] if face.segments else None
            if (
                not last
                or last.end < frame.time
                or (last.answer, last.reason) != (answer, reading.reason)
            ):
                face.segments.append(Segment(frame.time, frame.time, answer, reading.reason))
            _keep_events(face, frame.time, reading, answer)
            _keep_strongest(face, frame, reading, readings)

    def finish(self, end: float | None = None) -> None:
        """Let the last frame last to the end of the film.

        Args:
            end: seconds; None lets it last as long as the one before.
        """
        self.end = self.end + self._gap if end is None else max(self.end, end)
        self._last_until(self.end)
        self._shown = []

    def _last_until(self, time: float) -> None:
        for track in self._shown:
            face = self.faces[track]
            if face.last and face.last.talking:
                face.talked += time - face.segments[-1].end
            face.segments[-1].end = time


def _keep_events(face: FaceSummary, time: float, reading: Reading, answer: str | None) -> None:
    before, face.last = face.last, reading
    if reading.gesture and (before is None or reading.gesture != before.gesture):
        face.events.append((time, reading.gesture))
    if reading.just_now and (before is None or not before.just_now) and answer:
        told = next((event for _, event in reversed(face.events) if event not in _GESTURES), None)
        if answer != told:  # otherwise it was only interrupted
            face.events.append((face.segments[-1].start, answer))


def _keep_strongest(
    face: FaceSummary, frame: Frame, reading: Reading, all_: Sequence[Reading]
) -> None:
    if reading.state != State.CLEAR:
        return
    answer, share = reading.top(1)[0]
    before = face.moments.get(answer)
    if before is None or share > before.share:
        others = [other.box for other in all_ if other is not reading]
        picture = _thumbnail(frame.image, reading.box, others)
        face.moments[answer] = Moment(frame.time, reading, picture)


def _thumbnail(image: Picture, box: Box, others: Sequence[Box]) -> Picture:
    """Cut out a face and its surroundings, without other heads and within the picture."""
    size = image.shape[1::-1]
    longest = max(box[2] - box[0], box[3] - box[1], 1)
    free = min((_free_around(box, other) for other in others), default=_AROUND * longest)
    side = int(min(max(free, longest), _AROUND * longest, *size))
    x, y = (
        int(min(max((box[axis] + box[axis + 2] - side) / 2, 0), size[axis] - side))
        for axis in (0, 1)
    )
    part = image[y : y + side, x : x + side]
    small = cv2.resize(part, (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _free_around(box: Box, other: Box) -> float:
    """Return the side of the largest square around a face's middle without another head."""
    return max(
        abs(box[axis] + box[axis + 2] - other[axis] - other[axis + 2])
        - _HEAD * (other[axis + 2] - other[axis])
        for axis in (0, 1)
    )
