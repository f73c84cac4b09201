"""How long each step of reading a picture took."""

from dataclasses import dataclass

from mien.public import public


@public
@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that each step of reading a picture took.

    Attributes:
        detector: time for finding faces.
        alignment: time for cropping the faces and measuring how well they can be seen.
        network: time for predicting votes and movements.

    Examples:
        >>> import mien
        >>> timings = mien.Timings(detector=0.004, alignment=0.001, network=0.002)
        >>> print(f"{1000 * timings.total:.0f} ms")
        7 ms
    """

    detector: float
    alignment: float
    network: float

    @property
    def total(self) -> float:
        """Seconds of all steps together."""
        return self.detector + self.alignment + self.network

    def __add__(self, other: "Timings") -> "Timings":
        """Add the times of two readings."""
        return Timings(
            self.detector + other.detector,
            self.alignment + other.alignment,
            self.network + other.network,
        )
