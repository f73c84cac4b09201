"""The command `mien`.

Exit codes: 0 done; 1 something failed, and standard error names it; 2 usage; 130 Ctrl-C.
Heavy parts are imported by the commands that use them.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import App, CycloptsError, CycloptsPanel, Group, Parameter, validators
from cyclopts.config import Env

from mien.cli.usage import UsageError, check_options, fit_width, in_frame, settings_file
from mien.errors import MienError, os_error_message
from mien.live.settings import Settings
from mien.output.console import drop_output, flush_output, open_streams, tell

Kind = Literal["text", "json", "csv", "parquet"]
"""What `mien read` writes."""

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
    help="Reads the expression that faces show, the way ten people would.",
    help_epilogue="mien COMMAND --help explains a command.",
)
_TRAINING: Final = Group("Train a network (needs the training extra)", sort_key=1)
_data = App(
    name="data", help="Prepare FER2013 for training, and look at it.", group=_TRAINING, sort_key=1
)
app.command(_data)
_TRAINING_COMMANDS: Final = (
    (_data, "data:prepare", "Make a data set file from FER2013."),
    (_data, "data:faces", "Cut faces out of labelled pictures, to train on beside FER2013."),
    (_data, "data:describe", "Print a data set's classes, splits, votes and near duplicates."),
    (_data, "data:annotate", "Write what teachers say of a data set's images into it."),
    (_data, "data:preview", "Draw images before and after augmentation."),
    (app, "training:train", "Train a network; --resume continues an interrupted run."),
    (
        app,
        "training:tune",
        "Search for better hyper-parameters.\n\n"
        "The same command continues a study, also beside other processes that run it.",
    ),
    (app, "training:average", "Make the mean of several runs' weights."),
    (app, "evaluate:evaluate", "Measure a model on a data set or on whole pictures."),
    (app, "training:export", "Export a run's best weights as one ONNX file."),
)
for _place, (_parent, _function, _help) in enumerate(_TRAINING_COMMANDS, start=2):
    _parent.command(
        f"mien.cli.{_function}",  # imported when it is called: PyTorch takes seconds
        name=_function.rpartition(":")[2],
        help=_help,
        group=_TRAINING if _parent is app else None,
        sort_key=_place,
    )
app.command(
    "mien.cli.watch:watch",
    name="watch",
    help="Annotate films: a video with boxes, a table, and a report for each.\n\n"
    "A film that cannot be read is named, and the others are read; a damaged one is read as far as "
    "it goes. What is done already is skipped when the same is asked for again.",
    sort_key=0,
)

_FLAG = Parameter(negative=(), show_default=False)
_HYPHEN = Parameter(allow_leading_hyphen=True)  # "-" is standard input
_FORMAT = Group("Output", validator=validators.MutuallyExclusive())
_ENDINGS: Final[dict[str, Kind]] = {
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    ".csv": "csv",
    ".parquet": "parquet",
}


@app.command(sort_key=0, config=[Env("MIEN_LIVE_", command=False), settings_file])
def live(
    *,
    settings: Annotated[Settings | None, Parameter(name="*")] = None,
    no_open: Annotated[bool, _FLAG] = False,
    ray: Annotated[bool, _FLAG] = False,
) -> None:
    """Start the live page and open it in the browser.

    Every option may also be set by the environment, MIEN_LIVE_PORT=80 for --port 80, or in a TOML
    file that MIEN_SETTINGS names, in its table [live]. Flags win over variables, those over the
    file.

    Args:
        settings: how the server runs.
        no_open: do not open the browser.
        ray: serve by Ray Serve, on all cores or the cluster that RAY_ADDRESS names; opens no
            browser.
    """
    if ray:
        from mien.scale.cluster import check_ray

        check_ray()
        from mien.scale.serve import serve_live

        serve_live(settings or Settings())
        return
    from mien.live.server import serve

    serve(settings, open_browser=not no_open)


@app.command(sort_key=0)
def read(
    *images: Annotated[str, _HYPHEN],
    as_json: Annotated[bool, _FLAG, Parameter("--json", group=_FORMAT)] = False,
    as_csv: Annotated[bool, _FLAG, Parameter("--csv", group=_FORMAT)] = False,
    as_parquet: Annotated[bool, _FLAG, Parameter("--parquet", group=_FORMAT)] = False,
    out: Path | None = None,
    overwrite: Annotated[bool, _FLAG] = False,
    draw: Path | None = None,
    movements: Annotated[bool, _FLAG] = False,
    usual: Annotated[list[Path] | None, Parameter(consume_multiple=True, negative=())] = None,
    files_from: Annotated[str | None, _HYPHEN] = None,
    null: Annotated[bool, _FLAG] = False,
    model: Path | None = None,
    ray: Annotated[bool, _FLAG] = False,
) -> int:
    """Read the faces in pictures, folders or standard input.

    What people would say is told in plain words, or written as JSON, CSV or Parquet. A picture that
    cannot be read is named at the end, and the others are read.

    Args:
        images: pictures; folders, which are searched for pictures to any depth; patterns such as
            "holiday/*.jpg"; or - for a picture from standard input.
        as_json: one JSON object a picture and line.
        as_csv: a header, then a row a face, and one for each picture that cannot be read.
        as_parquet: the same table as Parquet; needs --out and pyarrow.
        out: file for the results instead of standard output; its ending, .jsonl, .csv or .parquet,
            says what to write where no option does. An interrupted run, started again by the same
            command, goes on where it stopped. Pictures that are in the file already are left out,
            unless they changed.
        overwrite: replace an --out that was made with another model or other --usual.
        draw: folder for copies with the readings drawn in; nothing that exists is overwritten.
        movements: say what moves in each face too, in the plain words and the copies of --draw,
            such as "corners of the mouth up"; JSON, CSV and Parquet have it in any case.
        usual: pictures of one person looking as usual, after IMAGES; the largest face of each
            counts. Every face is compared with that person's usual face, and how it differs is told
            too, such as "more smiling than usual".
        files_from: file that names a picture or folder a line; - for standard input.
        null: names in that file end with a null character, as find -print0 writes them.
        model: a file of `mien export`; without it the network that ships with mien.
        ray: read an archive by Ray, on all cores or the cluster that RAY_ADDRESS names; images may
            be addresses such as s3://bucket/folder; --out is a folder or address for Parquet.
    """
    kind: Kind = "json" if as_json else "csv" if as_csv else "parquet" if as_parquet else "text"
    if out is not None and kind == "text":
        kind = _ENDINGS.get(out.suffix.lower(), "text")
    option = next((name for name in images if name.startswith("-") and name != "-"), None)
    if option is not None:
        raise UsageError(f"Unknown option: {option}. A picture of that name is ./{option}")
    if usual is not None and not usual:
        raise UsageError("--usual needs pictures: mien read IMAGE... --usual PICTURE...")
    if usual and not images and files_from is None:
        raise UsageError(
            "Which pictures are to be compared with the usual ones? Name them first: "
            "mien read IMAGE... --usual PICTURE..."
        )
    if not images and files_from is None:
        raise UsageError("Which pictures? Name files or folders, or give --files-from.")
    if [*images, files_from].count("-") > 1:
        raise UsageError("Standard input (-) can be read but once.")
    if ray:
        if (
            out is None
            or as_json
            or as_csv
            or draw
            or movements
            or files_from
            or usual
            or "-" in images
        ):
            raise UsageError(
                "--ray reads named IMAGES into --out FOLDER, as Parquet; nothing else."
            )
        from mien.scale.archive import read_archive

        return read_archive(images, out, model=model, overwrite=overwrite)
    if null and files_from is None:
        raise UsageError("--null says how the names in --files-from FILE are separated.")
    if kind == "parquet" and out is None:
        raise UsageError("--parquet needs --out FILE.")
    if overwrite and out is None:
        raise UsageError("--overwrite needs --out FILE.")
    if kind == "text" and out is not None:
        raise UsageError("--out needs --json, --csv or --parquet, or a file's name that ends so.")
    from mien.cli.read import Wishes, read_pictures

    wishes = Wishes(
        files_from=files_from,
        kind=kind,
        out=out,
        draw=draw,
        model=model,
        movements=movements,
        null=null,
        usual=usual or (),
        overwrite=overwrite,
    )
    return read_pictures(images, wishes)


@app.command(sort_key=1)
def bench(
    *,
    repeats: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 100,
    json_file: Annotated[str | None, _HYPHEN, Parameter("--json")] = None,
) -> None:
    """Measure how fast mien is on this machine.

    Frames with one and with nine faces, start-up, memory and installed size; needs no pictures, and
    takes about ten seconds. Other programs that run meanwhile make the figures worse.

    Args:
        repeats: frames of each kind; the median counts.
        json_file: file for the figures instead of the table; - for standard output.
    """
    from mien.cli.bench import run

    run(repeats, json_file)


@app.command(name="--install-completion")
def install_completion(
    *, shell: Literal["bash", "zsh", "fish", "powershell"] | None = None
) -> None:
    """Let the shell complete mien's commands by Tab.

    Args:
        shell: which one; without it the one that runs mien.
    """
    from cyclopts.completion.detect import ShellDetectionError

    try:
        path = app.install_completion(shell=shell)
    except ShellDetectionError as error:
        raise UsageError("Which shell? Give --shell bash, zsh, fish or powershell.") from error
    print(f"{path} is written. Start the shell anew, and Tab completes mien's commands.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: without the program's name; None takes them from the command line.

    Returns:
        The exit code.
    """
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be no Unicode
    fit_width()
    code = _run(sys.argv[1:] if arguments is None else arguments)
    error = flush_output()
    if error is not None and code == 0:  # else it is told already
        if not isinstance(error, BrokenPipeError):
            tell(f"mien: standard output: {os_error_message(error)}")
        return 1
    return code


def _run(tokens: Sequence[str]) -> int:
    try:
        check_options(app, tokens)
        result = app(
            tokens, exit_on_error=False, error_formatter=in_frame, result_action="return_value"
        )
    except UsageError as error:
        from rich.console import Console

        Console(stderr=True).print(CycloptsPanel(error))
        code = 2
    except CycloptsError:  # cyclopts has told the person
        code = 2
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stopped:  # cyclopts makes one of Ctrl-C
        code = stopped.code if isinstance(stopped.code, int) else 1
    except BrokenPipeError:  # `mien read … | head`; else Python complains when it flushes
        drop_output()
        code = 1
    except MienError as error:
        tell(f"mien: {error}")
        code = 1
    except OSError as error:
        tell(f"mien: {os_error_message(error)}")
        code = 1
    except ImportError as error:
        missing = _missing_package(error)
        if missing is None:
            raise
        tell(_NO_EXTRA.format(missing))
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
