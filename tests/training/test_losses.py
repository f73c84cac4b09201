import pytest
import torch

from mien.training.losses import data_loss, teaching_loss, votes_loss
from mien.training.networks import build


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
