import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, FERPLUS_OF, VOTE_NAMES
from mien.training.data import SOURCES, empty_records
from mien.training.shown import POOLED, Shown, fit_shown, gathered

HAPPY, SAD, NEUTRAL = (EMOTION_NAMES.index(name) for name in ("happy", "sad", "neutral"))


def certain(columns: NDArray[np.int64], count: int, share: float) -> torch.Tensor:
    """Shares, (N, count): `share` for one column each, the rest spread evenly."""
    shares = np.full((len(columns), count), (1 - share) / (count - 1), np.float32)
    shares[np.arange(len(columns)), columns] = share
    return torch.from_numpy(shares)


def votes_of(emotions: NDArray[np.int64], share: float = 0.8) -> torch.Tensor:
    columns = np.array([FERPLUS_NAMES.index(FERPLUS_OF[name]) for name in EMOTION_NAMES])
    return certain(columns[emotions], len(FERPLUS_NAMES), share)


def labelled(labels: NDArray[np.int64], source: str) -> NDArray[np.void]:
    records = empty_records(len(labels))
    records["label"] = labels
    records["source"] = SOURCES.index(source)
    return records


def test_votes_are_gathered_and_not_a_face_is_left_out() -> None:
    votes = torch.zeros(2, 10)
    for name, share in (("happiness", 0.4), ("contempt", 0.1), ("unknown", 0.1), ("NF", 0.4)):
        votes[0, FERPLUS_NAMES.index(name)] = share
    votes[1, FERPLUS_NAMES.index("NF")] = 1
    emotions, other = gathered(votes)
    assert emotions[0].tolist() == pytest.approx([0, 0, 0, 2 / 3, 0, 0, 0])
    assert other[0].item() == pytest.approx(1 / 3)
    assert emotions[1].sum() == other[1] == 0


def test_equal_weights_without_bias_are_the_geometric_mean() -> None:
    rng = np.random.default_rng(0)
    votes, label, expressions = (
        torch.from_numpy(rng.dirichlet(np.ones(count), 5).astype(np.float32))
        for count in (10, 7, 7)
    )
    shown = Shown(np.full(3, 1 / 3), np.zeros(7))
    found = shown({"votes": votes, "label": label, "expressions": expressions})
    emotions, other = gathered(votes)
    mean = (emotions * label * expressions) ** (1 / 3)
    expected = mean / mean.sum(dim=1, keepdim=True) * (1 - other)
    torch.testing.assert_close(found[:, :-1], expected)
    torch.testing.assert_close(found[:, -1:], other)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(5))
    assert found.shape[1] == len(VOTE_NAMES)


def test_a_bias_changes_the_odds_by_itself() -> None:
    bias = np.zeros(7)
    bias[HAPPY] = np.log(3)
    shares = {"votes": votes_of(np.array([SAD])), "label": torch.full((1, 7), 1 / 7)}
    shares["expressions"] = shares["label"]
    weights = np.array([1.0, 0, 0])
    plain, biased = (Shown(weights, each)(shares)[0] for each in (np.zeros(7), bias))
    odds = [float(found[HAPPY] / found[SAD]) for found in (plain, biased)]
    assert odds[1] == pytest.approx(3 * odds[0], rel=1e-4)


def test_shares_of_nothing_are_finite() -> None:
    shares = {"votes": torch.eye(10), "label": torch.eye(7)[[0] * 10]}
    shares["expressions"] = torch.eye(7)[[3] * 10]
    found = Shown(np.ones(3), np.zeros(7))(shares)
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(10))


def test_the_opinion_that_is_right_gets_the_weight() -> None:
    rng = np.random.default_rng(0)
    truth, wrong = rng.integers(0, 7, (2, 700))
    shares = {
        "votes": votes_of(wrong),
        "label": certain(wrong, 7, 0.8),
        "expressions": certain(truth, 7, 0.8),
    }
    shown = fit_shown(shares, labelled(truth, "fer2013"))
    weights = dict(zip(POOLED, shown.weights.tolist(), strict=True))
    assert weights["expressions"] > 1
    assert max(weights["votes"], weights["label"]) < weights["expressions"] / 4
    found = shown(shares)[:, :-1].argmax(dim=1).numpy()
    assert (found == truth).mean() > 0.95
    assert float(shown.bias.sum()) == pytest.approx(0, abs=1e-5)
    assert shown.described()["weights"]["expressions"] == weights["expressions"]
    assert list(shown.described()["bias"]) == list(EMOTION_NAMES)


def test_smiles_read_as_neutral_are_mended_by_the_bias() -> None:
    """Where every opinion is shy of smiles, the odds at which it turns are moved."""
    rng = np.random.default_rng(0)
    truth = np.where(rng.random(400) < 0.5, HAPPY, NEUTRAL)
    happy = np.where(truth == HAPPY, 0.4, 0.05) + rng.uniform(-0.04, 0.04, 400)
    shares7 = np.full((400, 7), 0.01, np.float32)
    shares7[:, HAPPY], shares7[:, NEUTRAL] = happy, 0.95 - happy
    shares = {"label": torch.from_numpy(shares7), "expressions": torch.from_numpy(shares7)}
    shares["votes"] = torch.zeros(400, 10)
    for emotion, name in enumerate(EMOTION_NAMES):
        shares["votes"][:, FERPLUS_NAMES.index(FERPLUS_OF[name])] = shares["label"][:, emotion]
    shown = fit_shown(shares, labelled(truth, "fer2013"))
    before = shares["label"].argmax(dim=1).numpy()
    after = shown(shares).argmax(dim=1).numpy()
    assert (before == truth).mean() < 0.7
    assert (after == truth).mean() > 0.95
    assert shown.bias[HAPPY] > shown.bias[NEUTRAL]


@pytest.mark.parametrize("sources", [("fer2013",), ("press",), ("fer2013", "press")])
def test_any_source_is_enough_and_images_without_an_answer_do_not_count(
    sources: tuple[str, ...],
) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 7, 140)
    records = np.concatenate([labelled(truth, source) for source in sources])
    truth = np.tile(truth, len(sources))
    shares = {
        "votes": votes_of(truth),
        "label": certain(truth, 7, 0.7),
        "expressions": certain(truth, 7, 0.7),
    }
    expected = fit_shown(shares, records)
    assert (expected(shares).argmax(dim=1).numpy() == truth).all()
    nobody = np.concatenate((records, empty_records(5)))
    more = {name: torch.cat((own, own[:5].flip(1))) for name, own in shares.items()}
    found = fit_shown(more, nobody)
    torch.testing.assert_close(found.weights, expected.weights, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(found.bias, expected.bias, atol=1e-3, rtol=1e-3)


def test_fer2013_asks_for_votes_too_and_press_faces_for_their_label() -> None:
    """One image, labelled happy, of which all raters say sad."""
    shares = {
        "votes": torch.full((70, 10), 0.1),
        "label": torch.full((70, 7), 1 / 7),
        "expressions": torch.full((70, 7), 1 / 7),
    }
    found: dict[str, torch.Tensor] = {}
    for source in SOURCES:
        records = labelled(np.full(70, HAPPY), source)
        records["votes"][:, FERPLUS_NAMES.index("sadness")] = 10
        found[source] = fit_shown(shares, records).bias
    assert found["fer2013"][HAPPY] == pytest.approx(float(found["fer2013"][SAD]), abs=1e-3)
    assert found["press"][HAPPY] > found["press"][SAD] + 1
