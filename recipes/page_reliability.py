"""Writes how often mien is right about each answer, for the live page, from `mien evaluate --json`.

    python recipes/page_reliability.py public.json

makes src/mien/live/page/reliability.js of `shown.majority_confusion`: of the faces that mien calls
an answer, the share of which most of ten people say the same (precision), and of the faces that
people call so, the share that mien calls so as well (recall). The page says both in words.
recipes/shipped.sh runs it when weights are made.
"""

import json
import sys
from pathlib import Path
from typing import Any

from mien.emotions import VOTE_NAMES

PAGE_FILE = Path(__file__).parents[1] / "src" / "mien" / "live" / "page" / "reliability.js"

LEAST = 20
"""Faces of a kind below which nothing is said of it."""

_HEAD = """\
/**
 * How often mien is right about each answer, measured on {images} faces of FER2013's {split}.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{{{precision: number, recall: number}}}} Measured */

/** @type {{{{images: number, answers: Record<string, Measured | undefined>}}}} */
"""


def reliability(figures: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Precision and recall by answer of what is shown; answers of too few faces are left out.

    Args:
        figures: what `mien evaluate --json` wrote.

    Raises:
        ValueError: they hold no `shown.majority_confusion`.
    """
    confusion = figures.get("shown", {}).get("majority_confusion")
    if confusion is None:
        raise ValueError(
            "Expected figures with shown.majority_confusion, of data with votes: mien evaluate "
            "--data DATASET --split public --json FILE"
        )
    result: dict[str, dict[str, float]] = {}
    for index, name in enumerate(VOTE_NAMES):
        people = sum(confusion[index])
        called = sum(row[index] for row in confusion)
        if min(people, called) >= LEAST:
            right = confusion[index][index]
            result[name] = {
                "precision": round(right / called, 3),
                "recall": round(right / people, 3),
            }
    return result


def as_module(figures: dict[str, Any]) -> str:
    """The page's file, as text."""
    images = sum(map(sum, figures["shown"]["majority_confusion"]))
    split = {"public": "PublicTest", "private": "PrivateTest"}.get(
        figures["split"], figures["split"]
    )
    lines = [
        f"    {name}: {{ precision: {values['precision']}, recall: {values['recall']} }},"
        for name, values in reliability(figures).items()
    ]
    body = "\n".join(["export default {", f"  images: {images},", "  answers: {", *lines])
    return f"{_HEAD.format(images=images, split=split)}{body}\n  }},\n}};\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python {sys.argv[0]} FIGURES.json")
    PAGE_FILE.write_text(
        as_module(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8"
    )
