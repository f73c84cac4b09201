from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from small_models import write_model
from small_teachers import write_expressions

from mien.emotions import EMOTION_NAMES
from mien.errors import TrainingError
from mien.faces.detector import Detector
from mien.training.data.expressions import POINTS, ExpressionTeacher

ZOO = "facial_expression_recognition_mobilefacenet_2022july_int8.onnx"


def test_a_face_and_its_mirror_image_count_alike(tmp_path: Path) -> None:
    teacher = ExpressionTeacher(write_expressions(tmp_path / "teacher.onnx"))
    picture = np.zeros((112, 112), np.uint8)
    picture[:, 56:] = 255  # happy; its mirror image angry
    shares = teacher.shares(picture, POINTS)
    assert shares.dtype == np.float32
    assert shares.sum() == pytest.approx(1)
    named = dict(zip(EMOTION_NAMES, shares.tolist(), strict=True))
    assert named["happy"] == pytest.approx(named["angry"], rel=1e-3)
    assert named["happy"] > 0.45
    assert named["sad"] < 0.05


def test_the_landmarks_say_where_the_face_is(tmp_path: Path) -> None:
    teacher = ExpressionTeacher(write_expressions(tmp_path / "teacher.onnx"))
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (112, 112), dtype=np.uint8)
    face = np.array(cv2.GaussianBlur(noise, (0, 0), 6), np.uint8)
    face[:, 56:] //= 2
    picture = np.zeros((300, 300), np.uint8)
    picture[100:212, 150:262] = face
    moved = teacher.shares(picture, POINTS + np.array((150, 100), np.float32))
    np.testing.assert_allclose(moved, teacher.shares(face, POINTS), atol=2e-3)
    elsewhere = teacher.shares(picture, POINTS)
    assert np.abs(elsewhere - moved).max() > 0.01


@pytest.mark.parametrize("content", [None, b"", b"no network"])
def test_what_is_no_network_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "zoo.onnx"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TrainingError, match=r"zoo\.onnx: no expression network"):
        ExpressionTeacher(file)


def test_another_network_is_refused(tmp_path: Path) -> None:
    for file in (write_model(tmp_path), write_expressions(tmp_path / "small.onnx", side=96)):
        with pytest.raises(TrainingError, match="not OpenCV Zoo's expression network"):
            ExpressionTeacher(file)


def test_zoo_s_network_sees_a_smile(shared_data: Path, astronaut: NDArray[np.uint8]) -> None:
    file = shared_data / "teachers" / ZOO
    if not file.exists():
        pytest.skip(f"{file} is not on this machine")
    face = Detector().detect(astronaut)[0]
    grey = np.asarray(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), np.uint8)
    shares = ExpressionTeacher(file).shares(grey, face.landmarks)
    assert EMOTION_NAMES[int(shares.argmax())] == "happy"
    assert shares.sum() == pytest.approx(1)
