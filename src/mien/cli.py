"""The command `mien`.

Exit codes: 0 done; 1 something failed, and standard error names it; 2 usage; 130 Ctrl-C.
Heavy parts are imported by the commands that use them.
"""

import io
import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import (
    App,
    CycloptsError,
    CycloptsPanel,
    Group,
    Parameter,
    UnknownCommandError,
    types,
    validators,
)

from mien.errors import MienError
from mien.printing import Result, csv_rows, show_json, show_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.types import Reading

_TRAINING_EXTRA: Final = frozenset(
    {"torch", "kornia", "matplotlib", "onnx", "onnxscript", "optuna", "scipy", "sklearn"}
)
_NO_EXTRA: Final = (
    "mien: this command needs the training extra, and {} is not installed. Install it: "
    "pip install 'mien[training]', in a checkout: pip install -c constraints.txt '.[training]'"
)


def _version() -> str:
    from importlib.metadata import version

    return version("mien")


app = App(
    name="mien",
    version=_version,
    help="Reads the emotion that faces show, the way ten people would.",
)
_data = App(name="data", help="Prepare FER2013 for training, and look at it.", sort_key=1)
app.command(_data)
for _parent, _name, _help in (
    (_data, "prepare", "Make a data set file from FER2013."),
    (_data, "describe", "Print what a data set holds: classes, splits, votes, copies."),
    (_data, "preview", "Draw images before and after augmentation."),
    (app, "train", "Train a network; an interrupted run goes on with --resume."),
    (app, "tune", "Search for better hyper-parameters."),
    (app, "evaluate", "Measure a model on one split of a data set."),
    (app, "export", "Export a run's best weights as one ONNX file."),
):
    _parent.command(f"mien.training.commands:{_name}", name=_name, help=_help, sort_key=2)
app.command(
    "mien.films.commands:watch",
    name="watch",
    help="Annotate films: a video with boxes, a table, and a report for each.",
    sort_key=0,
)

_FLAG = Parameter(negative=(), show_default=False)
_FORMAT = Group("Output", validator=validators.MutuallyExclusive())


@app.command(sort_key=0)
def live(
    *,
    host: str = "127.0.0.1",
    port: types.Port = 8765,
    no_open: Annotated[bool, _FLAG] = False,
) -> None:
    """Start the live page and open it in the browser.

    Args:
        host: an address of this computer alone, such as 127.0.0.1 or localhost.
        port: to listen on; 0 takes any free one.
        no_open: do not open the browser.
    """
    from mien.live.app import serve

    serve(host=host, port=port, open_browser=not no_open)


@app.command(sort_key=0)
def read(
    images: list[Path],
    /,
    *,
    as_json: Annotated[bool, _FLAG, Parameter("--json", group=_FORMAT)] = False,
    as_csv: Annotated[bool, _FLAG, Parameter("--csv", group=_FORMAT)] = False,
    draw: Path | None = None,
    model: Path | None = None,
) -> int:
    """Read the faces in pictures. A picture that cannot be read is named, the others are read.

    Args:
        images: pictures, and folders that are searched for pictures to any depth.
        as_json: one JSON object a picture and line.
        as_csv: a header, then a row a face, and one for each picture that cannot be read.
        draw: folder for copies with the readings drawn in; nothing that exists is overwritten.
        model: a file of `mien export`; without it the network that ships with mien.
    """
    from mien.reader import Reader
    from mien.sources import find_images, load_image

    paths = find_images(images)
    if not paths:
        raise MienError(f"{', '.join(map(str, images))}: no pictures in there.")
    reader = Reader(model=model)
    copies = _Copies(draw) if draw else None
    show = show_json if as_json else csv_rows() if as_csv else show_text
    failed = False
    with _progress(len(paths)) as advance:
        for path in paths:
            result = Result(str(path))
            try:
                image = load_image(path)
                result.height, result.width = image.shape[:2]
                result.readings = reader.read(image)
                if copies:
                    copies.save(path, image, result.readings)
            except (MienError, OSError) as error:  # OSError: the copy could not be written
                named = str(path) in str(error)
                result.error = str(error) if named else f"{path}: {error}"
                print(result.error, file=sys.stderr)
                failed = True
            show(result)
            sys.stdout.flush()  # who reads along sees each picture when it is done
            advance()
    return 1 if failed else 0


class _Copies:
    """Pictures with readings drawn in, in one folder, each under a name that was free."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._next: dict[str, int] = {}

    def save(self, path: Path, image: "NDArray[np.uint8]", readings: "list[Reading]") -> None:
        from PIL import Image

        from mien.draw import draw_readings

        content = io.BytesIO()
        Image.fromarray(draw_readings(image, readings)).save(content, "JPEG", quality=92)
        while True:
            number = self._next[path.stem] = self._next.get(path.stem, 0) + 1
            ending = "" if number == 1 else f"-{number}"
            try:
                with (self._folder / f"{path.stem}{ending}.jpg").open("xb") as file:
                    file.write(content.getvalue())
                return
            except FileExistsError:
                continue


@contextmanager
def _progress(total: int) -> Generator[Callable[[], None]]:
    """A bar on standard error, where a person sees that but not the results themselves."""
    if total < 2 or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    # Rich would send standard output to the bar's console, which is standard error.
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("Reading", total=total)
        yield lambda: bar.advance(task)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes them from the command line.

    Returns:
        The exit code.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be no Unicode
    tokens = sys.argv[1:] if arguments is None else arguments
    try:
        result = app(
            tokens, exit_on_error=False, error_formatter=_tell, result_action="return_value"
        )
    except CycloptsError:  # cyclopts has told the person
        code = 2
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stopped:  # cyclopts makes one of Ctrl-C
        code = stopped.code if isinstance(stopped.code, int) else 1
    except BrokenPipeError:  # `mien read … | head`; else Python complains when it flushes
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except (MienError, OSError) as error:
        print(f"mien: {error}", file=sys.stderr)
        code = 1
    except ImportError as error:
        missing = _missing_package(error)
        if missing is None:
            raise
        print(_NO_EXTRA.format(missing), file=sys.stderr)
        code = 1
    else:
        code = result if isinstance(result, int) else 0
    return code


def _tell(error: CycloptsError) -> Any:
    """A usage error in a frame, as cyclopts shows it."""
    if isinstance(error, UnknownCommandError) and error.app and error.unused_tokens:
        # cyclopts' own words would import all commands, and PyTorch with them
        given = error.unused_tokens[0]
        known = [name for name in error.app if not name.startswith("-")]
        near = get_close_matches(given, known, n=1)
        guess = f'Did you mean "{near[0]}"? ' if near else ""
        error = CycloptsError(f'Unknown command "{given}". {guess}Commands: {", ".join(known)}.')
    return CycloptsPanel(error)


def _missing_package(error: BaseException | None) -> str | None:
    """The package of the training extra whose absence is the error's cause."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0]
            return package if package in _TRAINING_EXTRA else None
        error = error.__cause__
    return None
