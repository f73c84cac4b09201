"""Looks into the pages of reports."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Collects what a page shows and what it asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.files: set[str] = set()
        self.alternatives: list[str | None] = []
        self.headings: list[str] = []
        self.text = ""
        self._element = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._element = tag
        values = dict(attrs)
        self.files |= {v for k in ("src", "srcset", "href") if (v := values.get(k))}
        if tag == "img":
            self.alternatives.append(values.get("alt"))

    def handle_endtag(self, tag: str) -> None:
        self._element = ""

    def handle_data(self, data: str) -> None:
        if self._element == "h2":
            self.headings.append(data)
        if self._element != "style":
            self.text += data
