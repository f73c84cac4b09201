"""The network that predicts votes and movements from crops of faces, run by ONNX Runtime.

`mien export` writes all that is needed to use a network (label order, framing, size, normalisation,
calibration) into its ONNX file, as JSON under the metadata key "mien". A file without it is
refused: a wrong label order or framing would give wrong readings and no error.

Outputs of a file, float32, for N crops. The metadata give the order of the columns under the name
in quotes. All outputs but the first may be missing.

    label       (N, 7)   shares of FER2013's labels ("labels")
    votes       (N, 10)  shares of FER+'s columns ("votes")
    shown       (N, 8)   shares of `VOTE_NAMES` ("shown"): what people would say who see the face on
                         a screen, instead of what FER+'s raters said
    movements   (N, M)   values 0 to 1 of M names of `MOVEMENT_NAMES` ("movements")
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
from mien.faces.model_file import EXPECTED, load_session, read_model, refused
from mien.movements import MOVEMENT_NAMES
from mien.public import public

FORMAT: Final = 1
"""Version of inputs, outputs and metadata that this module reads."""

SIZE: Final = 48
"""Side of a crop in pixels."""

FRAMING: Final = "fer2013"
"""Name of the framing that `mien.faces.alignment` gives crops."""

PACKAGED_MODEL: Final = Path(__file__).parents[1] / "weights" / "mien.onnx"
"""The weights that ship with mien."""

_BATCH: Final = 64  # crops a run: enough to keep a processor busy, few enough for its cache
_INPUT: Final = "crops"
_NOT_A_FACE: Final = FERPLUS_NAMES.index("NF")
_ROUNDING: Final = 1e-3  # tolerance of the sum of shares, and of the range of movements

Shares = NDArray[np.float64]


_GATHERING: Final = np.array(
    [[VOTE_OF_FERPLUS.get(column) == name for name in VOTE_NAMES] for column in FERPLUS_NAMES],
    np.float64,
)
# (10, 8): adds FER+'s columns up to `VOTE_NAMES`; NF is left out.


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predictions of a network for N crops.

    Attributes:
        votes: float64 (N, 8), what people would say: shares in the order of `VOTE_NAMES`; each row
            sums to 1. A network without votes never predicts "other".
        not_a_face: float64 (N,), share of people who would say "not a face", 0 to 1; 0 if the
            network has no votes head.
        movements: float64 (N, M), 0 (none) to 1 (full), in the order of
            `Classifier.movement_names`; None if the network predicts none.
    """

    votes: Shares
    not_a_face: Shares
    movements: NDArray[np.float64] | None


