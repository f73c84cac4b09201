"""Usage errors that say what was probably meant, the width of help, and the settings file."""

import os
import shutil
import sys
import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cyclopts import (
    App,
    ArgumentCollection,
    CycloptsError,
    CycloptsPanel,
    MissingArgumentError,
    Parameter,
    UnknownCommandError,
    ValidationError,
)
from cyclopts.config import Dict

from mien.errors import MienError
from mien.media.lists import read_text
from mien.output.console import safe

_NARROWEST: Final = 40  # columns; narrower help fails or never ends
_WIDEST: Final = 400
_USUAL: Final = 80  # where no usable width is given
_TO_FILE: Final = (  # commands whose --out is no folder
    *("read", "export"),
    *("data prepare", "data faces", "data annotate", "data preview"),
)
_VALUES: Final = {
    **dict.fromkeys(("--draw", "--report", "--pictures"), "FOLDER"),
    **dict.fromkeys(("--model", "--json", "--files-from", "--votes", "--press"), "FILE"),
    "--data": "DATASET",
    "--every": "SECONDS",
}
_PATHS: Final = ("--out", "--draw", "--model")
_ANY_NAMES: Final = ("read", "watch")  # commands that take -, and so any name with a leading hyphen


FLAG: Final = Parameter(negative=(), show_default=False)
"""An option that is given or not, without a value."""

HYPHEN: Final = Parameter(allow_leading_hyphen=True)
"""A name that may be "-", for standard input."""


class UsageError(CycloptsError):
    """Options or names that a command does not take, alone or together."""


def only_one(arguments: ArgumentCollection) -> None:
    """Refuse several options of a group of which one is enough.

    Raises:
        ValueError: there are several.
    """
    given = [argument.name for argument in arguments if argument.tokens]
    if len(given) > 1:
        raise ValueError(f"Give only one of {' and '.join(given)}.")


def fit_width() -> None:
    """Set COLUMNS to a width that help and frames can use, whatever it or the terminal says."""
    given = os.environ.get("COLUMNS")
    if given:
        digits = given.strip() if given.strip().isdecimal() else "0"
        width = int(digits[:9])
    elif sys.stdout.isatty() or sys.stderr.isatty():
        width = shutil.get_terminal_size((0, 0)).columns
    else:
        return
    width = min(max(width, _NARROWEST), _WIDEST) if width else _USUAL
    os.environ["COLUMNS"] = str(width)


def check_options(app: App, tokens: Sequence[str]) -> None:
    """Refuse unknown options of commands that would take them for names of files; and empty paths.

    Raises:
        UsageError: there is such an option, or a path that would be the current folder.
    """
    if not tokens or tokens[0] not in _ANY_NAMES:
        return
    options = tokens[1 : tokens.index("--") if "--" in tokens else None]
    given = [name.partition("=")[0] for name in options if name.startswith("-") and name != "-"]
    known = _options(app[tokens[0]]) if given else []
    for option, value in [
        *pairwise(options),
        *(name.split("=", 1) for name in options if "=" in name),
    ]:
        if option in _PATHS and not value:  # a variable of the shell that is not set
            raise UsageError(f"{option} needs a name, got an empty one.")
    for option in given:
        if option not in known:
            what = "picture" if tokens[0] == "read" else "film"
            guess = _guess(option, known)
            raise UsageError(
                f"Unknown option: {option}. {guess}A {what} of that name is ./{option}"
            )


def _options(command: App) -> list[str]:
    arguments: Any = command.assemble_argument_collection()
    names = [name for argument in arguments for name in argument.names if name.startswith("--")]
    return [*names, "--help", "-h", "--version"]


def _guess(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given, known, n=1)
    return f"Did you mean {near[0]}? " if near else ""


def in_frame(error: CycloptsError) -> Any:
    """Return a usage error in a frame, with what was probably meant."""
    if isinstance(error, UnknownCommandError) and error.app and error.unused_tokens:
        # cyclopts' own message would import all commands, and PyTorch with them
        given = error.unused_tokens[0]
        known = [name for name in error.app if not name.startswith("-")]
        near = get_close_matches(given, known, n=1)
        guess = f'Did you mean "{near[0]}"? ' if near else ""
        words = f'Unknown command "{safe(given)}". {guess}Commands: {", ".join(known)}.'
        return CycloptsPanel(UsageError(words))
    if isinstance(error, MissingArgumentError) and error.argument and error.argument.names:
        return CycloptsPanel(UsageError(_missing(error)))
    if isinstance(error, ValidationError) and error.group:
        return CycloptsPanel(UsageError(error.exception_message))
    return CycloptsPanel(error)


def _missing(error: MissingArgumentError) -> str:
    argument: Any = error.argument
    command = " ".join(error.command_chain or ())
    name = argument.names[0]
    tokens = list(error.root_input_tokens or ())
    options = tokens[: tokens.index("--") if "--" in tokens else None]  # names come behind it
    typed = [token for token in options if token.startswith("--")]
    if error.app is not None and error.app.default_command and typed:
        known = _options(error.app)
        wrong = next((t.partition("=")[0] for t in typed if t.partition("=")[0] not in known), None)
        if wrong is not None:
            return f"Unknown option: {wrong}. {_guess(wrong, known)}"
    hint = name
    if name.startswith("--"):
        out = "FILE" if command in _TO_FILE else "FOLDER"
        value = out if name == "--out" else _VALUES.get(name, name.strip("-").upper())
        hint = f"{name} {value}"
        if name in typed:
            return f"{name} needs a value: {hint}. mien {command} --help explains it."
    return f"mien {command} needs {hint}. mien {command} --help explains it."


def settings_file(*arguments: Any) -> None:
    """Take options from the TOML file that MIEN_SETTINGS names, if it names one.

    Raises:
        MienError: the file cannot be read, or is no TOML.
    """
    path = os.environ.get("MIEN_SETTINGS")
    if not path:
        return
    try:
        settings = tomllib.loads(read_text(Path(path), "the settings file (MIEN_SETTINGS)"))
    except tomllib.TOMLDecodeError as error:
        raise MienError(
            f"{path}: the settings file (MIEN_SETTINGS) is no TOML: {error}."
        ) from error
    Dict(settings, source=path)(*arguments)
