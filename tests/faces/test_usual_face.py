"""A person's usual face, from real faces and from made votes, and its JSON."""

import json
import math
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_readings import reading
from numpy.typing import NDArray

import mien
from mien.answers import Reason
from mien.errors import DataError
from mien.faces.reader import Reader, default_reader
from mien.faces.usual_face import LEAST, UsualFace, usual_face
from mien.movements import MOVEMENT_NAMES
from mien.types import Reading

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def smile(astronaut: Picture) -> Reading:
    """Reading of the astronaut, who smiles."""
    return default_reader().read(astronaut)[0]


def test_a_real_smile_differs_from_a_neutral_face_and_not_from_itself(smile: Reading) -> None:
    change = mien.usual_face([reading(happy=0.02)]).compare(smile)
    assert change is not None
    assert (change.emotion, change.sentence()) == ("happy", "smiling, unlike usual")
    assert change.by > LEAST
    assert mien.usual_face([smile]).compare(smile) is None


def test_of_who_half_smiles_anyway_it_is_more_smiling() -> None:
    usual = usual_face([reading(happy=0.4)])
    assert usual.compare(reading(happy=0.5)) is None
    change = usual.compare(reading(happy=0.9))
    assert change is not None
    assert change.sentence() == "more smiling than usual"


def test_a_small_frown_shows_although_most_would_say_neutral() -> None:
    usual = usual_face([reading(angry=0.02)])
    frown = reading(angry=0.3)
    assert frown.top(1)[0][0] == "neutral"
    change = usual.compare(frown)
    assert change is not None
    assert change.emotion == "angry"


def test_shares_that_nobody_would_see_make_no_change() -> None:
    usual = usual_face([reading(fear=0.0005, disgust=0.001)])
    assert usual.compare(reading(fear=0.01, disgust=0.01)) is None  # ten and twenty times as much


def test_faces_that_cannot_be_seen_are_not_compared() -> None:
    usual = usual_face([reading()])
    assert usual.compare(reading(why="too dark", happy=0.9)) is None
    change = usual.compare(reading(why=Reason.DISAGREE, happy=0.35, sad=0.35))
    assert change is not None
    compared = usual.compared(reading(why="too dark", happy=0.9))
    assert (compared.compared, compared.change_words()) == (True, "")


def test_comparing_alters_no_votes() -> None:
    now = reading(happy=0.5)
    compared = usual_face([reading(happy=0.01)]).compared(now)
    assert compared.votes is now.votes
    assert compared.sentence() == now.sentence()
    assert compared.change_words() == "smiling, unlike usual"
    assert compared.change_words("de") == "lächelt, anders als sonst"
    assert usual_face([now]).compared(now).change_words() == "as usual"
    assert "change" not in now.to_dict()
    assert usual_face([now]).compared(now).to_dict()["change"] is None
    assert compared.to_dict()["change"]["emotion"] == "happy"


def test_one_smile_among_several_readings_does_no_harm() -> None:
    calm = [reading(happy=share) for share in (0.01, 0.02, 0.03)]
    with_smile = usual_face([*calm, reading(happy=0.97), reading(happy=0.02)])
    assert with_smile.log_odds["happy"] == pytest.approx(usual_face(calm).log_odds["happy"])
    assert with_smile.readings == 5


def test_movements_beyond_the_usual_are_named_the_largest_first() -> None:
    usual = usual_face([reading(moves={"mouth corners up": 0.1, "eyes narrowed": 0.4})])
    now = reading(
        moves={"mouth corners up": 0.8, "eyes narrowed": 0.65, "mouth open": 0.9}, happy=0.9
    )
    change = usual.compare(now)
    assert change is not None
    # How far the mouth is usually open is not known.
    assert change.movements == ("mouth corners up", "eyes narrowed")
    slight = reading(moves={"mouth corners up": 0.2, "eyes narrowed": 0.45}, happy=0.9)
    told = usual.compare(slight)
    assert told is not None
    assert told.movements == ()


def test_surprise_and_disgust_count_less_where_nothing_moves_that_makes_them() -> None:
    still = {"upper lip raised": 0.05, "mouth open": 0.1, "outer brows raised": 0.2}
    usual = usual_face([reading(moves=still, sad=0.06, disgust=0.02)])
    lip = still | {"upper lip raised": 0.4}
    sad = usual.compare(reading(moves=still, disgust=0.3, sad=0.4))
    disgust = usual.compare(reading(moves=lip, disgust=0.3, sad=0.4))
    assert sad is not None
    assert disgust is not None
    assert (sad.emotion, disgust.emotion) == ("sad", "disgust")
    half = usual.compare(reading(moves=still | {"upper lip raised": 0.125}, disgust=0.3))
    assert half is not None
    assert half.by == pytest.approx(usual.differences(reading(disgust=0.3))["disgust"] - 0.5)
    glasses = reading(moves=still, surprise=0.05)
    assert usual.compare(glasses) is None
    assert usual.compare(replace(glasses, movements=still | {"mouth open": 0.3})) is not None
    # Without movements, the network cannot say that one is missing.
    assert usual_face([reading()]).compare(reading(surprise=0.05)) is not None
    assert usual.compare(reading(surprise=0.05)) is not None


