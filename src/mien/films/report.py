"""A film's report: one HTML file that needs nothing else, runs nothing, and can be kept or sent."""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from typing import Final

from PIL import Image

from mien.emotions import ADJECTIVES, COLOURS, VOTE_NAMES
from mien.films.summary import Life, Moment, Segment, Summary
from mien.media.frame_times import clock_time
from mien.output.words import OVER_TIME_WORDS

_LANES: Final = 24  # faces that get a lane and a row, the longest seen first
_MOMENTS: Final = 12
_EVENTS: Final = 12  # of a face
_WIDTH: Final = 1000  # of the timeline, in its own units
_LABEL: Final = 70  # of that for the names of the faces
_LANE: Final = 40  # height of a lane
_BAR: Final = 18  # of that for the bar
_LETTER: Final = 6.4  # width of a letter, about
_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f2a; --soft: #555e6b; --ground: #fff; --line: #c9ced6 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceff4; --soft: #a9b1bd; --ground: #14171f; --line: #454c59 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
  max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin-top: 2rem }
p.note { color: var(--soft) } strong.damage { display: block; padding: .5rem .75rem;
  border: 2px solid #d55e00; border-radius: .4rem; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
svg { min-width: 40rem; width: 100%; height: auto; display: block }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif } svg .soft { fill: var(--soft) }
svg line { stroke: var(--line) } .unclear { fill: none; stroke: #8a919d; stroke-dasharray: 4 3 }
table { border-collapse: collapse } th, td { padding: .25rem .75rem .25rem 0; text-align: left;
  border-bottom: 1px solid var(--line); vertical-align: top }
ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem }
.moments { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 1rem }
figure { margin: 0 } figure img { border-radius: .4rem; border: 4px solid; display: block }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: .2em;
  margin-right: .4em; border: 1px solid var(--soft) }
