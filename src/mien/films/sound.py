"""Sound of a film in an MP4: as it is if MP4 can hold it, else as AAC."""

import io
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any, Final

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet

_COPIED: Final = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus"})  # known to MP4 players
_RATES: Final = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)  # AAC's, in Hz
_REFUSALS: Final = (FFmpegError, ValueError, OverflowError)  # PyAV's and FFmpeg's, of odd content

LOST: Final = "The annotated film has no sound, because its sound cannot be put into an MP4."
"""Remark for people."""


class SoundError(Exception):
    """Nothing of a film's sound could be put into an MP4 in the way that was tried."""


class Sound(ABC):
    """Sound of an MP4, to which packets are added; `finish` ends it."""

    _came = False  # whether there was any
    _heard = False  # whether any of it was put into the MP4

    @property
    def is_lost(self) -> bool:
        """Whether there was sound, and none of it was put into the MP4."""
        return self._came and not self._heard

    @abstractmethod
    def add(self, packet: "Packet[Any]", beginning: float) -> None:
        """Add a packet; `beginning` is the stamp in seconds that counts as 0."""

    @abstractmethod
    def finish(self) -> None:
        """Add sound that was held back."""


class _CopiedSound(Sound):
    """Sound that is copied as it is."""

    def __init__(self, container: OutputContainer, stream: AudioStream) -> None:
        self._container = container
        self._stream = container.add_stream_from_template(stream)
        self._last: int | None = None

    def add(self, packet: "Packet[Any]", beginning: float) -> None:
        """Add a packet, unless its time is unknown or runs backward."""
        self._came = True
        if packet.dts is None or packet.pts is None:
            return
        shift = round(beginning / packet.time_base)
        packet.dts -= shift
        packet.pts -= shift
        if packet.is_corrupt or (self._last is not None and packet.dts <= self._last):
            return
        self._last = packet.dts
        packet.stream = self._stream
        with _without_odd_sound():
            self._container.mux(packet)
            self._heard = True

    def finish(self) -> None:
        """Do nothing, since no sound is held back."""


class _EncodedSound(Sound):
    """Sound that MP4 cannot hold, encoded as AAC."""

    def __init__(self, container: OutputContainer, stream: AudioStream) -> None:
        self._container = container
        self._rate = next((rate for rate in _RATES if rate >= (stream.rate or 48000)), _RATES[-1])
        self._layout = "mono" if stream.channels == 1 else "stereo"
        self._stream = container.add_stream("aac", rate=self._rate, layout=self._layout)
        self._resampler: AudioResampler | None = None
        self._kind: tuple[object, ...] = ()
        self._last: float | None = None

    def add(self, packet: "Packet[Any]", beginning: float) -> None:
        """Encode a packet's sound, unless it cannot be decoded."""
        self._came = True
        try:
            sounds = packet.decode()
        except _REFUSALS:
            return
        for sound in sounds:
            if isinstance(sound, AudioFrame):
                if sound.pts is not None and sound.time_base:
                    sound.pts -= round(beginning / sound.time_base)
                with _without_odd_sound():
                    self._take(sound)

    def finish(self) -> None:
        """Encode sound that was held back."""
        with _without_odd_sound():
            self._change(None)
            if self._heard:
                self._encode([None])

    def _take(self, sound: AudioFrame) -> None:
        kind = (sound.format.name, sound.layout.name, sound.sample_rate, sound.time_base)
        if kind != self._kind:  # some streams change on the way, and a resampler cannot
            self._change(AudioResampler("fltp", self._layout, self._rate))
            self._kind = kind
        if self._resampler is not None:
            self._encode(self._resampler.resample(sound))

    def _change(self, resampler: AudioResampler | None) -> None:
        """Encode what the resampler holds back, and use another one."""
        before, self._resampler = self._resampler, resampler
        if before is not None:
            self._encode(before.resample(None))

    def _encode(self, sounds: Iterable[AudioFrame | None]) -> None:
        for sound in sounds:
            if sound is not None and sound.pts is not None and sound.time_base:
                time = float(sound.pts * sound.time_base)
                if self._last is not None and time < self._last - 1 / self._rate:
                    continue  # it runs backward
                self._last = time + sound.samples / self._rate
            self._container.mux(self._stream.encode(sound))
            self._heard = True


def sound_of(container: OutputContainer, stream: object, *, encoded: bool = False) -> Sound | None:
    """Add a stream for a film's sound to an MP4 that is being written.

    Args:
        container: container of the MP4.
        stream: PyAV's audio stream of the film; None if it has no sound.
        encoded: whether to encode the sound even if MP4 can hold it as it is.
    """
    if not isinstance(stream, AudioStream):
        return None
    copied = not encoded and stream.codec_context.codec.canonical_name in _COPIED
    return (_CopiedSound if copied and _is_taken(stream) else _EncodedSound)(container, stream)


@contextmanager
def _without_odd_sound() -> Generator[None]:
    """Ignore a refusal of damaged or odd sound, but not of a full disk."""
    try:
        yield
    except _REFUSALS as error:
        if isinstance(error, OSError):
            raise


def _is_taken(stream: AudioStream) -> bool:
    """Whether MP4 can hold sound of this kind, by trying it in memory."""
    try:
        with av.open(io.BytesIO(), "w", format="mp4") as container:
            container.add_stream_from_template(stream)
            container.start_encoding()
    except _REFUSALS:
        return False
    return True
