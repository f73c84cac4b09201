import pytest

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.movements import MOVEMENT_NAMES
from mien.training.model.heads import HEADS, count_logits, head_slices


def test_each_head_has_a_logit_for_each_of_its_names() -> None:
    expected = [
        ("label", EMOTION_NAMES),
        ("votes", FERPLUS_NAMES),
        ("expressions", EMOTION_NAMES),
        ("movements", MOVEMENT_NAMES),
    ]  # in this order: the weights of runs depend on it
    assert list(HEADS.items()) == [(head, len(names)) for head, names in expected]


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (("label",), {"label": slice(0, 7)}),
        (("label", "movements"), {"label": slice(0, 7), "movements": slice(7, 21)}),
        (
            ("label", "votes", "expressions", "movements"),
            {
                "label": slice(0, 7),
                "votes": slice(7, 17),
                "expressions": slice(17, 24),
                "movements": slice(24, 38),
            },
        ),
    ],
)
def test_heads_stand_one_after_the_other(
    heads: tuple[str, ...], expected: dict[str, slice]
) -> None:
    assert head_slices(heads) == expected
    assert count_logits(heads) == list(expected.values())[-1].stop
