"""Find the images that a data set holds twice, exactly or nearly.

FER2013 was collected by a search engine and holds many pictures twice, some in different splits.
Two images are near duplicates if the root mean square difference of their pixels is below 5 of 255:
JPEG noise and small changes of light pass, another frame of the same scene does not.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.output.progress import with_progress

NEAR: Final = 5.0
"""Root mean square pixel difference (of 255) below which two images are near duplicates."""

_BLOCK: Final = 4  # side of the squares of pixels that the first pass averages
_ROWS: Final = 1024  # images compared with all others at a time


def find_near_duplicates(images: NDArray[np.uint8], threshold: float = NEAR) -> NDArray[np.int64]:
    """Find all pairs of near duplicates.

    The root mean square difference of block means is never above that of the pixels (Jensen), so
    a pass over the block means finds every candidate, and only those are compared in full.

    Args:
        images: uint8 (N, H, W), H and W multiples of 4.
        threshold: root mean square difference, of 255.

    Returns:
        int64 (P, 2), pairs i < j of indices, ordered.
    """
    count, height, width = images.shape
    small = np.empty((count, height // _BLOCK * (width // _BLOCK)), dtype=np.float32)
    for start in range(0, count, _ROWS):
        part = images[start : start + _ROWS]
        blocks = part.reshape(len(part), height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
        means = blocks.mean(axis=(2, 4), dtype=np.float32)
        small[start : start + _ROWS] = means.reshape(len(part), -1)
    small -= small.mean()  # keeps the float32 dot products below exact
    norms = (small**2).sum(axis=1)
    limit = small.shape[1] * (threshold**2) + 1.0
    pairs: list[NDArray[np.int64]] = []
    for start in with_progress(range(0, count, _ROWS), "Finding near duplicates"):
        stop = min(start + _ROWS, count)
        distance = norms[start:stop, None] + norms[None, start:]
        distance -= 2 * (small[start:stop] @ small[start:].T)
        i, j = np.nonzero(distance < limit)
        later = j > i
        i, j = i[later] + start, j[later] + start
        pairs.append(np.stack((i, j), axis=1)[_root_mean_square(images, i, j) < threshold])
    return np.concatenate(pairs) if pairs else np.empty((0, 2), dtype=np.int64)


def duplicate_groups(pairs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the index of the first image of each image's group, int64 (count,).

    Args:
        pairs: int (P, 2), result of `find_near_duplicates`; pairs that share an image are in one
            group.
        count: number of images.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, component = connected_components(links, directed=False)
    first = np.full(count, count, dtype=np.int64)
    np.minimum.at(first, component, np.arange(count))
    return first[component]


def _root_mean_square(
    images: NDArray[np.uint8], i: NDArray[np.int64], j: NDArray[np.int64]
) -> NDArray[np.float64]:
    result = np.empty(len(i))
    for start in range(0, len(i), _ROWS):
        part = slice(start, start + _ROWS)
        difference = images[i[part]].astype(np.int32) - images[j[part]]
        result[part] = np.sqrt((difference**2).mean(axis=(1, 2)))
    return result
