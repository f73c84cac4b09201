"""Joining of an annotated film's pieces with the sound of the film, as MP4.

Only sound that MP4 cannot hold is encoded again.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from av.packet import Packet

from mien.films.sound import LOST, SoundError, sound_of
from mien.media.film import Video


def join(pieces: Sequence[Path], film: Path, beginning: float, out: Path) -> list[str]:
    """Write an MP4; nothing of it stays if that fails.

    Args:
        pieces: pieces of `AnnotatedVideo(..., piece=True)`, in order.
        film: film that has the sound.
        beginning: stamp in seconds of that film that counts as 0.
        out: path of the MP4.

    Returns:
        Remarks for people, each a sentence.

    Raises:
        OSError: the MP4 cannot be written.
        VideoError: the film is gone.
    """
    try:
        for encoded in (False, True):
            with Video(film, sound=True) as video:
                try:
                    _join(pieces, video, beginning, out, encoded)
                except (SoundError, FFmpegError) as error:
                    if isinstance(error, OSError) or video.sound_stream is None:
                        raise
                else:
                    return video.notes
        with Video(film) as video:
            _join(pieces, video, beginning, out, False)
        return [LOST]
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _join(pieces: Sequence[Path], video: Video, beginning: float, out: Path, encoded: bool) -> None:
    with ExitStack() as stack:
        container = stack.enter_context(
            av.open(f"file:{out}", "w", format="mp4", options={"movflags": "+faststart"})
        )
        first = stack.enter_context(av.open(f"file:{pieces[0]}", format="mp4"))
        stream = container.add_stream_from_template(first.streams.video[0])
        sound = sound_of(container, video.sound_stream, encoded=encoded)
        heard = video.sound_packets()
        waiting = next(heard, None) if sound else None
        last: int | None = None
        for packet in _pictures(pieces):
            while sound and waiting and _time(waiting) - beginning <= _time(packet):
                sound.add(waiting, beginning)
                waiting = next(heard, None)
            if packet.dts is not None and last is not None and packet.dts <= last:
                packet.dts = last + 1  # the piece begins before the one before it has ended
            last = packet.dts
            packet.stream = stream
            container.mux(packet)
        while sound and waiting:
            sound.add(waiting, beginning)
            waiting = next(heard, None)
        if sound:
            sound.finish()
            if sound.is_lost:
                raise SoundError


def _pictures(pieces: Sequence[Path]) -> Iterator["Packet[Any]"]:
    for piece in pieces:
        with av.open(f"file:{piece}", format="mp4") as container:
            for packet in container.demux(video=0):
                if packet.size:
                    yield packet


def _time(packet: "Packet[Any]") -> float:
    stamp = packet.pts if packet.dts is None else packet.dts
    return float("-inf") if stamp is None else float(stamp * packet.time_base)
