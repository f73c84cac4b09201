"""Report of a film: one HTML file that needs no other, runs no script, and can be kept or sent."""

import base64
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

import numpy as np
from PIL import Image

from mien.answers import PEOPLE, Language, share_out
from mien.emotions import COLOURS, VOTE_NAMES
from mien.films.summary import FaceSummary, Moment, Picture, Segment, Summary
from mien.media.frame_times import clock_time
from mien.output.html import render
from mien.output.texts import load_texts

AGREEING: Final = 8
"""Number of ten people who must give the same answer at a moment that the report shows."""

_LANES: Final = 24  # faces that get a lane, those seen longest first
_MOMENTS: Final = 12
_EVENTS: Final = 12  # in a face's lane
_WIDTH: Final = 1000  # of a lane, in its own units
_HEIGHT: Final = 20
_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)
_TICKS: Final = 9  # at most


@dataclass(frozen=True, slots=True)
class About:
    """Facts about the film and its report.

    Attributes:
        name: name of the film.
        sampled: seconds between frames that were read; 0 if all were.
        damage: damage of the film, in words; None if there is none.
        notes: further remarks for people, each a sentence.
        marks: names and contents of further meta elements, for programs.
        film: name of a film beside the report, to which times are linked.
        day: day on which the film was read.
        language: language of the report.
    """

    name: str
    sampled: float = 0.0
    damage: str | None = None
    notes: Sequence[str] = ()
    marks: Mapping[str, str] = field(default_factory=dict[str, str])
    film: str | None = None
    day: date = field(default_factory=date.today)
    language: Language = "en"


def report(about: About, summary: Summary) -> str:
    """Return the report as HTML."""
    return str(render("film.html", **_Report(about, summary).values()))


