"""No row contradicts itself: sentence, caption, table, drawing and JSON name the same answer."""

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from mien.answers import Reason, State, Votes, is_mixed
from mien.emotions import COLOURS, VOTE_NAMES
from mien.faces.reader import Reader
from mien.faces.reasons import FEWEST_AGREEING
from mien.faces.stream import Follower
from mien.frames import Frame
from mien.media.film import Video
from mien.output.drawing import caption, draw_readings
from mien.output.rows import film_row, rows
from mien.output.texts import load_texts
from mien.types import Reading

NAMES = {word: name for name, word in load_texts("en").answers.items()}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def check(frame: Frame, reading: Reading) -> None:
    """Check that all outputs for a reading agree, and follow from its votes."""
    ranked = sorted(reading.votes.values(), reverse=True)
    assert reading.votes[reading.emotion] == ranked[0]
    told = reading.to_dict()
    assert [share for _, share in told["top"]] == [round(share, 4) for share in ranked[:3]]
    assert told["top"][0][0] == reading.emotion
    assert told["clear"] == reading.clear == (reading.state != State.UNCLEAR)
    assert told["state"] == reading.state
    for table in (film_row(frame, reading), next(iter(rows([reading])))):
        answer = (reading.emotion, round(ranked[0], 4)) if reading.clear else (None, None)
        assert (table["top"], table["share"]) == answer
        assert (table["state"], table["clear"]) == (reading.state, reading.clear)
    sentence, label = reading.sentence(), caption(reading).partition(": ")[2]
    if first := re.search(r"\d+ of 10 (?:people )?would say ([a-z ]+)", sentence):
        assert NAMES[first[1]] == reading.emotion
    if reading.state == State.UNCLEAR:
        assert reading.answers == ()
        assert sentence.startswith(f"unclear: {reading.reason}")
        assert label == f"unclear: {reading.reason}"
    elif reading.state == State.MIXED:
        assert reading.answers == tuple(name for name, _ in reading.top(2))
        assert ranked[0] - ranked[1] <= 0.2
        halves = re.findall(r"half ([a-z]+)", label)
        assert [NAMES[word] for word in halves] == list(reading.answers)
        halves = re.findall(r"half ([a-z]+)", sentence)
        assert [NAMES[word] for word in halves] == list(reading.answers)
    else:
        assert reading.answers == (reading.emotion,)
        assert sentence[0].isdigit()
        word, people = re.fullmatch(r"([a-z ]+), (\d+) of 10", label).groups()  # type: ignore[union-attr]
        assert NAMES[word] == reading.emotion
        assert sentence.startswith(f"{people} of 10 people would say {word}")
    if reading.clear:
        assert reading.reason is None
        assert ranked[0] >= FEWEST_AGREEING
        assert reading.emotion != "other"
    else:
        assert reading.reason
        assert reading.reason == Reason.DISAGREE or "unclear: " in sentence


@pytest.mark.slow
def test_no_row_of_any_clip_contradicts_itself(reader: Reader, shared_data: Path) -> None:
    clips = sorted(
        path
        for path in (shared_data / "clips").rglob("*")
        if path.suffix in {".mp4", ".mov", ".mkv"}
    )
    assert len(clips) >= 10
    checked: list[Reading] = []
    for path in clips:
        follower = Follower()
        with Video(path) as film:
            for frame in film.frames(0.4):
                if frame.time > 4:
                    break
                shrink = min(1, 320 / max(frame.image.shape[:2]))
                small = cv2.resize(
                    frame.image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA
                )
                shown = Frame(np.asarray(small, np.uint8), frame.time, frame.index)
                for reading in follower.read(reader, shown):
                    check(shown, reading)
                    checked.append(reading)
    assert len(checked) > 100
    assert {reading.state for reading in checked} >= {State.CLEAR, State.UNCLEAR}


@pytest.mark.parametrize(("happy", "neutral"), [(0.5, 0.44), (0.45, 0.5), (0.8, 0.1), (0.3, 0.3)])
def test_any_votes_are_said_the_same_everywhere(
    reader: Reader, astronaut: np.ndarray, happy: float, neutral: float
) -> None:
    (found,) = reader.read(astronaut)
    votes = np.full(8, (1 - happy - neutral) / 6)
    votes[VOTE_NAMES.index("happy")], votes[VOTE_NAMES.index("neutral")] = happy, neutral
    why = Reason.DISAGREE if max(happy, neutral) < FEWEST_AGREEING else None
    reading = Reading(found.face, Votes(votes), found.quality, why, track=1)
    check(Frame(astronaut, 0.0, 0), reading)
    assert (reading.state == State.MIXED) == (why is None and is_mixed(votes))
    drawn = draw_readings(astronaut, [reading])
    colours = {tuple(colour) for colour in drawn.reshape(-1, 3).tolist()}
    for answer in reading.answers:
        assert COLOURS[answer] in colours
    others = {COLOURS[name] for name in VOTE_NAMES} - {COLOURS[name] for name in reading.answers}
    if reading.clear:
        before = {tuple(colour) for colour in astronaut.reshape(-1, 3).tolist()}
        assert not (others & colours) - before
