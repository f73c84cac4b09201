import doctest
import importlib.metadata
import subprocess
import sys

import pytest

import mien

HEAVY = (
    *("torch", "kornia", "matplotlib", "sklearn", "onnx"),
    *("fastapi", "uvicorn", "websockets", "cyclopts", "rich"),
    *("cv2", "onnxruntime", "numpy", "PIL", "av", "pyarrow"),
)


def imported(statement: str) -> set[str]:
    """Which of `HEAVY` a fresh Python has imported after the statement."""
    code = f"{statement}; import sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_import_mien_is_light() -> None:
    assert imported("import mien") == set()


def test_the_core_imports_neither_web_nor_training_nor_commands() -> None:
    core = "import mien.faces.reader, mien.output.drawing"
    assert imported(core) == {"cv2", "onnxruntime", "numpy", "PIL"}


def test_films_need_the_core_and_pyav_alone() -> None:
    assert imported("import mien; mien.watch") == {"cv2", "onnxruntime", "numpy", "PIL", "av"}


def test_the_command_line_starts_light() -> None:
    assert imported("import mien.cli.main") <= {"cyclopts", "rich"}


@pytest.mark.parametrize("name", mien.__all__)
def test_public_names_are_there(name: str) -> None:
    assert getattr(mien, name) is not None
    assert name in dir(mien)


def test_version_is_the_package_s() -> None:
    assert mien.__version__ == importlib.metadata.version("mien")


def test_other_names_are_missing_as_usual() -> None:
    with pytest.raises(AttributeError, match="'mien' has no attribute 'Raeder'"):
        mien.Raeder  # noqa: B018  # pyright: ignore


def test_errors_share_one_base() -> None:
    for error in (
        *(mien.ImageError, mien.VideoError, mien.ModelError),
        *(mien.DataError, mien.TrainingError),
    ):
        assert issubclass(error, mien.MienError)


def test_examples_of_public_names_run() -> None:
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    tried: set[str] = set()
    for name in mien.__all__:
        thing = getattr(mien, name)
        if not getattr(thing, "__module__", "").startswith("mien"):
            continue
        for test in finder.find(thing, name, globs={}):
            if test.examples:
                runner.run(test)
                tried.add(test.name)
    assert {"read", "Reader.read", "Readings", "Votes", "Reason"} <= tried
    assert runner.summarize(verbose=False).failed == 0
