import numpy as np

import corcal

reading = corcal.score("scan.nii.gz")
np.save("lad_calcium.npy", reading.mask("LAD", calcium=True))
reading.to_nibabel().to_filename("labels.nii.gz")
