"""The HTTP face: vendors' endpoints, true on the wire, in front of the policy engine and small domain services.

Law: `routes` read and write HTTP, `wire` signs and encodes, `service` is the domain; only `app` and `admin` know FastAPI. Nothing
here decides a limit: the gate does.
"""
