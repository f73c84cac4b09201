import re
from dataclasses import asdict
from datetime import date
from typing import get_args

import pytest

from mien.answers import Language, Reason
from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.movements import MOVEMENT_NAMES
from mien.output.texts import FOLDER, load_texts

LANGUAGES: tuple[Language, ...] = get_args(Language)


def test_every_language_has_a_file() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys_and_fill_in_the_same(language: Language) -> None:
    english, other = asdict(load_texts("en")), asdict(load_texts(language))
    for section, texts in english.items():
        assert other[section].keys() == texts.keys()
        for key, text in texts.items():
            braces = re.findall(r"{\w+}", text)
            assert sorted(re.findall(r"{\w+}", other[section][key])) == sorted(braces), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_said_of_a_face_has_words_of_its_own(language: Language) -> None:
    texts = load_texts(language)
    changes = [name for name in EMOTION_NAMES if name != "neutral"]
    for section, names in (
        (texts.answers, VOTE_NAMES),
        (texts.reasons, [str(reason) for reason in Reason]),
        (texts.movements, MOVEMENT_NAMES),
        (texts.unlike, changes),
        (texts.more, changes),
        (texts.over_time, ["talking", "nod", "shake"]),
    ):
        assert list(section) == list(names)
        assert len(set(section.values())) == len(section)


def test_numbers_and_dates_as_the_language_writes_them() -> None:
    english, german = load_texts("en"), load_texts("de")
    assert english.number(1234.56) == "1,235"
    assert english.number(1234.56, ",.1f") == "1,234.6"
    assert german.number(1234.56, ",.1f") == "1.234,6"
    assert german.number(0.25, "g") == "0,25"
    assert english.date(date(2026, 1, 2)) == "2 January 2026"
    assert german.date(date(2026, 12, 31)) == "31. Dezember 2026"


def test_other_languages_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected 'en' or 'de' as language; got 'fr'"):
        load_texts("fr")  # pyright: ignore[reportArgumentType]
