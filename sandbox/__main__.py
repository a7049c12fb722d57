"""`python -m sandbox`: the same as the command `sandbox`."""

from sandbox.cli import app

if __name__ == "__main__":
    app()
