"""Crops → predicted votes, by ONNX Runtime.

What is needed to use a network rightly (label order, framing, size, normalisation, calibration)
travels inside its ONNX file, as JSON under the metadata key "mien", as `mien export` writes it.
A file that does not say so is refused: a wrong label order or framing would give wrong readings
without any other sign.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, OTHER, VOTE_NAMES
from mien.errors import ImageError, ModelError, reason_of

FORMAT: Final = 1
"""Version of inputs, outputs and metadata that this module reads."""

SIZE: Final = 48
"""Side of a crop in pixels."""

FRAMING: Final = "fer2013"
"""Framing of the crops that `mien.crop` makes."""

PACKAGED_MODEL: Final = Path(__file__).with_name("weights") / "mien.onnx"
"""The weights that ship with mien."""

_BATCH: Final = 64  # crops a run: enough to keep a processor busy, few enough for its cache
_INPUT: Final = "crops"
_NOT_A_FACE: Final = "NF"
_EMOTION_OF: Final = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": OTHER,
    "unknown": OTHER,
}
_EXPECTED: Final = "Expected an ONNX file of `mien export`"

Shares = NDArray[np.float64]


def _gathering() -> Shares:
    """float64 (10, 8): adds FER+'s columns up to `VOTE_NAMES`; NF goes nowhere."""
    matrix = np.zeros((len(FERPLUS_NAMES), len(VOTE_NAMES)))
    for column, name in _EMOTION_OF.items():
        matrix[FERPLUS_NAMES.index(column), VOTE_NAMES.index(name)] = 1
    return matrix


_GATHERING: Final = _gathering()


class Classifier:
    """A network from crops to what people would say. May be used from several threads at once."""

    def __init__(self, path: Path | None = None, threads: int = 1) -> None:
        """Load a network.

        Args:
            path: a file of `mien export`; None takes the weights that ship with mien.
            threads: that one call may use.

        Raises:
            ModelError: the file is missing, damaged, or not a model of mien's.
        """
        self._arguments = (path, threads)
        file = path or PACKAGED_MODEL
        self._session = _session(file, threads)
        metadata = _metadata(self._session, file)
        self.metadata: Mapping[str, Any] = MappingProxyType(metadata)
        """What the file tells about itself: network, version, commit, calibration and more."""
        self._orders = {"label": _order(metadata, "labels", EMOTION_NAMES, file)}
        if metadata.get("votes") is not None:
            self._orders["votes"] = _order(metadata, "votes", FERPLUS_NAMES, file)
        _check_ports(self._session, self._orders, file)
        self._try_out(file)

    def __reduce__(self) -> tuple[type["Classifier"], tuple[Path | None, int]]:
        return type(self), self._arguments

    def predict(self, crops: NDArray[np.uint8]) -> Shares:
        """What people would say of each crop.

        Args:
            crops: uint8 (N, 48, 48) of `mien.crop.crop_face`; N may be 0.

        Returns:
            float64 (N, 8), shares in the order of `VOTE_NAMES`, each row's sum 1. A network
            without a votes head never says "other".

        Raises:
            ImageError: the array is of another kind.
        """
        return self.predict_faces(crops)[0]

    def predict_faces(self, crops: NDArray[np.uint8]) -> tuple[Shares, Shares]:
        """Like `predict`, and how likely it is that a crop shows no face at all.

        Returns:
            float64 (N, 8) as of `predict`, and float64 (N,): the share of people who would say
            "not a face", 0 to 1; all 0 of a network without a votes head.
        """
        if "votes" not in self._orders:
            label = self.predict_label(crops)
            return np.column_stack((label, np.zeros(len(label)))), np.zeros(len(label))
        votes = self._run(crops, "votes")[0]
        faces = votes @ _GATHERING
        faces[:, -1] += 1e-9  # a row of nothing but NF becomes "other" instead of 0 / 0
        not_a_face = votes[:, FERPLUS_NAMES.index(_NOT_A_FACE)]
        return faces / faces.sum(axis=1, keepdims=True), not_a_face

    def predict_label(self, crops: NDArray[np.uint8]) -> Shares:
        """float64 (N, 7): shares of FER2013's labels for uint8 (N, 48, 48) crops, rows sum to 1."""
        return self._run(crops, "label")[0]

    def predict_votes(self, crops: NDArray[np.uint8]) -> Shares | None:
        """float64 (N, 10): shares of `FERPLUS_NAMES`; None from a network without a votes head."""
        return self._run(crops, "votes")[0] if "votes" in self._orders else None

    def predict_heads(self, crops: NDArray[np.uint8]) -> list[Shares]:
        """What `predict_label` and, of a network with that head, `predict_votes` give, at once."""
        return self._run(crops, *self._orders)

    def _run(self, crops: NDArray[np.uint8], *outputs: str) -> list[Shares]:
        if crops.dtype != np.uint8 or crops.shape[1:] != (SIZE, SIZE):
            raise ImageError(
                f"Expected crops as uint8 (N, {SIZE}, {SIZE}), got {crops.dtype} {crops.shape}. "
                "mien.crop.crop_face makes them."
            )
        orders = [self._orders[output] for output in outputs]
        results = [np.empty((len(crops), len(order))) for order in orders]
        for start in range(0, len(crops), _BATCH):
            batch = np.ascontiguousarray(crops[start : start + _BATCH])
            heads = self._session.run(list(outputs), {_INPUT: batch})
            for result, shares, order in zip(results, heads, orders, strict=True):
                result[start : start + _BATCH] = shares[:, order]
        # float32's rounding off again
        return [result / result.sum(axis=1, keepdims=True) for result in results]

    def _try_out(self, file: Path) -> None:
        """Read one crop, so that a file of wrong shapes fails now and by name."""
        crop = np.full((1, SIZE, SIZE), 128, np.uint8)
        for output, order in self._orders.items():
            try:
                shares = self._session.run([output], {_INPUT: crop})[0]
            except Exception as error:  # ONNX Runtime's own errors share no public base
                raise _refused(file, error) from error
            total = float(shares.sum())
            if shares.shape != (1, len(order)) or not shares.min() >= 0 or abs(total - 1) > 1e-3:
                raise ModelError(
                    f"{file}: {_EXPECTED} whose {output!r} is (N, {len(order)}) shares that sum "
                    f"to 1, got {shares.shape} with sum {total:g}."
                )


