"""What a film's report says, in each language."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from mien.answers import Language

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "title": "faces, read by mien",
        "kind": "what people would say about the faces in a film",
        "length": "Length",
        "picture": "Picture",
        "pixels": "{width} × {height} pixels",
        "frames": "Frames read",
        "frames_all": "{count}, all of the film",
        "frames_every": "{count}, one every {seconds} seconds",
        "faces": "Faces",
        "read": "Read on",
        "face": "Face {number}",
        "seen": "seen for {seconds} s",
        "talked": "talking for {seconds} s",
        "now": "now {word}",
        "others": "and {count} more",
        "percent": "{percent} %",
        "little": "less than 1 %",
        "unclear": "unclear",
        "unclear_more": "unclear: nobody could tell, or people would disagree",
        "half": "half {word}",
        "lanes": "What people would say, over time",
        "lane": "Face {number} over time: {shares}",
        "bar": "{word}, {start} to {end}",
        "more": "{count} more faces were seen for a shorter time. "
        "A face that is lost and found again may count twice.",
        "jump": "Click on a bar or a time: the film opens there.",
        "moments": "Moments on which at least 8 of 10 people would agree",
        "none": "There is no such moment in this film.",
        "nobody": "No face was seen.",
        "made": "Made by mien {version}, on this computer.",
        "caution": "These figures are what people would say about pictures of faces. They are no "
        "evidence of what anybody felt, thought or intended, and are wrong at times. Do not use "
        "them at work or in education to judge people: the EU’s AI Act forbids inferring emotions "
        "there (Art. 5(1)(f)). Tell the people whose faces were read.",
    },
    "de": {
        "title": "Gesichter, gelesen von mien",
        "kind": "was Menschen über die Gesichter in einem Film sagen würden",
        "length": "Länge",
        "picture": "Bild",
        "pixels": "{width} × {height} Pixel",
        "frames": "Gelesene Bilder",
        "frames_all": "{count}, der ganze Film",
        "frames_every": "{count}, eines alle {seconds} Sekunden",
        "faces": "Gesichter",
        "read": "Gelesen am",
        "face": "Gesicht {number}",
        "seen": "{seconds} s lang gesehen",
        "talked": "spricht {seconds} s lang",
        "now": "jetzt {word}",
        "others": "und {count} weitere",
        "percent": "{percent} %",
        "little": "unter 1 %",
        "unclear": "unklar",
        "unclear_more": "unklar: niemand könnte es sagen, oder Menschen wären uneins",
        "half": "halb {word}",
        "lanes": "Was Menschen sagen würden, im Lauf der Zeit",
        "lane": "Gesicht {number} im Lauf der Zeit: {shares}",
        "bar": "{word}, {start} bis {end}",
        "more": "{count} weitere Gesichter waren kürzer zu sehen. "
        "Ein Gesicht, das verloren und wiedergefunden wird, zählt vielleicht doppelt.",
        "jump": "Klicken Sie auf einen Balken oder eine Zeit: Der Film öffnet sich dort.",
        "moments": "Momente, bei denen mindestens 8 von 10 Menschen einig wären",
        "none": "In diesem Film gibt es keinen solchen Moment.",
        "nobody": "Kein Gesicht war zu sehen.",
        "made": "Erstellt von mien {version}, auf diesem Computer.",
        "caution": "Diese Angaben sind, was Menschen über Bilder von Gesichtern sagen würden. Sie "
        "beweisen nicht, was jemand fühlte, dachte oder wollte, und sind manchmal falsch. Nutzen "
        "Sie sie nicht bei der Arbeit oder in der Bildung, um Menschen zu beurteilen: Die "
        "KI-Verordnung der EU verbietet es, dort auf Gefühle zu schließen (Art. 5 Abs. 1 "
        "Buchst. f). Sagen Sie es den Menschen, deren Gesichter gelesen wurden.",
    },
}
"""Texts by language and name; what stands in braces is filled in."""

_MONTHS: Final[Mapping[Language, str]] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


def date_text(day: date, language: Language) -> str:
    """A date as the language writes it: "2 January 2026", "2. Januar 2026"."""
    month = _MONTHS[language].split()[day.month - 1]
    return f"{day.day}{'.' if language == 'de' else ''} {month} {day.year}"


def number_text(number: float, language: Language, places: int = 0) -> str:
    """A number as the language writes it: "1,234.5", "1.234,5"."""
    text = f"{number:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "de" else text
