import corcal

settings = corcal.Settings().with_(threshold_hu=120)
reading = corcal.score("scan.nii.gz", settings=settings)
print(reading.score.agatston)
