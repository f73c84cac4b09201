import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_readings import happy_reading as reading

from mien.errors import MienError
from mien.output.journal import Format
from mien.output.result_file import ResultFile
from mien.output.tables import rows
from mien.readings import PictureResult

RESULTS = [
    PictureResult("a.jpg", 64, 48, (reading(), reading("too dark"))),
    PictureResult("none.jpg", 64, 48),
    PictureResult('b,"\n\r.jpg', 64, 48, (reading(),)),
    PictureResult("bad-\udcff.jpg", error="bad-\udcff.jpg: empty."),
    PictureResult("c.jpg", 64, 48, (reading(), reading())),
]
NAMES = [result.image for result in RESULTS]
TEXT: list[Format] = ["json", "csv"]
ALL: list[Format] = [*TEXT, "parquet"]


def write(path: Path, kind: Format, results: list[PictureResult] = RESULTS) -> list[str]:
    """One run; the names of those that it had to read."""
    with ResultFile(path, kind) as file:
        todo = [result for result in results if not file.is_done(result.image)]
        for result in todo:
            file.write(result)
    return [result.image for result in todo]


def interrupt(path: Path, kind: Format, results: list[PictureResult]) -> Path:
    """A run that is interrupted; what it leaves."""
    with suppress(KeyboardInterrupt), ResultFile(path, kind) as file:
        for result in results:
            if not file.is_done(result.image):
                file.write(result)
        raise KeyboardInterrupt
    return path.with_name(path.name + ".part")


def content(path: Path, kind: Format) -> object:
    if kind != "parquet":
        return path.read_bytes()
    from pyarrow import parquet

    return parquet.read_table(path).to_pylist()


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
        assert len(todo) == len(RESULTS) - gathered[:length].count(b"\n")
        path.unlink()


@pytest.mark.parametrize("kind", ALL)
def test_the_file_is_there_when_it_is_whole(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    assert interrupt(path, kind, RESULTS[:2]).exists()
    assert not path.exists()
    assert write(path, kind) == NAMES[2:]
    assert [file.name for file in tmp_path.iterdir()] == ["faces"]
    assert content(path, kind) == whole(tmp_path, kind)


@pytest.mark.parametrize("kind", ALL)
def test_a_file_that_is_there_is_added_to(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    expected = whole(tmp_path, kind)
    assert write(path, kind, RESULTS[:3]) == NAMES[:3]
    part = interrupt(path, kind, RESULTS[:4])
    without_rows = [] if kind == "json" else [NAMES[1]]  # CSV and Parquet know nothing of it
    assert write(path, kind) == [NAMES[4]]
    assert content(path, kind) == expected
    assert write(path, kind) == without_rows
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
    with ResultFile(path, kind) as file:
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
            there.write_bytes(content)
            try:
                with ResultFile(path, kind):
                    pass
            except MienError:
                assert there.read_bytes() == content
                there.unlink()
            else:
                kept = path.read_bytes()
                assert kept.endswith(b"\n") or not kept
                assert not path.with_name("any.part").exists()
