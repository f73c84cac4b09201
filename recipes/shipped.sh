#!/usr/bin/env bash
# Make the weights that mien ships from FER2013, FER+, press faces and teachers.
#
#   recipes/shipped.sh fer2013.zip fer2013new.csv press-faces.zip TEACHERS OUT
#
# TEACHERS holds three files that docs/train-your-own.md names, with their SHA-256. In the end OUT holds the
# data set, the runs, the exported network and its figures. Started again, the recipe continues an interrupted
# run. The same machine gives the same weights. The runs' names are those of experiments/README.md; mien 0.1.0
# called the networks se_resnet, se_resnet_deep and dlib_resnet residual, residual-deep and recognition.
set -euo pipefail
fer2013=$1 votes=$2 press=$3 teachers=$4 out=$5
mkdir -p "$out"
[ -e "$out/fer2013.npy" ] || mien data prepare "$fer2013" --votes "$votes" --out "$out/fer2013.npy"
data=$out/fer2013.npy

train() { # NAME OPTIONS...
    local run=$out/$1 resume=()
    shift
    [ ! -e "$run/config.json" ] || resume=(--resume)
    mien train --data "$data" --out "$run" "$@" "${resume[@]}"
}

# Options that several runs share.
average="--weight-decay 0.05 --ema-decay 0.998"
steady="$average --backgrounds 0.06"
mild="--rotation-range 12 --zoom-range 0.2 --shift-range 0.06 --shear-range 5 --brightness-range 0.2 \
    --contrast-range 0.2 --blur 0.6 --noise 4 --jpeg 60 --erasing 0.15"
heads="--label-smoothing 0 --expressions-weight 1 --movements-weight 3 --distillation-weight 0.3"

# A first teacher, and what shipped before.
train baseline --network baseline --epochs 45 --rotation-range 15 --shift-range 0.08
# A smaller network, from nothing, with strong augmentation.
train residual --network se_resnet --epochs 64 --patience 64 --progressive 0.67 $average \
    --rotation-range 15 --zoom-range 0.25 --shift-range 0.08 --brightness-range 0.3 \
    --contrast-range 0.3 --blur 1.0 --noise 10 --jpeg 30 --erasing 0.25
# Further, with patches that show no face: the second teacher.
train residual-2 --network se_resnet --start "$out/residual" --epochs 40 --patience 40 \
    --learning-rate 0.001 --progressive 0.55 $steady --rotation-range 12 --zoom-range 0.2 \
    --shift-range 0.08 --shear-range 5 --brightness-range 0.3 --contrast-range 0.3 --blur 0.7 \
    --noise 8 --jpeg 40 --erasing 0.15
# Further, taught by both.
train residual-3 --network se_resnet --start "$out/residual-2" --teachers "$out/baseline" \
    --teachers "$out/residual-2" --distillation-weight 0.8 --epochs 15 --patience 15 \
    --learning-rate 0.0007 $steady --label-smoothing 0 --rotation-range 15 --zoom-range 0.25 \
    --shift-range 0.08 --shear-range 8 --brightness-range 0.3 --contrast-range 0.3 --blur 1.0 \
    --noise 8 --jpeg 30 --erasing 0.15
# On milder images, nearer to those that it will read.
train residual-4 --network se_resnet --start "$out/residual-3" --teachers "$out/baseline" \
    --teachers "$out/residual-3" --distillation-weight 0.8 --epochs 12 --patience 12 \
    --learning-rate 0.0004 $steady --label-smoothing 0 --rotation-range 10 --zoom-range 0.12 \
    --shift-range 0.05 --shear-range 5 --brightness-range 0.2 --contrast-range 0.2 --blur 0.6 \
    --noise 4 --jpeg 60 --erasing 0.1
# Another teacher, on milder images.
train baseline-3 --network baseline --seed 2 --epochs 36 --patience 36 $steady --rotation-range 12 \
    --zoom-range 0.2 --shift-range 0.06 --shear-range 5 --erasing 0.15
# Grown by a block, and taught by that; trained by two processes (docs/scale.md).
train residual-5 --network se_resnet_deep --start "$out/residual-4" --teachers "$out/baseline-3" \
    --teachers "$out/residual-4" --distillation-weight 0.8 --epochs 21 --patience 21 \
    --learning-rate 0.001 $steady --label-smoothing 0 $mild
