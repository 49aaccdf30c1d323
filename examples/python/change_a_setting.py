import corcal

settings = corcal.Settings().with_(threshold_hu=150)
reading = corcal.score("scan.nii.gz", settings=settings)
print(reading.score.agatston)
