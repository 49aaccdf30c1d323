"""nnU-Net's network in torch, with a bundle's weights in it."""

from __future__ import annotations

from typing import Any

from corcal.core.errors import ModelRefused
from corcal.runtime import INSTALL, need
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import weights_of


def load_network(bundle: Bundle, fold: int, *, what: str) -> Any:
    """Return a fold as a torch module on the CPU, set to be run.

    Args:
        bundle: the model.
        fold: one of its folds.
        what: needs it, for messages.

    Raises:
        ModelRefused: torch is not installed, or the weights are not the plan's network's.
    """
    need("torch", what)
    name = weights_of(fold)
    try:
        weights = need("safetensors.torch", what).load(bundle.read(name))
    except (ValueError, RuntimeError, TypeError) as error:
        raise ModelRefused(f"{bundle.path}: {name} is no safetensors file ({error})") from error
    except Exception as error:
        # safetensors' own error is no subclass of anything more telling.
        if type(error).__name__ != "SafetensorError":
            raise
        raise ModelRefused(f"{bundle.path}: {name} is no safetensors file ({error})") from error
    network = _build(bundle, what)
    _fill(network, weights, f"{bundle.path}: {name}")
    return network.eval()


def _build(bundle: Bundle, what: str) -> Any:
    plan = bundle.plan
    arguments = dict(plan.network_arguments)
    for name in plan.imported:
        if arguments.get(name) is not None:
            arguments[name] = _layer_name(arguments[name], what)
    made = _layer_name(plan.network_class, what)
    try:
        channels = len(bundle.facts.regions)
        return made(input_channels=1, num_classes=channels, deep_supervision=False, **arguments)
    except (TypeError, ValueError, AssertionError) as error:
        raise ModelRefused(
            f"{bundle.path}: its plan does not make a network ({error}); export it again"
        ) from error


def _layer_name(dotted: str, what: str) -> Any:
    home, _, name = dotted.rpartition(".")
    found = getattr(need(home, what), name, None)
    if found is None:
        raise ModelRefused(f"{what}: there is no {dotted} in the installed version; {INSTALL}")
    return found


def _fill(network: Any, weights: dict[str, Any], where: str) -> None:
    """Put the weights into the network; each tensor must come by at least one of its names.

    nnU-Net's networks know most tensors by several names, which a file need not repeat.
    """
    own = network.state_dict(keep_vars=True)
    given = {own[name].data_ptr() for name in weights if name in own}
    strange = [name for name in weights if name not in own]
    missing = [name for name, tensor in own.items() if tensor.data_ptr() not in given]
    odd = [n for n, w in weights.items() if n in own and tuple(w.shape) != tuple(own[n].shape)]
    for names, fault in (
        (missing, "lacks"),
        (strange, "holds, and the plan's network does not know,"),
        (odd, "has another size for"),
    ):
        if names:
            raise ModelRefused(
                f"{where} {fault} {names[0]} and {len(names) - 1} more: these are not the weights "
                "of the plan's network; get the bundle again, or export it again"
            )
    network.load_state_dict(weights, strict=False)
