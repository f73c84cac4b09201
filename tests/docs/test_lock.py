"""The locks by version and by hash and the list of licences agree."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILDING = {"hatchling", "editables", "pathspec", "pluggy", "tomlkit", "trove-classifiers"}


def name_of(words: str) -> str:
    return re.sub(r"[-_.]+", "-", words).lower()


def locked(file: str) -> dict[str, set[str]]:
    """Return versions by name; some packages have one for each system."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / file).read_text(), re.MULTILINE):
        found.setdefault(name_of(name), set()).add(version)
    return found


def test_what_is_locked_by_hash_is_what_is_locked_by_version() -> None:
    by_hash, by_version = locked("requirements.txt"), locked("constraints.txt")
    assert len(by_hash) > 30
    for name in by_hash.keys() - BUILDING:
        assert by_hash[name] == by_version[name], name


def test_everything_is_locked_by_hash() -> None:
    text = (ROOT / "requirements.txt").read_text()
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    names = {name_of(re.split(r"[\s<>=;\[]", each)[0]) for each in needed}
    assert names <= locked("requirements.txt").keys()


def test_extras_are_locked() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    names = {name_of(re.split(r"[\s<>=;\[]", each)[0]) for some in extras.values() for each in some}
    assert names - {"mien"} <= locked("constraints.txt").keys()


def test_the_list_of_licences_is_of_what_is_locked() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\d\S*) \| (.+) \|$", (ROOT / "docs/licences.md").read_text(), re.M
    )
    listed = {name_of(name): version for name, version, _ in rows}
    assert all(licence not in {"", "UNKNOWN"} for _, _, licence in rows)
    versions = locked("requirements.txt")
    assert {
        name: version in versions[name] for name, version in listed.items() if name != "mien"
    } == (dict.fromkeys(listed.keys() - {"mien"}, True))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {name_of(re.split(r"[\s<>=;\[]", each)[0]) for each in project["dependencies"]}
    assert needed <= listed.keys()
