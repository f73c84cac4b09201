"""Folders of labelled pictures: what counts, what is left out, and what is named."""

from pathlib import Path

import pytest

from mien.errors import DataError
from mien.training.data.labelled import find_pictures, read_label, read_source


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "labels.csv").write_text(text, encoding=encoding)
    return folder


def test_labels_in_other_words_and_writings() -> None:
    assert [read_label(word) for word in (" Happy", "HAPPINESS", "anger", "surprised")] == [
        "happy",
        "happy",
        "angry",
        "surprise",
    ]
    assert read_label("sleepy") is read_label("") is read_label("other") is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("london", ("london", False)),
        ("yale:happy", ("yale", False)),
        ("web (weak label)", ("web", True)),
        ("web (weak): search", ("web", True)),
        ("", ("", False)),
    ],
)
def test_the_set_is_what_a_source_begins_with(source: str, expected: tuple[str, bool]) -> None:
    assert read_source(source) == expected


def test_a_folder_an_emotion(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    touch(folder, "happy/b.jpg", "happy/deep/a.PNG", "happy/note.txt", "Anger/c.jpg", "loose.jpg")
    touch(folder, "contempt/d.jpg", "contempt/e.jpg", ".hidden/happy/f.jpg")
    (folder / "sad").mkdir()
    found = find_pictures(folder)
    assert [(p.name, p.label, p.set_name, p.person) for p in found.pictures] == [
        ("Anger/c.jpg", "angry", "mine", None),
        ("happy/b.jpg", "happy", "mine", None),
        ("happy/deep/a.PNG", "happy", "mine", None),
    ]
    assert all(picture.path.is_file() for picture in found.pictures)
    assert found.left_out_in_words() == [
        "mine: 2 left out, whose label is none of the seven: contempt (2)"
    ]
    assert found.notes[0] == '"Anger" counts as angry (1 picture)'
    assert "1 pictures beside the folders" in found.notes[1]
    assert found.problems == []


def test_a_table_as_spreadsheets_write_it(tmp_path: Path) -> None:
    """With a byte order mark, semicolons, capitals, other columns and paths as of Windows."""
    touch(tmp_path, "sub/ä.jpg", "b.jpg")
    text = "File;Person;LABEL;source;Sex;age\nsub\\ä.jpg;p1; Joy ;x:1;f;30\nb.jpg;;neutral;;;\n"
    found = find_pictures(write(tmp_path, text, "utf-8-sig"))
    first, second = found.pictures
    assert (first.label, first.set_name, first.person, first.group) == ("happy", "x", "p1", "f")
    assert first.path.is_file()
    assert (second.label, second.set_name) == ("neutral", tmp_path.name)
    assert (second.person, second.group) == (None, None)
    assert found.notes == ['"Joy" counts as happy (1 picture)']


def test_rows_that_cannot_be_used_are_named_and_the_others_count(tmp_path: Path) -> None:
    rows = "file,label,source\na.jpg,happy,x\n,sad,x\na.jpg,happy,x\nb.jpg,sleepy,y (weak)\n"
    rows += "c.jpg,,y (weak)\nd.jpg,sleepy,y (weak)\n\na.jpg,happy,z\nshort\n"
    found = find_pictures(write(tmp_path, rows))
    assert [(p.name, p.set_name) for p in found.pictures] == [("a.jpg", "x"), ("a.jpg", "z")]
    assert len(found.problems) == 2
    assert "line 3: no file is named" in found.problems[0]
    assert "line 4: a.jpg stands in line 2 already" in found.problems[1]
    assert found.left_out_in_words()[0].startswith("y: 3 left out")
    assert "sleepy (2), no label (1)" in found.left_out_in_words()[0]
    assert found.left_out[tmp_path.name] == {"": 1}
    assert found.weak == {"y"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got an empty file"),
        (b"picture,label\na.jpg,happy\n", "got picture, label"),
        ("file,label\nä.jpg,happy\n".encode("latin-1"), "UTF-8"),
        (b"file,label\na.jpg,bored\n", "bored (1)"),
    ],
)
def test_what_is_no_table_of_labels_is_refused(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(DataError) as refused:
        find_pictures(tmp_path)
    assert str(tmp_path) in str(refused.value)
    assert words in str(refused.value)


def test_a_folder_without_pictures_or_that_is_missing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "happy").mkdir()
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DataError, match=r"labels\.csv .*angry, disgust"):
            find_pictures(folder)
