#!/bin/sh
# The embedded networks on a computer that lends one GPU and its cores for some minutes:
#
#     sh examples/embedded_on_gpu.sh RESULTS [MINUTES] [WORK]
#
# Run it in the root of a checkout. It needs python3 (3.11 or later) with torch for CUDA, numpy,
# scipy, click, jinja2, rich, pillow, contourpy; what else corcal imports (nibabel, pydicom, pynrrd
# with bidict, tomli-w) comes as wheels in .whl/ if it is not installed. No OpenVINO, no scans, no
# network. MINUTES (8.5 unless given) is all the time it takes. WORK (/tmp/corcal-training) receives
# up to 45 GB of phantoms.
#
# RESULTS receives locator.pt, base.pt, phantom_hearts.pt, log.jsonl (each under 16 MiB, written
# every two minutes) and output.txt. Put the first four into weights/ of a work folder where
# OpenVINO and the annotated scans are, and finish there, on a CPU:
#
#     corcal train default --minutes M --data DATA --scans TOML -o WORK
#
# SIGTERM saves what was trained. The same command with the same RESULTS and WORK goes on.
set -eu
results=$1 minutes=${2:-8.5} work=${3:-/tmp/corcal-training}
mkdir -p "$results" "$work/site"
results=$(cd "$results" && pwd)
ln -sfn "$results" "$work/weights"
if ls .whl/*.whl >/dev/null 2>&1; then
  python3 -m pip install -q --no-index --no-deps --no-compile --upgrade --target "$work/site" .whl/*.whl
fi
PYTHONPATH="$PWD/src:$work/site" exec python3 -m corcal train default --minutes "$minutes" \
  --device auto --batch 16 --phantoms 1200 --no-export -o "$work" >"$results/output.txt" 2>&1
