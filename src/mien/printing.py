"""What came of one picture, printed: for people, as JSON lines, or as CSV."""

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from mien.emotions import OTHER, VOTE_NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.types import Reading

_PEOPLE: Final = 10


@dataclass(slots=True)
class Result:
    """What came of one picture: its size and readings, or the error."""

    path: str
    width: int = 0
    height: int = 0
    readings: list["Reading"] = field(default_factory=list["Reading"])
    error: str | None = None


def show_json(result: Result) -> None:
    """Print one JSON object on one line."""
    content: dict[str, Any] = {"image": result.path}
    if result.error is None:
        faces = [reading.to_dict() for reading in result.readings]
        content |= {"width": result.width, "height": result.height, "faces": faces}
    else:
        content["error"] = result.error
    print(json.dumps(content))


def csv_rows() -> Callable[[Result], None]:
    """Print the header; what is returned prints a row a face, and one for an error."""
    columns = ("image", "width", "height", "face", "x1", "y1", "x2", "y2", "score", "top", "share")
    writer = csv.DictWriter(
        sys.stdout, (*columns, *VOTE_NAMES, "clear", "why", "error"), lineterminator="\n"
    )
    writer.writeheader()

    def show(result: Result) -> None:
        if result.error is not None:
            writer.writerow({"image": result.path, "error": result.error})
        for number, reading in enumerate(result.readings if result.error is None else (), start=1):
            face = reading.to_dict()
            top, share = face["top"][0]
            writer.writerow(
                {
                    "image": result.path,
                    "width": result.width,
                    "height": result.height,
                    "face": number,
                    **dict(zip(("x1", "y1", "x2", "y2"), face["box"], strict=True)),
                    "score": face["score"],
                    "top": top,
                    "share": share,
                    **face["votes"],
                    "clear": str(face["clear"]).lower(),
                    "why": face["why"],
                }
            )

    return show


def show_text(result: Result) -> None:
    """Print a line a picture and an indented one a face, in plain words."""
    if result.error is not None:
        return
    count = len(result.readings)
    print(
        f"{result.path}: {'no face' if not count else '1 face' if count == 1 else f'{count} faces'}"
    )
    for number, reading in enumerate(result.readings, start=1):
        face = f"face {number}, {reading.face.width:.0f} pixels wide: " if count > 1 else ""
        print(f"  {face}{sentence(reading)}")


def sentence(reading: "Reading") -> str:
    """What people would say, such as "8 of 10 people would say happy, 2 neutral"."""
    people = share_out(reading.votes)
    first, *others = sorted((i for i in range(len(people)) if people[i]), key=lambda i: -people[i])
    words = [f"{people[i]} {_word(i)}" for i in others]
    if reading.clear:
        told = f"{people[first]} of {_PEOPLE} people would say {_word(first)}"
        return ", ".join((told, *words))
    if reading.why != "people would disagree":
        return f"unclear: {reading.why}"
    told = f"{people[first]} of {_PEOPLE} would say {_word(first)}"
    return f"unclear: people would disagree ({', '.join((told, *words))})"


def _word(answer: int) -> str:
    return "something else" if VOTE_NAMES[answer] == OTHER else VOTE_NAMES[answer]


def share_out(votes: "NDArray[np.float64]", people: int = _PEOPLE) -> list[int]:
    """Shares as whole people who add up, by the method of the largest remainder.

    Args:
        votes: shares that sum to 1.
        people: to share out.
    """
    exact = [float(share) * people for share in votes]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in by_remainder[: people - sum(whole)]:
        whole[i] += 1
    return whole