def test_only_faces_that_can_be_seen_count() -> None:
    face = usual_face([reading(why="blurred", happy=0.9), replace(reading(), time=3.0)])
    assert (face.readings, face.since) == (1, 3.0)
    with pytest.raises(DataError, match=r"got 2 that cannot \(blurred, too dark\)"):
        usual_face([reading(why="blurred"), reading(why="too dark")])
    with pytest.raises(DataError, match="got none"):
        usual_face([])


def test_it_is_some_twenty_numbers(smile: Reading) -> None:
    moves = dict.fromkeys(MOVEMENT_NAMES, 0.25)
    usual = usual_face([replace(smile, movements=moves, time=1.5)])
    content = usual.to_dict()
    numbers = [*content["log_odds"].values(), *content["movements"].values()]
    assert len(numbers) == 20
    assert set(content) == {"mien", "format", "log_odds", "movements", "readings", "since"}
    assert len(json.dumps(content)) < 1000


def test_saved_pickled_and_read_again_it_says_the_same(tmp_path: Path, smile: Reading) -> None:
    usual = usual_face([reading(happy=0.05, sad=0.1, moves={"mouth open": 0.2})])
    usual.save(tmp_path / "usual.json")
    again = UsualFace.load(tmp_path / "usual.json")
    assert again.movements == {"mouth open": 0.2}
    assert again.log_odds == pytest.approx(dict(usual.log_odds), abs=1e-4)
    first, second = usual.compare(smile), again.compare(smile)
    assert first is not None
    assert second is not None
    assert (second.emotion, second.by) == (first.emotion, pytest.approx(first.by, abs=1e-3))
    assert pickle.loads(pickle.dumps(usual)) == usual
    compared = pickle.loads(pickle.dumps(usual.compared(smile)))
    assert compared.change == first


GOOD = usual_face([reading(happy=0.05)]).to_dict()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([], '"mien" is not'),
        ({"log_odds": {}}, '"mien" is not'),
        (GOOD | {"format": 2}, "got format 2"),
        (GOOD | {"log_odds": {"happy": 1.0}}, "lack angry, disgust"),
        (GOOD | {"log_odds": GOOD["log_odds"] | {"sad": "much"}}, "'sad' as a number"),
        (GOOD | {"log_odds": GOOD["log_odds"] | {"sad": math.nan}}, "'sad' as a number"),
        (GOOD | {"log_odds": GOOD["log_odds"] | {"bored": 1.0}}, "by names of angry"),
        (GOOD | {"movements": {"mouth open": 1.5}}, "0 to 1; got 1.5"),
        (GOOD | {"movements": None}, "movements by names"),
        (GOOD | {"readings": 0}, "readings is 0"),
        (GOOD | {"readings": True}, "readings is True"),
        (GOOD | {"since": "noon"}, "since is 'noon'"),
        (GOOD | {"since": 10**400}, "since is 1000"),
    ],
)
def test_what_is_no_usual_face_is_refused_by_name(tmp_path: Path, content: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        UsualFace.from_dict(content)
    path = tmp_path / "usual.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match=rf"usual\.json: .*{told}"):
        UsualFace.load(path)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.json: cannot be read as a usual face: no such"):
        UsualFace.load(tmp_path / "none.json")
    for name, content in (("text", b"no"), ("bytes", b"\xff\xfe"), ("deep", b"[" * 90_000)):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(DataError, match=f"{name}: expected JSON of UsualFace.save"):
            UsualFace.load(path)
    (tmp_path / "large").write_bytes(b" " * 200_000)
    with pytest.raises(DataError, match="large: larger than 100,000 bytes"):
        UsualFace.load(tmp_path / "large")


def test_real_people_against_their_own_neutral_picture(shared_data: Path) -> None:
    """Smiles and surprise differ from the own neutral face; glasses rarely do."""
    reader, yale = Reader(), shared_data / "real" / "yale"

    def read(number: int, kind: str) -> Reading:
        return reader.read(yale / f"subject{number:02}_{kind}.png")[0]

    told: dict[str, list[str | None]] = {"happy": [], "surprised": [], "sad": [], "glasses": []}
    for number in range(1, 16):
        usual = usual_face([read(number, "normal")])
        for kind, changes in told.items():
            change = usual.compare(read(number, kind))
            changes.append(None if change is None else change.emotion)
    assert told["happy"].count("happy") == 15
    assert told["surprised"].count("surprise") >= 13
    assert told["sad"].count("sad") >= 6  # one of the 15 files is the neutral picture itself
    assert told["glasses"].count(None) >= 13


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_leaves_the_usual_face_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "usual.json"
    path.write_text("before")
    (tmp_path / "usual.json.new").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        usual_face([reading()]).save(path)
    assert path.read_text() == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["usual.json"]
