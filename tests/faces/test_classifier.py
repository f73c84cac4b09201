import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnxruntime import InferenceSession
from small_models import write_model

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES
from mien.errors import ImageError, ModelError
from mien.faces.classifier import Classifier


@pytest.fixture(scope="module")
def crops() -> NDArray[np.uint8]:
    """uint8 (150, 48, 48), no two alike: more than one batch."""
    return np.random.default_rng(0).integers(0, 256, (150, 48, 48), dtype=np.uint8)


BLACK = np.zeros((1, 48, 48), np.uint8)
EVEN_VOTES: dict[str, float] = dict.fromkeys(FERPLUS_NAMES, 0.1)


def test_shares_of_the_shipped_network_sum_to_one(crops: NDArray[np.uint8]) -> None:
    classifier = Classifier()
    votes = classifier.predict(crops)
    assert votes.shape == (150, 8)
    assert votes.dtype == np.float64
    assert (votes >= 0).all()
    np.testing.assert_allclose(votes.sum(axis=1), 1, rtol=1e-12)
    assert classifier.metadata["framing"] == "fer2013"
    assert len({row.tobytes() for row in votes.round(6)}) > 100  # it depends on the crops


def test_a_crop_reads_the_same_by_itself_and_among_others(crops: NDArray[np.uint8]) -> None:
    classifier = Classifier()
    together = classifier.predict(crops)
    for i in (0, 63, 64, 149):
        np.testing.assert_allclose(classifier.predict(crops[i : i + 1])[0], together[i], atol=1e-5)


def test_an_empty_batch_gives_an_empty_result(tmp_path: Path) -> None:
    empty = np.zeros((0, 48, 48), np.uint8)
    for classifier in (
        Classifier(write_model(tmp_path)),
        Classifier(write_model(tmp_path, votes=EVEN_VOTES)),
    ):
        assert classifier.predict(empty).shape == (0, 8)
        assert classifier.predict_label(empty).shape == (0, 7)
    votes = Classifier(write_model(tmp_path, votes=EVEN_VOTES)).predict_votes(empty)
    assert votes is not None
    assert votes.shape == (0, 10)


def test_without_a_votes_head_the_labels_are_the_votes(tmp_path: Path) -> None:
    shares = dict(zip(EMOTION_NAMES, (0.3, 0.05, 0.05, 0.4, 0.1, 0.05, 0.05), strict=True))
    classifier = Classifier(write_model(tmp_path, label=shares))
    predicted = classifier.predict_faces(BLACK)
    np.testing.assert_allclose(predicted.votes[0], [*shares.values(), 0], atol=1e-6)
    assert predicted.not_a_face.tolist() == [0]
    assert predicted.movements is None
    assert classifier.movement_names == ()
    assert classifier.predict_votes(BLACK) is None


def test_labels_are_found_by_name_whatever_their_order(tmp_path: Path) -> None:
    order = [
        ("neutral", 0.5),
        ("happy", 0.2),
        ("angry", 0.1),
        ("sad", 0.08),
        ("fear", 0.06),
        ("surprise", 0.04),
        ("disgust", 0.02),
    ]
    label = Classifier(write_model(tmp_path, label=dict(order))).predict_label(BLACK)[0]
    assert {n: round(float(s), 4) for n, s in zip(EMOTION_NAMES, label, strict=True)} == dict(order)


def test_votes_become_seven_emotions_and_other(tmp_path: Path) -> None:
    counts = {
        "NF": 2,  # not the order of FER+
        "neutral": 3,
        "happiness": 4,
        "surprise": 5,
        "sadness": 6,
        "anger": 7,
        "disgust": 8,
        "fear": 9,
        "contempt": 10,
        "unknown": 11,
    }
    total = sum(counts.values())
    classifier = Classifier(write_model(tmp_path, votes={n: c / total for n, c in counts.items()}))
    predicted = classifier.predict_faces(BLACK)
    expected = {
        "angry": 7,
        "disgust": 8,
        "fear": 9,
        "happy": 4,
        "sad": 6,
        "surprise": 5,
        "neutral": 3,
        "other": 21,
    }
    np.testing.assert_allclose(
        predicted.votes[0], [expected[n] / 63 for n in VOTE_NAMES], atol=1e-6
    )
    np.testing.assert_allclose(predicted.not_a_face, 2 / total, atol=1e-6)
    raw = classifier.predict_votes(BLACK)
    assert raw is not None
    np.testing.assert_allclose(raw[0], [counts[n] / total for n in FERPLUS_NAMES], atol=1e-6)


