"""How right the object detector is: average_precision.py FINDINGS LABELS CLASSES

FINDINGS is what measure-worker wrote; LABELS a folder with one text file a picture, each line a class
number and a box (centre, width, height, relative to the picture); CLASSES the classes' names, one a
line. Prints the mean over classes of average precision at an overlap of 0.5 (101 recall points, as
COCO counts it), and precision and recall of tags for several least confidences.
"""

import pathlib
import sys
from collections import defaultdict

LEAST_OVERLAP = 0.5


def overlap(a, b) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def read_findings(path):
    """Sizes of pictures, and per class a list of (confidence, picture, box)."""
    sizes, found = {}, defaultdict(list)
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        kind, file, *rest = line.split("\t")
        picture = pathlib.PurePath(file).stem
        if kind == "picture":
            sizes[picture] = tuple(map(int, rest))
        elif kind == "object":
            x, y, width, height = map(int, rest[2:])
            found[rest[0]].append((int(rest[1]) / 1000, picture, (x, y, x + width, y + height)))
    return sizes, found


def read_labels(folder, names, sizes):
    """Per class and picture, the boxes that are there."""
    labels = defaultdict(lambda: defaultdict(list))
    for picture, (width, height) in sizes.items():
        file = pathlib.Path(folder) / f"{picture}.txt"
        for line in file.read_text().splitlines() if file.exists() else []:
            number, x, y, w, h = map(float, line.split())
            box = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
            labels[names[int(number)]][picture].append(box)
    return labels


def average_precision(found, there) -> float:
    total = sum(map(len, there.values()))
    unmatched = {picture: list(boxes) for picture, boxes in there.items()}
    curve, right = [], 0
    for rank, (_, picture, box) in enumerate(sorted(found, reverse=True), 1):
        best = max(unmatched.get(picture, []), key=lambda other: overlap(box, other), default=None)
        if best is not None and overlap(box, best) >= LEAST_OVERLAP:
            unmatched[picture].remove(best)
            right += 1
        curve.append((right / total, right / rank))
    return sum(max((p for r, p in curve if r >= k / 100), default=0.0) for k in range(101)) / 101


def tag_quality(found, labels, least) -> tuple[float, float]:
    tagged = {(name, picture) for name, items in found.items() for c, picture, _ in items if c >= least}
    true = {(name, picture) for name, pictures in labels.items() for picture in pictures}
    right = len(tagged & true)
    return right / max(1, len(tagged)), right / len(true)


def main(findings, folder, classes) -> None:
    names = pathlib.Path(classes).read_text(encoding="utf-8").splitlines()
    sizes, found = read_findings(findings)
    labels = read_labels(folder, names, sizes)
    precisions = [average_precision(found[name], there) for name, there in labels.items()]
    print(
        f"AP50 {sum(precisions) / len(precisions):.3f} over {len(precisions)} classes, {len(sizes)} pictures"
    )
    for least in (0.3, 0.35, 0.4, 0.45, 0.5):
        precision, recall = tag_quality(found, labels, least)
        f1 = 2 * precision * recall / (precision + recall)
        print(f"tags at {least}: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
