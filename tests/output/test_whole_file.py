"""Files are there whole or not at all."""

import errno
import os
from itertools import count
from pathlib import Path

import pytest

from mien.output.whole_file import check_writable, whole_file, write_new, write_whole


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, "before")

    def write_half() -> None:
        with whole_file(path) as new:
            new.write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space") as caught:
        write_half()
    assert caught.value.filename == str(path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_links_stay_and_devices_are_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"1"
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"2")
    assert os.read(reader, 9) == b"2"
    os.close(reader)
    assert (tmp_path / "pipe").is_fifo()


def test_new_files_overwrite_nothing(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"there")
    names = (tmp_path / str(number) for number in count(1))
    assert write_new(b"new", names) == tmp_path / "2"
    assert (tmp_path / "1").read_bytes() == b"there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


def test_whether_a_file_can_be_written_is_known_before(tmp_path: Path) -> None:
    check_writable(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []
    for path in (tmp_path, tmp_path / "none" / "a"):
        with pytest.raises(OSError, match=str(path)):
            check_writable(path)
