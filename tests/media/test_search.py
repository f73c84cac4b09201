"""Folders and patterns with links, closed folders and pictures of other kinds."""

import os
from pathlib import Path

import pytest

from mien.cli.main import main
from mien.media.formats import EXTENSIONS
from mien.media.search import ImageSearch, Search, find_images

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folder d/: a.jpg, in/b.jpg, and links up, to itself, to ext/c.jpg, to a.jpg, to nothing."""
    for name in ("d/a.jpg", "d/in/b.jpg", "ext/c.jpg", "d/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for link, target in (("up", ".."), ("self", "."), ("ext", "../ext"), ("a2.jpg", "a.jpg")):
        (tmp_path / "d" / link).symlink_to(target)
    (tmp_path / "d" / "lost.jpg").symlink_to("nowhere.jpg")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["d"], ["d/a.jpg", "d/ext/c.jpg", "d/in/b.jpg"]),
        (["d/**/*.jpg"], ["d/a.jpg", "d/ext/c.jpg", "d/in/b.jpg"]),
        (["**/?.jpg"], ["d/a.jpg", "d/in/b.jpg", "ext/c.jpg"]),
        (["d/**"], ["d/a.jpg", "d/ext/c.jpg", "d/in/b.jpg", "d/notes.txt"]),
        (["d/**/**/in"], ["d/in/b.jpg"]),
        (["d/self/self/in"], ["d/self/self/in/b.jpg"]),  # a name like a pattern
        (["ext", "d"], ["ext/c.jpg", "d/a.jpg", "d/in/b.jpg"]),
        (["d/a2.jpg", "d"], ["d/a2.jpg", "d/ext/c.jpg", "d/in/b.jpg"]),
        (["d/up/ext"], ["d/up/ext/c.jpg"]),
    ],
)
def test_searches_end_and_name_each_file_once(
    tree: Path, given: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    found = find_images(given)
    assert [path.as_posix() for path in found if path.name != "lost.jpg"] == expected


def test_two_folders_that_link_to_each_other_end(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.png").touch()
        (tmp_path / name / other).symlink_to(tmp_path / other)
    assert [p.name for p in find_images([tmp_path])] == ["a.png", "b.png"]
    assert [p.name for p in find_images([tmp_path / "a"])] == ["a.png", "b.png"]


def test_what_is_left_out_is_counted_and_said(tree: Path) -> None:
    for name in ("x.heic", "y.HEIC", "z.cr2", ".hidden.heic"):
        (tree / "d" / name).touch()
    search = ImageSearch()
    search.files([tree / "d"])
    told = "\n".join(search.sentences())
    assert "1 link (" in told
    assert "lost.jpg) to a file that is missing" in told
    assert "2 links (" in told
    assert "to a folder around it" in told
    if ".heic" not in EXTENSIONS:
        assert "3 pictures of kinds that mien does not read (1 .cr2, 2 .heic)" in told
        assert "pip install 'mien[heic]'" in told
        assert search.is_lacking
    assert "notes.txt" not in told


def test_the_command_reports_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "raw.nef").touch()
    assert main(["read", str(tmp_path)]) == 1
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "mien: left out: 1 picture of a kind that mien does not read (1 .nef)."
    assert err[1].endswith("no pictures in there.")


def test_folders_that_cannot_be_opened_are_named(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir

    def closed(path: Path) -> object:  # root may open everything
        if Path(path).name == "in":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    search = ImageSearch()
    assert [path.name for path in search.files([tree / "d"])] == ["a.jpg", "c.jpg"]
    assert search.is_lacking
    assert f"{tree}/d/in: a folder that cannot be opened: Permission denied" in "".join(
        search.sentences()
    )


def test_more_endings_are_found(tmp_path: Path) -> None:
    names = [f"a.{e}" for e in ("apng", "j2c", "j2k", "jpf", "jpx", "pfm", "pjpeg", "pnm")]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in find_images([tmp_path])] == names


def test_other_endings(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (tmp_path / "b.jpg").touch()
    assert Search({".mp4"}).files([tmp_path]) == [tmp_path / "a.mp4"]


def test_links_to_each_other_and_pipes_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.jpg").symlink_to("two.jpg")
    (tmp_path / "two.jpg").symlink_to("one.jpg")
    os.mkfifo(tmp_path / "pipe.png")
    assert main(["read", str(tmp_path)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert "mien: left out: 2 links (" in told[0]
    assert told[0].endswith("two.jpg) to a file that is missing.")
    assert told[1] == f"mien: left out: 1 pipe or device ({tmp_path / 'pipe.png'})."


def test_an_empty_name_is_not_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["read", ""]) == 1
    assert "got an empty one" in capsys.readouterr().err
    assert main(["watch", "", "--out", "out"]) == 1
    assert "got an empty one" in capsys.readouterr().err


def test_a_link_to_a_missing_file_is_reported_as_a_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, command in (("a.jpg", ["read"]), ("a.mp4", ["watch", "--out", str(tmp_path / "o")])):
        (tmp_path / name).symlink_to("nowhere")
        assert main([*command, str(tmp_path / name)]) == 1
        assert f"{name}: a link to a file that is missing." in capsys.readouterr().err
