"""The evaluation as the tables of a paper."""

from __future__ import annotations

from collections.abc import Mapping

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.severity import SeverityFit
from corcal.evaluate.accuracy.tables.agreement_tables import (
    agreement_table,
    category_tables,
    limits_table,
)
from corcal.evaluate.accuracy.tables.comparison_table import comparison_table
from corcal.evaluate.accuracy.tables.detection_tables import (
    detection_table,
    further_table,
    pooled_table,
    strata_table,
)
from corcal.evaluate.accuracy.tables.lines_table import lines_table
from corcal.evaluate.accuracy.tables.model_tables import model_tables
from corcal.evaluate.accuracy.tables.operating_tables import fixed_rate_table, threshold_table
from corcal.evaluate.accuracy.tables.reclassification_table import reclassification_table
from corcal.evaluate.accuracy.tables.severity_tables import parameter_table, severity_table
from corcal.evaluate.publish.table import Table


def paper_tables(e: Evaluation) -> tuple[Table, ...]:
    """Return every table that the data fill, in the order of the paper."""
    rule = e.options.rule
    tables = [
        detection_table(e.detection, rule),
        further_table(e.detection, e.options),
        pooled_table(e.pooled, rule),
    ]
    if e.operating:
        tables += [
            threshold_table(e.measure, e.operating, rule),
            fixed_rate_table(e.measure, e.operating, rule),
        ]
    tables += [strata_table(column, strata, rule) for column, strata in e.strata.items()]
    if e.versus is not None:
        tables.append(comparison_table(e))
        if e.versus.reclassification is not None:
            tables.append(reclassification_table(e.versus, e.options.rule))
    if _has_severity(e.severity):
        tables += [severity_table(e.severity, e.options), parameter_table(e.severity, e.options)]
        tables += model_tables(e.severity, e.options)
    for measure, results in e.agreement.items():
        tables += [
            agreement_table(measure, results, rule),
            limits_table(measure, results, rule),
            lines_table(measure, results, rule, e.options.error_ratio),
        ]
    return (*tables, *category_tables(e))


def _has_severity(severity: Mapping[str, SeverityFit]) -> bool:
    return any(s.n for s in severity.values())
