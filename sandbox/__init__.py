"""The library: one policy engine, one set of merchant behaviours, two worlds (simulated time and HTTP)."""

__version__ = "0.1.0"
