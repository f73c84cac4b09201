"""Answers stay while a face stays, and follow when it changes, in films of real faces."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from over_time import resized, smile_delay
from steadiness import camera, changes, seconds_to_change, shown, stills

from mien.faces.reader import Reader
from mien.media.picture import load_image

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(threads=2)


def test_a_neutral_face_held_for_30_seconds_changes_at_most_once(
    reader: Reader, shared_data: Path
) -> None:
    portrait = load_image(shared_data / "photos" / "neutral-020f.jpg")
    answers = shown(reader, camera(portrait, 30, 8, seed=0))
    assert len(answers) == 240
    assert answers[-1][1] == "neutral"
    assert changes(answers, after=0) <= 1


def test_a_smile_held_for_some_seconds_stays(reader: Reader, astronaut: NDArray[np.uint8]) -> None:
    answers = shown(reader, camera(astronaut[:384], 6, 8, seed=1))
    assert [answer for _, answer in answers if answer] == ["happy"] * len(answers)


def test_a_real_change_shows_within_400_milliseconds(reader: Reader, shared_data: Path) -> None:
    neutral, happy = stills(shared_data / "clips" / "single_face.mp4")
    for before, after in ((neutral, happy), (happy, neutral)):
        assert seconds_to_change(reader, before, after, rate=10, seed=0) < 0.4


@pytest.mark.parametrize("person", ["016", "027", "128", "135"])
def test_a_mild_silent_smile_shows_within_400_milliseconds(
    reader: Reader, shared_data: Path, person: str
) -> None:
    """Smiles of 56 to 67 % of the votes, against 1 to 2 % before."""
    london = shared_data / "real" / "london"
    neutral, happy = (
        resized(load_image(london / f"{person}_{name}.jpg"), 320) for name in ("neutral", "happy")
    )
    delay = smile_delay(reader, neutral, happy, 0.1, seed=int(person))
    assert delay is not None  # the smile, held, is shown as happy
    assert delay <= 0.4
