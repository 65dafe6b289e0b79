"""All vectors as the files that hold them."""

import json
import pathlib

from evidence.refused import (
    entries,
    journals,
    logs,
    notes,
    promised_receipts,
    promises,
    proofs,
    receipts,
    records,
    signing,
    tiles,
)

FOLDER = pathlib.Path(__file__).parents[3] / "src/evidence/testdata/refused"


def contents() -> dict[str, str]:
    """The text of each file by its name."""
    files = {}
    for module in (
        proofs,
        notes,
        tiles,
        records,
        entries,
        receipts,
        promised_receipts,
        promises,
        logs,
        journals,
    ):
        for vectors in module.make():
            assert f"{vectors.kind}.json" not in files
            document = {
                "kind": vectors.kind,
                "log_key": signing.LOG.text,
                "valid": vectors.valid,
                "refused": vectors.refused,
            }
            files[f"{vectors.kind}.json"] = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    return files
