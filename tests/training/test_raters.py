"""People as predictors, against every order of the raters and against FER+ itself."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.emotions import FERPLUS_NAMES
from mien.training.evaluation import metrics
from mien.training.evaluation.raters import Raters, worth


def votes(*rows: dict[str, int]) -> NDArray[np.uint8]:
    table = [[row.get(name, 0) for name in FERPLUS_NAMES] for row in rows]
    return np.array(table, dtype=np.uint8)


def test_the_rater_curve_is_the_mean_over_every_order_of_the_raters() -> None:
    table = votes({"happiness": 7, "neutral": 3}, {"fear": 4, "surprise": 4, "sadness": 2})
    prior = np.array([0.3, 0.3, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.02])
    raters = Raters(prior, np.linspace(0.5, 2, 10))
    curve = raters.curve(table)
    for k in range(3):
        losses: list[float] = []
        for row in table[:, :9]:
            people = np.repeat(np.arange(9), row)
            for order in permutations(people.tolist(), k + 1):
                seen = np.bincount(order[:k], minlength=9)
                strength = raters.strength[k]
                predicted = (seen + strength * prior) / (k + strength)
                losses.append(-np.log(predicted[order[k]]))
        assert curve[k] == pytest.approx(np.mean(losses))


def test_worth_interpolates_and_ends_with_the_curve() -> None:
    curve = np.array([2.0, 1.5, 1.25, 1.2, 1.1, 1.0, 0.95, 0.9, 0.85, 0.8])
    assert worth(curve, 1.75) == pytest.approx(0.5)
    assert worth(curve, 1.25) == pytest.approx(2)
    assert worth(curve, 3.0) == 0
    assert worth(curve, 0.5) == 9


def test_the_rater_curve_of_ferplus(ferplus: dict[str, NDArray[np.uint8]]) -> None:
    training, public = ferplus["Training"], ferplus["PublicTest"]
    raters = Raters.fit(training[metrics.answered(training)])
    ten = public[metrics.answered(public)]
    assert metrics.perfect_log_loss(ten) == pytest.approx(0.561, abs=5e-4)
    curve = raters.curve(ten)
    # The design's check values come from one draw of the rater to predict; over many draws such
    # a figure has a standard deviation of 0.009 (k = 0) to 0.019.
    for k, drawn in {0: 1.811, 1: 1.313, 2: 1.160, 3: 1.091, 5: 1.001, 9: 0.921}.items():
        assert curve[k] == pytest.approx(drawn, abs=0.02)
    assert (np.diff(curve) < 0).all()


def test_the_strengths_are_the_best_on_training(ferplus: dict[str, NDArray[np.uint8]]) -> None:
    training = ferplus["Training"]
    training = training[metrics.answered(training)]
    raters = Raters.fit(training)
    best = raters.curve(training)
    for factor in (0.8, 1.25):
        other = Raters(raters.prior, raters.strength * factor).curve(training)
        assert (other[1:] > best[1:]).all()
        assert other[0] == pytest.approx(best[0])
