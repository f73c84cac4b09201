"""An archive and its tables in S3, played by moto; without Ray."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from mien.media.formats import EXTENSIONS
from mien.scale.listing import find_files, source_of
from mien.scale.reading import ArchiveTask, Part, PartReader
from mien.scale.table_files import Tables

pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore")  # moto's own


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """Address of a bucket, to be formatted with a path in it."""
    why = "moto's stand-in for S3 is not installed: pip install 'moto[server]'"
    moto: Any = pytest.importorskip("moto.server", reason=why)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    settings = f"region=us-east-1&scheme=http&endpoint_override=127.0.0.1:{port}"
    yield f"s3://bucket/{{}}?{settings}&allow_bucket_creation=true"
    server.stop()


def test_an_archive_in_s3_is_read_into_tables_there(archive: Path, bucket: str) -> None:
    from pyarrow import dataset, fs

    system, base = fs.FileSystem.from_uri(bucket.format("2025"))
    system.create_dir("bucket")
    fs.copy_files(str(archive), base, destination_filesystem=system)
    address, out = bucket.format("2025/many"), bucket.format("out")
    files = find_files(address, EXTENSIONS)
    assert [file.name for file in files] == sorted(
        f"s3://bucket/2025/many/{path.name}" for path in (archive / "many").glob("[!.]*")
    )
    assert Tables(out).begin({}) == {}
    gone = Part("gone", source_of(address), (files[0],))
    system.delete_file(files[0].path)
    reader = PartReader(out, ArchiveTask(films=False))
    assert files[0].name in json.loads(reader._read(gone)["missed"])  # pyright: ignore[reportPrivateUsage]
    part = Part("part", source_of(address), tuple(files[1:]))
    assert reader._read(part)["failed"] == ""  # pyright: ignore[reportPrivateUsage]
    again = Tables(out)
    assert set(again.begin({})) == {file.name for file in files[1:]}
    assert len(again.errors()) == 2
    tables = dataset.dataset("bucket/out/faces", filesystem=system, partitioning="hive")
    rows = tables.to_table().to_pylist()
    assert {row["source"] for row in rows} == {"s3://bucket/2025/many"}
    assert len(rows) == 15
