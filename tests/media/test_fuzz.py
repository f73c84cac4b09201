"""Damaged pictures are read, or refused with an error of mien, quickly; see benchmarks/fuzz.py."""

import numpy as np
from fuzz import damaged, outcome, seeds
from numpy.typing import NDArray

from mien.faces.reader import Reader


def test_damaged_pictures_are_read_or_refused(astronaut: NDArray[np.uint8]) -> None:
    reader = Reader()
    pictures = seeds(astronaut)
    assert len(pictures) >= 8
    for content in pictures.values():
        assert outcome(reader, content)[0] in {"1 face", "no face"}
    random = np.random.default_rng(5)
    kinds = {outcome(reader, content)[0] for _, content in damaged(pictures, 400, random)}
    assert kinds >= {"1 face", "ImageError"}
    assert not [kind for kind in kinds if kind.startswith("DEFECT")]
