"""Links, anchors and pictures of all Markdown pages exist, and every page is linked."""

from urllib.parse import unquote, urlsplit

import pytest
from markdown_pages import PAGES, ROOT, anchors, links


def leads_to(page: str, link: str) -> tuple[str, str]:
    """Return the path from the repository's root and the anchor of a link without a scheme."""
    parts = urlsplit(link)
    if not parts.path:
        return page, parts.fragment
    path = ((ROOT / page).parent / unquote(parts.path)).resolve()
    return path.relative_to(ROOT).as_posix(), parts.fragment


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    broken: list[str] = []
    for link in links(page):
        if urlsplit(link).scheme in {"https", "http", "mailto"}:
            continue
        path, anchor = leads_to(page, link)
        if not (ROOT / path).exists() or (anchor and anchor not in anchors(path)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[str] = set()
    waiting = ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        local = (link for link in links(page) if not urlsplit(link).scheme)
        waiting += [path for path, _ in (leads_to(page, link) for link in local) if path in PAGES]
    assert set(PAGES) - reached == set()
