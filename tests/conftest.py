"""What holds for every test."""

import signal

from hypothesis import settings

# A busy machine makes an example slow, not wrong.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# A shell hands an ignored SIGINT on to what it starts in the background, and that to its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
