"""The HTTP world's driver: the same behaviours as in the simulation, over real HTTP, under an open load.

Law: its own process, begun as `python -m loadtests`, which imports Locust before anything else because Locust patches sockets.
This package itself imports neither Locust nor gevent, so that tests may use its codec in their own process.
"""
