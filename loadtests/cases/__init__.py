"""Cases over HTTP: the same files, the same answers, as signed requests against mocks whose clock stands still between steps.

Law: its own process when `sandbox run` plays one (`python -m loadtests.cases`); neither Locust nor gevent is needed here.
"""
