"""A network's ONNX file → a session of ONNX Runtime's."""

from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import onnxruntime

from mien.errors import ModelError, reason_of

EXPECTED: Final = "Expected an ONNX file of `mien export`"
"""How messages about a file begin."""


def open_session(file: Path, threads: int, *, packaged: bool) -> Any:
    """A session of ONNX Runtime's for one of mien's networks.

    Args:
        file: of the network.
        threads: that one run may use.
        packaged: whether it ships with mien, and so must be what its SHA-256 says.

    Raises:
        ModelError: the file is missing, damaged, or no network.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads would burn the processor that camera, browser and page share with mien.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only, and those are raised too
    try:
        content = file.read_bytes()
    except OSError as error:
        mend = "Install mien anew." if packaged else "Give a file that `mien export` wrote."
        raise ModelError(f"{file}: the model cannot be read: {reason_of(error)}. {mend}") from error
    if packaged:
        _check_hash(file, content)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no public base
        raise refused(file, error) from error


def _check_hash(file: Path, content: bytes) -> None:
    """Refuse shipped weights that are damaged or exchanged; the list beside is sha256sum's."""
    listed = file.with_name("SHA256SUMS")
    try:
        expected = listed.read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError) as error:
        raise ModelError(
            f"{listed}: cannot be read: {reason_of(error)}. Install mien anew."
        ) from error
    found = sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f"{file}: not the weights that ship with mien: expected SHA-256 {expected}, got "
            f"{found}. Install mien anew, or name other weights as a model of your own."
        )


def refused(file: Path, error: Exception) -> ModelError:
    """What to raise where ONNX Runtime does not take a file, or cannot run it."""
    reason = str(error).strip().rstrip(".")
    return ModelError(f"{file}: ONNX Runtime refuses it: {reason}. {EXPECTED}.")
