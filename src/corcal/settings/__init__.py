"""Every number of the method by name; the paper's values; TOML; the page that explains them."""

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.settings.admission import Admission
    from corcal.settings.axes import Axes
    from corcal.settings.courses import Courses
    from corcal.settings.geometry import Geometry
    from corcal.settings.omitted import Omitted
    from corcal.settings.page import settings_page
    from corcal.settings.scoring import Scoring
    from corcal.settings.segmentation import Segmentation
    from corcal.settings.series import Series
    from corcal.settings.settings import Preparation, Settings, settings_or_default
    from corcal.settings.training import Training
    from corcal.settings.values import Values

__all__ = [
    "Admission",
    "Axes",
    "Courses",
    "Geometry",
    "Omitted",
    "Preparation",
    "Scoring",
    "Segmentation",
    "Series",
    "Settings",
    "Training",
    "Values",
    "settings_or_default",
    "settings_page",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "admission": ("Admission",),
        "axes": ("Axes",),
        "courses": ("Courses",),
        "geometry": ("Geometry",),
        "omitted": ("Omitted",),
        "page": ("settings_page",),
        "scoring": ("Scoring",),
        "segmentation": ("Segmentation",),
        "series": ("Series",),
        "settings": ("Preparation", "Settings", "settings_or_default"),
        "training": ("Training",),
        "values": ("Values",),
    },
)
