"""ONNX files loaded by ONNX Runtime."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import onnxruntime

from mien.errors import ModelError, reason_of

EXPECTED: Final = "Expected an ONNX file of `mien export`"
"""Beginning of the messages about a file that is not one of mien's networks."""


def read_model(file: Path, *, packaged: bool) -> bytes:
    """Read the file of one of mien's networks.

    Args:
        file: the file.
        packaged: whether it ships with mien and must have the SHA-256 that is listed beside it.

    Raises:
        ModelError: the file is missing, or is not the one that ships with mien.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        remedy = "Reinstall mien." if packaged else "Give a file that `mien export` wrote."
        raise ModelError(
            f"{file}: the model cannot be read: {reason_of(error)}. {remedy}"
        ) from error
    if packaged:
        _check_hash(file, content)
    return content


def load_session(content: bytes, name: object, threads: int, expected: str = EXPECTED) -> Any:
    """Load an ONNX model.

    Args:
        content: content of the file.
        name: name of the file, for messages.
        threads: number of threads that one run may use.
        expected: what kind of file was expected, for messages.

    Raises:
        ModelError: ONNX Runtime refuses it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Spinning threads would take processor time from the camera, the browser and the page.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # only errors, and those are raised as well
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no public base class
        raise refused(name, error, expected) from error


def _check_hash(file: Path, content: bytes) -> None:
    """Check weights against the list beside them, which has the format of sha256sum."""
    listed = file.with_name("SHA256SUMS")
    try:
        expected = listed.read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError) as error:
        raise ModelError(
            f"{listed}: cannot be read: {reason_of(error)}. Reinstall mien."
        ) from error
    found = sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f"{file}: not the weights that ship with mien: expected SHA-256 {expected}, got "
            f"{found}. Reinstall mien, or give other weights as your own model."
        )


def refused(name: object, error: Exception, expected: str = EXPECTED) -> ModelError:
    """Return the error for a file that ONNX Runtime cannot load or run."""
    reason = str(error).strip().rstrip(".")
    return ModelError(f"{name}: ONNX Runtime refuses it: {reason}. {expected}.")
