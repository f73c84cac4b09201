#!/usr/bin/env bash
# The whole way from FER2013 and FER+ to the weights that mien ships.
#
#   recipes/shipped.sh fer2013.zip fer2013new.csv OUT
#
# OUT holds the data set, the run, the exported network and its figures in the end. Started again, it
# goes on where it was interrupted. The same machine gives the same weights.
set -euo pipefail
fer2013=$1 votes=$2 out=$3
mkdir -p "$out"
[ -e "$out/fer2013.npy" ] || mien data prepare "$fer2013" --votes "$votes" --out "$out/fer2013.npy"
resume=()
[ ! -e "$out/run/config.json" ] || resume=(--resume)
mien train --data "$out/fer2013.npy" --network baseline --out "$out/run" \
    --epochs 45 --rotation-range 15 --shift-range 0.08 "${resume[@]}"
mien export "$out/run" --data "$out/fer2013.npy" --out "$out/mien.onnx"
for split in validation public; do
    mien evaluate --data "$out/fer2013.npy" --split "$split" --model "$out/mien.onnx" \
        --json "$out/$split.json" --report "$out/report-$split" --run "$out/run"
done
