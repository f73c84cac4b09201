"""Options of `mien train`, `mien data preview` and `mien data annotate`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter, validators

from mien.errors import DataError, TrainingError
from mien.training.model.heads import Head

# Numbers outside these ranges are refused on the command line.
_Share = Annotated[float, Parameter(validator=validators.Number(gte=0, lte=1))]
_PartShare = Annotated[float, Parameter(validator=validators.Number(gte=0, lt=1))]
_Amount = Annotated[float, Parameter(validator=validators.Number(gte=0))]
_Positive = Annotated[float, Parameter(validator=validators.Number(gt=0))]
_Degrees = Annotated[float, Parameter(validator=validators.Number(gte=0, lt=90))]
_Rotation = Annotated[float, Parameter(validator=validators.Number(gte=0, lte=180))]
_Fraction = Annotated[float, Parameter(validator=validators.Number(gt=0, lte=1))]
_Count = Annotated[int, Parameter(validator=validators.Number(gte=1))]
_Quality = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=100))]


@dataclass(frozen=True, slots=True)
class Augmentation:
    """Changes that an image may undergo; each image of a batch draws its own values.

    Attributes:
        rotation_range: largest rotation in degrees, either way.
        shear_range: largest shear along x in degrees, either way.
        zoom_range: scale by a factor from 1 - zoom_range (out) to 1 + zoom_range (in).
        shift_range: largest shift along x and y as a share of the side, either way.
        horizontal_flip: mirror half of the images.
        brightness_range: multiply by a factor from 1 - brightness_range to 1 + brightness_range.
        contrast_range: the same for the distance from the image's mean.
        equalization: largest share of an equalized image, whose grey values are spread evenly, that
            is mixed into half of the images.
        blur: blur half of the images by a Gaussian of up to this standard deviation in pixels.
        noise: add noise to half of the images, of up to this standard deviation (of 255).
        jpeg: compress half of the images with a quality from this (1 to 100) to 100; 0 compresses
            none.
        erasing: share of the images in which a rectangle of 2 to 20 % of the image is greyed out.
        fill_mode: filling beyond the picture's edge, as in Keras: "nearest" repeats the edge's
            pixels, "reflect" mirrors the picture there, "constant" is black.
    """

    rotation_range: _Rotation = 15.0
    shear_range: _Degrees = 10.0
    zoom_range: _PartShare = 0.3
    shift_range: _Share = 0.08
    horizontal_flip: bool = True
    brightness_range: _Share = 0.0
    contrast_range: _Share = 0.0
    equalization: _Share = 0.0
    blur: _Amount = 0.0
    noise: _Amount = 0.0
    jpeg: _Quality = 0
    erasing: _Share = 0.0
    fill_mode: Literal["nearest", "reflect", "constant"] = "nearest"


@dataclass(frozen=True, slots=True)
class Config:
    """Options of a training run.

    Attributes:
        network: baseline, se_resnet, se_resnet_deep, se_resnet_large or dlib_resnet.
        start: folder of a run whose best weights to begin with, of the same network or of a
            shallower one of its kind; "" for fresh ones, drawn by the seed.
        teachers: folders of runs, of any network, or files of `mien export`, which are faster on
            CPUs in 8 bits; their mean shares are learnt beside the data (Hinton et al. 2015,
            "Distilling the Knowledge in a Neural Network"). They see each image moved as the
            network sees it, but before light, blur, noise, JPEG and erasing, and its mirror image.
        distillation_weight: share of other networks' answers in the loss of label and votes, 0 to
            1; the data have the rest. The answers are those of `teachers`, or without teachers
            those in the data set (`mien data annotate --teachers`).
        data_fraction: share of the training images to use, drawn by the seed; for learning curves.
        backgrounds: patches of pictures without a face among the training images, as a share of
            their number; only the votes head learns from them.
        epochs: largest number of passes over the training images.
        batch_size: images in a step.
        learning_rate: Adam's highest rate, reached after `warmup`; it then falls to 0 along a
            cosine.
        warmup: share of all steps over which the rate rises.
        weight_decay: how much each step shrinks the weights, in units of the rate (AdamW,
            Loshchilov & Hutter 2019).
        ema_decay: share of the weights' exponential moving average (EMA) that each step keeps. The
            average is validated and kept. 0 keeps the last weights themselves.
        progressive: share of the epochs, from the first on, that see images shrunk to 32×32, which
            takes half the time (progressive resizing; Tan & Le 2021, arXiv 2104.00298). Not for
            `baseline`, whose dense layer takes 48×48 only.
        mixup: parameter of the Beta distribution by which each batch is blended with itself in
            another order, targets alike (Zhang et al. 2018, arXiv 1710.09412); 0 blends nothing.
        balance: how much more often rare labels are drawn: an image is drawn in proportion to its
            label's count to the power of minus this. 0 takes every image once an epoch, 1 every
            label equally often.
        label_smoothing: share of each label's target spread evenly over the classes.
        votes_weight: weight of the votes' cross-entropy beside the label's; 0, or a data set
            without votes, leaves the votes head out.
        expressions_weight: weight of the cross-entropy with the answers of a teacher of expressions
            (`mien data annotate --expressions`); 0 leaves that head out.
        movements_weight: weight of the movements' mean binary cross-entropy
            (`mien data annotate --landmarker`); 0 leaves that head out.
        patience: number of epochs without a better validation accuracy after which to stop.
        seed: seed of weights, order, augmentation and dropout.
        augmentation: augmentation of each training image.
    """

    network: str = "baseline"
    start: str = ""
    teachers: tuple[str, ...] = ()
    distillation_weight: float = 0.0
    data_fraction: _Fraction = 1.0
    backgrounds: _Amount = 0.0
    epochs: _Count = 45
    batch_size: _Count = 128
    learning_rate: _Positive = 2e-3
    warmup: _Share = 0.05
    weight_decay: _Amount = 0.0
    ema_decay: _PartShare = 0.0
    progressive: _Share = 0.0
    mixup: _Amount = 0.0
    balance: _Amount = 0.0
    label_smoothing: _Share = 0.1
    votes_weight: float = 1.0
    expressions_weight: float = 0.0
    movements_weight: float = 0.0
    patience: _Count = 20
    seed: int = 0
    augmentation: Annotated[Augmentation, Parameter(name="*")] = field(default_factory=Augmentation)

    @property
    def votes(self) -> bool:
        """Whether the network has a votes head."""
        return self.votes_weight > 0

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the network's heads, in the order of `mien.training.model.heads.Head`."""
        weights = (1.0, self.votes_weight, self.expressions_weight, self.movements_weight)
        return tuple(head.value for head, weight in zip(Head, weights, strict=True) if weight > 0)

    def check(self) -> None:
        """Check the weights of what is learnt.

        Raises:
            TrainingError: a weight is out of range, or teachers have none.
        """
        share = self.distillation_weight
        if not 0 <= share <= 1:
            raise TrainingError(f"--distillation-weight {share:g}: it is a share, expected 0 to 1")
        for name in ("expressions", "movements"):
            weight = getattr(self, f"{name}_weight")
            if not weight >= 0:
                raise TrainingError(f"--{name}-weight {weight:g}: expected 0 or more")
        if self.teachers and not share:
            raise TrainingError(
                "--teachers: they teach nothing with a weight of 0; give --distillation-weight "
                "too, as 0.7"
            )


