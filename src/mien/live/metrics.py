"""Figures of the server for Prometheus: sessions, frames, drops, and where the time goes."""

from collections.abc import Mapping, Sized
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from mien.live.admission import Admission

_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 1, 2, 5)


class Metrics:
    """Figures of one server. Of a picture they hold only that it was read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        registry = self.registry
        self.sessions_begun = Counter(
            "mien_sessions_begun", "Connections that pages opened.", registry=registry
        )
        self.sessions = Gauge(
            "mien_sessions", "Pages by what they do.", ["state"], registry=registry
        )
        self.places = Gauge(
            "mien_places", "Pages that can be read at the same time.", registry=registry
        )
        self.frames = Counter(
            "mien_frames", "Frames of sessions that came.", ["outcome"], registry=registry
        )
        self.dropped = Counter(
            "mien_frames_dropped", "Frames that newer ones replaced.", registry=registry
        )
        self.pictures = Counter(
            "mien_pictures", "Pictures of POST /v1/read by answer.", ["status"], registry=registry
        )
        self.stages = Histogram(
            "mien_stage_seconds",
            "Time of a frame or picture, stage by stage; total from arrival to answer.",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )

    def follow(self, admission: Admission, connections: Sized) -> None:
        """Take the numbers of pages and places from there whenever the figures are asked for."""
        state = self.sessions.labels
        state("read").set_function(lambda: admission.held)
        state("waiting").set_function(lambda: admission.waiting)
        state("idle").set_function(lambda: len(connections) - admission.held - admission.waiting)
        self.places.set_function(lambda: admission.capacity)

    def took(self, milliseconds: Mapping[str, float]) -> None:
        """Add the times of one frame's or picture's stages."""
        for stage, value in milliseconds.items():
            self.stages.labels(stage).observe(value / 1000)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)
