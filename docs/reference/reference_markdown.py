"""Docstrings, read by griffe, as Markdown that a forge shows without further tools."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pprint import pformat
from typing import Any, Final

import griffe

_WIDTH: Final = 96
_TITLES: Final = {
    "parameters": "Arguments",
    "returns": "Returns",
    "yields": "Yields",
    "raises": "Raises",
}


def describe(name: str, thing: Any, level: int = 3) -> Iterator[str]:
    """The lines on a class, function or constant, and on what a class has.

    Args:
        name: by which it is imported.
        thing: griffe's object.
        level: of its heading.

    Raises:
        ValueError: it has no docstring, or one with a section that is not known here.
    """
    if thing.is_alias:
        thing = thing.final_target
    if thing.docstring is None:
        raise ValueError(f"{name} has no docstring")
    yield from (f"{'#' * level} {name}", "", "```py", _declaration(name, thing), "```", "")
    yield from _sections(thing)
    if thing.is_class:
        yield from _contents(thing, level)


def _declaration(name: str, thing: Any) -> str:
    if thing.is_class:
        bases = ", ".join(str(base) for base in thing.bases)
        call = _call(name, thing.parameters, "")
        return f"class {name}({bases})" if bases and call == f"{name}()" else f"class {call}"
    if thing.is_function:
        return _call(name, thing.parameters, f" -> {thing.returns}" if thing.returns else "")
    module, _, last = name.rpartition(".")
    if not last.isupper():
        return f"{name} = {thing.value}"
    return f"{name} = {pformat(getattr(import_module(module), last), width=88, sort_dicts=False)}"


def _call(name: str, parameters: Any, returns: str) -> str:
    given: list[str] = []
    for parameter in parameters:
        if parameter.name == "self":
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and "*" not in given:
            given.append("*")
        default = "" if parameter.default is None else f" = {parameter.default}"
        given.append(f"{parameter.name}: {parameter.annotation}{default}")
    line = f"{name}({', '.join(given)}){returns}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join((f"{name}(", *(f"    {text}," for text in given), f"){returns}"))


def _sections(thing: Any) -> Iterator[str]:
    """A docstring's sections; of a class also those of its constructor, less their first words."""
    start = thing.members.get("__init__") if thing.is_class else None
    sections = list(thing.docstring.parsed)
    if start is not None and start.docstring is not None:
        sections += start.docstring.parsed[1:]
    for section in sections:
        kind = section.kind.value
        if kind == "text":
            yield from (section.value, "")
        elif kind in {"parameters", "raises"}:
            yield from (f"{_TITLES[kind]}:", "")
            for item in section.value:
                what = item.name if kind == "parameters" else item.annotation
                yield f"- `{what}`: {_flat(item.description)}"
            yield ""
        elif kind in {"returns", "yields"}:
            # As written: griffe would take a shape for a type
            title = _TITLES[kind]
            text = re.search(rf"^{title}:\n((?: +.*\n?)+)", thing.docstring.value, re.MULTILINE)
            yield from (f"{title}: {_flat(text[1] if text else '')}", "")
        elif kind == "examples":
            for _, code in section.value:
                yield from ("```pycon", code, "```", "")
        elif kind != "attributes":
            raise ValueError(f"{thing.path}: a docstring's section {kind} is not known here")


def _contents(thing: Any, level: int) -> Iterator[str]:
    """Attributes, properties and methods of a class."""
    told = {
        item.name: _flat(item.description)
        for section in thing.docstring.parsed
        if section.kind.value == "attributes"
        for item in section.value
    }
    methods: list[str] = []
    for name, member in thing.members.items():
        if name.startswith("_") or member.is_alias or member.docstring is None:
            continue
        if member.is_attribute:
            told[name] = _flat(member.docstring.value)
        else:
            methods += describe(f"{thing.name}.{name}", member, level + 1)
    if any("Enum" in str(base) for base in thing.bases):
        values = (f"`{m.name}` = {m.value}" for m in thing.members.values() if m.name.isupper())
        yield from (f"Values: {', '.join(values)}.", "")
    if told:
        yield from ("Attributes:", "")
        for name, text in told.items():
            annotation = getattr(thing.members.get(name), "annotation", None)
            yield f"- `{name}`{'' if annotation is None else f' (`{annotation}`)'}: {text}"
        yield ""
    yield from methods


def _flat(text: str) -> str:
    return " ".join(text.split())


def link_names(lines: Iterable[str]) -> Iterator[str]:
    """Turn names in backticks that have a heading on the page into links to it.

    A method's name alone means that of the class in whose part it stands.
    """
    lines = [line for text in lines for line in text.split("\n")]
    headings = {line.lstrip("# ") for line in lines if line.startswith("###")}
    owner, in_code = "", False
    for line in lines:
        if line.startswith("### "):
            owner = line.rpartition(".")[2]
        if line.startswith("```"):
            in_code = not in_code
        if in_code or line.startswith(("#", "```")):
            yield line
            continue
        parts = re.split(r"`([\w.]+)`", line)
        parts[1::2] = [_link(written, owner, headings) for written in parts[1::2]]
        yield "".join(parts)


def _link(written: str, owner: str, headings: set[str]) -> str:
    method = ".".join(written.split(".")[-2:])
    for name in (f"{owner}.{written}", written, f"mien.{written}", method):
        if name in headings:
            return f"[`{written}`](#{name.lower().replace('.', '')})"
    last = [name for name in headings if name.endswith(f".{written}") and name.startswith("mien.")]
    if len(last) == 1:
        return f"[`{written}`](#{last[0].lower().replace('.', '')})"
    return f"`{written}`"
