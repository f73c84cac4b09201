"""Whole pictures measured: figures that are known beforehand, and real pictures end to end."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_readings import reading
from numpy.typing import NDArray
from PIL import Image

import mien
from mien.cli.main import main
from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.faces.reader import Reader
from mien.training.data.cut_faces import framed_face
from mien.training.evaluation import picture_metrics
from mien.training.evaluation.picture_report import confident_mistakes
from mien.training.evaluation.pictures import evaluate_pictures, measure_pictures


def votes(**shares: float) -> list[float]:
    """Eight shares of which some are given; the rest is shared out evenly."""
    left = [name for name in VOTE_NAMES if name not in shares]
    rest = (1 - sum(shares.values())) / len(left)
    return [shares.get(name, rest) for name in VOTE_NAMES]


def numbers(*labels: str) -> NDArray[np.int64]:
    return np.array([EMOTION_NAMES.index(label) for label in labels], np.int64)


def test_figures_counted_by_hand() -> None:
    labels = numbers("happy", "happy", "happy", "neutral", "sad")
    shares = np.array(
        [
            votes(happy=0.6, neutral=0.2),
            votes(happy=0.2, neutral=0.6),
            votes(happy=0.3, other=0.5, neutral=0.1),  # "other" is no answer
            votes(neutral=0.5),
            votes(neutral=0.7),
        ]
    )
    clear = np.array([True, True, False, True, False])
    found = picture_metrics.picture_metrics(labels, shares, clear)
    assert found["images"] == 5
    assert found["accuracy"] == pytest.approx(3 / 5)
    assert found["recall"]["happy"] == pytest.approx(2 / 3)
    assert (found["recall"]["neutral"], found["recall"]["sad"]) == (1, 0)
    assert found["recall"]["fear"] is None
    assert found["balanced_accuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert found["confusion"][3] == [0, 0, 0, 2, 0, 0, 1]
    assert found["clear"] == pytest.approx(3 / 5)
    assert found["accuracy_where_clear"] == pytest.approx(2 / 3)
    # 0.5 of the neutral one: emotional are 0.2, 0.6, 0.1 and 0.7, of which two lie below
    assert found["emotional_auc"] == pytest.approx(1 / 2)
    top = [shares[i][:7].max() / shares[i][:7].sum() for i in range(5)]
    assert found["mean_top_share"] == pytest.approx(np.mean(top))


def test_shares_that_are_as_often_right_as_they_say_have_no_calibration_error() -> None:
    even = np.array([votes(happy=0.75, other=0.0)] * 8)
    found = picture_metrics.picture_metrics(
        numbers(*["happy"] * 6, "sad", "fear"), even, np.ones(8, np.bool_)
    )
    assert found["ece"] == pytest.approx(0)
    assert found["emotional_auc"] is None  # nothing neutral


def test_no_picture_has_no_figures() -> None:
    found = picture_metrics.picture_metrics(numbers(), np.empty((0, 8)), np.empty(0, np.bool_))
    assert found["images"] == 0
    assert found["accuracy"] is found["balanced_accuracy"] is found["ece"] is None
    assert sum(map(sum, found["confusion"])) == 0


def test_pictures_beside_the_same_persons_neutral_one() -> None:
    readings = [
        reading(happy=0.1),  # a's usual face
        reading(happy=0.5),  # risen by 2.2 nats
        reading(happy=0.2),  # by 0.8: too little to be called happy
        reading(happy=0.6),  # b's usual face
        reading(happy=0.58),  # fallen
        reading(happy=0.95),  # c has no neutral picture
        reading(happy=0.7),  # nobody is named
        reading(happy=0.7),  # d is only neutral
    ]
    labels = numbers("neutral", *["happy"] * 2, "neutral", *["happy"] * 3, "neutral")
    persons = ["a", "a", "a", "b", "b", "c", None, "d"]
    found = picture_metrics.usual_metrics(labels, readings, persons)
    assert found is not None
    assert (found["persons"], found["images"], found["other_neutral_images"]) == (2, 3, 0)
    assert found["above"] == pytest.approx(2 / 3)
    assert found["above_by_1"] == pytest.approx(1 / 3)
    assert found["recall"]["happy"] == pytest.approx(1 / 3)
    assert found["recall"]["sad"] is None
    assert found["balanced_accuracy"] == pytest.approx((1 / 3 + 1) / 2)


def test_further_neutral_pictures_are_measured_and_the_usual_one_is_not() -> None:
    readings = [reading(happy=0.2), reading(happy=0.8), reading(happy=0.9)]
    labels = numbers("neutral", "neutral", "happy")
    found = picture_metrics.usual_metrics(labels, readings, ["a"] * 3)
    assert found is not None
    assert found["other_neutral_images"] == 1
    assert found["recall"]["neutral"] == 0
    assert found["balanced_accuracy"] == pytest.approx(1 / 2)
    assert picture_metrics.usual_metrics(labels, readings, [None] * 3) is None


def test_a_neutral_picture_that_is_seen_badly_is_no_usual_face() -> None:
    readings = [reading("too dark", happy=0.9), reading(happy=0.1), reading(happy=0.6)]
    labels = numbers("neutral", "neutral", "happy")
    found = picture_metrics.usual_metrics(labels, readings, ["a"] * 3)
    assert found is not None
    assert found["recall"]["happy"] == 1
    assert found["other_neutral_images"] == 1
    assert picture_metrics.usual_metrics(labels[::2], readings[::2], ["a"] * 2) is None


def test_what_is_measured_is_the_rule_that_people_are_shown() -> None:
    """Of a reading it says "sad" where `UsualFace.compare` does."""
    sad = [reading(sad=0.05), *(reading(sad=share) for share in np.linspace(0.02, 0.98, 33))]
    usual = mien.usual_face(sad[:1])
    told = [usual.compare(each) for each in sad[1:]]
    shown = np.mean([change is not None and change.emotion == "sad" for change in told])
    labels = numbers("neutral", *["sad"] * 33)
    found = picture_metrics.usual_metrics(labels, sad, ["a"] * 34)
    assert found is not None
    assert found["recall"]["sad"] == pytest.approx(shown)
    assert 0 < shown < 1


@pytest.fixture(scope="module")
def folder(astronaut: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pictures of a smiling woman; labels.csv says happy of some, and names two bad files."""
    root = tmp_path_factory.mktemp("labelled")
    picture = Image.fromarray(astronaut)
    picture.save(root / "a.jpg", quality=95)
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(root / "b.jpg", quality=95)
    picture.crop((60, 0, 420, 360)).save(root / "c.png")
    picture.crop((100, 20, 380, 300)).resize((900, 900)).save(root / "d.jpg")
    picture.crop((330, 300, 512, 512)).save(root / "shoulder.png")
    (root / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    rows = [
        ("a.jpg", "p", "happy", "one", "x"),
        ("b.jpg", "p", "Joy", "one", "y"),
        ("c.png", "p", "neutral", "one", "x"),
        ("shoulder.png", "", "happy", "one", ""),
        ("broken.jpg", "", "sad", "one", ""),
        ("missing.jpg", "", "sad", "one", ""),
        ("d.jpg", "", "sad", "two (weak labels)", ""),
        ("a.jpg", "", "sleepy", "two (weak labels)", ""),
    ]
    with (root / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "person", "label", "source", "group"), *rows])
    return root


