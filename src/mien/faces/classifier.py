"""Crops → predicted votes, by ONNX Runtime.

What is needed to use a network rightly (label order, framing, size, normalisation, calibration)
travels inside its ONNX file, as JSON under the metadata key "mien", as `mien export` writes it.
A file that does not say so is refused: a wrong label order or framing would give wrong readings
without any other sign.

Outputs of a file, N crops at a time, each float32, in the order that its metadata name:

    label       (N, 7)   shares of FER2013's labels ("labels")
    votes       (N, 10)  shares of FER+'s columns ("votes"); may be missing
    shown       (N, 8)   shares of `VOTE_NAMES` ("shown"); may be missing: what people would say who
                         see the face as it is on the screen, instead of what FER+'s raters said
    movements   (N, M)   0 to 1 each, M names of `MOVEMENT_NAMES` ("movements"); may be missing
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES, VOTE_OF_FERPLUS
from mien.errors import ImageError, ModelError
from mien.faces.model_file import EXPECTED, open_session, refused
from mien.movements import MOVEMENT_NAMES
from mien.public import public

FORMAT: Final = 1
"""Version of inputs, outputs and metadata that this module reads."""

SIZE: Final = 48
"""Side of a crop in pixels."""

FRAMING: Final = "fer2013"
"""Framing of the crops that `mien.faces.alignment` makes."""

PACKAGED_MODEL: Final = Path(__file__).parents[1] / "weights" / "mien.onnx"
"""The weights that ship with mien."""

_BATCH: Final = 64  # crops a run: enough to keep a processor busy, few enough for its cache
_INPUT: Final = "crops"
_NOT_A_FACE: Final = "NF"
_ROUNDING: Final = 1e-3  # by which shares may miss their sum, and movements 0 or 1

Shares = NDArray[np.float64]


def _gathering() -> Shares:
    """float64 (10, 8): adds FER+'s columns up to `VOTE_NAMES`; NF goes nowhere."""
    matrix = np.zeros((len(FERPLUS_NAMES), len(VOTE_NAMES)))
    for column, name in VOTE_OF_FERPLUS.items():
        matrix[FERPLUS_NAMES.index(column), VOTE_NAMES.index(name)] = 1
    return matrix