def test_nothing_but_not_a_face_is_other(tmp_path: Path) -> None:
    certain = {name: float(name == "NF") for name in FERPLUS_NAMES}
    predicted = Classifier(write_model(tmp_path, votes=certain)).predict_faces(BLACK)
    assert VOTE_NAMES[int(predicted.votes[0].argmax())] == "other"
    assert predicted.votes.sum() == pytest.approx(1)
    assert predicted.not_a_face[0] == pytest.approx(1)


SHOWN: dict[str, float] = {  # not the order of `VOTE_NAMES`
    "other": 0.02,
    "neutral": 0.08,
    "surprise": 0.1,
    "happy": 0.2,
    "sad": 0.3,
    "fear": 0.15,
    "disgust": 0.1,
    "angry": 0.05,
}


@pytest.mark.parametrize("with_votes", [False, True])
def test_what_is_shown_goes_before_the_raters_votes(tmp_path: Path, with_votes: bool) -> None:
    votes = {name: 0.55 if name == "NF" else 0.05 for name in FERPLUS_NAMES}
    model = write_model(tmp_path, votes=votes if with_votes else None, shown=SHOWN)
    classifier = Classifier(model)
    predicted = classifier.predict_faces(BLACK)
    np.testing.assert_allclose(predicted.votes[0], [SHOWN[name] for name in VOTE_NAMES], atol=1e-6)
    np.testing.assert_array_equal(classifier.predict(BLACK), predicted.votes)
    assert predicted.not_a_face[0] == pytest.approx(0.55 if with_votes else 0)
    raters = classifier.predict_votes(BLACK)
    if with_votes:
        assert raters is not None
        np.testing.assert_allclose(raters[0], list(votes.values()), atol=1e-6)
    else:
        assert raters is None
    assert [heads.shape[1] for heads in classifier.predict_heads(BLACK)] == [7, 10][
        : 1 + with_votes
    ]


def test_movements_are_found_by_name_whatever_their_order(
    tmp_path: Path, crops: NDArray[np.uint8]
) -> None:
    given = {"eyes closed": 0.7, "mouth open": 0.25, "brows lowered": 1.0, "mouth corners up": 0.0}
    path = write_model(tmp_path, votes=EVEN_VOTES, movements=given)
    classifier = Classifier(path)
    assert classifier.movement_names == (
        *("mouth corners up", "mouth open", "brows lowered", "eyes closed"),
    )
    movements = classifier.predict_faces(BLACK).movements
    assert movements is not None
    np.testing.assert_allclose(movements, [[0, 0.25, 1, 0.7]], atol=1e-6)
    many = classifier.predict_faces(crops).movements
    assert many is not None
    assert many.shape == (150, 4)
    grey = crops.mean(axis=(1, 2))
    np.testing.assert_allclose(many[:, 0], grey / 1000, atol=1e-5)  # the last in the file
    empty = classifier.predict_faces(crops[:0]).movements
    assert empty is not None
    assert empty.shape == (0, 4)
    copy: Classifier = pickle.loads(pickle.dumps(classifier))
    assert copy.movement_names == classifier.movement_names


def test_one_run_of_the_network_gives_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_model(tmp_path, votes=EVEN_VOTES, shown=SHOWN, movements={"mouth open": 0.5})
    runs: list[list[str]] = []

    class Counting(InferenceSession):
        def run(self, output_names: Any, input_feed: Any, run_options: Any = None) -> Any:
            runs.append(output_names)
            return super().run(output_names, input_feed, run_options)

    monkeypatch.setattr("mien.faces.model_file.onnxruntime.InferenceSession", Counting)
    classifier = Classifier(path)
    runs.clear()
    classifier.predict_faces(BLACK)
    assert [sorted(names) for names in runs] == [["movements", "shown", "votes"]]


def test_rounding_of_movements_is_taken_off(tmp_path: Path) -> None:
    rounded = {"mouth open": 1.0005, "chin raised": -0.0005}
    movements = Classifier(write_model(tmp_path, movements=rounded)).predict_faces(BLACK).movements
    assert movements is not None
    assert movements.tolist() == [[1, 0]]


def test_movements_beyond_their_range_are_refused(tmp_path: Path) -> None:
    path = write_model(tmp_path, movements={"mouth open": -0.1})  # 0.028 of the crop tried out
    classifier = Classifier(path)
    with pytest.raises(ModelError, match=r"'movements' are 0 to 1, got -0\.1 to -0\.1") as refused:
        classifier.predict(BLACK)
    assert str(path) in str(refused.value)


