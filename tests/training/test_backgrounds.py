import numpy as np
from skimage import data

from mien.emotions import FERPLUS_NAMES
from mien.faces.detector import Detector
from mien.training.data.backgrounds import PICTURES, background_records
from mien.training.data.dataset import DTYPE

NF = FERPLUS_NAMES.index("NF")
CROPS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)


def test_ten_people_say_that_a_background_is_no_face_and_nobody_labels_it() -> None:
    records = background_records(CROPS, 40, seed=0)
    assert records.dtype == DTYPE
    assert (records["votes"][:, NF] == 10).all()
    assert (records["votes"].sum(axis=1) == 10).all()
    assert (records["label"] == -1).all()


def test_patches_differ_from_each_other_and_follow_the_seed() -> None:
    images = background_records(CROPS, 40, seed=0)["image"]
    assert len(np.unique(images.reshape(40, -1), axis=0)) > 35
    assert (images == background_records(CROPS, 40, seed=0)["image"]).all()
    assert (images != background_records(CROPS, 40, seed=1)["image"]).any()


def test_nobody_is_in_the_pictures() -> None:
    detector = Detector()
    for name in PICTURES:
        picture = np.asarray(getattr(data, name)())
        if picture.ndim == 2:
            picture = np.repeat(picture[..., None], 3, axis=2)
        assert not detector.detect(np.ascontiguousarray(picture[..., :3])), name
