"""The simulated world: behaviours driven in SimPy, in virtual time.

Law: `sim` knows no HTTP and no mock; the platforms come in as a `Port`, so that the same services answer here and over HTTP.
"""
