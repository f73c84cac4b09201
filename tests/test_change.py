"""Words for changes."""

import pytest

from mien.answers import Language
from mien.change import Change
from mien.emotions import EMOTION_NAMES

EMOTIONAL = [name for name in EMOTION_NAMES if name != "neutral"]


def test_an_emotion_that_the_usual_face_shows_too_is_more_of_it() -> None:
    assert Change("happy", 1.2, more=True).sentence() == "more smiling than usual"
    assert Change("happy", 1.2).sentence() == "smiling, unlike usual"
    assert Change("angry", 1.2).sentence() == "frowning, unlike usual"


def test_stronger_movements_are_named_after_the_change() -> None:
    change = Change("happy", 2.0, movements=("mouth corners up", "eyes narrowed"))
    assert change.sentence() == "smiling, unlike usual: corners of the mouth up, eyes narrowed"
    assert change.sentence("de") == "lächelt, anders als sonst: Mundwinkel nach oben, Augen verengt"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_emotion_has_words_of_its_own(language: Language) -> None:
    told = {
        Change(name, 1.0, more=more).sentence(language)
        for name in EMOTIONAL
        for more in (False, True)
    }
    assert len(told) == 2 * len(EMOTIONAL)
    assert all(("usual" if language == "en" else "sonst") in words for words in told)


def test_as_json_it_has_the_words_of_the_contract() -> None:
    assert Change("sad", 1.23456).to_dict() == {
        "emotion": "sad",
        "by": 1.2346,
        "more": False,
        "sentence": "looking sad, unlike usual",
    }
