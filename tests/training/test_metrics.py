"""The metrics against figures worked out by hand and against FER+ itself."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import log_loss

from mien.emotions import FERPLUS_NAMES
from mien.training.evaluation import metrics
from mien.training.evaluation.raters import Raters
from mien.training.evaluation.reliability import reliability

NONE = np.zeros(4, dtype=bool)


def shares(*tops: tuple[int, float], classes: int = 7) -> NDArray[np.float64]:
    """A row for each (class, its share); the rest is spread evenly."""
    rows = np.empty((len(tops), classes))
    for row, (top, share) in zip(rows, tops, strict=True):
        row[:] = (1 - share) / (classes - 1)
        row[top] = share
    return rows


def votes(*rows: dict[str, int]) -> NDArray[np.uint8]:
    table = [[row.get(name, 0) for name in FERPLUS_NAMES] for row in rows]
    return np.array(table, dtype=np.uint8)


def test_label_metrics_by_hand() -> None:
    # happy, happy, sad, angry; read as happy, sad, sad, happy.
    labels = np.array([3, 3, 4, 0], dtype=np.int8)
    given = shares((3, 0.9), (4, 0.4), (4, 0.7), (3, 0.5))
    result = metrics.label_metrics(labels, given, np.array([True, False, False, False]))
    assert result["accuracy"] == pytest.approx(2 / 4)
    assert result["accuracy_without_copies"] == pytest.approx(1 / 3)
    assert result["images_without_copies"] == 3
    assert result["precision"]["happy"] == pytest.approx(1 / 2)
    assert result["recall"]["happy"] == pytest.approx(1 / 2)
    assert result["precision"]["sad"] == pytest.approx(1 / 2)
    assert result["recall"]["sad"] == pytest.approx(1)
    assert result["f1"]["sad"] == pytest.approx(2 / 3)
    assert result["recall"]["angry"] == result["precision"]["disgust"] == 0
    assert result["macro_f1"] == pytest.approx((1 / 2 + 2 / 3) / 7)
    confusion = np.zeros((7, 7), dtype=int)
    confusion[3, 3] = confusion[3, 4] = confusion[4, 4] = confusion[0, 3] = 1
    assert result["confusion"] == confusion.tolist()
    own = [0.9, 0.6 / 6, 0.7, 0.5 / 6]
    assert result["log_loss"] == pytest.approx(-np.mean(np.log(own)))
    # Each confidence lies in a bin of its own: 0.9 right, 0.4 wrong, 0.7 right, 0.5 wrong.
    assert result["ece"] == pytest.approx((0.1 + 0.4 + 0.3 + 0.5) / 4)
    assert set(result) == set(metrics.LABEL_KEYS)


def test_only_copies_leave_no_accuracy_without_them() -> None:
    result = metrics.label_metrics(np.array([3]), shares((3, 0.9)), np.array([True]))
    assert result["accuracy"] == 1
    assert result["accuracy_without_copies"] is None


def test_a_certain_mistake_costs_much_but_not_everything() -> None:
    result = metrics.label_metrics(np.array([3]), shares((4, 1.0)), np.array([False]))
    assert result["log_loss"] == pytest.approx(-np.log(1e-7))


def test_label_log_loss_is_scikit_learn_s() -> None:
    rng = np.random.default_rng(0)
    given = rng.dirichlet(np.ones(7), 50)
    labels = rng.integers(0, 7, 50)
    result = metrics.label_metrics(labels, given, np.zeros(50, dtype=bool))
    assert result["log_loss"] == pytest.approx(log_loss(labels, given, labels=list(range(7))))


def test_calibration_error_by_hand() -> None:
    # 0.61 and 0.65 share the bin (0.6, 0.667]; 1.0 belongs to the last bin, 0.0 to the first.
    confidence = np.array([0.61, 0.65, 1.0, 0.0])
    found = reliability(confidence, np.array([1.0, 0.0, 1.0, 1.0]))
    assert found.count.tolist() == [1, *[0] * 8, 2, *[0] * 4, 1]
    assert found.error == pytest.approx((2 * abs(0.63 - 0.5) + 0 + 1) / 4)
    assert reliability(np.full(10, 0.8), np.arange(10) < 8).error == pytest.approx(0)


def test_majority_follows_ferplus_protocol() -> None:
    table = votes(
        {"happiness": 6, "neutral": 4},
        {"happiness": 5, "neutral": 5},  # no more than half
        {"happiness": 5, "neutral": 2, "fear": 1, "anger": 1, "disgust": 1},  # 5 of 7 remain
        {"happiness": 4, "neutral": 4, "fear": 2},
        {"unknown": 9, "neutral": 1},  # none of the eight emotions
        {"NF": 10},
        dict.fromkeys(FERPLUS_NAMES, 1),  # nothing remains
        {"contempt": 8, "anger": 2},
        {},
    )
    assert metrics.majority(table).tolist() == [1, -1, 1, -1, -1, -1, -1, 7, -1]


def test_majority_accuracy_looks_at_the_eight_emotions_only() -> None:
    table = votes({"happiness": 10}, {"neutral": 10}, {"neutral": 5, "anger": 5})
    given = shares((8, 0.9), (1, 0.9), (0, 0.9), classes=10)
    given[0, 1] = 0.05  # unknown has most, happiness most of the emotions
    result = metrics.votes_metrics(table, given / given.sum(axis=1, keepdims=True), None)
    assert result["majority_images"] == 2
    assert result["majority_accuracy"] == pytest.approx(1 / 2)
    assert result["majority_recall"]["happiness"] == 1
    assert result["majority_recall"]["neutral"] == 0
    assert result["majority_recall"]["fear"] is None
    assert np.argwhere(result["majority_confusion"]).tolist() == [[0, 1], [1, 1]]


def test_votes_log_loss_by_hand() -> None:
    table = votes({"happiness": 8, "unknown": 2}, {"neutral": 9, "NF": 1})
    given = np.zeros((2, 10))
    given[0, [1, 8, 9]] = 0.4, 0.1, 0.5  # 0.8 and 0.2 once NF is taken out
    given[1, 0] = 1
    result = metrics.votes_metrics(table, given, None)
    assert result["log_loss_images"] == 1  # the second has only nine answers
    expected = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert result["log_loss"] == pytest.approx(expected, abs=1e-5)
    assert result["perfect_log_loss"] == pytest.approx(expected)
    assert result["ece"] == pytest.approx(0, abs=1e-5)
    assert result["raters"] is None
    assert set(result) == set(metrics.VOTES_KEYS)


def test_votes_calibration_error_by_hand() -> None:
    table = votes({"happiness": 5, "neutral": 5}, {"sadness": 10})
    result = metrics.votes_metrics(table, shares((1, 0.9), (3, 0.7), classes=10), None)
    # NF has its part of the rest: 0.1 / 9 and 0.3 / 9.
    first, second = 0.9 / (1 - 0.1 / 9), 0.7 / (1 - 0.3 / 9)
    assert result["ece"] == pytest.approx(((first - 0.5) + (1 - second)) / 2)


def test_without_any_votes_nothing_is_claimed() -> None:
    result = metrics.votes_metrics(votes({}), shares((1, 0.9), classes=10), None)
    assert result == dict.fromkeys(metrics.VOTES_KEYS)


def test_the_votes_themselves_are_the_best_prediction(
    ferplus: dict[str, NDArray[np.uint8]],
) -> None:
    public = ferplus["PublicTest"]
    training = ferplus["Training"]
    raters = Raters.fit(training[metrics.answered(training)])
    perfect = public / public.sum(axis=1, keepdims=True)
    result = metrics.votes_metrics(public, perfect, raters)
    assert result["log_loss_images"] == 3569
    assert result["majority_accuracy"] == 1
    assert result["log_loss"] == pytest.approx(result["perfect_log_loss"], abs=1e-4)
    assert result["raters"] == 9
    assert result["ece"] == pytest.approx(0, abs=1e-5)
    prior = np.append(raters.prior, 0)
    of_prior = metrics.votes_metrics(public, np.tile(prior, (len(public), 1)), raters)
    assert of_prior["raters"] == pytest.approx(0, abs=1e-3)


def test_movements_are_measured_where_they_are_known() -> None:
    wanted = np.array([[0.0, 0.5, 0.2], [1.0, 0.5, 0.4], [-1, -1, -1]])
    found = np.array([[0.0, 0.1, 0.3], [1.0, 0.2, 0.3], [9, 9, 9]])
    r2 = metrics.movements_r2(wanted, found)
    assert r2[0] == pytest.approx(1)
    assert np.isnan(r2[1])  # it never changes
    assert r2[2] == pytest.approx(0)  # no more than the mean
    assert np.isnan(metrics.movements_r2(wanted[2:], found[2:])).all()
