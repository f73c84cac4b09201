"""A film with the readings drawn into its frames, its times and its sound kept, as MP4."""

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from mien.cameras import Camera
from mien.draw import draw_readings
from mien.types import Frame, Reading
from mien.videos import Video

_TICKS: Final = Fraction(1, 90_000)  # of a second: whole for all usual rates
_COPIED: Final = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus"})  # what MP4 players know
_BT601: Final = 6  # FFmpeg's AVCOL_SPC_SMPTE170M: what OpenCV computes
_LIMITED: Final = 1  # FFmpeg's AVCOL_RANGE_MPEG: the same
_CODING: Final = {"preset": "superfast", "crf": "23", "x264-params": "b-adapt=0"}
# "veryfast" makes files of three fifths the size, in twice the time.
_WAITING: Final = 4  # frames that may wait to be drawn and encoded


class AnnotatedVideo:
    """Writes an annotated film, in a thread of its own; a context manager, which ends the file."""

    def __init__(self, path: Path, video: Video | Camera) -> None:
        """Start a file.

        Args:
            path: of the file; MP4 whatever its ending.
            video: whose frames will come; packets of its sound are taken from it along with them.
        """
        self._video = video
        self._container = av.open(
            f"file:{path}", "w", format="mp4", options={"movflags": "+faststart"}
        )
        self._sound = _sound(self._container, video)
        rate = Fraction(video.rate or 25).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=_CODING)
        self._stream.codec_context.time_base = _TICKS
        self._stream.pix_fmt = "yuv420p"
        self._stream.colorspace, self._stream.color_range = _BT601, _LIMITED
        self._size: tuple[int, int] | None = None
        self._last = -1
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._thread.shutdown(cancel_futures=kind is not None)
            if kind is None:
                while self._waiting:
                    self._waiting.popleft().result()
                self._finish()
        finally:
            self._container.close()

    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        """Add a frame, later than the one before.

        Raises:
            OSError: the file cannot be written; it may come some frames late.
        """
        if len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._write, frame, readings, self._take_sound()))

    def _take_sound(self) -> list["Packet[Any]"]:
        packets = list(self._video.sound)
        self._video.sound.clear()
        return packets

    def _write(
        self, frame: Frame, readings: Sequence[Reading], sound: Iterable["Packet[Any]"]
    ) -> None:
        image = draw_readings(frame.image, readings) if readings else frame.image
        image = _even(image)
        if self._size is None:
            self._size = image.shape[1], image.shape[0]
            self._stream.width, self._stream.height = self._size
        elif (image.shape[1], image.shape[0]) != self._size:  # some senders change it on the way
            image = np.asarray(cv2.resize(image, self._size), np.uint8)
        self._mux_sound(sound)
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
        picture = VideoFrame.from_ndarray(planes, "yuv420p")
        picture.colorspace, picture.color_range = _BT601, _LIMITED
        picture.time_base = _TICKS
        picture.pts = self._last = max(round(frame.time / _TICKS), self._last + 1)
        self._container.mux(self._stream.encode(picture))

    def _mux_sound(self, packets: Iterable["Packet[Any]"]) -> None:
        if self._sound is not None:
            for packet in packets:
                self._sound.add(packet, self._video.beginning or 0.0)

    def _finish(self) -> None:
        if self._size is None:
            return
        self._mux_sound(self._take_sound())
        if self._sound is not None:
            self._sound.finish()
        self._container.mux(self._stream.encode())


class _CopiedSound:
    """Sound as it is."""

    def __init__(self, container: OutputContainer, stream: AudioStream) -> None:
        self._container = container
        self._stream = container.add_stream_from_template(stream)
        self._last: int | None = None

    def add(self, packet: "Packet[Any]", beginning: float) -> None:
        """Add a packet; one whose time is not known, or runs backward, is left out."""
        if packet.dts is None or packet.pts is None:
            return
        shift = round(beginning / packet.time_base)
        packet.dts -= shift
        packet.pts -= shift
        if packet.is_corrupt or (self._last is not None and packet.dts <= self._last):
            return
        self._last = packet.dts
        packet.stream = self._stream
        with suppress(InvalidDataError):  # damaged: the rest of the sound is kept
            self._container.mux(packet)

    def finish(self) -> None:
        """Nothing is kept back."""


class _EncodedSound:
    """Sound that MP4 cannot hold, as AAC."""

    def __init__(self, container: OutputContainer, stream: AudioStream) -> None:
        self._container = container
        rate = stream.rate if 8000 <= stream.rate <= 48000 else 48000
        layout = "mono" if stream.channels == 1 else "stereo"
        self._stream = container.add_stream("aac", rate=rate, layout=layout)
        self._resampler = AudioResampler("fltp", layout, rate)

    def add(self, packet: "Packet[Any]", beginning: float) -> None:
        """Encode a packet's sound; what cannot be decoded is left out."""
        with suppress(InvalidDataError):
            for sound in packet.decode():
                if isinstance(sound, AudioFrame):
                    if sound.pts is not None and sound.time_base:
                        sound.pts -= round(beginning / sound.time_base)
                    self._encode(self._resampler.resample(sound))

    def finish(self) -> None:
        """Encode what was kept back."""
        self._encode([*self._resampler.resample(None), None])

    def _encode(self, sounds: Iterable[AudioFrame | None]) -> None:
        for sound in sounds:
            self._container.mux(self._stream.encode(sound))


def _sound(
    container: OutputContainer, video: Video | Camera
) -> _CopiedSound | _EncodedSound | None:
    stream = video.sound_stream
    if not isinstance(stream, AudioStream):
        return None
    copied = stream.codec_context.codec.canonical_name in _COPIED
    return (_CopiedSound if copied else _EncodedSound)(container, stream)


def _even(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image with its last row and column repeated where a side is odd: 4:2:0 has no such."""
    down, right = image.shape[0] % 2, image.shape[1] % 2
    return np.pad(image, ((0, down), (0, right), (0, 0)), "edge") if down or right else image
