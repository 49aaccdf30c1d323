"""`corcal` as a process of its own, on stand-ins: `python -m tests.cli.as_process HOW ARGS...`."""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

from corcal.cli.main import main
from corcal.core.errors import HeartNotFound
from corcal.core.reading import Reading
from tests.cli.readings import reading
from tests.cli.stand_ins import Steps, install

REFUSAL = "scan.zip: no heart in the field of view;\nscore a scan of the chest"

#: What a library might say of a file; must never reach the user's screen or log.
SECRET = "DOE^JANE 19510203"


class _Acting(Steps):
    how = "works"

    def score_scan(self, *_: Any, **__: Any) -> Reading:
        if self.how == "refuses":
            raise HeartNotFound(REFUSAL)
        if self.how == "fails":
            raise ValueError(f"cannot parse {SECRET}")
        if self.how == "waits":
            sys.stderr.write("waiting\n")
            sys.stderr.flush()
            time.sleep(60)
        if self.how == "warns":
            warnings.warn(f"invalid value {SECRET}", stacklevel=1)
        return reading()


if __name__ == "__main__":
    acting = _Acting()
    acting.how = sys.argv[1]
    if acting.how == "talks":
        acting.report_text = '"' + "x" * 3_000_000 + '"'
    install(acting, sys.modules.__setitem__)
    sys.exit(main(sys.argv[2:]))
