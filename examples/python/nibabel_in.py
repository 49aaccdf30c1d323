import nibabel as nib

import corcal

reading = corcal.score(nib.load("scan.nii.gz"))
print(reading)
