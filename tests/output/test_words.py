import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.answers import Reason, is_mixed, ranked, share_out
from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.movements import MOVEMENT_NAMES, SAID_FROM
from mien.output.texts import load_texts
from mien.output.words import movement_words, sentence


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
    first = ranked(votes)[0]
    assert people[first] == max(people)
    answer = load_texts("en").answers[VOTE_NAMES[first]]
    told = f"{people[first]} of 10 people would say {answer}"
    halves = "about half .*, half .*: " if is_mixed(votes) else ""
    assert re.match(halves + told, sentence(votes))


@given(st.permutations(range(8)), st.lists(st.integers(0, 9), min_size=8, max_size=8))
def test_a_larger_share_never_has_fewer_people(order: list[int], parts: list[int]) -> None:
    votes = (np.array(parts) + 0.001)[order]
    votes /= votes.sum()
    people = share_out(votes)
    assert [people[i] for i in ranked(votes)] == sorted(people, reverse=True)


def test_the_largest_share_comes_first_where_people_are_equal() -> None:
    votes = np.array([0.0, 0, 0, 0.45, 0.06, 0, 0.49, 0])  # 5 of 10 both
    assert sentence(votes, mixed=False) == "5 of 10 people would say neutral, 4 happy, 1 sad"
    votes = np.array([0.0, 0, 0, 0.45, 0.1, 0, 0.45 + 1e-6, 0 - 1e-6])
    assert sentence(votes, mixed=False).startswith("5 of 10 people would say neutral, 4 happy")


def test_two_answers_that_are_about_as_frequent_are_said_both() -> None:
    votes = np.array([0, 0, 0, 0.5, 0.06, 0, 0.44, 0])
    assert sentence(votes) == (
        "about half happy, half neutral: 5 of 10 people would say happy, 4 neutral, 1 sad"
    )
    assert sentence(votes, language="de") == (
        "etwa halb fröhlich, halb neutral: 5 von 10 Menschen würden sagen: fröhlich, 4 neutral, "
        "1 traurig"
    )
    for shares in ([0.56, 0.44], [0.38, 0.38], [0.44, 0.34]):  # far apart, or too few together
        votes = np.array([*shares, 0, 0, 0, 0, 0, 1 - sum(shares)])
        assert not is_mixed(votes)
    assert not is_mixed(np.array([0.5, 0, 0, 0, 0, 0, 0, 0.5]))  # "something else" is no emotion


def test_sentences_in_german() -> None:
    votes = np.array([0, 0, 0, 0.81, 0, 0, 0.12, 0.07])
    people = "8 von 10 Menschen würden sagen: fröhlich, 1 neutral, 1 etwas anderes"
    assert sentence(votes, language="de") == people
    assert sentence(votes, "too small", language="de") == "unklar: zu klein"
    assert sentence(votes, Reason.DISAGREE, language="de") == (
        "unklar: Menschen wären uneins "
        "(8 von 10 würden sagen: fröhlich, 1 neutral, 1 etwas anderes)"
    )


def test_sentences() -> None:
    votes = np.array([0, 0, 0, 0.81, 0, 0, 0.12, 0.07])
    assert sentence(votes) == "8 of 10 people would say happy, 1 neutral, 1 something else"
    assert sentence(votes, "too small") == "unclear: too small"
    assert sentence(votes, Reason.DISAGREE) == (
        "unclear: people would disagree (8 of 10 would say happy, 1 neutral, 1 something else)"
    )


SMILE = {"mouth corners up": 0.9, "mouth open": 0.1, "eyes narrowed": 0.6, "brows lowered": 0.2}


def test_movements_in_words() -> None:
    assert movement_words(SMILE) == "corners of the mouth up, eyes narrowed"
    assert movement_words(SMILE, language="de") == "Mundwinkel nach oben, Augen verengt"
    assert movement_words(SMILE, Reason.DISAGREE) == movement_words(SMILE)
    assert movement_words(SMILE, "too dark") == ""
    assert movement_words({}) == ""


def test_every_movement_has_a_value_from_which_it_is_said() -> None:
    assert tuple(SAID_FROM) == MOVEMENT_NAMES
    assert all(0 < value < 1 for value in SAID_FROM.values())
