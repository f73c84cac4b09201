"""Every Python example of the pages below runs, one page from top to bottom."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]

PAGES = ("README.md", "docs/pictures-and-folders.md")


@pytest.mark.parametrize("page", PAGES)
def test_python_examples_run(
    page: str, astronaut: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that has `photo.jpg` and `holiday/beach.jpg`, with one face each."""
    text = (ROOT / page).read_text()
    examples = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert examples
    monkeypatch.chdir(tmp_path)
    Path("holiday").mkdir()
    for name in ("photo.jpg", "holiday/beach.jpg"):
        Image.fromarray(astronaut).save(name, quality=95)
    names: dict[str, object] = {"__name__": "example"}
    for example in examples:
        line = text[: text.index(example)].count("\n")  # so that a traceback tells the page's line
        exec(compile("\n" * line + example, str(ROOT / page), "exec"), names)
