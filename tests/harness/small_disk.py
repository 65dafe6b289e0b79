"""A server with a small file system of its own under some of its directories, which only it sees."""

import contextlib
import os
import pathlib

from server import Server


class SmallDisk:
    """Puts an empty file system of so many MiB at a directory each time the server starts; can fill it."""

    def __init__(self, server: Server, directory: pathlib.Path, mebibytes: int):
        directory.mkdir(parents=True, exist_ok=True)
        self.server, self.directory = server, directory
        # A mount of one's own needs a name space; who is not root is its root.
        space = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
        mount = f'mount -t tmpfs -o size={mebibytes}m small "$0" && exec "$@"'
        server.command = [*space, "sh", "-c", mount, str(directory), *server.command]

    @property
    def ballast(self) -> pathlib.Path:
        """A file beside the server's own that takes room away."""
        return pathlib.Path(f"/proc/{self.server.pid}/root{self.directory}/ballast")

    def take(self, mebibytes: int) -> None:
        with self.ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), mebibytes << 20)

    def take_all(self) -> None:
        with self.ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(1 << 16)):
                pass
