"""Every way corcal refuses an input.

    CorcalError
    └── InputRefused              exit code 2: the user can do something about it
        ├── UnreadableScan        a file is damaged, empty, or not what its name says
        ├── NoUsableSeries        nothing in the input is a chest CT that can be scored
        ├── GeometryRefused       slices missing, uneven or on inconsistent planes
        │   └── AxesRefused       the anatomy contradicts the axes that the file states
        ├── ScanNotAdmitted       a CT, but outside what the method accepts
        │   ├── HeartNotFound     no heart in the field of view
        │   └── HeartCutOff       the scan ends inside the heart
        ├── GridMismatch          two arrays that do not share one grid
        ├── LabelsRefused         a label map with codes that mean nothing here
        ├── AnnotationRefused     a drawing that is damaged, unclear, or not of this scan
        ├── SettingsRefused       a setting that is unknown or out of range
        ├── TableRefused          a table whose columns or cells do not say what they should
        ├── DatasetRefused        scans and labels that cannot be trained on as they are
        ├── TrainingStopped       a training ended before its time; it can go on
        ├── ModelRefused          a model file is absent, changed or of another kind
        └── OutputRefused         the output exists, or cannot be written

Anything else that escapes is a defect of corcal: exit code 3.
"""


class CorcalError(Exception):
    """Base of every error corcal raises on purpose."""


class InputRefused(CorcalError):
    """The input cannot be processed; the message says which, why and what to do."""


class UnreadableScan(InputRefused):
    """A file is damaged, empty, or not what its name says."""


class NoUsableSeries(InputRefused):
    """Nothing in the input is a CT series that can be scored."""


class GeometryRefused(InputRefused):
    """Slices are missing, uneven or lie on inconsistent planes."""


class AxesRefused(GeometryRefused):
    """The anatomy contradicts the axes that the file states: mirrored, or on its head."""


class ScanNotAdmitted(InputRefused):
    """A CT scan, but outside what the method accepts."""


class HeartNotFound(ScanNotAdmitted):
    """No heart in the field of view."""


class HeartCutOff(ScanNotAdmitted):
    """The scan begins or ends inside the heart."""


class GridMismatch(InputRefused):
    """Two arrays that should share one grid do not."""


class LabelsRefused(InputRefused):
    """A label map holds codes that mean nothing here."""


class AnnotationRefused(InputRefused):
    """A drawing is damaged, leaves open what it means, or cannot belong to its scan."""


class SettingsRefused(InputRefused):
    """A setting is unknown or out of range."""


class TableRefused(InputRefused):
    """A table's columns or cells do not say what they should."""


class DatasetRefused(InputRefused):
    """Scans and labels that cannot be trained on as they are."""


class TrainingStopped(InputRefused):
    """A training ended before its time; what it had saved is there, and it can go on."""


class ModelRefused(InputRefused):
    """A model file is absent, changed or of another kind."""


class OutputRefused(InputRefused):
    """The output exists already, or cannot be written."""
