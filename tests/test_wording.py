import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.emotions import EMOTION_NAMES
from mien.movements import MOVEMENT_NAMES, SAID_FROM
from mien.wording import DISAGREE, MOVEMENT_WORDS, movement_words, sentence, share_out


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([1, 0, 0, 0, 0, 0, 0, 0], [10, 0, 0, 0, 0, 0, 0, 0]),
        ([0.125] * 8, [2, 2, 1, 1, 1, 1, 1, 1]),
        ([0.81, 0.12, 0.05, 0.02, 0, 0, 0, 0], [8, 1, 1, 0, 0, 0, 0, 0]),
        ([0, 0, 0, 0.46, 0, 0, 0.54, 0], [0, 0, 0, 5, 0, 0, 5, 0]),
    ],
)
def test_shares_become_ten_people(shares: list[float], expected: list[int]) -> None:
    assert share_out(np.array(shares)) == expected
    assert len(shares) == len(EMOTION_NAMES) + 1


@given(st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda parts: sum(parts) > 0.01))
def test_any_shares_become_ten_people(parts: list[float]) -> None:
    votes = np.array(parts) / sum(parts)
    people = share_out(votes)
    assert sum(people) == 10
    assert np.abs(np.array(people) - 10 * votes).max() < 1 + 1e-9
    assert sentence(votes).startswith(f"{max(people)} of 10 people would say ")


def test_sentences() -> None:
    votes = np.array([0, 0, 0, 0.81, 0, 0, 0.12, 0.07])
    assert sentence(votes) == "8 of 10 people would say happy, 1 neutral, 1 something else"
    assert sentence(votes, "too small") == "unclear: too small"
    assert sentence(votes, DISAGREE) == (
        "unclear: people would disagree (8 of 10 would say happy, 1 neutral, 1 something else)"
    )


SMILE = {"mouth corners up": 0.9, "mouth open": 0.1, "eyes narrowed": 0.6, "brows lowered": 0.2}


def test_movements_in_words() -> None:
    assert movement_words(SMILE) == "corners of the mouth up, eyes narrowed"
    assert movement_words(SMILE, language="de") == "Mundwinkel nach oben, Augen verengt"
    assert movement_words(SMILE, DISAGREE) == movement_words(SMILE)
    assert movement_words(SMILE, "too dark") == ""
    assert movement_words({}) == ""


def test_every_movement_has_words_and_a_value_from_which_they_are_said() -> None:
    assert tuple(SAID_FROM) == MOVEMENT_NAMES
    assert all(0 < value < 1 for value in SAID_FROM.values())
    for words in MOVEMENT_WORDS.values():
        assert tuple(words) == MOVEMENT_NAMES
        assert len(set(words.values())) == len(MOVEMENT_NAMES)
