"""Print the pins of the environment that runs this, as constraints.txt: see `make constraints`."""

import re
from importlib.metadata import distributions

HEADER = """\
# Every package at the version that the tests ran on. Made by `make constraints`; do not edit,
# but for torch, which stays as it is: its newest builds bring gigabytes for graphics cards.
"""
# pip and setuptools belong to the environment and not to us, and torch's own packages follow torch.
LEFT_OUT = ("pip", "setuptools", "tsnecolor-nb", "nvidia-", "cuda-", "triton")


def pins():
    """Return `name==version` of all packages installed, sorted; builds like +cpu count as one."""
    found = {
        re.sub(r"[-_.]+", "-", d.name).lower(): d.version.split("+")[0] for d in distributions()
    }
    return sorted(f"{n}=={v}" for n, v in found.items() if not n.startswith(LEFT_OUT))


if __name__ == "__main__":
    print(HEADER + "\n".join(pins()))
