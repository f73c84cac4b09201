"""Texts for people, by language; each language is a file in `mien/output/languages`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, get_args

from mien.answers import Language

FOLDER: Final = Path(__file__).parent / "languages"
"""Folder with a TOML file per language, named after its code."""

Section = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts in one language. Words in braces are to be filled in with `str.format`.

    Attributes:
        answers: what people would say, by `mien.VOTE_NAMES`.
        reasons: why a face is unclear, by `mien.Reason`.
        movements: what moves, by `mien.MOVEMENT_NAMES`.
        unlike: an emotion that the person's usual face does not show.
        more: an emotion of which the person's usual face shows some.
        over_time: "talking", "nod" and "shake".
        sentences: sentences about a face, made of the above.
        numbers: how numbers and dates are written.
        report: the report on a film.
    """

    answers: Section
    reasons: Section
    movements: Section
    unlike: Section
    more: Section
    over_time: Section
    sentences: Section
    numbers: Section
    report: Section

    def date(self, day: date) -> str:
        """Return a date as the language writes it: "2 January 2026", "2. Januar 2026"."""
        month = self.numbers["months"].split()[day.month - 1]
        return self.numbers["date"].format(day=day.day, month=month, year=day.year)

    def number(self, number: float, form: str = ",.0f") -> str:
        """Return a number as the language writes it: "1,234.5", "1.234,5".

        Args:
            number: number to write.
            form: format specification, as for `format`.
        """
        marks = self.numbers["thousands"] + self.numbers["decimal"]
        return format(number, form).translate(str.maketrans(",.", marks))


@cache
def load_texts(language: Language) -> Texts:
    """Return all texts in a language.

    Raises:
        ValueError: mien has no texts in that language.
    """
    if language not in get_args(Language):
        known = " or ".join(map(repr, get_args(Language)))
        raise ValueError(f"Expected {known} as language; got {language!r}.")
    with (FOLDER / f"{language}.toml").open("rb") as file:
        return Texts(**tomllib.load(file))
