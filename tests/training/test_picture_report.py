"""The page of whole pictures."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from report_pages import Page

from mien.training.evaluation.picture_report import write_picture_report
from mien.training.evaluation.pictures import measure_pictures


@pytest.fixture(scope="module")
def page_file(astronaut: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page on a smiling woman, labelled rightly in one set and wrongly in another.

    Also a picture without a face, one that is missing, and a mistake whose picture is gone when the
    page is written.
    """
    folder = tmp_path_factory.mktemp("page")
    picture = Image.fromarray(astronaut)
    for name in ("a.png", "gone.png"):
        picture.save(folder / name)
    picture.crop((330, 300, 512, 512)).save(folder / "<shoulder>.png")
    rows = "a.png,p,happy,right,women\na.png,p,sad,<wrong> (weak),women\n"
    rows += "<shoulder>.png,,sad,right,\nnone.png,,sad,right,\ngone.png,,sad,<wrong>,\n"
    (folder / "labels.csv").write_text("file,person,label,source,group\n" + rows)
    measured = measure_pictures(folder, workers=1)
    (folder / "gone.png").unlink()
    return write_picture_report(measured, folder / "deep" / "report")


def test_the_page_tells_every_set(page_file: Path) -> None:
    source = page_file.read_text(encoding="utf-8")
    page = Page(source)
    assert page.headings == ["right", "<wrong> (weak labels)", "What is measured, and how"]
    assert "<wrong>" not in source
    assert "<shoulder>" not in source
    assert "The source calls these labels weak" in page.text
    assert "women" in page.text
    assert "none.png: no such file" in page.text
    assert "<shoulder>.png" in page.text
    assert 'id="how"' in source


def test_the_page_has_its_pictures(page_file: Path) -> None:
    page = Page(page_file.read_text(encoding="utf-8"))
    # A confusion picture a set, and the mistakes of the one that has some.
    assert len(page.alternatives) == 3
    assert all(page.alternatives)
    files = {file.name for file in page_file.parent.iterdir()} - {"index.html"}
    assert page.files == files | {"#how"}
    assert "mistakes-2.png" in files
    assert "There are none." in page.text


def test_the_mistakes_show_the_face_in_colour_or_grey_where_it_is_gone(page_file: Path) -> None:
    page = Page(page_file.read_text(encoding="utf-8"))
    assert "2 of 2 faces are read otherwise" in page.text
    assert "happy 9" in page.text  # the answer and its share, in the table
    with Image.open(page_file.with_name("mistakes-2.png")) as sheet:
        pixels = np.asarray(sheet.convert("RGB"))[12:156].astype(int)
    face, gone = pixels[:, 12:156], pixels[:, 168:312]
    assert np.ptp(face, axis=2).mean() > 10
    assert face.std() > 20
    assert (gone == 128).all()
