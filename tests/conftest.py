"""How every test runs: hypothesis without a stop-watch, and the same examples every time.

`--hypothesis-profile=search` looks for new ones.
"""

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