_GATHERING: Final = _gathering()


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a network predicts for N crops.

    Attributes:
        votes: float64 (N, 8), what people would say: shares in the order of `VOTE_NAMES`, each
            row's sum 1. A network without votes never says "other".
        not_a_face: float64 (N,), the share of people who would say "not a face", 0 to 1; all 0 of a
            network without a votes head.
        movements: float64 (N, M), 0 (not) to 1 (as far as it goes), in the order of
            `Classifier.movement_names`; None of a network that tells none.
    """

    votes: Shares
    not_a_face: Shares
    movements: NDArray[np.float64] | None


@public
class Classifier:
    """The network that reads crops of faces. May be used from several threads at once.

    Examples:
        >>> import mien
        >>> import numpy as np
        >>> crops = np.zeros((2, 48, 48), np.uint8)
        >>> mien.Classifier().predict(crops).shape
        (2, 8)
    """

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
        self._session = open_session(file, threads, packaged=file == PACKAGED_MODEL)
        metadata = _metadata(self._session, file)
        self.metadata: Mapping[str, Any] = MappingProxyType(metadata)
        """What the file tells about itself: network, version, commit, calibration and more."""
        self._orders = {"label": _order(metadata, "labels", EMOTION_NAMES, file)}
        for output, names in (("votes", FERPLUS_NAMES), ("shown", VOTE_NAMES)):
            if metadata.get(output) is not None:
                self._orders[output] = _order(metadata, output, names, file)
        self.movement_names: tuple[str, ...] = _movement_names(metadata, file)
        """The movements that the network tells, in the order of `MOVEMENT_NAMES`; often none."""
        if self.movement_names:
            given = metadata["movements"]
            self._orders["movements"] = [given.index(name) for name in self.movement_names]
        told = next(name for name in ("shown", "votes", "label") if name in self._orders)
        self._asked = [name for name in self._orders if name in {told, "votes", "movements"}]
        self._file = file
        _check_ports(self._session, self._orders, file)
        self._try_out()

    def __reduce__(self) -> tuple[type["Classifier"], tuple[Path | None, int]]:
        return type(self), self._arguments

    def predict(self, crops: NDArray[np.uint8]) -> Shares:
        """What people would say of each crop.

        Args:
            crops: uint8 (N, 48, 48), grey, in FER2013's framing; N may be 0.

        Returns:
            float64 (N, 8), shares in the order of `VOTE_NAMES`, each row's sum 1.

        Raises:
            ImageError: the array is of another kind.
            ModelError: the network gives movements beyond 0 to 1.
        """
        return self.predict_faces(crops).votes

    def predict_faces(self, crops: NDArray[np.uint8]) -> Predictions:
        """All that a reading needs of each crop, in one run of the network.

        Takes and raises what `predict` does.
        """
        results = dict(zip(self._asked, self._run(crops, *self._asked), strict=True))
        votes = results.get("votes")
        if votes is None:
            not_a_face = np.zeros(len(crops))
        else:
            not_a_face = votes[:, FERPLUS_NAMES.index(_NOT_A_FACE)]
        if "shown" in results:
            faces = results["shown"]
        elif votes is None:
            faces = np.column_stack((results["label"], np.zeros(len(crops))))
        else:
            faces = votes @ _GATHERING
            faces[:, -1] += 1e-9  # a row of nothing but NF becomes "other" instead of 0 / 0
            faces /= faces.sum(axis=1, keepdims=True)
        return Predictions(faces, not_a_face, results.get("movements"))

    def predict_label(self, crops: NDArray[np.uint8]) -> Shares:
        """float64 (N, 7): shares of FER2013's labels for uint8 (N, 48, 48) crops, rows sum to 1."""
        return self._run(crops, "label")[0]

    def predict_votes(self, crops: NDArray[np.uint8]) -> Shares | None:
        """float64 (N, 10): shares of `FERPLUS_NAMES`; None from a network without a votes head."""
        return self._run(crops, "votes")[0] if "votes" in self._orders else None

    def predict_heads(self, crops: NDArray[np.uint8]) -> list[Shares]:
        """What `predict_label` and, of a network with that head, `predict_votes` give, at once."""
        return self._run(crops, *(name for name in ("label", "votes") if name in self._orders))

    def _run(self, crops: NDArray[np.uint8], *outputs: str) -> list[Shares]:
        if crops.dtype != np.uint8 or crops.shape[1:] != (SIZE, SIZE):
            raise ImageError(
                f"Expected crops as uint8 (N, {SIZE}, {SIZE}), got {crops.dtype} {crops.shape}. "
                "mien.read finds and crops the faces of whole pictures."
            )
        orders = [self._orders[output] for output in outputs]
        results = [np.empty((len(crops), len(order))) for order in orders]
        for start in range(0, len(crops), _BATCH):
            batch = np.ascontiguousarray(crops[start : start + _BATCH])
            heads = self._session.run(list(outputs), {_INPUT: batch})
            for result, shares, order in zip(results, heads, orders, strict=True):
                result[start : start + _BATCH] = shares[:, order]
        return [
            self._bounded(result)
            if output == "movements"
            else result / result.sum(axis=1, keepdims=True)  # float32's rounding off again
            for output, result in zip(outputs, results, strict=True)
        ]

    def _bounded(self, movements: NDArray[np.float64]) -> NDArray[np.float64]:
        """The movements without what rounding adds; refused where they are more than that off."""
        if movements.size:
            least, most = float(movements.min()), float(movements.max())
            if not (least >= -_ROUNDING and most <= 1 + _ROUNDING):  # NaN is neither
                raise ModelError(
                    f"{self._file}: {EXPECTED} whose 'movements' are 0 to 1, got {least:g} to "
                    f"{most:g}."
                )
        return np.clip(movements, 0, 1)

    def _try_out(self) -> None:
        """Read one crop, so that a file of wrong shapes fails now and by name."""
        crop = np.full((1, SIZE, SIZE), 128, np.uint8)
        for output, order in self._orders.items():
            try:
                values = self._session.run([output], {_INPUT: crop})[0]
            except Exception as error:  # ONNX Runtime's own errors share no public base
                raise refused(self._file, error) from error
            if output == "movements":
                if values.shape != (1, len(order)):
                    raise ModelError(
                        f"{self._file}: {EXPECTED} whose 'movements' is (N, {len(order)}), as "
                        f"many as it names, got {values.shape}."
                    )
                self._bounded(values)
                continue
            total = float(values.sum())
            right = values.shape == (1, len(order)) and values.min() >= 0
            if not right or not abs(total - 1) <= _ROUNDING:
                raise ModelError(
                    f"{self._file}: {EXPECTED} whose {output!r} is (N, {len(order)}) shares that "
                    f"sum to 1, got {values.shape} with sum {total:g}."
                )


