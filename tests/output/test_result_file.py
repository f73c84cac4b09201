import json
import re
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_readings import happy_reading as reading

from mien.errors import MienError
from mien.output.journal import Format, read_rows
from mien.output.result_file import ResultFile
from mien.output.rows import rows
from mien.readings import PictureResult

RESULTS = [
    PictureResult("a.jpg", 64, 48, (reading(), reading("too dark"))),
    PictureResult("none.jpg", 64, 48),
    PictureResult('b,"\n\r.jpg', 64, 48, (reading(),)),
    PictureResult("bad-\udcff.jpg", error="bad-\udcff.jpg: empty."),
    PictureResult("c.jpg", 64, 48, (reading(), reading())),
]
NAMES = [result.image for result in RESULTS]
SETTINGS = {"weights": "0123"}
TEXT: list[Format] = ["json", "csv"]
ALL: list[Format] = [*TEXT, "parquet"]


def sources(results: list[PictureResult], changed: str = "") -> dict[str, Path | bytes]:
    """Contents of the pictures; that of one is another."""
    return {r.image: b"changed" if r.image == changed else b"picture" for r in results}


def write(
    path: Path,
    kind: Format,
    results: list[PictureResult] = RESULTS,
    *,
    made: dict[str, str] = SETTINGS,
    changed: str = "",
    overwrite: bool = False,
) -> list[str]:
    """One run; the names of those that it had to read."""
    with ResultFile(path, kind, made, overwrite=overwrite) as file:
        todo = file.todo(sources(results, changed))
        for result in results:
            if result.image in todo:
                file.write(result)
    return [*todo]


def interrupt(path: Path, kind: Format, results: list[PictureResult]) -> Path:
    """A run that is interrupted; what it leaves."""
    with suppress(KeyboardInterrupt), ResultFile(path, kind, SETTINGS) as file:
        todo = file.todo(sources(results))
        for result in results:
            if result.image in todo:
                file.write(result)
        raise KeyboardInterrupt
    return path.with_name(path.name + ".part")


def content(path: Path, kind: Format) -> object:
    if kind != "parquet":
        return path.read_bytes()
    from pyarrow import parquet

    return parquet.read_table(path).to_pylist()


def pictures(path: Path, kind: Format) -> list[str]:
    """The pictures of each row or line, in their order."""
    return [row["image"] for row in read_rows(path, kind)]


def whole(folder: Path, kind: Format) -> object:
    path = folder / f"whole.{kind}"
    write(path, kind)
    return content(path, kind)


@pytest.mark.parametrize("kind", ALL)
def test_cut_anywhere_it_goes_on(tmp_path: Path, kind: Format) -> None:
    expected = whole(tmp_path, kind)
    path = tmp_path / "faces"
    part = interrupt(path, kind, RESULTS)
    gathered = part.read_bytes()
    for length in (*range(0, len(gathered), 3 if kind != "parquet" else 50), len(gathered)):
        part.write_bytes(gathered[:length])
        todo = write(path, kind)
        assert content(path, kind) == expected, length
        assert len(todo) == len(RESULTS) - max(0, gathered[:length].count(b"\n") - 1)
        path.unlink()


