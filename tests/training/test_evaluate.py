"""Evaluation of models whose right figures are known beforehand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.emotions import FERPLUS_NAMES
from mien.errors import DataError, ModelError
from mien.training.data import dataset as data
from mien.training.evaluation import evaluate, metrics
from mien.training.evaluation.report import confident_mistakes
from mien.training.evaluation.summary import summary


class Lookup:
    """A model that knows some images by heart, and gives all others one answer."""

    def __init__(self, records: NDArray[np.void], *, has_votes: bool, otherwise: int = 3) -> None:
        self.metadata: dict[str, Any] = {"network": "lookup", "commit": "1234567"}
        self.has_votes = has_votes
        self.otherwise = otherwise
        self.known = {record["image"].tobytes(): record for record in records}

    def predict_label(self, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        assert crops.dtype == np.uint8
        assert crops.shape[1:] == (48, 48)
        shares = np.full((len(crops), 7), 0.05)
        for row, crop in zip(shares, crops, strict=True):
            record = self.known.get(crop.tobytes())
            row[self.otherwise if record is None else record["label"]] += 0.65
        return shares

    def predict_votes(self, crops: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        if not self.has_votes:
            return None
        shares = np.zeros((len(crops), 10))
        for row, crop in zip(shares, crops, strict=True):
            record = self.known.get(crop.tobytes())
            row[:] = 0.1 if record is None else record["votes"] / record["votes"].sum()
        return shares


@pytest.fixture(scope="module")
def records(dataset_file: Path) -> NDArray[np.void]:
    """The small data set with votes: 8 for the label's emotion, 2 for unknown."""
    loaded = np.array(data.load_dataset(dataset_file))
    for record in loaded:
        record["votes"][metrics.LABEL_TO_FERPLUS[record["label"]]] = 8
        record["votes"][FERPLUS_NAMES.index("unknown")] = 2
    return loaded


def test_a_perfect_model(records: NDArray[np.void], tmp_path: Path) -> None:
    result = evaluate.evaluate(Lookup(records, has_votes=True), records, "public")
    assert (result["split"], result["images"]) == ("public", 21)
    assert result["model"]["network"] == "lookup"
    assert result["label"]["accuracy"] == result["label"]["macro_f1"] == 1
    assert result["label"]["log_loss"] == pytest.approx(-np.log(0.7))
    assert result["label"]["ece"] == pytest.approx(0.3)
    votes = result["votes"]
    assert (votes["majority_accuracy"], votes["majority_images"]) == (1, 21)
    expected = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert votes["log_loss"] == pytest.approx(expected, abs=1e-5)
    assert votes["raters"] == 9
    assert result["notes"] == []
    evaluate.write_json(result, tmp_path / "deep" / "figures.json")
    assert json.loads((tmp_path / "deep" / "figures.json").read_text()) == result


