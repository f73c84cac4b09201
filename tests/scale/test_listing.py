"""Files of an archive, on a disk and behind addresses."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mien.errors import MienError
from mien.media.formats import EXTENSIONS
from mien.scale.listing import File, find_files, source_of, unique, whole_address

pytest.importorskip("pyarrow")


def test_an_address_is_searched_as_a_folder_is(archive: Path) -> None:
    files = find_files(f"file://{archive}", EXTENSIONS)
    assert [file.name for file in files] == sorted(
        f"file://{path}" for path in archive.rglob("[!.]*.*")
    )
    assert files[2].read() == Path(files[2].path).read_bytes()


def test_what_pyarrow_does_not_know_is_opened_by_fsspec(archive: Path, tmp_path: Path) -> None:
    packed = shutil.make_archive(str(tmp_path / "packed"), "zip", archive)
    files = find_files(f"zip://many::{packed}", EXTENSIONS)
    assert len(files) == 22
    copy = tmp_path / files[0].copy_name
    files[0].copy_to(copy)
    assert copy.read_bytes() == (archive / "many" / Path(files[0].path).name).read_bytes()


def test_a_file_that_is_named_itself_may_have_any_ending(archive: Path, tmp_path: Path) -> None:
    picture = tmp_path / "picture.data"
    shutil.copy(archive / "one" / "a.jpg", picture)
    [file] = find_files(f"file://{picture}", EXTENSIONS)
    assert file.name == f"file://{picture}"


@pytest.mark.parametrize("address", ["file:///no/such/folder", "nosuch://bucket/folder"])
def test_an_address_that_cannot_be_opened_is_named(address: str) -> None:
    with pytest.raises(MienError, match=address):
        find_files(address, EXTENSIONS)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = File("s3://bucket/gone.jpg", f"file://{tmp_path}", f"{tmp_path}/gone.jpg")
    with pytest.raises(MienError, match=r"s3://bucket/gone\.jpg: cannot be fetched"):
        gone.read()
    with pytest.raises(MienError, match=r"s3://bucket/gone\.jpg: cannot be fetched"):
        gone.copy_to(tmp_path / "copy")


def test_an_address_may_have_spaces_and_escapes(tmp_path: Path) -> None:
    path = tmp_path / "my ü%20" / "a b.png"
    path.parent.mkdir()
    path.touch()
    for address in (f"file://{tmp_path}/my ü%2520", f"file://{tmp_path}/my%20%C3%BC%2520"):
        [file] = find_files(address, EXTENSIONS)
        assert (file.name, file.path) == (f"file://{path}", str(path))
        assert source_of(address) == f"file://{path.parent}"


def test_secrets_and_settings_are_no_part_of_a_source() -> None:
    told = source_of("s3://key:secret@bucket/folder/?endpoint_override=localhost:9000")
    assert told == "s3://bucket/folder"


def test_an_address_survives_being_a_path() -> None:
    assert whole_address(Path("s3://bucket/out")) == "s3://bucket/out"
    assert whole_address(Path("/data/out")) == "/data/out"


def test_a_file_counts_once() -> None:
    a, b = File("a", "", "/a", source="x"), File("b", "", "/b", source="y")
    assert unique([a, b, replace(a, source="y")]) == [a, b]
