"""Write the reference from the docstrings and the commands: `make reference`. Needs the dev extra.

A class or function that `mien` exports and that stands in no group below is an error, so that none
is forgotten.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import griffe
from reference_markdown import describe, link_names

import mien
from mien.cli.main import app

HERE: Final = Path(__file__).parent

GROUPS: Final = {
    "Reading": (
        "mien.read",
        "mien.read_files",
        "mien.watch",
        "mien.usual_face",
        "mien.Reader",
        "mien.Timings",
    ),
    "What comes back": (
        "mien.Readings",
        "mien.Reading",
        "mien.Votes",
        "mien.State",
        "mien.Reason",
        "mien.Face",
        "mien.Quality",
        "mien.UsualFace",
        "mien.Change",
        "mien.PictureResult",
        "mien.Frame",
        "mien.Emotion",
    ),
    "Tables and pictures": (
        "mien.to_pandas",
        "mien.to_polars",
        "mien.to_arrow",
        "mien.output.tables.rows",
        "mien.draw_readings",
    ),
    "Errors": (
        "mien.MienError",
        "mien.ImageError",
        "mien.VideoError",
        "mien.ModelError",
        "mien.DataError",
        "mien.TrainingError",
        "mien.MissingPackageError",
    ),
    "Single steps": (
        "mien.media.picture.find_images",
        "mien.media.picture.load_image",
        "mien.media.picture.as_rgb",
        "mien.media.film.Video",
        "mien.media.camera.Camera",
        "mien.faces.detector.Detector",
        "mien.faces.alignment.crop_face",
        "mien.faces.alignment.framing",
        "mien.faces.alignment.measure_quality",
        "mien.faces.classifier.Classifier",
        "mien.faces.classifier.Predictions",
        "mien.faces.tracker.Tracker",
        "mien.faces.usual_faces.UsualFaces",
        "mien.films.video.AnnotatedVideo",
    ),
    "Names that stand for other types": (
        "mien.types.Box",
        "mien.media.picture.Picture",
        "mien.media.picture.Order",
        "mien.output.tables.Results",
        "mien.output.words.Language",
    ),
    "Constants": (
        "mien.emotions.EMOTION_NAMES",
        "mien.emotions.VOTE_NAMES",
        "mien.emotions.ADJECTIVES",
        "mien.emotions.COLOURS",
        "mien.emotions.FERPLUS_NAMES",
        "mien.movements.MOVEMENT_NAMES",
        "mien.movements.SAID_FROM",
        "mien.media.picture.EXTENSIONS",
        "mien.media.picture.LIMIT_MEGAPIXELS",
        "mien.faces.reader.SMALLEST_FACE",
        "mien.faces.reader.DARKEST",
        "mien.faces.reader.BLURRIEST",
        "mien.faces.reader.FARTHEST_TURN",
        "mien.faces.reader.FEWEST_AGREEING",
        "mien.faces.reader.NOT_A_FACE",
        "mien.answers.MIXED_LEAD",
        "mien.answers.MIXED_TOGETHER",
        "mien.faces.tracker.MEMORY",
        "mien.faces.tracker.MEMORY_READINGS",
        "mien.faces.smoothing.SMOOTHING",
        "mien.faces.smoothing.PATIENCE",
        "mien.faces.smoothing.AGREED",
        "mien.faces.talking.WINDOW",
        "mien.faces.talking.TALKS_FROM",
        "mien.faces.talking.TALKING_SMOOTHING",
        "mien.faces.gestures.NODS",
        "mien.faces.gestures.SHAKES",
        "mien.faces.gestures.SHOWN",
        "mien.faces.just_now.LASTING",
        "mien.faces.just_now.MARKED",
        "mien.faces.stream.FULL_SEARCH_INTERVAL",
        "mien.faces.usual_face.LEAST",
        "mien.faces.usual_face.ADDED",
        "mien.faces.usual_face.MOVED",
        "mien.faces.usual_faces.ENOUGH",
        "mien.faces.usual_faces.CALM",
        "mien.faces.usual_faces.FRONTAL",
        "mien.faces.usual_faces.FOLLOWS",
        "mien.faces.usual_faces.BY_HAND",
        "mien.faces.usual_faces.SMOOTHED",
        "mien.faces.usual_faces.SHOWN_FROM",
        "mien.faces.usual_faces.SHOWN_TO",
        "mien.faces.usual_faces.FORGOTTEN",
    ),
}

WRITTEN: Final = "<!-- Written by `make reference`; change the docstrings instead. -->"

PYTHON: Final = """\
What Python programs use. For examples see [pictures and folders](../pictures-and-folders.md),
[films](../films.md) and [notebooks](../notebook.md); for the meaning of the values,
[concepts](../concepts.md). Names that begin with `mien.` and one more word are imported by
`import mien`; the others from their module, such as `from mien.faces.tracker import Tracker`.
"""

INTRODUCTION: Final = """\
What `mien --help` and `mien COMMAND --help` print. For examples see [pictures and
folders](../pictures-and-folders.md), [films](../films.md), [the live page](../live-page.md) and
[train your own](../train-your-own.md).

