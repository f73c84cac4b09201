"""Docstrings, read by griffe, as Markdown for any forge."""

import re
from collections.abc import Collection, Iterable, Iterator
from importlib import import_module
from pprint import pformat
from typing import Any, Final

import griffe

import mien

_WIDTH: Final = 96
_TITLES: Final = {
    "parameters": "Arguments",
    "returns": "Returns",
    "yields": "Yields",
    "raises": "Raises",
}
_SHOWN_AS: Final = {"FaceReader": "Reader"}
"""Public classes to name in place of a protocol in a signature."""


def describe(name: str, thing: Any, hidden: Collection[str] = (), level: int = 3) -> Iterator[str]:
    """Yield the lines about a class, function or constant, and about a class's members.

    Args:
        name: name by which it is imported.
        thing: griffe's object.
        hidden: attributes and methods to leave out, as CLASS.NAME.
        level: level of its heading.

    Raises:
        ValueError: it has no docstring, or a docstring with an unknown section.
    """
    if thing.is_alias:
        thing = thing.final_target
    if thing.docstring is None:
        raise ValueError(f"{name} has no docstring")
    yield from (f"{'#' * level} {name}", "", "```py", _declaration(name, thing), "```", "")
    yield from _sections(thing)
    if thing.is_class:
        yield from _contents(thing, hidden, level)


def constant_row(path: str, thing: Any) -> str:
    """Return a table row about a constant: its last name, value and docstring."""
    value = _value_at(f"mien.{path}")
    if isinstance(value, dict):
        shown = ", ".join(f"{name} {number}" for name, number in value.items())
    elif isinstance(value, tuple):
        shown = ", ".join(f"`{name}`" for name in value)
    else:
        shown = f"{value:g}"
    return f"| `{thing.name}` | {shown} | {_flat(thing.docstring.value)} |"


def _declaration(name: str, thing: Any) -> str:
    if thing.is_class:
        bases = ", ".join(type_of(base, thing) for base in thing.bases)
        call = _call(name, thing, "")
        return f"class {name}({bases})" if bases and call == f"{name}()" else f"class {call}"
    if thing.is_function:
        return _call(name, thing, f" -> {type_of(thing.returns, thing)}" if thing.returns else "")
    return _constant(name, thing.path)


def _constant(name: str, path: str) -> str:
    return f"{name} = {pformat(_value_at(path), width=88, sort_dicts=False, compact=True)}"


def _value_at(path: str) -> Any:
    """Return a constant's value; sets are sorted."""
    module, _, name = path.rpartition(".")
    value = getattr(import_module(module), name)
    return tuple(sorted(value)) if isinstance(value, frozenset) else value


def _call(name: str, thing: Any, returns: str) -> str:
    given: list[str] = []
    for parameter in thing.parameters:
        if parameter.name in {"self", "cls"}:
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and "*" not in given:
            given.append("*")
        default = "" if parameter.default is None else f" = {_value(parameter.default)}"
        given.append(f"{parameter.name}: {type_of(parameter.annotation, thing)}{default}")
    line = f"{name}({', '.join(given)}){returns}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join((f"{name}(", *(f"    {text}," for text in given), f"){returns}"))


def _value(default: Any) -> str:
    """Return a default as text; a constant becomes its value."""
    if isinstance(default, griffe.ExprName) and default.canonical_path.startswith("mien."):
        return repr(_value_at(default.canonical_path))
    return re.sub(r"^dict\[.*\]\(\)$", "{}", str(default))


def type_of(annotation: Any, thing: Any) -> str:
    """Return an annotation in names that people can import: type aliases are written out.

    Raises:
        ValueError: it names a class of mien that is not public.
    """
    if annotation is None or isinstance(annotation, str):
        return str(annotation)
    parts = annotation.iterate(flat=True)
    return "".join(part if isinstance(part, str) else _named(part, thing) for part in parts)


def _named(part: Any, thing: Any) -> str:
    path = part.canonical_path if isinstance(part, griffe.ExprName) else ""
    if not path.startswith("mien."):
        return str(part)
    meant = thing.modules_collection[path]
    if meant.is_attribute:
        return type_of(meant.value, thing)
    name = _SHOWN_AS.get(meant.name, meant.name)
    if name not in mien.__all__:
        raise ValueError(f"{thing.path} speaks of {path}, which is not public")
    return name


def _sections(thing: Any) -> Iterator[str]:
    """Yield a docstring's sections; for a class also those of its constructor after the first."""
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


def _contents(thing: Any, hidden: Collection[str], level: int) -> Iterator[str]:
    """Yield the attributes, properties and methods of a class."""
    described = {
        item.name: _flat(item.description)
        for section in thing.docstring.parsed
        if section.kind.value == "attributes"
        for item in section.value
        if f"{thing.name}.{item.name}" not in hidden
    }
    methods: list[str] = []
    for name, member in thing.members.items():
        if name.startswith("_") or member.is_alias or member.docstring is None:
            continue
        if f"{thing.name}.{name}" in hidden:
            continue
        if member.is_attribute:
            described[name] = _flat(member.docstring.value)
        else:
            methods += describe(f"{thing.name}.{name}", member, level=level + 1)
    if any("Enum" in str(base) for base in thing.bases):
        values = (f"`{m.name}` = {m.value}" for m in thing.members.values() if m.name.isupper())
        yield from (f"Values: {', '.join(values)}.", "")
    if described:
        yield from ("Attributes:", "")
        for name, text in described.items():
            annotation = getattr(thing.members.get(name), "annotation", None)
            kind = "" if annotation is None else f" (`{type_of(annotation, thing)}`)"
            yield f"- `{name}`{kind}: {text}"
        yield ""
    yield from methods


def _flat(text: str) -> str:
    return " ".join(text.split())


def link_names(lines: Iterable[str]) -> Iterator[str]:
    """Turn names in backticks that have a heading on the page into links to it.

    A method's name without a class means the class of that section.
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
