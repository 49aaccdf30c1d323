"""The reader study: blinded forms out, ratings in, and how far the readers agree (Table 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.readers.agreement import (
        agreement_of,
    )
    from corcal.evaluate.readers.forms import (
        build_forms,
        form_files,
    )
    from corcal.evaluate.readers.kappa import (
        free_marginal_kappa,
    )
    from corcal.evaluate.readers.pictures import (
        CasePictures,
        pictures_of_result,
        pictures_of_scan,
    )
    from corcal.evaluate.readers.ratings import (
        Ratings,
        read_ratings,
    )
    from corcal.evaluate.readers.readers_page import (
        publish_readers,
        summary_of,
    )
    from corcal.evaluate.readers.study import (
        SCALE,
        Category,
        Study,
        key_json,
        plan_study,
        read_key,
    )
    from corcal.evaluate.readers.systems.accuracy import (
        compare_readings,
    )
    from corcal.evaluate.readers.systems.readings import (
        read_readings,
    )
    from corcal.evaluate.readers.systems.systems_page import (
        publish_systems,
        summarize_systems,
    )

__all__ = [
    "SCALE",
    "CasePictures",
    "Category",
    "Ratings",
    "Study",
    "agreement_of",
    "build_forms",
    "compare_readings",
    "form_files",
    "free_marginal_kappa",
    "key_json",
    "pictures_of_result",
    "pictures_of_scan",
    "plan_study",
    "publish_readers",
    "publish_systems",
    "read_key",
    "read_ratings",
    "read_readings",
    "summarize_systems",
    "summary_of",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "agreement": ("agreement_of",),
        "forms": ("build_forms", "form_files"),
        "kappa": ("free_marginal_kappa",),
        "pictures": ("CasePictures", "pictures_of_result", "pictures_of_scan"),
        "ratings": ("Ratings", "read_ratings"),
        "readers_page": ("publish_readers", "summary_of"),
        "study": ("Category", "SCALE", "Study", "key_json", "plan_study", "read_key"),
        "systems.accuracy": ("compare_readings",),
        "systems.readings": ("read_readings",),
        "systems.systems_page": ("publish_systems", "summarize_systems"),
    },
)
