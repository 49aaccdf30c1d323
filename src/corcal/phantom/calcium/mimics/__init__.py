"""Bright things that resemble coronary calcium, by the place they lie in.

`sample.sample_mimics` is the way in; `solid.Mimic` is what every place gives back.
"""
