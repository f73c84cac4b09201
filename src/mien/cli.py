"""The command `mien`.

Exit codes: 0 done; 1 something failed, and standard error names it; 2 usage; 130 Ctrl-C.
Heavy parts are imported by the commands that use them.
"""

import csv
import io
import json
import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, CycloptsError, Group, Parameter, types, validators

from mien.emotions import OTHER, VOTE_NAMES
from mien.errors import MienError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.types import Reading

_TRAINING_EXTRA: Final = frozenset(
    {"torch", "kornia", "matplotlib", "onnx", "onnxscript", "sklearn"}
)
_NO_EXTRA: Final = (
    "mien: this command needs the training extra, and {} is not installed. Install it: "
    "pip install 'mien[training]', in a checkout: pip install -c constraints.txt '.[training]'"
)
_PEOPLE: Final = 10


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
    (app, "evaluate", "Measure a model on one split of a data set."),
    (app, "export", "Export a run's best weights as one ONNX file."),
):
    _parent.command(f"mien.training.commands:{_name}", name=_name, help=_help, sort_key=2)

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
        host: address to listen on; others than this computer's own let other machines connect.
        port: to listen on.
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
    show = _show_json if as_json else _csv_rows() if as_csv else _show_text
    failed = False
    with _progress(len(paths)) as advance:
        for path in paths:
            result = _Result(path)
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


class _Result:
    """What came of one picture: readings, or the error."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.width = self.height = 0
        self.readings: list[Reading] = []
        self.error: str | None = None


def _show_json(result: _Result) -> None:
    content: dict[str, Any] = {"image": result.path}
    if result.error is None:
        faces = [reading.to_dict() for reading in result.readings]
        content |= {"width": result.width, "height": result.height, "faces": faces}
    else:
        content["error"] = result.error
    print(json.dumps(content))


def _csv_rows() -> Callable[[_Result], None]:
    columns = ("image", "width", "height", "face", "x1", "y1", "x2", "y2", "score", "top", "share")
    writer = csv.DictWriter(
        sys.stdout, (*columns, *VOTE_NAMES, "clear", "why", "error"), lineterminator="\n"
    )
    writer.writeheader()

    def show(result: _Result) -> None:
        if result.error is not None:
            writer.writerow({"image": result.path, "error": result.error})
        for number, reading in enumerate(result.readings if result.error is None else (), start=1):
            face = reading.to_dict()
            top, share = face["top"][0]
            writer.writerow(
                {
                    "image": result.path,
                    "width": result.width,
                    "height": result.height,
                    "face": number,
                    **dict(zip(("x1", "y1", "x2", "y2"), face["box"], strict=True)),
                    "score": face["score"],
                    "top": top,
                    "share": share,
                    **face["votes"],
                    "clear": str(face["clear"]).lower(),
                    "why": face["why"],
                }
            )

    return show


def _show_text(result: _Result) -> None:
    if result.error is not None:
        return
    count = len(result.readings)
    print(
        f"{result.path}: {'no face' if not count else '1 face' if count == 1 else f'{count} faces'}"
    )
    for number, reading in enumerate(result.readings, start=1):
        face = f"face {number}, {reading.face.width:.0f} pixels wide: " if count > 1 else ""
        print(f"  {face}{sentence(reading)}")


def sentence(reading: "Reading") -> str:
    """What people would say, such as "8 of 10 people would say happy, 2 neutral"."""
    people = share_out(reading.votes)
    first, *others = sorted((i for i in range(len(people)) if people[i]), key=lambda i: -people[i])
    words = [f"{people[i]} {_word(i)}" for i in others]
    if reading.clear:
        told = f"{people[first]} of {_PEOPLE} people would say {_word(first)}"
        return ", ".join((told, *words))
    if reading.why != "people would disagree":
        return f"unclear: {reading.why}"
    told = f"{people[first]} of {_PEOPLE} would say {_word(first)}"
    return f"unclear: people would disagree ({', '.join((told, *words))})"


def _word(answer: int) -> str:
    return "something else" if VOTE_NAMES[answer] == OTHER else VOTE_NAMES[answer]


def share_out(votes: "NDArray[np.float64]", people: int = _PEOPLE) -> list[int]:
    """Shares as whole people who add up, by the method of the largest remainder.

    Args:
        votes: shares that sum to 1.
        people: to share out.
    """
    exact = [float(share) * people for share in votes]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in by_remainder[: people - sum(whole)]:
        whole[i] += 1
    return whole


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
        result = app(tokens, exit_on_error=False, result_action="return_value")
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


def _missing_package(error: BaseException | None) -> str | None:
    """The package of the training extra whose absence is the error's cause."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0]
            return package if package in _TRAINING_EXTRA else None
        error = error.__cause__
    return None
