"""How every test runs: hypothesis without a stop-watch, the same examples every time, and seldom a look for garbage.

`--hypothesis-profile=search` looks for new ones.
"""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

gc.set_threshold(50_000, 5, 10)
"""As a server does (`mocks.serve.COLLECTIONS`): thousands of tests live in one process, and every full look takes half a second."""