@pytest.mark.parametrize("kind", ALL)
def test_the_file_is_there_when_it_is_whole(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    assert interrupt(path, kind, RESULTS[:2]).exists()
    assert not path.exists()
    assert write(path, kind) == NAMES[2:]
    assert sorted(file.name for file in tmp_path.iterdir()) == [".faces.mien", "faces"]
    assert content(path, kind) == whole(tmp_path, kind)


@pytest.mark.parametrize("kind", ALL)
def test_a_file_that_is_there_is_added_to(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    expected = whole(tmp_path, kind)
    assert write(path, kind, RESULTS[:3]) == NAMES[:3]
    part = interrupt(path, kind, RESULTS[:4])
    assert write(path, kind) == [NAMES[4]]
    assert content(path, kind) == expected
    assert write(path, kind) == []
    assert content(path, kind) == expected
    assert not part.exists()


@pytest.mark.parametrize("kind", ALL)
def test_nothing_is_doubled_when_the_part_was_left(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    part = interrupt(path, kind, RESULTS)
    gathered = part.read_bytes()
    expected = whole(tmp_path, kind)
    write(path, kind)
    part.write_bytes(gathered)  # killed before it was removed
    assert write(path, kind) == []
    assert content(path, kind) == expected


def test_a_table_is_the_rows(tmp_path: Path) -> None:
    write(tmp_path / "faces", "parquet")
    assert content(tmp_path / "faces", "parquet") == list(rows(RESULTS))
    lines = tmp_path / "faces.jsonl"
    write(lines, "json")
    assert [json.loads(line)["image"] for line in lines.read_text().splitlines()] == NAMES


def test_a_run_that_is_stopped_before_any_picture_leaves_nothing(tmp_path: Path) -> None:
    interrupt(tmp_path / "faces", "csv", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ALL)
def test_errors_are_remembered(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    write(path, kind, RESULTS)
    with ResultFile(path, kind, SETTINGS) as file:
        assert file.errors_of(NAMES) == ["bad-\\udcff.jpg: empty."]
        assert file.errors_of(["a.jpg"]) == []


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0 a photograph", b"image;width\n", b'["image"]\n', b"[" * 9999]
)
def test_other_files_are_left_alone(tmp_path: Path, kind: Format, content: bytes) -> None:
    path = tmp_path / "precious"
    path.write_bytes(content)
    with pytest.raises(MienError, match=r"precious: expected .* Name another file"):
        write(path, kind)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ALL)
def test_a_folder_is_no_file(tmp_path: Path, kind: Format) -> None:
    with pytest.raises(MienError, match="got a folder"):
        write(tmp_path, kind)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200) | st.text('{"image": "a"}\n,', max_size=60).map(str.encode))
def test_any_content_is_kept_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for there in (path, path.with_name("any.part")):
        for kind in TEXT:
            path.unlink(missing_ok=True)
            path.with_name(".any.mien").unlink(missing_ok=True)
            there.write_bytes(content)
            try:
                with ResultFile(path, kind, SETTINGS):
                    pass
            except MienError:
                assert there.read_bytes() == content
                there.unlink()
            else:
                kept = path.read_bytes()
                assert kept.startswith(b"image,") if kind == "csv" else not kept
                assert not path.with_name("any.part").exists()


@pytest.mark.parametrize("kind", ALL)
def test_a_picture_that_changed_is_read_again(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    write(path, kind)
    before = pictures(path, kind)
    changed = NAMES[0]
    assert write(path, kind, changed=changed) == [changed]
    others = [name for name in before if name != changed]
    assert pictures(path, kind) == others + [changed] * before.count(changed)
    assert write(path, kind, changed=changed) == []
    assert write(path, kind) == [changed]


@pytest.mark.parametrize("kind", ALL)
def test_a_picture_that_changed_while_a_run_was_interrupted_is_read_again(
    tmp_path: Path, kind: Format
) -> None:
    path = tmp_path / "faces"
    interrupt(path, kind, RESULTS[:2])
    assert write(path, kind, changed=NAMES[0]) == [NAMES[0], *NAMES[2:]]
    there = pictures(path, kind)
    assert there.count(NAMES[0]) == (1 if kind == "json" else 2)  # two faces


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("finished", [True, False])
def test_other_settings_are_refused_or_replace_what_is_there(
    tmp_path: Path, kind: Format, finished: bool
) -> None:
    path, other = tmp_path / "faces", {"weights": "4567", "usual": "89"}
    write(path, kind) if finished else interrupt(path, kind, RESULTS[:3])
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    told = (
        "was begun with weights 0123, usual none; this run has weights 4567, usual 89. "
        "Use the same options, name another --out, or replace it with --overwrite."
    )
    with pytest.raises(MienError, match=re.escape(f"{path}: {told}")):
        write(path, kind, made=other)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    with (
        suppress(KeyboardInterrupt),
        ResultFile(path, kind, other, overwrite=True) as file,
    ):
        assert [*file.todo(sources(RESULTS))] == NAMES
        file.write(RESULTS[4])
        raise KeyboardInterrupt
    if finished:
        assert path.read_bytes() == before[path]  # it stays until all is read
    # The same command goes on, and so does one that does not ask for overwriting any more.
    for overwrite in (True, False):
        assert write(path, kind, RESULTS[:2], made=other, overwrite=overwrite) == (
            NAMES[:2] if overwrite else []
        )
    # The second picture has no face, and so no row.
    assert {*pictures(path, kind)} - {NAMES[1]} == {NAMES[0], NAMES[4]}


@pytest.mark.parametrize("finished", [True, False])
def test_two_formats_are_not_mixed_in_one_file(tmp_path: Path, finished: bool) -> None:
    path = tmp_path / "faces.csv"
    write(path, "csv", RESULTS[:3]) if finished else interrupt(path, "csv", RESULTS[:3])
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(MienError, match="was begun with format csv; this run has format json"):
        write(path, "json")
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert write(path, "json", overwrite=True) == NAMES
    assert pictures(path, "json") == NAMES


def test_a_file_that_does_not_name_its_format_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    write(path, "csv", RESULTS[:3])
    about = tmp_path / ".faces.csv.mien"
    about.write_text(about.read_text().replace(', "format": "csv"', ""))  # as mien 0.2.0 wrote it
    assert "format" not in about.read_text()
    assert write(path, "csv") == NAMES[3:]


def test_a_file_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "faces"
    write(path, "csv")
    path.write_text(path.read_text().replace("happy", "sad"))
    with pytest.raises(MienError, match=r"it has changed since\. Name another file, or delete"):
        write(path, "csv", overwrite=True)


def test_a_file_may_be_given_another_place_with_what_is_known_of_it(tmp_path: Path) -> None:
    write(tmp_path / "faces", "csv", RESULTS[:3])
    shutil.copytree(tmp_path, tmp_path / "new")
    assert write(tmp_path / "new" / "faces", "csv") == NAMES[3:]


@pytest.mark.parametrize("killed_at", ["result", "knowledge"])
def test_killed_while_it_is_finished_nothing_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    expected = whole(tmp_path, "csv")
    path = tmp_path / "faces"
    write(path, "csv", RESULTS[:3])
    before, known = path.read_bytes(), (tmp_path / ".faces.mien").read_bytes()
    part = interrupt(path, "csv", RESULTS)
    gathered = part.read_bytes()
    write(path, "csv")
    part.write_bytes(gathered)
    if killed_at == "result":
        path.write_bytes(before)
    elif killed_at == "knowledge":
        path.write_bytes(before)
        (tmp_path / ".faces.mien").write_bytes(known)
    assert write(path, "csv") == []
    assert content(path, "csv") == expected