class _Report:
    """Values for the template of a report."""

    def __init__(self, about: About, summary: Summary) -> None:
        self._about = about
        self._summary = summary
        self._words = load_texts(about.language)
        self._texts = self._words.report
        self._end = max(summary.end, 1e-3)

    def values(self) -> dict[str, object]:
        about, texts = self._about, self._texts
        faces = sorted(self._summary.faces.values(), key=lambda face: -face.seconds)
        shown = sorted(faces[:_LANES], key=lambda face: face.track)
        left = len(faces) - len(shown)
        return {
            "language": about.language,
            "words": texts,
            "marks": about.marks,
            "name": about.name,
            "facts": self._facts(),
            "damage": about.damage,
            "notes": about.notes,
            "link": about.film,
            "legend": self._legend(shown),
            "lanes": [self._lane(face) for face in shown],
            "ticks": self._ticks(),
            "more": texts["more"].format(count=left) if left else "",
            "moments": self._moments(
                [moment for face in faces for moment in face.moments.values()]
            ),
            "made": texts["made"].format(version=version("mien")),
        }

    def _facts(self) -> list[tuple[str, str]]:
        texts, summary, sampled = self._texts, self._summary, self._about.sampled
        width, height = summary.size or (0, 0)
        count = self._words.number(summary.frames)
        seconds = self._words.number(sampled, "g")
        frames = texts["frames_every" if sampled else "frames_all"]
        return [
            (texts["length"], self._clock(summary.end)),
            (texts["picture"], texts["pixels"].format(width=width, height=height)),
            (texts["frames"], frames.format(count=count, seconds=seconds)),
            (texts["faces"], self._words.number(len(summary.faces))),
            (texts["read"], self._words.date(self._about.day)),
        ]

    def _legend(self, shown: Sequence[FaceSummary]) -> list[dict[str, Any]]:
        kept = {
            name for face in shown for answer in face.shares() for name in (answer or "").split("+")
        }
        return [
            {"colours": _colours(name), "word": self._word(name)}
            for name in VOTE_NAMES
            if name in kept
        ] + [{"colours": [], "word": self._texts["unclear_more"]}]

    def _lane(self, face: FaceSummary) -> dict[str, object]:
        texts, times = self._texts, face.shares()
        # They add up to 100, unless the face was seen in a single frame of a camera.
        percents = share_out(np.array([*times.values()]), 100) if face.seconds else [0] * len(times)
        shares = [
            {
                "colours": _colours(answer),
                "text": f"{self._word(answer)} {self._percent(share, percent)}",
            }
            for (answer, share), percent in zip(times.items(), percents, strict=True)
        ]
        words = ", ".join(str(share["text"]) for share in shares)
        best = max(face.moments.values(), key=lambda moment: moment.share, default=None)
        seconds = self._words.number(face.seconds, ",.1f")
        talked = self._words.number(face.talked, ",.1f")
        return {
            "number": face.track,
            "name": texts["face"].format(number=face.track),
            "seen": texts["seen"].format(seconds=seconds),
            "talked": texts["talked"].format(seconds=talked) if face.talked else "",
            "events": self._events(face),
            "picture": best and _jpeg(best.picture),
            "shares": shares,
            "label": texts["lane"].format(number=face.track, shares=words),
            "bars": [self._bar(segment) for segment in face.segments],
        }

    def _events(self, face: FaceSummary) -> str:
        """Describe a face's events in order of time, `_EVENTS` at most."""
        words = self._words.over_time
        events = [
            f"{self._clock(time)} "
            + (words.get(event) or self._texts["now"].format(word=self._word(event)))
            for time, event in sorted(face.events)[:_EVENTS]
        ]
        if len(face.events) > _EVENTS:
            events.append(self._texts["others"].format(count=len(face.events) - _EVENTS))
        return " · ".join(events)

    def _bar(self, segment: Segment) -> dict[str, Any]:
        """Describe a segment's bar in the answer's colour; two answers lie above each other."""
        scale = _WIDTH / self._end
        start, end = segment.start * scale, segment.end * scale
        why = f" ({self._reason(segment.reason)})" if segment.reason else ""
        colours = _colours(segment.answer) or [None]
        height = _HEIGHT / len(colours)
        return {
            "x": f"{start:.1f}",
            "width": f"{max(end - start, 0.5):.1f}",
            "boxes": [
                {"y": f"{number * height:g}", "height": f"{height:g}", "colour": colour}
                for number, colour in enumerate(colours)
            ],
            "text": self._texts["bar"].format(
                word=self._word(segment.answer) + why,
                start=self._clock(segment.start),
                end=self._clock(segment.end),
            ),
            "link": self._link(segment.start),
        }

    def _ticks(self) -> list[dict[str, object]]:
        end = self._end
        step = next((step for step in _STEPS if end / step <= _TICKS), end / _TICKS)
        ticks: list[dict[str, object]] = []
        for number in range(int(end / step + 1e-9) + 1):
            time = number * step
            left = 100 * time / end
            text = self._clock(time) if step < 1 else clock_time(time).rpartition(".")[0]
            ticks.append({"left": f"{left:.2f}", "text": text, "end": left > 97})
        return ticks

    def _moments(self, moments: Sequence[Moment]) -> list[dict[str, object]]:
        """Describe moments on which most people agree, by time; neutral ones only if few others."""
        agreed = [moment for moment in moments if _agreeing(moment) >= AGREEING]
        strongest = sorted(agreed, key=lambda moment: (moment.answer == "neutral", -moment.share))[
            :_MOMENTS
        ]
        return [
            {
                "face": self._texts["face"].format(number=moment.reading.track),
                "time": {"text": self._clock(moment.time), "link": self._link(moment.time)},
                "text": moment.reading.sentence(self._about.language),
                "moves": moment.reading.movement_words(self._about.language),
                "colour": _colours(moment.answer)[0],
                "picture": _jpeg(moment.picture),
            }
            for moment in sorted(strongest, key=lambda moment: moment.time)
        ]

    def _link(self, time: float) -> str | None:
        """Link to a time of the film beside the report; a colon in its name is no scheme."""
        if self._about.film is None:
            return None
        return f"{quote(os.fsencode(self._about.film))}#t={time:.1f}"

    def _word(self, answer: str | None) -> str:
        if answer is None:
            return self._words.sentences["unclear"]
        one, *other = (self._words.answers[name] for name in answer.split("+"))
        return self._words.sentences["half"].format(one=one, other=other[0]) if other else one

    def _reason(self, why: str) -> str:
        return self._words.reasons.get(why, why)

    def _clock(self, seconds: float) -> str:
        return clock_time(seconds).replace(".", self._words.numbers["decimal"])

    def _percent(self, share: float, percent: int) -> str:
        if share < 0.01:
            return self._texts["little"]
        return self._texts["percent"].format(percent=percent)


def _agreeing(moment: Moment) -> int:
    return max(share_out(moment.reading.votes.shares, PEOPLE))


def _colours(answer: str | None) -> list[str]:
    if answer is None:
        return []
    return ["#{:02x}{:02x}{:02x}".format(*COLOURS[name]) for name in answer.split("+")]


def _jpeg(picture: Picture) -> str:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85)
    return base64.b64encode(file.getvalue()).decode()
