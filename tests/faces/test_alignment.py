"""Framing and quality of crops."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mien.errors import ImageError
from mien.faces.alignment import CROP_SIZE, crop_face, framing, measure_quality
from mien.faces.detector import Detector
from mien.frames import Face

Picture = NDArray[np.uint8]

FRONTAL = np.array([(15.2, 19.3), (32.2, 19.3), (23.7, 28.9), (17.1, 36.3), (31.0, 36.3)])
"""Where YuNet's landmarks lie in FER2013's frontal pictures (median of 1,166)."""


def face_at(landmarks: NDArray[Any]) -> Face:
    (x1, y1), (x2, y2) = landmarks.min(axis=0), landmarks.max(axis=0)
    return Face(
        box=(float(x1), float(y1), float(x2), float(y2)),
        landmarks=np.asarray(landmarks, np.float32),
        score=0.9,
    )


def moved(face: Face, scale: float = 1, shift: tuple[float, float] = (0, 0)) -> Face:
    return face_at(face.landmarks * scale + np.array(shift))


def difference(a: Picture, b: Picture) -> float:
    return float(np.abs(a.astype(float) - b).mean())


@pytest.fixture(scope="module")
def face(astronaut: Picture) -> Face:
    (found,) = Detector().detect(astronaut)
    return found


def test_eyes_and_mouth_come_where_fer2013_has_them(face: Face) -> None:
    matrix = framing(face)
    mapped = face.landmarks @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(mapped, FRONTAL, atol=2)


@given(
    scale=st.floats(0.2, 50),
    x=st.floats(-500, 5000),
    y=st.floats(-500, 5000),
    roll=st.floats(-60, 60),
    roll_correction=st.floats(0, 1),
)
def test_framing_takes_out_shift_scale_and_the_part_of_roll_asked_for(
    scale: float, x: float, y: float, roll: float, roll_correction: float
) -> None:
    angle = np.deg2rad(roll)
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    even = (FRONTAL + FRONTAL[[1, 0, 2, 4, 3]] * (-1, 1) + (48, 0)) / 2  # its own mirror image
    even[:, 0] -= 0.13  # FER2013's mean face lies a little to the left
    mean = even.mean(axis=0)
    matrix = framing(face_at((even - mean) @ turn.T * scale + (x, y)), roll_correction)
    mapped = matrix[:, :2] @ turn * scale
    left = np.deg2rad(roll * (1 - roll_correction))
    expected = ((np.cos(left), -np.sin(left)), (np.sin(left), np.cos(left)))
    np.testing.assert_allclose(mapped, expected, atol=0.02)
    np.testing.assert_allclose(matrix[:, :2] @ (x, y) + matrix[:, 2], mean, atol=0.1)


def test_the_crop_shows_the_face(astronaut: Picture, face: Face) -> None:
    crop = crop_face(astronaut, face, roll_correction=0)
    assert crop.shape == (CROP_SIZE, CROP_SIZE)
    assert crop.dtype == np.uint8
    # The same square, cut out at whole pixels in another way.
    mean = face.landmarks.mean(axis=0)
    radius = np.sqrt(((face.landmarks - mean) ** 2).sum(axis=1).mean())
    side = round(4.643 * radius)
    x, y = np.round(mean + np.array((0.013, -0.389)) * radius - side / 2).astype(int)
    square = cv2.cvtColor(astronaut[y : y + side, x : x + side], cv2.COLOR_RGB2GRAY)
    expected = cv2.resize(square, (CROP_SIZE, CROP_SIZE), interpolation=cv2.INTER_AREA)
    assert difference(crop, np.asarray(expected, np.uint8)) < 4


@pytest.mark.parametrize("scale", [1.5, 2, 3.3, 8])
def test_the_crop_is_the_same_in_a_larger_picture(
    astronaut: Picture, face: Face, scale: float
) -> None:
    large = np.asarray(
        cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    true_scale = large.shape[0] / 512
    crop = crop_face(large, moved(face, true_scale))
    assert difference(crop, crop_face(astronaut, face)) < 1


def test_the_crop_is_the_same_elsewhere_in_a_picture(astronaut: Picture, face: Face) -> None:
    wide = np.zeros((700, 900, 3), np.uint8)
    wide[101:613, 203:715] = astronaut
    crop = crop_face(wide, moved(face, shift=(203, 101)))
    assert difference(crop, crop_face(astronaut, face)) < 0.02


def test_fine_patterns_do_not_alias() -> None:
    stripes = np.zeros((1000, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    # The mean over three stripes is a third or two thirds; points alone would give 0 and 255.
    for scale, most in ((3, 43), (6, 10), (10, 10), (18.7, 10)):
        crop = crop_face(stripes, face_at(FRONTAL * scale + 30))
        assert np.abs(crop.astype(float) - 127.5).max() <= most, scale


def test_levelling_turns_a_tilted_face_upright(astronaut: Picture, face: Face) -> None:
    upright = crop_face(astronaut, face, roll_correction=1)
    centre = face.landmarks.mean(axis=0).astype(float)
    turn = np.asarray(cv2.getRotationMatrix2D((centre[0] - 0.5, centre[1] - 0.5), 30, 1))
    tilted = np.asarray(cv2.warpAffine(astronaut, turn, (512, 512)), np.uint8)
    turned = (face.landmarks - centre) @ turn[:, :2].T + centre
    crop = crop_face(tilted, face_at(turned), roll_correction=1)
    assert difference(crop[8:40, 8:40], upright[8:40, 8:40]) < 4
    assert difference(crop_face(tilted, face_at(turned), roll_correction=0), upright) > 15


def test_grey_is_weighted_as_in_bt_601() -> None:
    for colour, expected in (((255, 0, 0), 76), ((0, 255, 0), 150), ((0, 0, 255), 29)):
        picture = np.full((60, 60, 3), colour, np.uint8)
        assert np.abs(crop_face(picture, face_at(FRONTAL)).astype(int) - expected).max() <= 1


def test_edge_pixels_are_repeated_beyond_the_edge(astronaut: Picture, face: Face) -> None:
    # A cut through the face: the left part stays, the rest repeats the last column.
    cut = int(face.landmarks[2, 0])
    crop = crop_face(np.ascontiguousarray(astronaut[:, :cut]), face, roll_correction=0)
    whole = crop_face(astronaut, face, roll_correction=0)
    assert difference(crop[:, :22], whole[:, :22]) < 0.5
    assert np.ptp(crop[:, 26:].astype(int), axis=1).max() == 0


@pytest.mark.parametrize(
    "shift", [(-60, 0), (0, -60), (130, 0), (0, 130), (-5000, -5000), (5000, 9000)]
)
@pytest.mark.parametrize("scale", [0.5, 1, 4, 30])
def test_faces_at_and_beyond_the_edge_are_cropped(
    astronaut: Picture, scale: float, shift: tuple[float, float]
) -> None:
    small = astronaut[::4, ::4]
    crop = crop_face(small, moved(face_at(FRONTAL), scale, shift))
    assert crop.shape == (CROP_SIZE, CROP_SIZE)


def test_a_picture_of_one_pixel() -> None:
    crop = crop_face(np.full((1, 1, 3), 200, np.uint8), face_at(FRONTAL))
    assert (crop == 200).all()


def test_landmarks_in_one_point_are_refused(astronaut: Picture) -> None:
    for landmarks in (np.full((5, 2), 100.0), np.full((5, 2), np.nan)):
        with pytest.raises(ImageError, match="five landmarks that span a face, got"):
            crop_face(astronaut, face_at(landmarks))


def test_other_arrays_are_refused(astronaut: Picture, face: Face) -> None:
    for image in (astronaut[..., 0], astronaut.astype(float), astronaut[:0]):
        with pytest.raises(ImageError, match="Expected an RGB image"):
            crop_face(image, face)


def test_quality_of_the_astronaut(astronaut: Picture, face: Face) -> None:
    quality = measure_quality(crop_face(astronaut, face), face)
    assert quality.size == pytest.approx(face.width)
    assert 0.3 < quality.brightness < 0.8
    assert 0.1 < quality.contrast < 0.4
    assert quality.yaw < 0.3


def test_darkness_shows_in_brightness_not_in_sharpness(astronaut: Picture, face: Face) -> None:
    bright = measure_quality(crop_face(astronaut, face), face)
    dark = measure_quality(crop_face(np.asarray(astronaut // 4, np.uint8), face), face)
    assert dark.brightness == pytest.approx(bright.brightness / 4, abs=0.01)
    assert dark.contrast == pytest.approx(bright.contrast / 4, abs=0.01)
    assert dark.sharpness == pytest.approx(bright.sharpness, rel=0.1)


def test_blur_shows_in_sharpness(astronaut: Picture, face: Face) -> None:
    sharpness: list[float] = []
    for radius in (0.1, 2, 4, 8):
        blurred = np.asarray(cv2.GaussianBlur(astronaut, (0, 0), radius), np.uint8)
        sharpness.append(measure_quality(crop_face(blurred, face), face).sharpness)
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < sharpness[0] / 5


def test_a_flat_crop_has_no_sharpness(face: Face) -> None:
    quality = measure_quality(np.full((48, 48), 90, np.uint8), face)
    assert quality.sharpness == 0
    assert quality.contrast == 0


def test_turned_heads() -> None:
    crop = np.zeros((48, 48), np.uint8)
    assert measure_quality(crop, face_at(FRONTAL)).yaw < 0.05
    turns: list[float] = []
    for aside in (2, 5, 8, 20):
        landmarks = FRONTAL.copy()
        landmarks[2, 0] += aside
        turns.append(measure_quality(crop, face_at(landmarks)).yaw)
    assert turns == sorted(turns)
    assert turns[-1] == 1
    same_eyes = FRONTAL.copy()
    same_eyes[1] = same_eyes[0]
    assert measure_quality(crop, replace(face_at(FRONTAL), landmarks=same_eyes)).yaw == 1


def test_a_face_without_landmarks_is_framed_by_its_box(astronaut: Picture, face: Face) -> None:
    bare = replace(face, landmarks=np.empty((0, 2), np.float32))
    matrix = framing(bare)
    side = np.sqrt(face.width * face.height)
    corner = np.array(face.box[:2]) + np.array((face.width, face.height)) / 2
    middle = corner + np.array((-0.005, -0.021)) * side
    np.testing.assert_allclose(matrix @ (*middle, 1), (24, 24), atol=1e-9)
    assert matrix[0, 0] == pytest.approx(48 / (1.143 * side))
    assert measure_quality(crop_face(astronaut, bare), bare).yaw == 0


@pytest.mark.parametrize(
    "box",
    [(9, 9, 9, 30), (30, 9, 9, 30), (0, 0, 0.5, 0.5), (0, 0, float("nan"), 5), (0, 0, 1e9, 9)],
)
def test_boxes_around_nothing_are_refused(
    astronaut: Picture, box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(ImageError, match=r"Expected a box .*Leave this face out"):
        crop_face(astronaut, Face(box, np.empty((0, 2), np.float32), 1))


COORDINATES = st.floats(-1e7, 1e7) | st.floats(-100, 700) | st.floats(width=32)


@settings(max_examples=200, deadline=1000)
@given(st.lists(COORDINATES, min_size=14, max_size=14), st.sampled_from([0, 5]))
def test_any_landmarks_and_boxes_are_cropped_or_refused(values: list[float], count: int) -> None:
    picture = np.full((60, 80, 3), 100, np.uint8)
    marks = np.array(values[4:], np.float64).astype(np.float32).reshape(5, 2)[:count]
    face = Face((values[0], values[1], values[2], values[3]), marks, 0.9)
    try:
        crop = crop_face(picture, face)
    except ImageError:
        return
    assert (crop == 100).all()
    assert 0 <= measure_quality(crop, face).yaw <= 1
