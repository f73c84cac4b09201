"""The report folder and its pictures."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from report_pages import Page

from mien.errors import DataError
from mien.training.data import dataset as data
from mien.training.evaluation import evaluate, metrics, plots, report
from mien.training.evaluation.figures import save

EPOCHS = """epoch,learning_rate,training_loss,training_accuracy,validation_loss,\
validation_accuracy,seconds
1,0.001,1.8,0.28,1.5,0.38,50
2,0.001,1.6,0.40,1.4,0.46,51
3,0.001,1.5,0.46,1.3,0.44,52
"""


class Guess:
    """A model that reads the label on three of four images, or surprise."""

    metadata: dict[str, Any] = {"network": "<guess>", "commit": "1234567"}  # noqa: RUF012

    def __init__(self, records: NDArray[np.void], *, has_votes: bool) -> None:
        self.labels = {record["image"].tobytes(): int(record["label"]) for record in records}
        self.has_votes = has_votes

    def predict_label(self, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        shares = np.full((len(crops), 7), 0.05)
        for row, crop in zip(shares, crops, strict=True):
            label = self.labels.get(crop.tobytes(), 0)
            row[label if crop.sum() % 4 else 5] += 0.65
        return shares

    def predict_votes(self, crops: NDArray[np.uint8]) -> NDArray[np.float64] | None:
        if not self.has_votes:
            return None
        shares = np.full((len(crops), 10), 0.02)
        shares[:, metrics.LABEL_TO_FERPLUS] += self.predict_label(crops) * 0.8
        return shares


@pytest.fixture
def records(dataset_file: Path) -> NDArray[np.void]:
    loaded = np.array(data.load_dataset(dataset_file))
    rng = np.random.default_rng(0)
    loaded["votes"][:, :9] = rng.multinomial(10, [0.2, 0.3, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05],
                                             len(loaded))  # fmt: skip
    return loaded


def ground(path: Path) -> int:
    """Brightness of a picture's upper left pixel, 0 to 255."""
    with Image.open(path) as image:
        return int(np.asarray(image.convert("L"))[0, 0])


def test_the_page_shows_every_part(records: NDArray[np.void], tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "epochs.csv").write_text(EPOCHS)
    model = Guess(records, has_votes=True)
    measured = evaluate.measure(model, records, "public")
    result = measured.result
    folder = tmp_path / "deep" / "report"
    path = report.write_report(measured, folder, run=run)
    page = Page(path.read_text(encoding="utf-8"))
    assert len(page.headings) == 7
    assert f"{result['label']['accuracy']:.1%}" in page.text
    assert f"{result['label']['ece']:.1%}" in page.text
    assert f"{result['votes']['raters']:.1f} people" in page.text
    assert "<guess>" in page.text  # escaped in the source
    assert "<guess>" not in path.read_text(encoding="utf-8")
    assert len(page.alternatives) == 7
    assert all(page.alternatives)
    # Every file that the page asks for lies beside it, on both grounds, and nothing else does.
    assert page.files == {file.name for file in folder.iterdir()} - {"index.html"}
    for name in page.files:
        assert (ground(folder / name) < 60) == ("-dark" in name)


def test_a_model_without_votes_has_a_shorter_page(
    records: NDArray[np.void], tmp_path: Path
) -> None:
    model = Guess(records, has_votes=False)
    measured = evaluate.measure(model, records, "validation")
    text = report.write_report(measured, tmp_path).read_text("utf-8")
    page = Page(text)
    assert len(page.headings) == 4
    assert "no votes head" in page.text
    assert "people" not in " ".join(page.headings)
    assert page.files == {file.name for file in tmp_path.iterdir()} - {"index.html"}
    found = re.search(r"labelled (\w+), (\d+)% are read as (\w+)", text)
    assert found is not None
    confusion = np.array(measured.result["label"]["confusion"])
    shares = confusion / confusion.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    assert found[3] == "surprise"  # the only label that Guess confuses others with
    assert int(found[2]) == round(100 * shares.max())


def test_learning_curves_of_one_epoch_and_of_none(tmp_path: Path) -> None:
    lines = EPOCHS.splitlines(keepends=True)
    epochs = tmp_path / "epochs.csv"
    epochs.write_text("".join(lines[:2]))
    assert ground(save(plots.plot_learning_curves(epochs), tmp_path / "one.png")) == 255
    for content in ("".join(lines[:1]), "a,b\n1,2\n", ""):
        epochs.write_text(content)
        with pytest.raises(DataError, match=r"epochs\.csv"):
            plots.plot_learning_curves(epochs)
    with pytest.raises(DataError, match=r"missing\.csv"):
        plots.plot_learning_curves(tmp_path / "missing.csv")


def test_a_contact_sheet_holds_its_images_enlarged(
    records: NDArray[np.void], tmp_path: Path
) -> None:
    images: list[NDArray[np.uint8]] = list(records["image"][:3])
    rows, captions = [images[:2], images[2:]], [["one\nline", ""], ["three"]]
    out = save(plots.contact_sheet(rows, captions, scale=2), tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(out).convert("L"))
    for y, x, image in ((0, 0, images[0]), (0, 1, images[1]), (1, 0, images[2])):
        top, left = 12 + y * (sheet.shape[0] - 12) // 2, 12 + x * (96 + 12)
        np.testing.assert_array_equal(sheet[top : top + 96 : 2, left : left + 96 : 2], image)
    below = sheet[12 + 96 : (sheet.shape[0] + 12) // 2]
    assert below[:, 12:108].min() < 128  # a caption
    assert below[:, 120:216].min() == 255  # none
