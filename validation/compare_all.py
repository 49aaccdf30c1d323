"""One reading against all that is true of its scan: calcium, candidates and arteries."""

from __future__ import annotations

from corcal.core.reading import Reading
from corcal.settings import Scoring
from validation.candidates import compare_candidates
from validation.compare import Record, compare
from validation.courses import compare_courses
from validation.models import Watched
from validation.truth import Truth

#: What a record holds beside its case: records that hold less are made again.
COMPARED = ["calcium", "candidates", "courses"]


def compare_all(reading: Reading, truth: Truth, scoring: Scoring, watched: Watched) -> Record:
    """Return how a reading compares with the truth, see `validation.compare.compare`.

    Beside that record it holds "candidates" and "courses".
    """
    return {
        **compare(reading, truth, scoring, watched),
        "candidates": compare_candidates(reading, truth, watched),
        "courses": compare_courses(reading.labels, truth.courses),
    }