def test_the_mirrored_images_stand_beside(records: NDArray[np.void]) -> None:
    """A model that knows nothing but the mirrored sad images is right on these by `tta` alone."""
    mirrored = records[(records["split"] == 2) & (records["label"] == 4)].copy()
    mirrored["image"] = mirrored["image"][:, :, ::-1]
    mirrored["label"] = 4
    model = Lookup(mirrored, has_votes=False, otherwise=3)
    plain = model.predict_label

    def unsure(crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        shares = plain(crops)
        known = [crop.tobytes() in model.known for crop in crops]
        return np.where(np.array(known)[:, None], shares, 0.6 * shares + 0.4 / 7)

    model.predict_label = unsure
    result = evaluate.evaluate(model, records, "public")
    assert result["label"]["recall"]["sad"] == 0
    assert result["label"]["accuracy"] == pytest.approx(3 / 21)  # happy
    assert result["tta"]["label"]["recall"]["sad"] == 1
    assert result["tta"]["label"]["accuracy"] == pytest.approx(6 / 21)


def test_copies_are_left_out_of_a_second_accuracy(records: NDArray[np.void]) -> None:
    changed = records.copy()
    public = np.flatnonzero(changed["split"] == 2)
    changed["duplicate_in_training"][public[:6]] = True
    result = evaluate.evaluate(Lookup(changed[public[:6]], has_votes=False), changed, "public")
    labels = changed["label"][public]
    right = np.append(np.ones(6, dtype=bool), labels[6:] == 3)
    assert result["label"]["accuracy"] == pytest.approx(right.mean())
    assert result["label"]["accuracy_without_copies"] == pytest.approx(right[6:].mean())
    assert result["label"]["images_without_copies"] == 15


def test_copies_on_the_validation_side_were_not_learnt(records: NDArray[np.void]) -> None:
    changed = records.copy()
    a, b = np.flatnonzero(changed["split"] == 1)[:2]
    changed["duplicate_group"][b] = changed["duplicate_group"][a]
    changed["duplicate_in_training"][[a, b]] = True  # Kaggle's training part holds both
    result = evaluate.evaluate(Lookup(changed, has_votes=False), changed, "validation")
    assert result["label"]["images_without_copies"] == result["images"]


@pytest.mark.parametrize("has_votes", [True, False])
def test_what_cannot_be_known_is_null_and_said(
    dataset_file: Path, records: NDArray[np.void], *, has_votes: bool
) -> None:
    dataset = data.load_dataset(dataset_file) if has_votes else records  # without votes, or with
    result = evaluate.evaluate(Lookup(records, has_votes=has_votes), dataset, "public")
    assert result["votes"] == dict.fromkeys(metrics.VOTES_KEYS)
    assert result["tta"]["votes"] == dict.fromkeys(metrics.VOTES_KEYS)
    assert result["label"]["accuracy"] == 1
    (note,) = result["notes"]
    assert ("the data set has no votes" if has_votes else "no votes head") in note
    assert note in summary(result)


def test_images_without_a_label_do_not_count(records: NDArray[np.void]) -> None:
    changed = records.copy()
    public = np.flatnonzero(changed["split"] == 2)
    changed["label"][public[:20]] = -1
    model = Lookup(records, has_votes=True)
    result = evaluate.evaluate(model, changed, "public")
    assert np.sum(result["label"]["confusion"]) == 1
    changed["label"][public] = -1
    result = evaluate.evaluate(model, changed, "public")
    assert result["label"] == dict.fromkeys(metrics.LABEL_KEYS)
    assert result["votes"]["majority_accuracy"] == 1
    assert "no labels" in result["notes"][0]


def test_without_training_votes_no_one_is_compared_with(records: NDArray[np.void]) -> None:
    public = records[records["split"] == 2]
    result = evaluate.evaluate(Lookup(records, has_votes=True), public, "public")
    assert result["votes"]["raters"] is None
    assert result["votes"]["log_loss"] is not None
    assert "votes.raters" in result["notes"][0]


def test_a_summary_names_the_figures(records: NDArray[np.void]) -> None:
    text = summary(evaluate.evaluate(Lookup(records, has_votes=True), records, "validation"))
    assert "validation: 21 images" in text
    assert "label accuracy 1.0000" in text
    assert "worth 9 or more people" in text
    assert "surprise" in text


def test_the_surest_mistakes_come_first(records: NDArray[np.void]) -> None:
    public = data.select(records, "public")[:4].copy()
    public["label"] = 0, 1, 2, 3
    public["votes"][3] = 0
    shares = np.full((4, 7), 0.01)
    shares[[0, 1, 2, 3], [0, 4, 5, 6]] = 0.99, 0.5, 0.7, 0.6  # the first is right
    public["votes"][1] = np.eye(10)[FERPLUS_NAMES.index("sadness")] * 10
    found = confident_mistakes(public, shares, 9)
    assert [(m.index, m.read, m.label) for m in found] == [(2, 5, 2), (3, 6, 3), (1, 4, 1)]
    assert [m.share for m in found] == pytest.approx([0.7, 0.6, 0.5])
    assert [m.raters_agree for m in found] == [False, None, True]
    assert len(confident_mistakes(public, shares, 2)) == 2


def test_an_empty_split_names_those_with_images(records: NDArray[np.void]) -> None:
    withheld = records[records["split"] != 3]
    with pytest.raises(DataError, match=r"'private' has no images.*train, validation, public"):
        evaluate.evaluate(Lookup(records, has_votes=False), withheld, "private")


def test_a_missing_model_file_is_named(records: NDArray[np.void], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx"):
        evaluate.evaluate(tmp_path / "none.onnx", records, "public")