def _metadata(session: Any, file: Path) -> dict[str, Any]:
    text = session.get_modelmeta().custom_metadata_map.get("mien")
    if text is None:
        raise ModelError(
            f'{file}: {EXPECTED}, which carries its label order and framing under "mien" in its '
            "metadata; this file has no such entry."
        )
    try:
        metadata = json.loads(text)
    except json.JSONDecodeError as error:
        raise ModelError(f"{file}: its metadata are not JSON: {error}. {EXPECTED}.") from error
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        found = metadata.get("format") if isinstance(metadata, dict) else text
        raise ModelError(
            f"{file}: {EXPECTED} of format {FORMAT}, got {found!r}. "
            "Export the run again with this version of mien, or update mien."
        )
    for key, expected in (("framing", FRAMING), ("size", SIZE)):
        if metadata.get(key) != expected:
            raise ModelError(
                f"{file}: {EXPECTED} for crops of {key} {expected!r}, got {metadata.get(key)!r}."
            )
    return metadata


def _order(metadata: dict[str, Any], key: str, names: Sequence[str], file: Path) -> list[int]:
    """Where each of `names` stands in the file's own order."""
    given: Any = metadata.get(key)
    if not isinstance(given, list) or sorted(map(str, given)) != sorted(names):
        raise ModelError(f"{file}: expected {key} in any order of {', '.join(names)}; got {given}.")
    return [given.index(name) for name in names]


def _movement_names(metadata: dict[str, Any], file: Path) -> tuple[str, ...]:
    """The movements that the file names, in the order of `MOVEMENT_NAMES`."""
    given: Any = metadata.get("movements") or []
    known = [name for name in MOVEMENT_NAMES if name in given] if isinstance(given, list) else None
    if known is None or len(known) != len(given):
        raise ModelError(
            f"{file}: expected movements as some of {', '.join(MOVEMENT_NAMES)}, each once; "
            f"got {given}."
        )
    return tuple(known)


def _check_ports(session: Any, outputs: Mapping[str, list[int]], file: Path) -> None:
    inputs = [(port.name, port.type, port.shape[1:]) for port in session.get_inputs()]
    if inputs != [(_INPUT, "tensor(uint8)", [SIZE, SIZE])]:
        raise ModelError(
            f"{file}: {EXPECTED}, with one input {_INPUT!r}, uint8 (N, {SIZE}, {SIZE}); "
            f"got {inputs}."
        )
    found = {port.name for port in session.get_outputs()}
    missing = [name for name in outputs if name not in found]
    if missing:
        raise ModelError(
            f"{file}: {EXPECTED}, with outputs {', '.join(outputs)}; {', '.join(missing)} missing."
        )
