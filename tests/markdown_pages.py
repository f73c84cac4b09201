"""Parse the Markdown pages of the repository."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]

PAGES = tuple(
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    )
)
"""Paths from the repository's root."""


@dataclass(frozen=True, slots=True)
class Example:
    """A block of code in a page.

    Attributes:
        language: language after the fence; "" if there is none.
        text: lines of code.
        line: line of the page, from 1, at which the text begins.
    """

    language: str
    text: str
    line: int


@cache
def _tokens(page: str) -> tuple[Token, ...]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return tuple(MarkdownIt("commonmark").enable("table").parse(text))


def examples(page: str) -> list[Example]:
    """Return all blocks of code of a page, in order."""
    blocks: list[Example] = []
    for token in _tokens(page):
        if token.type in {"fence", "code_block"} and token.map is not None:
            fenced = token.type == "fence"
            blocks.append(Example(token.info.strip(), token.content, token.map[0] + 1 + fenced))
    return blocks


def code_spans(page: str) -> Iterator[str]:
    """Yield the text in backticks of a page."""
    for token in _inline(page):
        if token.type == "code_inline":
            yield token.content


def links(page: str) -> Iterator[str]:
    """Yield the targets of the links and pictures of a page, as written."""
    for token in _inline(page):
        target = {"link_open": "href", "image": "src"}.get(token.type)
        if target is not None:
            yield str(token.attrs[target])


@cache
def anchors(page: str) -> frozenset[str]:
    """Return the anchors that forges give to the headings of a page."""
    found: list[str] = []
    tokens = _tokens(page)
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            words = "".join(child.content for child in inline.children or ())
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            before = sum(other.partition("\n")[0] == slug for other in found)
            found.append(f"{slug}\n{before}" if before else slug)
    return frozenset(anchor.replace("\n", "-") for anchor in found)


def _inline(page: str) -> Iterator[Token]:
    for token in _tokens(page):
        yield from token.children or ()
