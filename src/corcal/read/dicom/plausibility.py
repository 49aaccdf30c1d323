"""Whether voxel values can be Hounsfield units of a body."""

from __future__ import annotations

from corcal.core.errors import NoUsableSeries

#: Every chest CT holds air, in the lungs if not around the body.
_AIR_BELOW_HU = -200
_WIDEST_HU = 32767


def require_hounsfield(low: float, high: float, what: str) -> None:
    """Refuse values that are not those of a CT.

    Args:
        low: lowest value.
        high: highest value.
        what: what holds the values, for the message.

    Raises:
        NoUsableSeries: there is no air, nothing denser, or the values exceed any CT's.
    """
    if low < _AIR_BELOW_HU and 0 < high <= _WIDEST_HU:
        return
    raise NoUsableSeries(
        f"{what}: values from {low:g} to {high:g} are not Hounsfield units of a chest CT (air is "
        "about -1000); an MR, a windowed picture or a rescaled copy cannot be scored"
    )