```sh
mien --help              # all commands
mien read --help         # one of them
mien --version
python -m mien --version # the same program, where mien is not in the PATH
```

| exit code | meaning |
|--:|---|
| 0 | done |
| 1 | something failed, and standard error names it; all else was done |
| 2 | the command was given wrongly; nothing was done |
| 130 | Ctrl-C |
"""

COMPLETION: Final = """\
## Completion by Tab

```sh
mien --install-completion --shell bash # or zsh, fish, powershell
```

Without `--shell` it takes the shell that runs mien. Start the shell anew afterwards. The command
writes a file of completions and one line into the shell's start file, such as `~/.bashrc`.
Tried with bash; the other shells are not tested.
"""

COMMANDS: Final = {
    "Use": ("live", "read", "watch", "bench"),
    "Train": ("data", "train", "tune", "evaluate", "export"),
}


def python_page() -> str:
    """The page on the Python names, as Markdown.

    Raises:
        ValueError: a public name is missing here, or has no docstring.
    """
    known = {name for names in GROUPS.values() for name in names} | {"mien.__version__"}
    forgotten = sorted({f"mien.{name}" for name in mien.__all__} - known)
    if forgotten:
        raise ValueError(f"{', '.join(forgotten)}: add to GROUPS in {__file__}")
    source = str(HERE.parents[1] / "src")
    loader = griffe.GriffeLoader(search_paths=[source], docstring_parser="google")
    package = loader.load("mien")
    loader.resolve_aliases()
    lines = ["# Python", "", WRITTEN, "", PYTHON]
    for group, names in GROUPS.items():
        shown = ", ".join(f"`{name.removeprefix('mien.')}`" for name in names)
        lines += [f"- **{group}**: {shown}"]
    for group, names in GROUPS.items():
        lines += ["", f"## {group}", ""]
        for name in names:
            lines += describe(name, package[name.removeprefix("mien.")])
    return _page(link_names(lines))


def commands_page() -> str:
    """The page on the commands, as Markdown.

    Raises:
        ValueError: a command is missing here.
    """
    there = [name for name in app if not name.startswith("-")]
    forgotten = sorted({*there} - {name for names in COMMANDS.values() for name in names})
    if forgotten:
        raise ValueError(f"{', '.join(forgotten)}: add to COMMANDS in {__file__}")
    text = app.generate_docs().replace("```console", "```text")
    # cyclopts leaves "-m pytest" of a program that was started so
    text = re.sub(r"^(mien [a-z ]+?) -m \w+ ", r"\1 ", text, flags=re.MULTILINE)
    text = re.sub(r"^\*\*Commands\*\*:\n\n(.+\n)+", "", text, flags=re.MULTILINE)
    sections = {part.split()[1]: f"## {part}" for part in text.split("\n## ")}
    lines = ["# Commands", "", WRITTEN, "", INTRODUCTION]
    order = {group: [n for n in names if n in there] for group, names in COMMANDS.items()}
    for group, names in order.items():
        lines.append(f"- **{group}**: " + ", ".join(f"[`{n}`](#mien-{n})" for n in names))
    texts = [sections[name] for names in order.values() for name in names]
    return _page([*lines, "", *texts, "", COMPLETION])


def _page(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    """Write both pages."""
    for name, text in (("python.md", python_page()), ("commands.md", commands_page())):
        (HERE / name).write_text(text, encoding="utf-8")
        print(HERE / name)


if __name__ == "__main__":
    main()