def test_threads_get_the_same_result(crops: NDArray[np.uint8]) -> None:
    classifier = Classifier()
    expected = classifier.predict(crops[:20])
    with ThreadPoolExecutor(4) as pool:
        for result in pool.map(classifier.predict, [crops[:20]] * 12):
            np.testing.assert_array_equal(result, expected)


def test_a_classifier_can_be_sent_to_another_process(
    tmp_path: Path, crops: NDArray[np.uint8]
) -> None:
    classifier = Classifier(write_model(tmp_path))
    copy: Classifier = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(copy.predict(crops[:3]), classifier.predict(crops[:3]))


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((1, 48, 48), np.float32),
        np.zeros((48, 48), np.uint8),
        np.zeros((1, 64, 64), np.uint8),
    ],
    ids=["float", "no batch", "size"],
)
def test_other_arrays_are_refused(tmp_path: Path, crops: NDArray[np.uint8]) -> None:
    with pytest.raises(ImageError, match=r"uint8 \(N, 48, 48\), got"):
        Classifier(write_model(tmp_path)).predict(crops)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nowhere\.onnx: the model cannot be read.*mien export"):
        Classifier(tmp_path / "nowhere.onnx")


@pytest.mark.parametrize("content", [b"", b"no model", None], ids=["empty", "text", "truncated"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "damaged.onnx"
    path.write_bytes(write_model(tmp_path).read_bytes()[:-200] if content is None else content)
    with pytest.raises(ModelError, match=r"damaged\.onnx: .*mien export"):
        Classifier(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metadata": None}, "no such entry"),
        ({"metadata": "{"}, "not JSON"),
        ({"metadata": "[]"}, r"format 1, got '\[\]'"),
        ({"change": {"format": 2}}, "format 1, got 2"),
        ({"change": {"framing": "vggface"}}, "framing 'fer2013', got 'vggface'"),
        ({"change": {"size": 64}}, "size 48, got 64"),
        ({"change": {"labels": None}}, "labels in any order of angry"),
        ({"change": {"labels": ["happy"] * 7}}, "labels in any order of angry"),
        ({"change": {"votes": list(EMOTION_NAMES)}}, "votes in any order of neutral, happiness"),
        ({"change": {"votes": list(FERPLUS_NAMES)}}, "votes missing"),
        ({"input_name": "images"}, "one input 'crops'"),
        ({"size": 64}, "one input 'crops'"),
        ({"outputs": ["emotion"]}, "label missing"),
        ({"scale": 7.0}, "sum to 1, got .* with sum 7"),
        ({"change": {"shown": list(EMOTION_NAMES)}}, "shown in any order of angry"),
        ({"change": {"shown": list(VOTE_NAMES)}}, "shown missing"),
        ({"shown": SHOWN, "scale": 7.0}, "sum to 1, got .* with sum 7"),
        ({"movements": {"nose wrinkled": 0.5}}, r"movements as some of .* got \['nose wrinkled'\]"),
        ({"change": {"movements": ["mouth open"] * 2}}, "each once"),
        ({"change": {"movements": "mouth open"}}, "got mouth open"),
        ({"change": {"movements": [["mouth open"]]}}, "got \\[\\['mouth open'"),
        ({"change": {"movements": ["mouth open"]}}, "movements missing"),
        ({"movements": {"mouth open": 1.5}}, "0 to 1, got 1.628"),
        ({"movements": {"mouth open": float("nan")}}, "0 to 1, got nan"),
        (
            {
                "movements": {"mouth open": 0.5},
                "change": {"movements": ["eyes wide", "mouth open"]},
            },
            r"\(N, 2\), as many as it names, got \(1, 1\)",
        ),
        ({"label": {"a": 0.5, "b": 0.5}, "change": {"labels": list(EMOTION_NAMES)}}, "(1, 2)"),
    ],
)
def test_a_file_that_breaks_the_contract_is_refused(
    tmp_path: Path, arguments: dict[str, object], message: str
) -> None:
    path = write_model(tmp_path, **arguments)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ModelError, match=message) as refused:
        Classifier(path)
    assert str(path) in str(refused.value)


def test_damaged_packaged_weights_say_how_to_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("mien.faces.classifier.PACKAGED_MODEL", tmp_path / "mien.onnx")
    with pytest.raises(ModelError, match="Reinstall mien"):
        Classifier()
