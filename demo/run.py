"""The demonstration: `./dev run [OPTION…]` starts a server, shows what it is for, and leaves it running.

Exits 0 when every step showed what it says; a step that does not is named.
"""

import argparse
import pathlib
import shutil
import signal
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "tools"), str(ROOT / "tests")]

import guide  # noqa: E402
import steps  # noqa: E402
from screen import Screen  # noqa: E402
from server import ServerError  # noqa: E402
from world import Failed, World, require_free  # noqa: E402

FOLDER = ROOT / "build" / "demo"
STEPS = [
    ("An archive goes in", steps.load),
    ("It is analysed, for a purpose", steps.analyse),
    ("What the charter forbids is refused", steps.refuse),
    ("What happened can be proved", steps.prove),
]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--blob-port", type=int, default=10000, help="port of the Azure Blob protocol (10000)"
    )
    parser.add_argument("--platform-port", type=int, default=10080, help="port of API and public log (10080)")
    parser.add_argument(
        "--data-dir", type=pathlib.Path, help="an empty folder to keep everything in (build/demo, emptied)"
    )
    parser.add_argument("--no-wait", action="store_true", help="stop the server at the end")
    return parser.parse_args()


def prepare(given: pathlib.Path | None) -> pathlib.Path:
    """The folder to use: the given one, which must be empty, or our own without its last run."""
    folder = given.resolve() if given else FOLDER
    if given and folder.exists() and any(folder.iterdir()):
        raise Failed(
            f"{folder} is not empty: the demonstration starts with a new server. Choose another --data-dir."
        )
    for part in ("data", "out"):
        shutil.rmtree(folder / part, ignore_errors=True)
    (folder / "out").mkdir(parents=True)
    return folder


def show(world: World, screen: Screen) -> None:
    screen.command(world.serve)
    seconds = world.server.start()
    screen.says(f"The server was ready after {seconds:.2f} s. Its log: {world.server.log}")
    for number, (title, step) in enumerate(STEPS, start=1):
        screen.title(number, title)
        step(world)
    screen.title(len(STEPS) + 1, "Your turn")
    guide.show(world)


def run(screen: Screen) -> None:
    chosen = options()
    require_free(chosen.blob_port, "--blob-port")
    require_free(chosen.platform_port, "--platform-port")
    folder = prepare(chosen.data_dir)
    world = World(screen, folder / "data", folder / "out", chosen.blob_port, chosen.platform_port)
    try:
        show(world, screen)
        if not chosen.no_wait:
            screen.says("The server runs until you press Ctrl-C.")
            world.server.process.wait()
    except KeyboardInterrupt:
        screen.says("Stopping the server.")
    finally:
        world.server.stop()


def main() -> int:
    screen = Screen()
    # Being ended is like Ctrl-C: the server goes with the demonstration.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(screen)
    except Exception as failure:
        where = screen.step or "start"
        kind = "" if isinstance(failure, (Failed, ServerError)) else f"{type(failure).__name__}: "
        print(f"\nThe demonstration failed at {where}.\n{kind}{failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
