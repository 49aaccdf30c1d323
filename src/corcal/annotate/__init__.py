"""LEARN 1: a radiologist's drawing in, six classes on the scan's voxels out.

`con`, `label_map`, `dicom_seg` and `rtstruct` read a drawing; `place` finds how contours that
count pixels lie on the scan; `six_classes` gives each piece of calcium to its artery;
`plausible` asks whether the result can belong to the scan.
"""
