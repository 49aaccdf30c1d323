"""Arteries of which too little is found: nothing can be said of their calcium.

A model that marks no artery marks no calcium either. Without this check its silence would read as
"no calcium".
"""

from __future__ import annotations

from collections.abc import Sequence

from corcal.core.artery import Artery
from corcal.core.course import ArteryCourse
from corcal.core.scan import Notice
from corcal.settings import Courses


def unseen_arteries(courses: Sequence[ArteryCourse], rules: Courses) -> tuple[Artery, ...]:
    """Return the arteries of whose course less than `min_course_mm` is seen.

    Args:
        courses: those of the scan.
        rules: `min_course_mm`.
    """
    seen_mm = {course.artery: course.seen_mm for course in courses}
    return tuple(a for a in Artery if seen_mm.get(a, 0.0) < rules.min_course_mm)


def unseen_notices(unseen: Sequence[Artery], rules: Courses) -> tuple[Notice, ...]:
    """Return the doubt for each unseen artery."""
    return tuple(
        Notice(
            "artery-not-found",
            f"{artery.title}: less than {rules.min_course_mm:g} mm of its course was found, so its "
            "calcium is not known. The scan gets no category; the total is what was counted in "
            "what was found, and may be more. Look at this artery yourself.",
        )
        for artery in unseen
    )
