import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, FERPLUS_OF, VOTE_NAMES
from mien.training.data.dataset import Source, empty_records
from mien.training.model import shown as module
from mien.training.model.shown import HAPPY as BIAS
from mien.training.model.shown import POOL, PRIOR, Shown, fit_shown, gathered

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
    records["source"] = Source[source.upper()]
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


def test_at_equal_priors_it_is_the_weighted_geometric_mean(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    votes, label, expressions = (
        torch.from_numpy(rng.dirichlet(np.ones(count), 5).astype(np.float32))
        for count in (10, 7, 7)
    )
    monkeypatch.setattr(module, "HAPPY", 0.0)
    shown = Shown(np.ones(7), temperature=1.0)
    shares = {"votes": votes, "label": label, "expressions": expressions}
    found = shown(shares)
    emotions, other = gathered(votes)
    opinions = {**shares, "votes": emotions}
    mean = torch.stack([opinions[name] ** weight for name, weight in POOL.items()]).prod(dim=0)
    expected = mean / mean.sum(dim=1, keepdim=True) * (1 - other)
    torch.testing.assert_close(found[:, :-1], expected)
    torch.testing.assert_close(found[:, -1:], other)
    torch.testing.assert_close(found.sum(dim=1), torch.ones(5))
    assert found.shape[1] == len(VOTE_NAMES)


def test_what_is_rare_among_the_raters_gains_by_a_part_of_its_rarity() -> None:
    prior = np.ones(7)
    prior[NEUTRAL] = 16
    shares = {"votes": votes_of(np.array([SAD])), "label": torch.full((1, 7), 1 / 7)}
    shares["expressions"] = shares["label"]
    plain, divided = (Shown(each, 1.0)(shares)[0] for each in (np.ones(7), prior))
    odds = [float(found[HAPPY] / found[NEUTRAL]) for found in (plain, divided)]
    assert odds[1] == pytest.approx(16**PRIOR * odds[0], rel=1e-4)


def test_smiles_count_more_by_a_fixed_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = {"votes": votes_of(np.array([SAD])), "label": torch.full((1, 7), 1 / 7)}
    shares["expressions"] = shares["label"]
    counted = Shown(np.ones(7), 2.0)(shares)[0]
    monkeypatch.setattr(module, "HAPPY", 0.0)
    plain = Shown(np.ones(7), 2.0)(shares)[0]
    odds = [found[HAPPY] / found[NEUTRAL] for found in (counted, plain)]
    assert float(odds[0] / odds[1]) == pytest.approx(np.exp(BIAS / 2), rel=1e-4)
    assert float(counted[SAD] / counted[NEUTRAL]) == pytest.approx(
        float(plain[SAD] / plain[NEUTRAL]), rel=1e-4
    )


def test_a_higher_temperature_is_more_modest() -> None:
    shares = {"votes": votes_of(np.array([SAD])), "label": certain(np.array([SAD]), 7, 0.8)}
    shares["expressions"] = shares["label"]
    sure, modest = (Shown(np.ones(7), each)(shares)[0, SAD] for each in (0.5, 2.0))
    assert sure > modest > 1 / 7


def test_shares_of_nothing_are_finite() -> None:
    shares = {"votes": torch.eye(10), "label": torch.eye(7)[[0] * 10]}
    shares["expressions"] = torch.eye(7)[[3] * 10]
    found = Shown(np.ones(7), 1.0)(shares)
    assert torch.isfinite(found).all()
    torch.testing.assert_close(found.sum(dim=1), torch.ones(10))


def agreeing(truth: NDArray[np.int64], share: float) -> dict[str, torch.Tensor]:
    return {
        "votes": votes_of(truth, share),
        "label": certain(truth, 7, share),
        "expressions": certain(truth, 7, share),
    }


def test_the_temperature_makes_shares_as_sure_as_they_are_right() -> None:
    """Opinions of 0.95 that are right in 70 of 100 cases are shown as 0.7 or so."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 7, 2000)
    said = np.where(rng.random(2000) < 0.7, truth, rng.integers(0, 7, 2000))
    records = labelled(truth, "press")
    shown = fit_shown(agreeing(said, 0.95), records)
    shares = shown(agreeing(said, 0.95))[:, :-1].numpy()
    right = (shares.argmax(axis=1) == truth).mean()
    assert shares.max(axis=1).mean() / shares.sum(axis=1).mean() == pytest.approx(right, abs=0.03)
    assert shown.described()["temperature"] == shown.temperature
    assert list(shown.described()["prior"]) == list(EMOTION_NAMES)


@pytest.mark.parametrize("sources", [("fer2013",), ("press",), ("fer2013", "press")])
def test_any_source_is_enough_and_images_without_an_answer_do_not_count(
    sources: tuple[str, ...],
) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 7, 140)
    records = np.concatenate([labelled(truth, source) for source in sources])
    truth = np.tile(truth, len(sources))
    shares = agreeing(truth, 0.7)
    expected = fit_shown(shares, records)
    assert (expected(shares).argmax(dim=1).numpy() == truth).all()
    nobody = np.concatenate((records, empty_records(5)))
    more = {name: torch.cat((own, own[:5].flip(1))) for name, own in shares.items()}
    assert fit_shown(more, nobody).temperature == expected.temperature


def test_the_prior_is_the_raters_and_no_press_faces() -> None:
    shares = agreeing(np.full(70, HAPPY), 0.7)
    records = labelled(np.full(70, HAPPY), "fer2013")
    records["votes"][:, FERPLUS_NAMES.index("sadness")] = 10
    assert fit_shown(shares, records).prior.argmax() == SAD
    records["source"] = Source.PRESS
    assert fit_shown(shares, records).prior.tolist() == pytest.approx([1 / 7] * 7)
