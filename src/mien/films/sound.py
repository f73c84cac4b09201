"""A film's sound put into an MP4: as it is where that can hold it, else as AAC."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import InvalidDataError
from av.packet import Packet

_COPIED: Final = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus"})  # what MP4 players know


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


Sound = _CopiedSound | _EncodedSound
"""Takes packets of sound by `add`; `finish` ends it."""


def sound_of(container: OutputContainer, stream: object) -> Sound | None:
    """A stream for a film's sound in an MP4 that is being written.

    Args:
        container: of the MP4.
        stream: PyAV's, of the film; None where it has no sound.
    """
    if not isinstance(stream, AudioStream):
        return None
    copied = stream.codec_context.codec.canonical_name in _COPIED
    return (_CopiedSound if copied else _EncodedSound)(container, stream)