# A teacher that begins with dlib's weights for telling people apart (mien.training.model.dlib_resnet).
train recognition --network dlib_resnet --epochs 18 --patience 18 --learning-rate 0.0005 $steady \
    --rotation-range 12 --zoom-range 0.2 --shift-range 0.06 --shear-range 5 --erasing 0.15
# Taught by that too; the shipped run was trained by two processes.
train residual-6 --network se_resnet_deep --start "$out/residual-5" --teachers "$out/recognition" \
    --teachers "$out/residual-5" --distillation-weight 0.9 --epochs 21 --patience 21 \
    --learning-rate 0.001 $steady --label-smoothing 0 $mild

# Further, by whole photographs and other teachers: expressions and movements as additional heads.
if [ ! -e "$out/faces.npy" ]; then
    mien data prepare "$fer2013" --votes "$votes" --press "$press" --out "$out/faces-plain.npy"
    mien data annotate "$out/faces-plain.npy" --out "$out/faces.npy" --press "$press" \
        --expressions "$teachers/facial_expression_recognition_mobilefacenet_2022july_int8.onnx" \
        --landmarker "$teachers/face_landmarks_detector.tflite" \
        --blendshapes "$teachers/face_blendshapes.tflite" --teachers "$out/residual-6"
fi
data=$out/faces.npy
train residual-8 --network se_resnet_deep --start "$out/residual-6" --epochs 10 --patience 10 \
    --learning-rate 0.001 $steady $heads $mild
# Further, on harder images, from its mean with the run that it began with.
[ -e "$out/mean-6-8" ] || mien average "$out/residual-6" "$out/residual-8" --weights 0.2 0.8 \
    --last --out "$out/mean-6-8"
train residual-9 --network se_resnet_deep --start "$out/mean-6-8" --epochs 15 --patience 15 \
    --learning-rate 0.001 $steady $heads --rotation-range 12 --zoom-range 0.25 --shift-range 0.06 \
    --shear-range 5 --brightness-range 0.25 --contrast-range 0.25 --blur 1.1 --noise 6 --jpeg 40 \
    --erasing 0.15

# Further, on equalized images, from the mean of both.
[ -e "$out/mean-8-9" ] || mien average "$out/residual-8" "$out/residual-9" --last --out "$out/mean-8-9"
train residual-10 --network se_resnet_deep --start "$out/mean-8-9" --epochs 5 --patience 5 --seed 10 \
    --learning-rate 0.0008 $steady --label-smoothing 0 --expressions-weight 1.5 --movements-weight 2 \
    --distillation-weight 0.3 $mild --equalization 1

# What the networks so far say of all images, together with residual-6, is learnt beside the data.
if [ ! -e "$out/faces-taught.npy" ]; then
    mien export "$out/residual-8" "$out/residual-9" --data "$data" --out "$out/pair.onnx" \
        --quantize --last
    mien data annotate "$data" --out "$out/faces-taught.npy" --teachers "$out/pair.onnx" \
        --teachers "$out/residual-6"
fi
data=$out/faces-taught.npy
[ -e "$out/mean-8-10" ] || mien average "$out/residual-8" "$out/residual-10" --last --out "$out/mean-8-10"
train residual-11 --network se_resnet_deep --start "$out/mean-8-10" --epochs 20 --patience 40 --seed 11 \
    --learning-rate 0.001 $steady --label-smoothing 0 --expressions-weight 2 --movements-weight 3 \
    --distillation-weight 0.5 --rotation-range 12 --zoom-range 0.2 --shift-range 0.06 --shear-range 5 \
    --brightness-range 0.3 --contrast-range 0.5 --blur 0.8 --noise 4 --jpeg 50 --erasing 0.15

# The mean of the last two runs' weights ships.
[ -e "$out/mean-10-11" ] || mien average "$out/residual-10" "$out/residual-11" --weights 0.4 0.6 \
    --last --out "$out/mean-10-11"
mien export "$out/mean-10-11" --data "$data" --out "$out/mien.onnx" --quantize
for split in validation public; do
    mien evaluate --data "$data" --split "$split" --model "$out/mien.onnx" \
        --json "$out/$split.json" --report "$out/report-$split" --run "$out/residual-11"
done
python recipes/page_reliability.py "$out/public.json"
