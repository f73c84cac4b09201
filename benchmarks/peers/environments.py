"""Make an environment for each library, outside the repository, once."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
FOLDER: Final = Path.home() / ".cache" / "mien-peers"
"""Default folder of the environments."""

LIBRARIES: Final = ("mien", "fer", "face-api")


class MissingError(Exception):
    """An environment is missing or cannot be made; the message says why."""


def install(folder: Path) -> dict[str, str]:
    """Make environments that are missing or out of date; mien itself is installed each time.

    Returns:
        The reason, by library, of those that could not be installed.
    """
    problems: dict[str, str] = {}
    for library in LIBRARIES:
        place = folder / library
        print(f"{library}: {place} ...", file=sys.stderr)
        try:
            if library == "face-api":
                _install_node(place)
            else:
                _install_python(library, place)
        except (MissingError, OSError, subprocess.CalledProcessError) as error:
            problems[library] = str(error)
            print(f"{library}: {error}", file=sys.stderr)
    return problems


def worker(library: str, folder: Path, threads: str, finder: str) -> list[str]:
    """Return the command that starts a library's worker.

    Args:
        library: one of `LIBRARIES`.
        folder: folder of the environments.
        threads: "default" or "one".
        finder: the library's face detector; "" for mien.

    Raises:
        MissingError: its environment is missing.
    """
    if not _stamp(folder / library).exists():
        raise MissingError(f"not installed in {folder / library}: python -m peers install")
    if library == "face-api":
        return [_program("node"), str(HERE / "face_api_worker.cjs"), str(folder / library), finder]
    module = f"peers.{library}_worker"
    return [str(_python(folder / library)), "-m", module, threads, *([finder] if finder else [])]


def size(library: str, folder: Path) -> int:
    """Return the bytes of all files of an installation, without Python or Node themselves."""
    place = folder / library
    inside = "node_modules" if library == "face-api" else "lib*/python*/site-packages"
    tops = (top for top in place.glob(inside) if not top.parents[1].is_symlink())  # lib64
    files = (file for top in tops for file in top.rglob("*"))
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())


def _install_python(library: str, place: Path) -> None:
    """Make a venv without pip: only what the library needs counts as its size."""
    locked = ROOT / "constraints.txt" if library == "mien" else HERE / "fer.txt"
    if not _is_up_to_date(place, locked):
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
        given = ["-c", locked, ROOT] if library == "mien" else ["-r", locked]
        _pip(place, given)
        _mark(place, locked)
    elif library == "mien":
        _pip(place, ["--force-reinstall", "--no-deps", ROOT])


def _pip(place: Path, given: Sequence[str | Path]) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "--python", _python(place), "install", "-q", *given], check=True)


def _install_node(place: Path) -> None:
    locked = HERE / "face-api" / "package-lock.json"
    if _is_up_to_date(place, locked):
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(locked.with_name(name), place)
    command = [_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, check=True, cwd=place, stdout=sys.stderr)
    _mark(place, locked)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not installed (Debian: apt install nodejs npm)")
    return found


def _python(place: Path) -> Path:
    return place / "bin" / "python"


def _stamp(place: Path) -> Path:
    return place / ".installed"


def _mark(place: Path, locked: Path) -> None:
    _stamp(place).write_text(hashlib.sha256(locked.read_bytes()).hexdigest())


def _is_up_to_date(place: Path, locked: Path) -> bool:
    """Whether it was installed completely, by the same file of versions."""
    stamp = _stamp(place)
    return stamp.exists() and stamp.read_text() == hashlib.sha256(locked.read_bytes()).hexdigest()
