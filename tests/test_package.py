import importlib.metadata
import pickle
import subprocess
import sys
import traceback

import pytest

import mien

HEAVY = (
    *("torch", "kornia", "matplotlib", "sklearn", "onnx"),
    *("fastapi", "uvicorn", "websockets", "cyclopts", "rich"),
    *("cv2", "onnxruntime", "numpy", "PIL", "av", "pyarrow"),
)


def imported(statement: str) -> set[str]:
    """Return which of `HEAVY` a new Python has imported after a statement."""
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


def test_films_need_only_the_core_and_pyav() -> None:
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


def test_errors_are_shown_by_their_public_names() -> None:
    shown = traceback.format_exception_only(mien.ImageError("photo.jpg: empty."))
    assert shown == ["mien.ImageError: photo.jpg: empty.\n"]


def test_public_classes_are_pickled_by_their_public_names() -> None:
    for name in mien.__all__:
        thing = getattr(mien, name)
        if isinstance(thing, type):
            assert b"cmien\n" in pickle.dumps(thing, 0), name
            assert pickle.loads(pickle.dumps(thing)) is thing
