"""The accuracy study of corcal, in four tables: phantoms, insertions, real scans, robustness.

    python -m validation DATA -o accuracy.md

A record of every case is kept as JSON in a work folder, so that a run can go on where it was
stopped and every figure can be computed again. The tables are made from the records alone.
"""
