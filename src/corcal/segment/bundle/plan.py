"""Of nnU-Net's dataset.json and plans.json, what running a trained network needs.

Only what corcal computes exactly as nnU-Net does is accepted; anything else is refused, never
approximated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.core.artery import EXCLUSIVE, REGIONS
from corcal.core.box import Index
from corcal.core.errors import ModelRefused
from corcal.segment.bundle.manifest import BundleFacts

#: Plans name classes to be imported: only those that build a plain network are.
_NETWORKS = tuple(
    f"dynamic_network_architectures.architectures.unet.{name}"
    for name in ("PlainConvUNet", "ResidualEncoderUNet")
)
_LAYERS = "torch.nn."
_AGAIN = "get the bundle again, or train and export it again"


@dataclass(frozen=True)
class Intensities:
    """The way from HU to the network's input: clipped, minus the mean, over the deviation."""

    lower_hu: float
    upper_hu: float
    mean_hu: float
    deviation_hu: float


@dataclass(frozen=True)
class Plan:
    """All that is needed to run the network.

    Attributes:
        patch: voxels of a window, in the network's axis order.
        transpose: the network's axis i is axis `transpose[i]` of (slice, row, column).
        intensities: the normalisation.
        network_class: dotted name of the network's class.
        network_arguments: what it is made with.
        imported: the arguments that name classes.
    """

    patch: Index
    transpose: Index
    intensities: Intensities
    network_class: str
    network_arguments: dict[str, Any]
    imported: tuple[str, ...]


def check_dataset(dataset: dict[str, Any], where: str, *, exclusive: bool = False) -> None:
    """Refuse a dataset.json whose regions are not the paper's six, in this order.

    Output channel i of the network is the i-th label of the file's own key order; a tool that
    sorts keys exchanges arteries in silence.

    Args:
        dataset: as loaded, keys in the file's order.
        where: the file, for messages.
        exclusive: the labels exclude each other instead, and nothing is painted.

    Raises:
        ModelRefused: other labels, another order, or more than one CT channel.
    """
    expected = [("background", [0])] + [(r.name, list(r.codes)) for r in REGIONS]
    order: list[int] | None = [r.code for r in REGIONS]
    if exclusive:
        expected = [("background", [0])] + [(e.name, [e.code]) for e in EXCLUSIVE]
        order = None
    try:
        found = [
            (name, list(codes) if isinstance(codes, list | tuple) else [codes])
            for name, codes in dataset["labels"].items()
        ]
        channels, painted = dataset["channel_names"], dataset.get("regions_class_order")
    except (KeyError, AttributeError) as error:
        raise ModelRefused(f"{where}: it does not say {error}; {_AGAIN}") from None
    if found != expected or painted != order:
        raise ModelRefused(
            f"{where}: labels {[name for name, _ in found]} painted as {painted} are not the six "
            f"regions in their order {[name for name, _ in expected]}, painted as {order}; a tool "
            f"that sorts keys has exchanged them, or the model finds something else: {_AGAIN}"
        )
    if channels != {"0": "CT"}:
        raise ModelRefused(f"{where}: its channels {channels} are not one CT; {_AGAIN}")


def parse_plan(plans: dict[str, Any], facts: BundleFacts, where: str) -> Plan:
    """Return what running the network needs.

    Args:
        plans: nnU-Net's plans.json.
        facts: of the same bundle.
        where: the file, for messages.

    Raises:
        ModelRefused: something is absent, contradicts the manifest, or is not what corcal runs.
    """
    try:
        chosen = plans["configurations"][facts.configuration]
        network = chosen["architecture"]
        plan = Plan(
            patch=_index(chosen["patch_size"]),
            transpose=_index(plans["transpose_forward"]),
            intensities=_intensities(plans["foreground_intensity_properties_per_channel"]["0"]),
            network_class=str(network["network_class_name"]),
            network_arguments=dict(network["arch_kwargs"]),
            imported=tuple(str(name) for name in network["_kw_requires_import"]),
        )
        spacing = [float(s) for s in chosen["spacing"]]
        schemes = list(chosen["normalization_schemes"])
    except KeyError as error:
        raise ModelRefused(f"{where}: it does not say {error}; {_AGAIN}") from None
    except (TypeError, ValueError) as error:
        raise ModelRefused(f"{where}: a value is of another kind ({error}); {_AGAIN}") from None
    _check(plan, where)
    if schemes != ["CTNormalization"]:
        raise ModelRefused(f"{where}: corcal runs CTNormalization, not {schemes}; {_AGAIN}")
    trained = [facts.spacing_mm[axis] for axis in plan.transpose]
    if not np.allclose(spacing, trained, atol=1e-6):
        raise ModelRefused(
            f"{where}: spacing {spacing} contradicts the manifest's {list(facts.spacing_mm)}; "
            f"{_AGAIN}"
        )
    return plan


def _index(values: Any) -> Index:
    a, b, c = (int(v) for v in values)
    return (a, b, c)


def _intensities(said: dict[str, Any]) -> Intensities:
    return Intensities(
        lower_hu=float(said["percentile_00_5"]),
        upper_hu=float(said["percentile_99_5"]),
        mean_hu=float(said["mean"]),
        deviation_hu=float(said["std"]),
    )


def _check(plan: Plan, where: str) -> None:
    classes = [plan.network_arguments.get(name) for name in plan.imported]
    if plan.network_class not in _NETWORKS or not all(
        c is None or (isinstance(c, str) and c.startswith(_LAYERS)) for c in classes
    ):
        raise ModelRefused(
            f"{where}: the network {plan.network_class} of {classes} is not one that corcal "
            f"builds ({', '.join(n.rpartition('.')[2] for n in _NETWORKS)}); {_AGAIN}"
        )
    if min(plan.patch) < 1 or sorted(plan.transpose) != [0, 1, 2]:
        raise ModelRefused(
            f"{where}: a patch of {plan.patch} with axes {plan.transpose} makes no sense; {_AGAIN}"
        )
