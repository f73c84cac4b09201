import numpy as np
import pytest
import torch

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.training.data.dataset import Source, empty_records
from mien.training.engine.config import Config
from mien.training.model.heads import HEADS, count_logits, head_slices
from mien.training.model.losses import (
    Targets,
    data_loss,
    movements_loss,
    network_loss,
    teaching_loss,
    votes_loss,
)
from mien.training.model.networks import build

CPU = torch.device("cpu")


def test_images_without_votes_train_the_label_head_alone() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(4, 10, generator=generator)
    votes = torch.softmax(torch.randn(4, 10, generator=generator), dim=1)
    expected = -(votes[:2] * logits[:2].log_softmax(dim=1)).sum() / 2
    votes[2:] = 0
    assert votes_loss(logits, votes).item() == pytest.approx(expected.item())
    assert votes_loss(logits, votes * 0).item() == 0


def test_of_a_network_and_itself_as_a_teacher_the_loss_is_the_entropy() -> None:
    images = torch.rand(4, 1, 48, 24)
    images = torch.cat((images, images.flip(3)), dim=3)
    network = build("baseline", 0, ("label", "votes")).eval()
    logits = network(images)
    own = teaching_loss(logits, [network], images, votes_weight=2.0)
    parts = [logits[:, :7], logits[:, 7:]]
    entropies = [-(part.softmax(1) * part.log_softmax(1)).sum(1).mean() for part in parts]
    torch.testing.assert_close(own, entropies[0] + 2 * entropies[1])


def test_teachers_say_the_same_of_an_image_and_its_mirror_image() -> None:
    images = torch.rand(4, 1, 48, 48)
    teachers = [build("baseline", seed, ("label", "votes")).eval() for seed in (0, 1)]
    logits = torch.randn(4, 17)
    losses = [teaching_loss(logits, teachers, view, 1.0) for view in (images, images.flip(3))]
    torch.testing.assert_close(*losses)
    shares = [
        teacher(view)[:, :7].softmax(1) for teacher in teachers for view in (images, images.flip(3))
    ]
    expected = -(torch.stack(shares).mean(0) * logits[:, :7].log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(teaching_loss(logits[:, :7], teachers, images, 1.0), expected)


def test_the_data_s_loss_weighs_both_heads_and_skips_missing_labels() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(3, 17, generator=generator)
    votes = torch.softmax(torch.randn(3, 10, generator=generator), dim=1)
    labels = torch.tensor([6, -1, 0])
    label = -(logits[0, :7].log_softmax(0)[6] + logits[2, :7].log_softmax(0)[0]) / 2
    both = data_loss(logits, labels, votes, 0.0, 3.0)
    torch.testing.assert_close(both, label + 3 * votes_loss(logits[:, 7:], votes))
    torch.testing.assert_close(data_loss(logits[:, :7], labels, votes, 0.0, 3.0), label)


def test_without_any_label_the_loss_and_its_gradient_are_finite() -> None:
    logits = torch.randn(3, 7, requires_grad=True)
    for smoothing in (0.0, 0.1):
        loss = data_loss(logits, torch.full((3,), -1), torch.zeros(3, 10), smoothing, 1.0)
        assert loss.item() == 0
        (gradient,) = torch.autograd.grad(loss, logits)
        assert not gradient.any()


def test_another_source_s_label_is_a_vote_and_no_label() -> None:
    records = empty_records(2)
    records["label"], records["source"] = 3, (0, 1)
    records["votes"][:, FERPLUS_NAMES.index("happiness")] = (4, 1)
    records["votes"][0, 0] = 4
    targets = Targets.of(records, CPU)
    assert targets.labels.tolist() == [3, -1]
    assert targets.votes[:, FERPLUS_NAMES.index("happiness")].tolist() == [0.5, 1]
    assert targets[torch.tensor([1])].labels.tolist() == [-1]
    assert (targets.movements == -1).all()


def test_on_press_faces_the_teacher_of_expressions_has_half_of_what_is_said() -> None:
    happy, neutral = EMOTION_NAMES.index("happy"), EMOTION_NAMES.index("neutral")
    votes_happy, votes_neutral = FERPLUS_NAMES.index("happiness"), FERPLUS_NAMES.index("neutral")
    records = empty_records(3)
    records["source"] = (Source.PRESS, Source.PRESS, Source.FER2013)
    records["votes"][:, votes_neutral] = 1
    records["expressions"][[0, 2], happy] = 1  # of the second nothing is known
    records["taught"][:, neutral] = records["taught"][:, 7 + votes_neutral] = 1
    targets = Targets.of(records, CPU)
    assert targets.votes[:, votes_happy].tolist() == [0.5, 0, 0]
    assert targets.votes[:, votes_neutral].tolist() == [0.5, 1, 1]
    assert targets.taught[:, happy].tolist() == [0.5, 0, 0]
    assert targets.taught[:, 7 + votes_happy].tolist() == [0.5, 0, 0]
    assert targets.taught[:, 7 + votes_neutral].tolist() == [0.5, 1, 1]
    assert records["taught"][0, neutral] == 1  # what is written stays


def test_movements_that_are_unknown_teach_nothing() -> None:
    logits = torch.randn(3, 14)
    movements = torch.rand(3, 14)
    movements[1] = -1
    known, target = logits[[0, 2]].sigmoid(), movements[[0, 2]]
    expected = -(target * known.log() + (1 - target) * (1 - known).log()).mean()
    torch.testing.assert_close(movements_loss(logits, movements), expected)
    assert movements_loss(logits, torch.full((3, 14), -1.0)).item() == 0


def test_the_network_s_loss_is_the_weighted_sum_over_its_heads() -> None:
    rng = np.random.default_rng(0)
    records = empty_records(4)
    records["label"] = (0, 3, 6, 1)
    records["votes"] = rng.multinomial(10, np.full(10, 0.1), 4)
    records["expressions"] = rng.dirichlet(np.ones(7), 4)
    records["movements"] = rng.random((4, 14))
    records["taught"][:, :7] = rng.dirichlet(np.ones(7), 4)
    records["taught"][:, 7:] = rng.dirichlet(np.ones(10), 4)
    targets, heads = Targets.of(records, CPU), tuple(HEADS)
    logits = torch.randn(4, count_logits(heads))
    config = Config(
        votes_weight=2.0,
        expressions_weight=3.0,
        movements_weight=5.0,
        distillation_weight=0.25,
        label_smoothing=0.0,
    )
    label, votes, expressions, movements = logits.split(list(HEADS.values()), dim=1)
    data = data_loss(logits[:, :17], targets.labels, targets.votes, 0.0, 2.0)
    taught = votes_loss(label, targets.taught[:, :7]) + 2 * votes_loss(votes, targets.taught[:, 7:])
    expected = 0.75 * data + 0.25 * taught
    expected = expected + 3 * votes_loss(expressions, targets.expressions)
    expected = expected + 5 * movements_loss(movements, targets.movements)
    found = network_loss(logits, targets, head_slices(heads), config)
    torch.testing.assert_close(found, expected)