@public
class Classifier:
    """The network that reads crops of faces. Several threads may use it at once.

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
            path: file written by `mien export`; None uses the weights that ship with mien.
            threads: number of threads that one call may use.

        Raises:
            ModelError: the file is missing, damaged, or not one of mien's models.
        """
        self._arguments = (path, threads)
        file = path or PACKAGED_MODEL
        content = read_model(file, packaged=file == PACKAGED_MODEL)
        self._session = load_session(content, file, threads)
        metadata = _metadata(self._session, file)
        self.metadata: Mapping[str, Any] = MappingProxyType(metadata)
        """Metadata of the file: network, version, commit, calibration and more."""
        self._orders = {"label": _order(metadata, "labels", EMOTION_NAMES, file)}
        for output, names in (("votes", FERPLUS_NAMES), ("shown", VOTE_NAMES)):
            if metadata.get(output) is not None:
                self._orders[output] = _order(metadata, output, names, file)
        self.movement_names: tuple[str, ...] = _movement_names(metadata, file)
        """Movements that the network predicts, in the order of `MOVEMENT_NAMES`; may be empty."""
        if self.movement_names:
            given = metadata["movements"]
            self._orders["movements"] = [given.index(name) for name in self.movement_names]
        source = next(name for name in ("shown", "votes", "label") if name in self._orders)
        self._asked = [name for name in self._orders if name in {source, "votes", "movements"}]
        self._file = file
        _check_ports(self._session, self._orders, file)
        self._try_out()

    def __reduce__(self) -> tuple[type["Classifier"], tuple[Path | None, int]]:
        return type(self), self._arguments

    def predict(self, crops: NDArray[np.uint8]) -> Shares:
        """Predict what people would say about each crop.

        Args:
            crops: grey uint8 (N, 48, 48), in FER2013's framing; N may be 0.

        Returns:
            float64 (N, 8), shares in the order of `mien.VOTE_NAMES`; each row sums to 1.

        Raises:
            ImageError: the array is of another kind.
            ModelError: the network gives movements outside 0 to 1.
        """
        return self.predict_faces(crops).votes

    def predict_faces(self, crops: NDArray[np.uint8]) -> Predictions:
        """Predict everything that a reading needs, in one run of the network.

        The argument and the errors are those of `predict`.
        """
        results = dict(zip(self._asked, self._run(crops, *self._asked), strict=True))
        votes = results.get("votes")
        not_a_face = np.zeros(len(crops)) if votes is None else votes[:, _NOT_A_FACE]
        if "shown" in results:
            faces = results["shown"]
        elif votes is None:
            faces = np.column_stack((results["label"], np.zeros(len(crops))))
        else:
            faces = votes @ _GATHERING
            faces[:, -1] += 1e-9  # a row with only NF becomes "other" instead of 0 / 0
            faces /= faces.sum(axis=1, keepdims=True)
        return Predictions(faces, not_a_face, results.get("movements"))

    def predict_label(self, crops: NDArray[np.uint8]) -> Shares:
        """Predict the shares of FER2013's labels, float64 (N, 7), for uint8 (N, 48, 48) crops."""
        return self._run(crops, "label")[0]

    def predict_votes(self, crops: NDArray[np.uint8]) -> Shares | None:
        """Predict the shares of FER+'s columns, float64 (N, 10); None without a votes head."""
        return self._run(crops, "votes")[0] if "votes" in self._orders else None

    def predict_heads(self, crops: NDArray[np.uint8]) -> list[Shares]:
        """Predict labels and, if the network has that head, votes in one run."""
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
            else result / result.sum(axis=1, keepdims=True)  # removes the rounding of float32
            for output, result in zip(outputs, results, strict=True)
        ]

    def _bounded(self, movements: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clip movements to 0 to 1; raise ModelError if they are off by more than rounding."""
        if movements.size:
            least, most = float(movements.min()), float(movements.max())
            if not (least >= -_ROUNDING and most <= 1 + _ROUNDING):  # NaN is neither
                raise ModelError(
                    f"{self._file}: {EXPECTED} whose 'movements' are 0 to 1, got {least:g} to "
                    f"{most:g}."
                )
        return np.clip(movements, 0, 1)

    def _try_out(self) -> None:
        """Read one crop, so that an error about wrong outputs names the file."""
        crop = np.full((1, SIZE, SIZE), 128, np.uint8)
        for output, order in self._orders.items():
            try:
                values = self._session.run([output], {_INPUT: crop})[0]
            except Exception as error:  # ONNX Runtime's errors have no public base class
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
            fits = values.shape == (1, len(order)) and values.min() >= 0
            if not fits or not abs(total - 1) <= _ROUNDING:
                raise ModelError(
                    f"{self._file}: {EXPECTED} whose {output!r} is (N, {len(order)}) shares that "
                    f"sum to 1, got {values.shape} with sum {total:g}."
                )


def _metadata(session: Any, file: Path) -> dict[str, Any]:
    text = session.get_modelmeta().custom_metadata_map.get("mien")
    if text is None:
        raise ModelError(
            f'{file}: {EXPECTED}, which has its label order and framing under "mien" in its '
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
    """Return the position of each of `names` in the file's own order."""
    given: Any = metadata.get(key)
    if not isinstance(given, list) or sorted(map(str, given)) != sorted(names):
        raise ModelError(f"{file}: expected {key} in any order of {', '.join(names)}; got {given}.")
    return [given.index(name) for name in names]


def _movement_names(metadata: dict[str, Any], file: Path) -> tuple[str, ...]:
    """Return the movements that the file names, in the order of `MOVEMENT_NAMES`."""
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
