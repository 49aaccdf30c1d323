from pathlib import Path

import pandas as pd

import corcal

table = pd.concat(corcal.score(scan).to_frame() for scan in Path("scans").iterdir())
table.to_csv("calcium.csv", index=False)
