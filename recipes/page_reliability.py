"""Write how often mien is right about each answer, for the live page, from `mien evaluate --json`.

    python recipes/page_reliability.py public.json

writes src/mien/live/page/reliability.js from `shown.majority_confusion`: precision is the share of
the faces with an answer of mien's for which most of ten people say the same, and recall the share
of the faces with that answer of people's for which mien says the same. The page says both in words.
recipes/shipped.sh runs this when it makes weights.
"""

import json
import sys
from pathlib import Path
from typing import Any

from mien.emotions import VOTE_NAMES

PAGE_FILE = Path(__file__).parents[1] / "src" / "mien" / "live" / "page" / "reliability.js"

LEAST = 20
"""Least number of faces of an answer."""

_HEAD = """\
/**
 * How often mien is right about each answer, measured on {images} faces of FER2013's {split}.
 * Made by recipes/page_reliability.py from the figures of `mien evaluate --json`; not to be edited.
 */

/** @typedef {{{{precision: number, recall: number}}}} Measured */

/** @type {{{{images: number, answers: Record<string, Measured | undefined>}}}} */
"""


def reliability(figures: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Compute precision and recall of each shown answer; answers of too few faces are left out.

    Args:
        figures: figures of `mien evaluate --json`.

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
    """Write the page's file as text."""
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