def test_whole_pictures_end_to_end(folder: Path) -> None:
    found = evaluate_pictures(folder, workers=1)
    assert list(found["pictures"]) == ["one", "two"]
    one, two = found["pictures"]["one"], found["pictures"]["two"]
    assert (one["images"], one["no_face"], one["failed"], one["left_out"]) == (3, 1, 2, 0)
    assert (two["images"], two["no_face"], two["failed"], two["left_out"]) == (1, 0, 0, 1)
    assert (one["weak"], two["weak"]) == (False, True)
    assert one["accuracy"] == pytest.approx(2 / 3)  # she smiles in the "neutral" one as well
    assert (one["recall"]["happy"], one["recall"]["neutral"]) == (1, 0)
    assert two["accuracy"] == 0
    assert one["usual"]["persons"] == 1
    assert two["usual"] is None
    assert two["groups"] is None
    assert one["groups"]["x"]["recall"] == {**one["recall"], "happy": 1, "neutral": 0}
    assert one["groups"]["y"]["images"] == 1
    assert found["model"]["network"]
    json.dumps(found, allow_nan=False)


def test_the_largest_face_counts(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """What the figures are made of is what `Reader.read` says of its first face."""
    small = Image.fromarray(astronaut).crop((100, 20, 380, 300))
    sheet = Image.new("RGB", (900, 560), "grey")
    sheet.paste(small.resize((200, 200)), (20, 20))
    sheet.paste(small.resize((540, 540)), (300, 10))
    (tmp_path / "happy").mkdir()
    sheet.save(tmp_path / "happy" / "two.png")
    reader = Reader()
    measured = measure_pictures(tmp_path, reader, workers=1)
    readings = reader.read(tmp_path / "happy" / "two.png")
    assert len(readings) == 2
    assert measured.read[0].reading.box == readings[0].box
    np.testing.assert_allclose(measured.read[0].reading.votes, readings[0].votes)


def test_the_command_names_what_failed_and_counts_the_rest(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    assert main(["evaluate", "--pictures", str(folder), "--json", str(figures)]) == 1
    told = capsys.readouterr()
    for name in ("broken.jpg", "missing.jpg", "shoulder.png: no face", "sleepy (1)", '"Joy"'):
        assert name in told.err
    lines = told.out.splitlines()
    assert next(line for line in lines if line.startswith("two (weak labels)")).split()[3] == "1"
    content = json.loads(figures.read_text(encoding="utf-8"))
    assert content["pictures"]["one"]["failed"] == 2


def test_the_command_ends_well_where_all_can_be_read(
    astronaut: NDArray[np.uint8], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for label in ("happy", "contempt"):
        (tmp_path / label).mkdir()
        Image.fromarray(astronaut).save(tmp_path / label / "a.jpg")
    page = tmp_path / "report"
    assert main(["evaluate", "--pictures", str(tmp_path), "--report", str(page)]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == str(page / "index.html")
    assert (page / "index.html").is_file()
    assert "contempt (1)" in told.err
    assert "100.0%" in told.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "either --data"),
        (("--data", "a.npy", "--pictures", "b"), "either --data"),
        (("--pictures", "b", "--split", "public"), "--split belongs to --data"),
        (("--pictures", "b", "--run", "c"), "--run belongs to --data"),
    ],
)
def test_data_and_pictures_are_not_mixed(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *arguments]) == 2
    assert words in " ".join(capsys.readouterr().err.replace("│", "").split())


def test_a_model_that_is_none_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model: Any = tmp_path / "none.onnx"
    assert main(["evaluate", "--pictures", str(folder), "--model", str(model)]) == 1
    assert "none.onnx" in capsys.readouterr().err


def test_mistakes_come_surest_first(folder: Path) -> None:
    measured = measure_pictures(folder, workers=1)
    mistakes = confident_mistakes(measured.read)
    assert {each.picture.name for each in mistakes} == {"c.png", "d.jpg"}
    assert mistakes[0].share >= mistakes[1].share


def test_a_thumbnail_is_framed_as_the_crop(folder: Path, astronaut: NDArray[np.uint8]) -> None:
    """Shrunk to the network's size it is the network's crop, but for how it was resampled."""
    from mien.faces.alignment import crop_face
    from mien.media.picture import load_image

    for name in ("a.jpg", "d.jpg"):
        image = load_image(folder / name)
        face = Reader().read(image)[0].face
        thumbnail = framed_face(image, face, 3)
        assert thumbnail.shape == (144, 144, 3)
        grey = Image.fromarray(thumbnail).convert("L").resize((48, 48), Image.Resampling.BOX)
        difference = np.asarray(grey, np.float64) - crop_face(image, face)
        assert np.abs(difference).mean() < 2
