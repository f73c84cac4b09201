"""Checking and decoding of a page's JPEG."""

from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from mien.live.jpeg_header import JpegError, RareJpegError, count_scans, read_header
from mien.live.protocol import Frame, FrameError

_END_OF_IMAGE: Final = b"\xff\xd9"


def check(frame: Frame) -> None:
    """Refuse a frame whose JPEG is not of the kind that a page sends, judging by its header.

    A page's JPEG is baseline, has one or three colours, at most one scan per colour, and the
    announced size. So the cost of decoding is known: a small message can neither expand into a
    picture of gigabytes nor hold thousands of scans.

    Raises:
        FrameError: "broken-jpeg", "wrong-jpeg" for another kind, or "wrong-size".
    """
    jpeg = frame.jpeg
    try:
        header = read_header(jpeg)
    except RareJpegError as error:
        raise _refusal(frame, "wrong-jpeg", f"{error}.") from error
    except JpegError as error:
        raise _refusal(frame, "broken-jpeg", f"{error}.") from error
    if (header.width, header.height) != (frame.width, frame.height):
        raise FrameError(
            "wrong-size",
            f"Expected a JPEG of {frame.width}×{frame.height} pixels as announced, "
            f"got {header.width}×{header.height}.",
            sequence=frame.sequence,
        )
    if not header.is_baseline or header.components not in {1, 3}:
        kind = "a progressive one" if header.is_progressive else "another kind"
        raise _refusal(frame, "wrong-jpeg", f"it is {kind}.")
    try:
        scans = count_scans(jpeg, header, header.components)
    except JpegError as error:
        raise _refusal(frame, "broken-jpeg", f"{error}.") from error
    if scans > header.components:
        raise _refusal(frame, "wrong-jpeg", "it has more scans than colours.")
    # A JPEG that was cut short decodes to a partly grey picture, in which faces would be misread.
    if not jpeg.endswith(_END_OF_IMAGE):
        raise _refusal(frame, "broken-jpeg", "it was cut short.")


def decode(frame: Frame) -> NDArray[np.uint8]:
    """Decode a frame to an RGB uint8 picture of shape (height, width, 3).

    Raises:
        FrameError: as in `check`; "broken-jpeg" also for damage that only decoding shows.
    """
    check(frame)
    try:
        # OpenCV decodes to the same pixels, but lets libjpeg write to standard error.
        with JpegImageFile(BytesIO(frame.jpeg)) as image:
            rgb = image if image.mode == "RGB" else image.convert("RGB")
            return np.array(rgb, dtype=np.uint8)
    except Exception as error:  # Pillow's decoders raise all kinds of errors on damaged files
        raise _refusal(frame, "broken-jpeg", "it is damaged.") from error


def _refusal(frame: Frame, error: str, reason: str) -> FrameError:
    return FrameError(error, f"Expected a whole baseline JPEG; {reason}", sequence=frame.sequence)
