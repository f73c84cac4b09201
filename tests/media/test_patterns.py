"""Folders and patterns, and the pictures that they stand for."""

from pathlib import Path

from mien.media.search import find_images


def test_find_images(tmp_path: Path) -> None:
    for name in (
        *("b.jpg", "a.PNG", "notes.txt", "sub/deep/c.webp", "sub/d.tiff"),
        *(".hidden.jpg", ".cache/e.jpg", "._b.jpg"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    inside = [tmp_path / name for name in ("a.PNG", "b.jpg", "sub/d.tiff", "sub/deep/c.webp")]
    assert find_images([tmp_path]) == inside
    assert find_images([str(tmp_path), tmp_path / "b.jpg"]) == inside
    named = [tmp_path / "notes.txt", tmp_path / "missing", tmp_path / ".hidden.jpg"]
    assert find_images([named[0], str(named[1]), named[2], tmp_path]) == named + inside
    assert find_images([]) == []
    assert find_images([tmp_path / "folder.jpg"]) == []


def test_patterns_stand_for_what_they_match(tmp_path: Path) -> None:
    for name in ("a1.png", "a2.png", "b.png", "in/c.png", "in/deep/a3.png", ".hidden.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "a[1].png").write_bytes(b"")

    def found(*patterns: str) -> list[str]:
        paths = find_images(str(tmp_path / pattern) for pattern in patterns)
        return [path.relative_to(tmp_path).as_posix() for path in paths]

    assert found("a?.png") == ["a1.png", "a2.png"]
    assert found("a2.png", "*.png") == ["a2.png", "a1.png", "a[1].png", "b.png"]
    assert found("**/a*.png") == ["a1.png", "a2.png", "a[1].png", "in/deep/a3.png"]
    assert found("i*") == ["in/c.png", "in/deep/a3.png"]
    assert found("a[1].png") == ["a[1].png"]  # it exists: not a pattern
    assert found("a[12].png") == ["a1.png", "a2.png"]
    assert found("z*.png") == ["z*.png"]
