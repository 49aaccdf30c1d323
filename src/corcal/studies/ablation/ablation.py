"""Several models on the same patients, each against the first (Table S2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corcal.core.errors import TableRefused
from corcal.evaluate.accuracy import (
    TITLES,
    Comparison,
    Detection,
    compare_systems,
    measure_detection,
)
from corcal.evaluate.publish import (
    DASH,
    Page,
    Publication,
    Section,
    Table,
    figure,
    p_value,
    percent,
)
from corcal.evaluate.statistics import IntervalRule
from corcal.evaluate.tables_in import TARGETS, Pairs, align

SCHEMA = "corcal-ablation/1"


@dataclass(frozen=True, eq=False)
class Model:
    """One model of an ablation.

    Attributes:
        name: what it is called.
        detection: by target.
        against_first: the first model against it, by target; None for the first.
    """

    name: str
    detection: Mapping[str, Detection]
    against_first: Mapping[str, Comparison] | None


def compare_models(systems: Mapping[str, Pairs], rule: IntervalRule) -> tuple[Model, ...]:
    """Return how every model does, and whether the first differs from it.

    All are compared on the patients that every one of them knows.

    Args:
        systems: by name, the full model first; all against the same reference.
        rule: how intervals are taken.

    Raises:
        TableRefused: fewer than two models, or no patient that all know.
    """
    if len(systems) < 2:
        raise TableRefused("an ablation needs two models or more: the full one and another")
    aligned = align(tuple(systems.values()))
    full = aligned[0]
    return tuple(
        Model(
            name,
            {t: measure_detection(pairs, t, rule) for t in TARGETS},
            None if pairs is full else {t: compare_systems(full, pairs, t, rule) for t in TARGETS},
        )
        for name, pairs in zip(systems, aligned, strict=True)
    )


def ablation_table(models: Sequence[Model]) -> Table:
    """Return Table S2: a row for each target and model."""
    n = max(d.counts.n for m in models for d in m.detection.values())
    return Table(
        "tableS2_ablation",
        f"Ablation: detection of coronary calcium against the reference (n = {n:,})",
        ("Artery", "Model", "n", "Sensitivity, %", "Specificity, %", "PPV, %", "NPV, %",
         "κ", "AUC", "p"),
        tuple(_row(m, target) for target in TARGETS for m in models),
        (
            f"p: McNemar's test (mid-p) of accuracy against {models[0].name}, on the same "
            "patients. 95 % intervals in brackets.",
        ),
        {m.name: m.detection["any"].attrition for m in models},
    )  # fmt: skip


def publish_ablation(models: Sequence[Model]) -> Publication:
    """Return the ablation's page, ablation.json and Table S2.

    Args:
        models: as `compare_models` returns them.
    """
    table = ablation_table(models)
    page = Page(
        title="Ablation",
        subtitle=", ".join(m.name for m in models),
        summary=tuple(_sentence(m) for m in models),
        notices=(),
        sections=(Section("ablation", "Detection by model", (table,)),),
        methods=(
            "Every model is measured on the same patients against the same reference; the first "
            "is compared with each other by McNemar's test (mid-p; Fagerland et al., BMC Med Res "
            "Methodol 2013, 13, 91).",
        ),
        beside="The table lies beside this page as CSV, Markdown and LaTeX, and every number in "
        "ablation.json.",
    )
    document = {"schema": SCHEMA, "models": [_as_dict(m) for m in models]}
    return Publication("ablation", page, document, (table,))


def _row(m: Model, target: str) -> tuple[str, ...]:
    d = m.detection[target]
    shares = (percent(d.figures[f]) for f in ("sensitivity", "specificity", "ppv", "npv"))
    p = DASH
    if m.against_first is not None and m.against_first[target].accuracy.difference.n:
        p = p_value(m.against_first[target].accuracy.mid_p)
    agreement = (figure(d.figures["kappa"]), figure(d.figures["auc"]))
    return (TITLES[target], m.name, f"{d.counts.n:,}", *shares, *agreement, p)


def _sentence(m: Model) -> str:
    d = m.detection["any"].figures
    shares = f"sensitivity {percent(d['sensitivity'])} %, specificity {percent(d['specificity'])} %"
    return f"{m.name}: {shares} for calcium in any artery."


def _as_dict(m: Model) -> dict[str, Any]:
    against = m.against_first
    return {
        "name": m.name,
        "detection": {t: d.as_dict() for t, d in m.detection.items()},
        "first_against_it": None
        if against is None
        else {t: c.as_dict() for t, c in against.items()},
    }