def _session(file: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads would burn the processor that camera, browser and page share with mien.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only, and those are raised too
    try:
        content = file.read_bytes()
    except OSError as error:
        mend = (
            "Install mien anew."
            if file == PACKAGED_MODEL
            else "Give a file that `mien export` wrote."
        )
        raise ModelError(f"{file}: the model cannot be read: {reason_of(error)}. {mend}") from error
    if file == PACKAGED_MODEL:
        _check_hash(file, content)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors share no public base
        raise _refused(file, error) from error


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


def _refused(file: Path, error: Exception) -> ModelError:
    reason = str(error).strip().rstrip(".")
    return ModelError(f"{file}: ONNX Runtime refuses it: {reason}. {_EXPECTED}.")


def _metadata(session: Any, file: Path) -> dict[str, Any]:
    text = session.get_modelmeta().custom_metadata_map.get("mien")
    if text is None:
        raise ModelError(
            f'{file}: {_EXPECTED}, which carries its label order and framing under "mien" in its '
            "metadata; this file has no such entry."
        )
    try:
        metadata = json.loads(text)
    except json.JSONDecodeError as error:
        raise ModelError(f"{file}: its metadata are not JSON: {error}. {_EXPECTED}.") from error
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        found = metadata.get("format") if isinstance(metadata, dict) else text
        raise ModelError(
            f"{file}: {_EXPECTED} of format {FORMAT}, got {found!r}. "
            "Export the run again with this version of mien, or update mien."
        )
    for key, expected in (("framing", FRAMING), ("size", SIZE)):
        if metadata.get(key) != expected:
            raise ModelError(
                f"{file}: {_EXPECTED} for crops of {key} {expected!r}, got {metadata.get(key)!r}."
            )
    return metadata


def _order(metadata: dict[str, Any], key: str, names: Sequence[str], file: Path) -> list[int]:
    """Where each of `names` stands in the file's own order."""
    given: Any = metadata.get(key)
    if not isinstance(given, list) or sorted(map(str, given)) != sorted(names):
        raise ModelError(f"{file}: expected {key} in any order of {', '.join(names)}; got {given}.")
    return [given.index(name) for name in names]


def _check_ports(session: Any, outputs: Mapping[str, list[int]], file: Path) -> None:
    inputs = [(port.name, port.type, port.shape[1:]) for port in session.get_inputs()]
    if inputs != [(_INPUT, "tensor(uint8)", [SIZE, SIZE])]:
        raise ModelError(
            f"{file}: {_EXPECTED}, with one input {_INPUT!r}, uint8 (N, {SIZE}, {SIZE}); "
            f"got {inputs}."
        )
    found = {port.name for port in session.get_outputs()}
    missing = [name for name in outputs if name not in found]
    if missing:
        raise ModelError(
            f"{file}: {_EXPECTED}, with outputs {', '.join(outputs)}; {', '.join(missing)} missing."
        )