@dataclass(frozen=True, slots=True)
class Teachers:
    """Teachers whose answers `mien data annotate` writes into a data set.

    Attributes:
        expressions: OpenCV Zoo's expression network, an ONNX file; press faces bring its answers
            along.
        landmarker: face_landmarks_detector.tflite of Google's Face Landmarker; goes with
            --blendshapes.
        blendshapes: face_blendshapes.tflite of Google's Face Landmarker.
        press: the zip of the data set's press faces, if it holds such faces, for their movements at
            full size.
        teachers: runs or exported files of mien's, whose mean shares of labels and votes are kept;
            the votes are the mean over the teachers with such a head.
    """

    expressions: Path | None = None
    landmarker: Path | None = None
    blendshapes: Path | None = None
    press: Path | None = None
    teachers: tuple[Path, ...] = ()

    def check(self) -> None:
        """Check that somebody can be asked.

        Raises:
            DataError: nobody is named, or one of the Face Landmarker's networks without the other.
        """
        if (self.landmarker is None) != (self.blendshapes is None):
            raise DataError(
                "movements take both networks of the Face Landmarker: give --landmarker "
                "face_landmarks_detector.tflite and --blendshapes face_blendshapes.tflite"
            )
        if self.expressions is None and self.landmarker is None and not self.teachers:
            raise DataError(
                "nobody to ask: give --expressions, --landmarker with --blendshapes, or --teachers"
            )


OLD_OPTIONS: Final = {"averaging": "ema_decay", "part": "data_fraction"}
"""Options of mien 0.1.0 and their present names."""

OLD_NETWORKS: Final = {
    "recognition": "dlib_resnet",
    "residual": "se_resnet",
    "residual-deep": "se_resnet_deep",
    "residual-large": "se_resnet_large",
}
"""Networks of mien 0.1.0 and their present names."""


def config_from(options: Mapping[str, Any]) -> Config:
    """Read the config in a run's `config.json` or a model's metadata, those of mien 0.1.0 too.

    Args:
        options: result of `dataclasses.asdict`, or options by the names of mien 0.1.0. Its `decay`
            is dropped: the learning rate always falls.

    Raises:
        KeyError, TypeError: these are no options of a run.
    """
    now = {OLD_OPTIONS.get(name, name): value for name, value in options.items()}
    now["network"] = OLD_NETWORKS.get(now["network"], now["network"])
    now["teachers"] = tuple(now.get("teachers", ()))
    now["augmentation"] = Augmentation(**now["augmentation"])
    teaching = now.pop("teaching", None)
    if teaching is not None and now["teachers"]:
        now["distillation_weight"] = teaching
    now.pop("decay", None)
    return Config(**now)
