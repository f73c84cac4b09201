"""Names, addresses, standard input and cameras, and what is none of them."""

import io
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_films import (
    read_film,
    write_film,
)

from mien.errors import VideoError
from mien.media.film import Video
from mien.media.sources import open_video

Picture = NDArray[np.uint8]


def test_what_is_no_film_is_refused_by_name(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "text.mp4").write_text("once upon a time")
    (tmp_path / "empty.mp4").touch()
    Image.fromarray(picture).save(tmp_path / "picture.jpg")
    write_film(tmp_path / "film.ts", [picture] * 5)
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nfilm.ts\n#EXT-X-ENDLIST\n")
    for name, told in {
        "text.mp4": "not a film that mien reads. Expected a film, such as MP4",
        "picture.jpg": "not a film",
        "list.m3u8": "not a film",
        "empty.mp4": "empty",
        "missing.mp4": "no such file",
        ".": "a folder",
    }.items():
        with pytest.raises(VideoError) as raised:
            Video(tmp_path / name)
        assert str(raised.value).startswith(f"{tmp_path / name}: {told}")


def test_names_of_all_kinds_are_opened(film: Path) -> None:
    for name in (b"concat:a|b.mp4", b"http:.mp4", b"%d.mp4", b"-.mp4", b"odd-\xff.mp4"):
        path = film.parent / os.fsdecode(name)
        path.write_bytes(film.read_bytes())
        assert len(read_film(path, every=1)) == 2


def test_standard_input(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(film.read_bytes())

    monkeypatch.setattr("sys.stdin", Input)
    with Video("-") as video:
        assert video.name == "standard input"
        assert len(list(video.frames())) == 50


@pytest.fixture
def address(film: Path) -> Iterator[str]:
    """Address of a web server for the film's folder."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(film.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_addresses_are_read_and_their_passwords_kept_quiet(address: str) -> None:
    with Video(f"http://me:secret@{address}/film.mp4") as video:
        assert video.name == f"http://{address}/film.mp4"
        assert not video.live
        assert len(list(video.frames())) == 50
    with pytest.raises(VideoError) as raised:
        Video(f"http://me:secret@{address}/missing.mp4")
    assert str(raised.value).startswith(f"http://{address}/missing.mp4: cannot be opened")
    assert "secret" not in str(raised.value)


def test_a_missing_camera_is_named() -> None:
    with pytest.raises(VideoError, match="camera 77: cannot be opened"):
        open_video(77)


@pytest.mark.parametrize("given", [None, True, 0.5, [], b"film.mp4", object()])
def test_things_that_are_not_films_are_refused(given: Any) -> None:
    with pytest.raises(VideoError, match=r'^Expected a film: a path, "-" for standard input'):
        open_video(given)


@pytest.mark.parametrize("number", [-1, -(2**40), 100, 700, 2024, 2**31, 2**70])
def test_a_number_without_a_camera_is_refused(number: int) -> None:
    with pytest.raises(VideoError, match=rf"^camera {number}: there is none\. Expected the number"):
        open_video(number)


def test_a_camera_in_quotes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VideoError, match=r"^0: no such file.* Camera 0 is a number"):
        open_video("0")


@pytest.mark.parametrize("stdin", [None, object()])
def test_a_closed_standard_input_is_refused(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(VideoError, match="standard input: it is closed"):
        Video("-")