.swatch.none { border-style: dashed; background: none }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem } dd { margin: 0 }
"""

_CAUTION: Final = (
    "These figures are what people would <em>say</em> about pictures of faces. They are no "
    "evidence of what anybody felt, thought or intended, and are wrong at times. Do not use them "
    "at work or in education to judge people: the EU’s AI Act forbids inferring emotions there "
    "(Art. 5(1)(f)). Tell the people whose faces were read."
)


@dataclass(frozen=True, slots=True)
class About:
    """What the report tells of the film itself.

    Attributes:
        name: of the film.
        sampled: seconds between frames that were read; 0: all.
        damage: what was wrong with the film.
        notes: what else people should know of it, each a sentence.
        marks: names and contents of further meta elements, for programs.
    """

    name: str
    sampled: float = 0.0
    damage: str | None = None
    notes: Sequence[str] = ()
    marks: Mapping[str, str] = field(default_factory=dict[str, str])


def report(about: About, summary: Summary) -> str:
    """The whole HTML file."""
    faces = sorted(summary.faces.values(), key=lambda face: -face.seconds)
    shown = sorted(faces[:_LANES], key=lambda face: face.track)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en">',
            *_head(about),
            "<body>",
            f"<h1><bdi>{_safe(about.name)}</bdi></h1>",
            *_film(about, summary),
            f'<p class="note">{_CAUTION}</p>',
            *(_faces(shown, len(faces), summary.end) if faces else ("<p>No face was seen.</p>",)),
            *_moments([moment for face in faces for moment in face.moments.values()]),
            f'<p class="note">Made by mien {_safe(version("mien"))}, on this computer.</p>',
            "</body>",
            "</html>",
            "",
        )
    )


def _safe(text: str) -> str:
    """Escaped, and with names of files that are no Unicode made readable."""
    return escape(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _head(about: About) -> Iterator[str]:
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
    )
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    for name, content in about.marks.items():
        yield f'<meta name="{_safe(name)}" content="{_safe(content)}">'
    yield f"<title>{_safe(about.name)}: faces, read by mien</title>"
    yield f"<style>{_STYLE}</style>"
    yield "</head>"


def _film(about: About, summary: Summary) -> Iterator[str]:
    width, height = summary.size or (0, 0)
    every = f", one every {about.sampled:g} seconds" if about.sampled else ", all of the film"
    count = len(summary.faces)
    yield "<dl>"
    for name, value in (
        ("Length", f"{clock_time(summary.end)} (minutes and seconds)"),
        ("Picture", f"{width} × {height} pixels"),
        ("Frames read", f"{summary.frames:,}{every}"),
        ("Faces", f"{count}, each time that one is lost and found again counted anew"),
    ):
        yield f"<dt>{name}</dt><dd>{value}</dd>"
    yield "</dl>"
    if about.damage:
        yield f'<strong class="damage">{_safe(about.damage)}</strong>'
    for note in about.notes:
        yield f"<p>{_safe(note)}</p>"


def _faces(shown: Sequence[Life], count: int, end: float) -> Iterator[str]:
    yield "<h2>What people would say, over time</h2>"
    kept = {
        name for face in shown for answer in face.shares() for name in (answer or "").split("+")
    }
    answers = [name for name in VOTE_NAMES if name in kept]
    yield "<ul>"
    for answer in answers:
        yield f"<li>{_swatch(answer)}{_word(answer)}</li>"
    yield f"<li>{_swatch(None)}{_word(None)}: nobody could tell, or people would disagree</li>"
    yield "</ul>"
    yield '<div class="scroll">'
    yield from _timeline(shown, end)
    yield "</div>"
    yield "<h2>How long each face was seen, and as what</h2>"
    yield '<div class="scroll"><table><thead><tr><th scope="col">Face</th>'
    yield '<th scope="col">Seen for</th><th scope="col">Talking</th>'
    yield '<th scope="col">Share of that time</th>'
    yield '<th scope="col">Lasting changes, nods, shakes</th>'
    yield "</tr></thead><tbody>"
    for face in shown:
        shares = ", ".join(
            f"{_swatch(answer)}{_word(answer)} {_percent(share)}"
            for answer, share in face.shares().items()
        )
        yield f'<tr><th scope="row">{face.track}</th><td>{face.seconds:.1f} s</td>'
        yield f"<td>{face.talked:.1f} s</td><td>{shares}</td><td>{_events(face)}</td></tr>"
    yield "</tbody></table></div>"
    if count > len(shown):
        yield f'<p class="note">{count - len(shown)} more faces were seen for a shorter time.</p>'


def _events(face: Life) -> str:
    """What happened of a face, the first `_EVENTS` in order of time."""
    told = [
        f"{clock_time(time)} {OVER_TIME_WORDS['en'].get(event) or f'now {_word(event)}'}"
        for time, event in face.events[:_EVENTS]
    ]
    if len(face.events) > _EVENTS:
        told.append(f"and {len(face.events) - _EVENTS} more")
    return ", ".join(told)


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")


def _swatch(answer: str | None) -> str:
    if answer is None:
        return '<span class="swatch none"></span>'
    return "".join(
        f'<span class="swatch" style="background: {_colour(name)}"></span>'
        for name in answer.split("+")
    )


def _colour(answer: str) -> str:
    return "#{:02x}{:02x}{:02x}".format(*COLOURS[answer])


def _word(answer: str | None) -> str:
    if answer is None:
        return "unclear"
    words = [ADJECTIVES[name] for name in answer.split("+")]
    return words[0] if len(words) == 1 else ", ".join(f"half {word}" for word in words)


def _timeline(faces: Sequence[Life], end: float) -> Iterator[str]:
    """A lane a face: bars in colour with words below them, dashed where unclear."""
    end = max(end, 1e-3)
    height = _LANE * len(faces) + 24
    scale = (_WIDTH - _LABEL - 2) / end
    yield (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-label="Timeline of each face; the table below says the same in words">'
    )
    step = next((step for step in _STEPS if end / step <= 12), end / 10)
    for number in range(int(end / step + 1e-9) + 1):
        x = _LABEL + number * step * scale
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 18}"/>'
        anchor = "end" if x > _WIDTH - 20 else "middle"
        label = _tick(number * step, step)
        place = f'x="{x:.1f}" y="{height - 4}" text-anchor="{anchor}"'
        yield f'<text class="soft" {place}>{label}</text>'
    for lane, face in enumerate(faces):
        top = lane * _LANE + 4
        yield f'<text x="0" y="{top + 13}">Face {face.track}</text>'
        free = 0.0  # where the last word ended
        for stretch in face.segments:
            x, width = _LABEL + stretch.start * scale, (stretch.end - stretch.start) * scale
            yield _bar(stretch, x, width, top)
            word = _word(stretch.answer)
            if width >= 14 and x >= free and x + _LETTER * len(word) <= _WIDTH:
                yield f'<text class="soft" x="{x:.1f}" y="{top + _BAR + 12}">{word}</text>'
                free = x + _LETTER * len(word) + 6
    yield "</svg>"


def _tick(seconds: float, step: float) -> str:
    told = clock_time(seconds)
    return told if step < 1 else told.rpartition(".")[0]


def _bar(stretch: Segment, x: float, width: float, top: float) -> str:
    """In the answer's colour, one above the other where there are two, dashed where unclear."""
    why = f" ({escape(stretch.reason)})" if stretch.reason else ""
    told = f"{_word(stretch.answer)}{why}, {clock_time(stretch.start)} to {clock_time(stretch.end)}"
    kinds = ['class="unclear"']
    if stretch.answer is not None:
        kinds = [f'fill="{_colour(name)}"' for name in stretch.answer.split("+")]
    height = _BAR / len(kinds)
    return "".join(
        f'<rect x="{x:.1f}" y="{top + number * height:g}" width="{max(width, 0.5):.1f}" '
        f'height="{height:g}" {kind}><title>{told}</title></rect>'
        for number, kind in enumerate(kinds)
    )


def _moments(moments: Sequence[Moment]) -> Iterator[str]:
    """The moments most people would agree on, other answers before neutral, in order of time."""
    agreed = [moment for moment in moments if moment.share >= 0.5]
    strongest = sorted(agreed, key=lambda moment: (moment.answer == "neutral", -moment.share))
    if not strongest:
        return
    yield "<h2>Moments on which most people would agree</h2>"
    yield '<div class="moments">'
    for moment in sorted(strongest[:_MOMENTS], key=lambda moment: moment.time):
        file = io.BytesIO()
        Image.fromarray(moment.picture).save(file, "JPEG", quality=80)
        data = base64.b64encode(file.getvalue()).decode()
        told = escape(moment.reading.sentence())
        if moves := moment.reading.movement_words():
            told += f"<br><small>{escape(moves)}</small>"
        face = f"Face {moment.reading.track} at {clock_time(moment.time)}"
        size = moment.picture.shape[0]
        yield (
            f'<figure><img width="{size}" height="{size}" alt="{face}" '
            f'style="border-color: {_colour(moment.answer)}" src="data:image/jpeg;base64,{data}">'
            f"<figcaption><strong>{face}</strong><br>{told}</figcaption></figure>"
        )
    yield "</div>"
