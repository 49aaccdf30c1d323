"""What resembles coronary calcium, by the place it lies in.

`sample.sample_mimics` is the way in; `solid.Mimic` is what every place gives back.
"""
