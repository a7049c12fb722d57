"""Servers of the kind that a team would write, as systems under test: they know addresses and credentials, nothing else.

Law: nothing here imports the sandbox, the mocks or Locust.
"""
