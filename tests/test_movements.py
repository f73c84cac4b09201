from mien.movements import MOVEMENT_NAMES, moving


def test_three_movements_at_most_are_said_the_strongest_first() -> None:
    assert moving(dict.fromkeys(MOVEMENT_NAMES, 0.1)) == []
    full = dict.fromkeys(MOVEMENT_NAMES, 0.0)
    strong = {"brows lowered": 0.9, "mouth open": 0.8, "eyes narrowed": 1.0, "chin raised": 0.75}
    assert moving(full | strong) == ["eyes narrowed", "brows lowered", "mouth open"]


def test_closed_eyes_are_not_narrowed_as_well() -> None:
    assert moving({"eyes narrowed": 0.7, "eyes closed": 0.6}) == ["eyes closed"]
    assert moving({"eyes narrowed": 0.7, "eyes closed": 0.3}) == ["eyes narrowed"]
