"""Write the reference from the docstrings and the commands: `make reference`. Needs the dev extra.

A class or function that `mien` exports and that no group below names is an error, so that none is
forgotten.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final

import griffe
from reference_markdown import constant_row, describe, link_names

import mien
from mien.cli.main import app

HERE: Final = Path(__file__).parent

GROUPS: Final = {
    "Read": ("read", "watch", "read_files", "Reader"),
    "What comes back": (
        *("Readings", "Reading", "Votes", "State", "Reason", "Face", "Quality"),
        *("PictureResult", "Frame", "Timings"),
    ),
    "Draw and keep": ("draw_readings", "to_pandas", "to_polars", "to_arrow", "AnnotatedVideo"),
    "The usual face": ("usual_face", "UsualFace", "Change", "UsualFaces"),
    "Streams and parts of your own": (
        *("load_image", "Video", "Camera", "Follower", "Detector", "Classifier"),
    ),
    "Names": ("VOTE_NAMES", "MOVEMENT_NAMES", "COLOURS", "Emotion"),
    "Errors": (
        *("MienError", "ImageError", "VideoError", "ModelError", "DataError"),
        *("MissingPackageError", "TrainingError"),
    ),
}

HIDDEN: Final = {
    *("AnnotatedVideo.abandon", "Camera.size_changes", "Camera.stop"),
    *("Classifier.predict_faces", "Classifier.predict_heads", "Classifier.predict_label"),
    *("Classifier.predict_votes", "UsualFace.change", "Video.beginning", "Video.size_changes"),
    *("Video.sound", "Video.sound_packets", "Video.sound_stream", "Video.stop", "Video.waited"),
}
"""Attributes and methods for other modules of mien, not for programs."""

THRESHOLDS: Final = {
    "What is shown": (
        *("faces.reasons.FEWEST_AGREEING", "answers.MIXED_LEAD", "answers.MIXED_TOGETHER"),
        "movements.SAID_FROM",
    ),
    "Faces that are not clear": (
        *("faces.reasons.SMALLEST_FACE", "faces.reasons.DARKEST", "faces.reasons.BLURRIEST"),
        *("faces.reasons.FARTHEST_TURN", "faces.reasons.NOT_A_FACE"),
    ),
    "Over time": (
        *("faces.stream.FULL_SEARCH_INTERVAL", "faces.tracker.MEMORY"),
        *("faces.tracker.MEMORY_READINGS", "faces.smoothing.SMOOTHING"),
        *("faces.smoothing.FOLLOWING", "faces.smoothing.PATIENCE", "faces.smoothing.AGREED"),
        *("faces.smoothing.TALKING_AGREED", "faces.talking.KNOWN", "faces.talking.WINDOW"),
        *("faces.talking.TALKS_FROM", "faces.talking.TALKING_SMOOTHING", "faces.gestures.NODS"),
        *("faces.gestures.SHAKES", "faces.gestures.SHOWN", "faces.just_now.LASTING"),
        "faces.just_now.MARKED",
    ),
    "The usual face": (
        *("faces.usual_face.LEAST", "faces.usual_face.ADDED", "faces.usual_face.WITHOUT"),
        *("faces.usual_face.MADE", "faces.usual_face.MOVED"),
        *("faces.usual_faces.ENOUGH", "faces.usual_faces.CALM", "faces.usual_faces.FRONTAL"),
        *("faces.usual_faces.FOLLOWS", "faces.usual_faces.BY_HAND", "faces.usual_faces.SMOOTHED"),
        *("faces.usual_faces.SHOWN_FROM", "faces.usual_faces.SHOWN_TO"),
        "faces.usual_faces.FORGOTTEN",
    ),
    "Pictures": ("media.picture.LIMIT_MEGAPIXELS",),
}

WRITTEN: Final = "<!-- Written by `make reference`; change the docstrings instead. -->"

PYTHON: Final = """\
All names of mien, in about the order in which a newcomer meets them. `import mien` gives all of
them; the modules below it may change without notice. How to use them: [pictures and
folders](../pictures-and-folders.md), [films](../films.md), [notebooks](../notebook.md). What the
values mean: [concepts](../concepts.md). `mien.__version__` is the version. `NDArray` is a NumPy
array, `Image.Image` a Pillow picture.
"""

THRESHOLDS_TEXT: Final = """\
The numbers by which mien decides, as they are in the code. Programs cannot import them, and the
next version may change them. [Concepts](../concepts.md) and [the live
server](../live-server.md#steady-and-quick) explain them.
"""

INTRODUCTION: Final = """\
The output of `mien --help` and `mien COMMAND --help`. For examples see [pictures and
folders](../pictures-and-folders.md), [films](../films.md), [the live page](../live-page.md) and
[train your own](../train-your-own.md).

```sh
mien --help              # all commands
mien read --help         # one of them
mien --version
python -m mien --version # the same program, if mien is not in the PATH
```

| Exit code | Meaning |
|--:|---|
| 0 | done |
| 1 | something failed, and standard error names it; everything else was done |
| 2 | the command was wrong; nothing was done |
| 130 | Ctrl-C |
"""

COMPLETION: Final = """\
## Completion by Tab

```sh
mien --install-completion --shell bash # or zsh, fish, powershell
```

Without `--shell` mien takes the shell that runs it. Restart the shell afterwards. The command
writes a file of completions, and one line into the shell's start file, such as `~/.bashrc`.
It was tried with bash only.
"""

COMMANDS: Final = {
    "Use": ("live", "read", "watch", "bench"),
    "Train": ("data", "train", "tune", "average", "evaluate", "export"),
}


def python_page() -> str:
    """Return the page on the Python names, as Markdown.

    Raises:
        ValueError: a public name is missing here, has no docstring, or speaks of a module.
    """
    known = {name for names in GROUPS.values() for name in names} | {"__version__"}
    forgotten = sorted({*mien.__all__} - known)
    if forgotten:
        raise ValueError(f"mien.{', mien.'.join(forgotten)}: add to GROUPS in {__file__}")
    package = _package()
    lines = ["# Python", "", WRITTEN, "", PYTHON]
    for group, names in GROUPS.items():
        shown = ", ".join(f"`{name}`" for name in names)
        lines += [f"- **{group}**: {shown}"]
    for group, names in GROUPS.items():
        lines += ["", f"## {group}", ""]
        for name in names:
            lines += describe(f"mien.{name}", package[name], HIDDEN)
    return _without_modules(_page(link_names(lines)))


def thresholds_page() -> str:
    """Return the page on the fixed numbers, as Markdown."""
    package = _package()
    lines = ["# Thresholds", "", WRITTEN, "", THRESHOLDS_TEXT]
    for group, names in THRESHOLDS.items():
        lines += [f"## {group}", "", "| Name | Value | Meaning |", "|---|---|---|"]
        lines += [constant_row(name, package[name]) for name in names] + [""]
    return _page(lines)


def _package() -> Any:
    source = str(HERE.parents[1] / "src")
    loader = griffe.GriffeLoader(search_paths=[source], docstring_parser="google")
    package = loader.load("mien")
    loader.resolve_aliases()
    return package


def commands_page() -> str:
    """Return the page on the commands, as Markdown.

    Raises:
        ValueError: a command is missing here, or its help speaks of a module.
    """
    there = [name for name in app if not name.startswith("-")]
    forgotten = sorted({*there} - {name for names in COMMANDS.values() for name in names})
    if forgotten:
        raise ValueError(f"{', '.join(forgotten)}: add to COMMANDS in {__file__}")
    text = app.generate_docs().replace("```console", "```text")
    # cyclopts keeps "-m pytest" if pytest started the program
    text = re.sub(r"^(mien [a-z ]+?) -m \w+ ", r"\1 ", text, flags=re.MULTILINE)
    text = re.sub(r"^\*\*Commands\*\*:\n\n(.+\n)+", "", text, flags=re.MULTILINE)
    sections = {part.split()[1]: f"## {part}" for part in text.split("\n## ")}
    lines = ["# Commands", "", WRITTEN, "", INTRODUCTION]
    order = {group: [n for n in names if n in there] for group, names in COMMANDS.items()}
    for group, names in order.items():
        lines.append(f"- **{group}**: " + ", ".join(f"[`{n}`](#mien-{n})" for n in names))
    texts = [sections[name] for names in order.values() for name in names]
    return _without_modules(_page([*lines, "", *texts, "", COMPLETION]))


def _without_modules(page: str) -> str:
    """Return a page, unless it names a module below `mien`, which people cannot use."""
    modules = "|".join(module.name for module in iter_modules(mien.__path__))
    if inside := sorted(set(re.findall(rf"mien\.(?:{modules})\.\w+", page))):
        raise ValueError(f"{', '.join(inside)}: name what is public instead")
    return page


def _page(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


PAGES: Final = {
    "python.md": python_page,
    "thresholds.md": thresholds_page,
    "commands.md": commands_page,
}
"""Function that makes each page, by file name."""


def main() -> None:
    """Write all pages."""
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
        print(HERE / name)


if __name__ == "__main__":
    main()
