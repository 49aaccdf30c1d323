"""TRUTH: chest CT whose coronary calcium is exactly known.

`case` is the way in: `make_case` for a scan of the heart, `make_chest` for a coarse scan of
the whole chest. Behind it, in the order of the work: `shapes` (solids), `heart`, `courses`,
`coronaries` and `thorax` (`anatomy`), `plaque` and `mimics`, `tissue`, `canvas` and
`voxelise` (paint), `motion` and `physics` (scan), `truth`.
"""
