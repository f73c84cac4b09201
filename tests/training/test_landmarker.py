import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mien.errors import MissingPackageError, TrainingError
from mien.faces.detector import Detector
from mien.movements import MOVEMENT_NAMES
from mien.training.data.movements import POINTS, SCORES, Landmarker

FILES = ("face_landmarks_detector.tflite", "face_blendshapes.tflite")


@pytest.fixture(scope="module")
def files(shared_data: Path) -> tuple[Path, Path]:
    """The Face Landmarker's two networks."""
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is not installed")
    detector, blendshapes = (shared_data / "teachers" / name for name in FILES)
    if not (detector.exists() and blendshapes.exists()):
        pytest.skip(f"the Face Landmarker is not below {shared_data}")
    return detector, blendshapes


@pytest.fixture(scope="module")
def landmarker(files: tuple[Path, Path]) -> Landmarker:
    return Landmarker(*files)


def test_every_movement_has_scores_of_its_own() -> None:
    assert tuple(SCORES) == MOVEMENT_NAMES
    places = [place for own in SCORES.values() for place in own]
    assert len(set(places)) == len(places)
    assert all(0 < place < 52 for place in places)  # 0 is "neutral"
    assert len(POINTS) == len(set(POINTS.tolist())) == 146
    assert POINTS.max() < 478


def test_a_smile_is_seen_where_the_face_is(
    landmarker: Landmarker, astronaut: NDArray[np.uint8]
) -> None:
    face = max(Detector().detect(astronaut), key=lambda face: face.width)
    x1, y1, x2, y2 = face.box
    centre, side = ((x1 + x2) / 2, (y1 + y2) / 2), max(x2 - x1, y2 - y1)
    grey = np.asarray(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), np.uint8)
    moved = landmarker.movements(grey, centre, side)
    assert moved is not None
    assert (moved.shape, moved.dtype) == ((14,), np.float32)
    assert moved.min() >= 0
    assert moved.max() <= 1
    named = dict(zip(MOVEMENT_NAMES, moved.tolist(), strict=True))
    assert named["mouth corners up"] > 0.6
    assert named["mouth corners down"] < 0.1
    assert named["lips pursed"] < 0.1
    assert named["eyes closed"] < 0.4
    # A face framed a little off gives nearly the same, since it is framed again by its points.
    off = landmarker.movements(grey, (centre[0] + 0.1 * side, centre[1]), side * 1.15)
    assert off is not None
    np.testing.assert_allclose(off, moved, atol=0.15)
    # The same face as FER2013's thumbnails have it.
    left, top, right, bottom = (int(v) for v in (x1, y1, x2, y2))
    small = cv2.resize(grey[top:bottom, left:right], (48, 48), interpolation=cv2.INTER_AREA)
    tiny = landmarker.movements(np.asarray(small, np.uint8), (24, 24), 48)
    assert tiny is not None
    assert tiny[MOVEMENT_NAMES.index("mouth corners up")] > 0.5


def test_where_there_is_no_face_nothing_is_said(landmarker: Landmarker) -> None:
    assert landmarker.movements(np.full((48, 48), 128, np.uint8), (24, 24), 42) is None


def test_files_that_are_not_these_networks_are_named(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"face_blendshapes\.tflite: not the expected network"):
        Landmarker(files[1], files[0])
    with pytest.raises(TrainingError, match=r"none\.tflite: no network of the Face Landmarker"):
        Landmarker(tmp_path / "none.tflite", files[1])
    (tmp_path / "text.tflite").write_text("no network")
    with pytest.raises(TrainingError, match=r"text\.tflite: no network of the Face Landmarker"):
        Landmarker(files[0], tmp_path / "text.tflite")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ai_edge_litert", "ai_edge_litert.interpreter"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        MissingPackageError, match=r"ai-edge-litert.*pip install 'mien\[training\]'"
    ):
        Landmarker(tmp_path / "a.tflite", tmp_path / "b.tflite")
