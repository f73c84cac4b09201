"""The command `mien`.

Exit codes: 0 done; 1 something failed, and standard error names it; 2 wrong usage; 130 Ctrl-C.
Commands import heavy modules when they run.
"""

import io
import sys
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from cyclopts import App, CycloptsError, CycloptsPanel, Group, Parameter, validators
from cyclopts.config import Env

from mien.cli.read import read
from mien.cli.usage import (
    FLAG,
    HYPHEN,
    UsageError,
    check_options,
    fit_width,
    in_frame,
    settings_file,
)
from mien.cli.watch import watch
from mien.errors import MienError, os_error_message
from mien.live.settings import Settings
from mien.output.console import drop_output, flush_output, open_streams, tell

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
    name="data",
    help="Prepare FER2013 for training, and look at it.",
    help_epilogue="mien data COMMAND --help explains a command.",
    group=_TRAINING,
    sort_key=1,
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
        help_epilogue="",  # else it has that of all commands
        group=_TRAINING if _parent is app else None,
        sort_key=_place,
    )
app.command(read, sort_key=0, help_epilogue="")
app.command(watch, sort_key=0, help_epilogue="")


@app.command(sort_key=0, help_epilogue="", config=[Env("MIEN_LIVE_", command=False), settings_file])
def live(
    *,
    settings: Annotated[Settings | None, Parameter(name="*")] = None,
    no_open: Annotated[bool, FLAG] = False,
    ray: Annotated[bool, FLAG] = False,
) -> None:
    """Start the live page and open it in the browser.

    Every option may also be set by an environment variable, such as MIEN_LIVE_PORT=80 for
    --port 80, or in the table [live] of the TOML file that MIEN_SETTINGS names. Flags override
    variables, which override the file.

    Args:
        settings: settings of the server.
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


@app.command(sort_key=1, help_epilogue="")
def bench(
    *,
    repeats: Annotated[int, Parameter(validator=validators.Number(gte=1))] = 100,
    json_file: Annotated[str | None, HYPHEN, Parameter("--json")] = None,
) -> None:
    """Measure how fast mien is on this machine.

    Frames with one and with nine faces, start-up, memory and installed size; needs no pictures, and
    takes about ten seconds. Other programs that run at the same time make the figures worse.

    Args:
        repeats: frames of each kind; the median counts.
        json_file: file for the figures instead of the table; - for standard output.
    """
    from mien.cli.bench import run

    run(repeats, json_file)


@app.command(name="--install-completion", help_epilogue="")
def install_completion(
    *, shell: Literal["bash", "zsh", "fish", "powershell"] | None = None
) -> None:
    """Let the shell complete mien's commands by Tab.

    Args:
        shell: shell to set up; by default the one that runs mien.
    """
    from cyclopts.completion.detect import ShellDetectionError

    try:
        path = app.install_completion(shell=shell)
    except ShellDetectionError as error:
        raise UsageError("Which shell? Give --shell bash, zsh, fish or powershell.") from error
    print(f"{path} is written. Open a new shell, and Tab completes mien's commands.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: arguments without the program's name; None takes those of the process.

    Returns:
        The exit code.
    """
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may be no Unicode
    fit_width()
    code = _run(sys.argv[1:] if arguments is None else arguments)
    error = flush_output()
    if error is not None and code == 0:  # otherwise an error was printed already
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
    except CycloptsError:  # cyclopts has printed it
        code = 2
    except KeyboardInterrupt:
        code = 130
    except SystemExit as stopped:  # cyclopts raises one for Ctrl-C
        code = stopped.code if isinstance(stopped.code, int) else 1
    except BrokenPipeError:  # `mien read … | head`; Python would complain when it flushes
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
    """Return the package of the training extra whose absence is the error's cause."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError) and error.name:
            package = error.name.partition(".")[0]
            return package if package in _TRAINING_EXTRA else None
        error = error.__cause__
    return None
