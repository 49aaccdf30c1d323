"""LEARN 1: a radiologist's drawing in, six classes on the scan's voxels out.

`formats` reads a drawing; `checks.contour_placement` finds how contours that count pixels lie on
the scan; `six_classes` gives each piece of calcium to its artery; `checks.plausibility` asks
whether the result can belong to the scan.
"""
