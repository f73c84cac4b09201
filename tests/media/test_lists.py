"""Lists and settings as Windows and shells write them."""

import codecs
import os
from pathlib import Path

import pytest

from mien.errors import MienError
from mien.media.lists import read_list, read_text

NAMES = ["a.jpg", "Mummé.jpg", "b c.jpg"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lists_of_any_coding(tmp_path: Path, coding: str, end: str) -> None:
    mark = codecs.BOM_UTF16_BE if coding == "utf-16-be" else b""
    text = end.join(["", *NAMES, ""])
    (tmp_path / "list").write_bytes(mark + text.encode(coding))
    assert read_list(str(tmp_path / "list")) == NAMES


@pytest.mark.parametrize("name", ["list-utf8-bom.txt", "list-utf16.txt"])
def test_the_cases_of_lists(shared_data: Path, name: str) -> None:
    assert read_list(str(shared_data / "cases" / name)) == ["a.jpg", "Mummé.jpg"]


def test_names_that_end_with_null_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a\nb.jpg\0c.jpg\0")
    assert read_list(str(path), null=True) == ["a\nb.jpg", "c.jpg"]
    with pytest.raises(MienError, match=r"list: .*null characters.*--null"):
        read_list(str(path))


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "a folder"), (b"\xff\xfea", "begins as UTF-16, but is not"), (b"\xff", "not UTF-8")],
)
def test_files_that_are_not_text_are_named(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "mien.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(MienError, match=rf"mien\.toml: .*{told}"):
        read_text(path, "the settings file")


def test_a_list_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, told in ((tmp_path, "a folder"), (tmp_path / "none", "no such file")):
        with pytest.raises(MienError, match=f"{path}: cannot be read as a list.*{told}"):
            read_list(str(path))


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(tmp_path: Path, coding: str) -> None:
    (tmp_path / "list").write_bytes("\r\n".join(NAMES).encode(coding))
    assert read_list(str(tmp_path / "list")) == NAMES


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_names_that_end_with_null_of_any_coding(tmp_path: Path, coding: str) -> None:
    names = ["a\nb.jpg", *NAMES]
    (tmp_path / "list").write_bytes("".join(f"{name}\0" for name in names).encode(coding))
    assert read_list(str(tmp_path / "list"), null=True) == names


def test_paths_in_quotation_marks_as_windows_copies_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").write_text('"a b.jpg"\n"\n""\n"c.jpg\n', "utf-8")
    assert read_list("list") == ["a b.jpg", '"', '""', '"c.jpg']
    if os.name != "nt":  # if the system allows such names
        (tmp_path / '"a b.jpg"').touch()
        assert read_list("list")[0] == '"a b.jpg"'
