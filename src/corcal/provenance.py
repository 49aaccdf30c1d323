"""The provenance of a reading: version, settings, models, device and seconds."""

from __future__ import annotations

from collections.abc import Mapping

from corcal import __version__
from corcal.core.reading import ModelStamp, Provenance
from corcal.core.steps import Model
from corcal.settings import Settings


def make_provenance(
    settings: Settings, models: Mapping[str, Model], seconds: Mapping[str, float]
) -> Provenance:
    """Return how a reading came to be.

    Args:
        settings: that were used; those of training have no part in a reading and are left out.
        models: by the step that each did; empty where the labels were given.
        seconds: wall time by step.
    """
    used = {group: values for group, values in settings.as_dict().items() if group != "training"}
    stamps = tuple(ModelStamp(step, m.name, m.sha256) for step, m in models.items())
    devices = ", ".join(dict.fromkeys(m.device for m in models.values())) or "none"
    return Provenance(__version__, stamps, used, dict(seconds), devices)
