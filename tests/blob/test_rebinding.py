"""A host that may be copied from, whose name comes to mean an address of the server's own network."""

import json
import os
import subprocess
import sys

from harness import rebinding

UNVERIFIED = "403 CannotVerifyCopySource"


def test_the_address_counts_that_is_connected_to(tmp_path):
    # A network of one's own needs a name space; who is not root is its root.
    space = ["unshare", "--mount", "--net"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    program = [*space, sys.executable, rebinding.__file__, str(tmp_path)]
    path = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, env=path, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    expected = ["secret", UNVERIFIED, UNVERIFIED, "secret", UNVERIFIED, UNVERIFIED]
    assert told["answers"] == expected, "each look-up of the name is judged by what it says then"
    assert told["visits"] == {rebinding.OUTSIDE: 2, rebinding.INSIDE: 0, rebinding.LINK: 0}
    assert told["asked"] >= len(expected), "no answer was kept from one request to the next"
