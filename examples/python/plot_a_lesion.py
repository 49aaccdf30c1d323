import corcal

reading = corcal.score("scan.nii.gz")
print(reading.lesions_frame())
reading.plot(reading.lesions[0]).save("lesion.png")
