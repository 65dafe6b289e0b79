"""Real pictures for the demonstration, from packages: none of them is part of this project.

scikit-image ships photographs and a scanned page; skimage.data tells where each is from (the astronaut is
NASA's, in the public domain). Debian's opencv-doc has people and street signs (BSD-3-Clause, Apache-2.0).
Where it is not installed, apt downloads it without installing it; the few pictures are kept for next time.
"""

import dataclasses
import pathlib
import subprocess
import tarfile
import tempfile

import skimage

SKIMAGE = pathlib.Path(skimage.__file__).parent / "data"
OPENCV = pathlib.Path("/usr/share/doc/opencv-doc/examples")
LICENCE = pathlib.Path("/usr/share/common-licenses/Apache-2.0")

# Name in the archive, and file in the package.
FROM_SKIMAGE = {
    "photographs/astronaut.png": "astronaut.png",
    "photographs/cat.png": "chelsea.png",
    "photographs/coffee.png": "coffee.png",
    "photographs/motorcycle.png": "motorcycle_left.png",
    "photographs/photographer.png": "camera.png",
    "photographs/rocket.jpg": "rocket.jpg",
    "scans/page.png": "page.png",
}
FROM_OPENCV = {
    "photographs/basketball.png": "data/basketball1.png",
    "photographs/football.jpg": "data/messi5.jpg",
    "photographs/street.jpg": "text/scenetext01.jpg",
    "photographs/directions.jpg": "text/scenetext02.jpg",
    "photographs/inn.jpg": "text/scenetext06.jpg",
    "scans/book.png": "data/imageTextN.png",
}


@dataclasses.dataclass
class Archive:
    files: dict[str, pathlib.Path]  # by name in the archive
    missing: str = ""  # why Debian's pictures are not among them


def small_archive(cache: pathlib.Path) -> Archive:
    """Photographs, scanned pages and a document."""
    files = {name: SKIMAGE / file for name, file in FROM_SKIMAGE.items()}
    if LICENCE.is_file():
        files["documents/licence.txt"] = LICENCE
    folder, missing = opencv_folder(cache)
    if folder:
        files |= {name: folder / file for name, file in FROM_OPENCV.items()}
    return Archive(dict(sorted(files.items())), missing)


def many() -> list[pathlib.Path]:
    """Every picture that scikit-image ships, more than twenty."""
    return sorted(file for file in SKIMAGE.iterdir() if file.suffix in (".png", ".jpg", ".tif"))


def opencv_folder(cache: pathlib.Path) -> tuple[pathlib.Path | None, str]:
    """Where Debian's pictures are; or none, and why."""
    for folder in (OPENCV, cache):
        if all((folder / file).is_file() for file in FROM_OPENCV.values()):
            return folder, ""
    try:
        download(cache)
    except (OSError, StopIteration, tarfile.TarError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        return None, said.strip().splitlines()[-1]
    return cache, ""


def download(cache: pathlib.Path) -> None:
    """Unpacks the pictures, and nothing else, of the package that apt finds and checks."""
    wanted = {f".{OPENCV}/{file}": cache / file for file in FROM_OPENCV.values()}
    with tempfile.TemporaryDirectory() as folder:
        command = ["apt-get", "download", "-q", "opencv-doc"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        package = next(pathlib.Path(folder).glob("*.deb"))
        with (
            subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as unpacker,
            tarfile.open(fileobj=unpacker.stdout, mode="r|") as files,
        ):
            for member in files:
                if target := wanted.get(member.name):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(files.extractfile(member).read())
