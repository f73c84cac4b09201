import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tables import reading

from mien.errors import MienError
from mien.result_file import Format, ResultFile
from mien.tables import rows
from mien.types import PictureResult

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
    with ResultFile(path, kind, NAMES) as file:
        todo = [result for result in results if not file.is_done(result.image)]
        for result in todo:
            file.write(result)
    return [result.image for result in todo]


def whole(folder: Path, kind: Format) -> bytes:
    write(folder / f"whole.{kind}", kind)
    return (folder / f"whole.{kind}").read_bytes()


@pytest.mark.parametrize("kind", TEXT)
def test_cut_anywhere_it_is_mended(tmp_path: Path, kind: Format) -> None:
    expected = whole(tmp_path, kind)
    path = tmp_path / "cut"
    for length in (*range(0, len(expected), 3), len(expected) - 1, len(expected)):
        path.write_bytes(expected[:length])
        todo = write(path, kind)
        assert path.read_bytes() == expected, length
        assert length < len(expected) or kind == "csv" or not todo


def test_started_again_json_reads_only_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "faces.jsonl"
    assert write(path, "json", RESULTS[:2]) == NAMES[:2]
    assert write(path, "json") == NAMES[2:]
    assert write(path, "json") == []
    assert [json.loads(line)["image"] for line in path.read_text().splitlines()] == NAMES


def test_started_again_csv_reads_those_without_rows_and_the_last(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    write(path, "csv", RESULTS[:3])
    assert write(path, "csv") == NAMES[1:3] + NAMES[3:]


def test_parquet_comes_when_all_is_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path, part = tmp_path / "faces.parquet", tmp_path / "faces.parquet.part"
    file = ResultFile(path, "parquet", NAMES)
    file.write(RESULTS[0])
    file.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not path.exists()
    with part.open("ab") as broken:
        broken.write(b'{"ima')
    assert write(path, "parquet", RESULTS[:3]) == NAMES[1:3]
    assert [file.name for file in tmp_path.iterdir()] == ["faces.parquet"]
    assert parquet.read_table(path).to_pylist() == list(rows(RESULTS[:3]))
    assert write(path, "parquet") == [NAMES[1], *NAMES[3:]]
    assert parquet.read_table(path).to_pylist() == list(rows(RESULTS))


def test_parquet_doubles_nothing_when_the_lines_were_left(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "faces.parquet"
    write(path, "parquet")
    write(tmp_path / "faces.parquet.part", "json")
    assert write(path, "parquet") == []
    assert parquet.read_table(path).to_pylist() == list(rows(RESULTS))


@pytest.mark.parametrize("kind", ALL)
def test_errors_are_remembered(tmp_path: Path, kind: Format) -> None:
    path = tmp_path / "faces"
    write(path, kind, RESULTS)
    with ResultFile(path, kind, []) as file:
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
def test_any_content_is_kept_mended_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for kind in TEXT:
        path.write_bytes(content)
        try:
            with ResultFile(path, kind, NAMES):
                pass
        except MienError:
            assert path.read_bytes() == content
        else:
            kept = path.read_bytes()
            assert kept.endswith(b"\n") or not kept
