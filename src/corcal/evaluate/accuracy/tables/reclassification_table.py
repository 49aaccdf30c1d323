"""Net reclassification of two systems, as a table."""

from __future__ import annotations

from corcal.evaluate.accuracy.evaluation import Versus
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import figure, p_value, percent
from corcal.evaluate.statistics.agreement.net_reclassification import Moves
from corcal.evaluate.statistics.interval import IntervalRule


def reclassification_table(versus: Versus, rule: IntervalRule) -> Table:
    """Return the net reclassification improvement on every scale.

    Raises:
        ValueError: the systems have none.
    """
    r = versus.reclassification
    if r is None:
        raise ValueError("no reclassification: no scores, or nobody with or without the event")
    rows = [
        (
            title,
            *_moves(nri.events),
            *_moves(nri.others),
            figure(nri.total, 3),
            p_value(nri.p),
        )
        for title, nri in r.scales.items()
    ]
    return Table(
        "comparison_reclassification",
        f"Net reclassification of the first system over {versus.name}",
        ("Scale", "Event: n", "Up", "Down", "Net, %", "No event: n", "Up ", "Down ", "Net, % ",
         "NRI", "p"),
        tuple(rows),
        (
            f"Event: {r.event}. Up and down: patients whom the first system puts higher, or lower, "
            "than the second. Net: moved rightly (up with the event, down without it) less moved "
            f"wrongly, with a {100 * rule.confidence:g} % interval (Agresti and Min 2005). NRI: "
            "their sum (Pencina 2008; of the score itself, the continuous NRI, 2011), which runs "
            "from −2 to 2 and is no share of patients.",
            "The continuous NRI counts any difference of the scores, however small: read it beside "
            "the others, never alone.",
        ),
        {"Whole patient": r.attrition},
    )  # fmt: skip


def _moves(m: Moves) -> tuple[str, ...]:
    return f"{m.n:,}", f"{m.up:,}", f"{m.down:,}", percent(m.net)
