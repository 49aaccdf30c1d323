"""The time of a step of the embedded segmenter's training, and of the cases that it needs.

    python -m benchmarks.training_step [--device cuda] [--batch 2] [--steps 4] [--threads 1]

Makes one phantom, keeps it in the device's memory, and times its patches and the steps on them in
float32 and in bfloat16: on a CPU in seconds of the processor, so that other programs do not count,
on a GPU in seconds of the clock. Prints a Markdown table. Needs torch.
"""

from __future__ import annotations

import argparse

from corcal.recipes import step_times

NAMES = {
    "phantom": "a phantom",
    "patches": "the patches of a step",
    "float32": "a step in float32",
    "bfloat16": "a step in bfloat16",
}


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description="Time a training step.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    print("| what | seconds |\n|---|---:|")
    times = step_times(given.device, batch=given.batch, steps=given.steps, threads=given.threads)
    for name, seconds in times:
        print(f"| {NAMES[name]} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
