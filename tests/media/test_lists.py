"""Lists and settings as Windows and shells write them."""

import codecs
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
def test_text_that_is_none_is_told_by_name(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "mien.toml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(MienError, match=rf"mien\.toml: .*{told}"):
        read_text(path, "the settings file")


def test_a_list_that_cannot_be_read_is_told_by_name(tmp_path: Path) -> None:
    for path, told in ((tmp_path, "a folder"), (tmp_path / "none", "no such file")):
        with pytest.raises(MienError, match=f"{path}: cannot be read as a list.*{told}"):
            read_list(str(path))
