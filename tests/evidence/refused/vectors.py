"""What one file of vectors holds."""


class Vectors:
    """Inputs of one kind: valid ones by name, and refused ones, each a change to a valid one.

    A change is a JSON merge patch (RFC 7396), so that it shows what is wrong and nothing else.
    """

    def __init__(self, kind: str):
        self.kind = kind
        self.valid: dict[str, dict] = {}
        self.refused: list[dict] = []

    def accept(self, name: str, given: dict) -> None:
        assert name not in self.valid
        self.valid[name] = given

    def refuse(self, name: str, of: str, says: str, given: dict, check: str | None = None) -> None:
        """`says` is part of the message that a person gets."""
        assert given != self.valid[of], name
        assert all(vector["name"] != name for vector in self.refused), name
        step = {} if check is None else {"check": check}
        change = merge_patch(self.valid[of], given)
        self.refused.append({"name": name, "of": of, **step, "says": says, "change": change})

    def fail(self, name: str, of: str, says: str, given: dict) -> None:
        """Of what is verified in steps: `says` begins with the step that must fail and ": "."""
        check, mark, sentence = says.partition(": ")
        assert mark, name
        self.refuse(name, of, sentence, given, check)


def merge_patch(old: dict, new: dict) -> dict:
    """What makes the new one of the old one. Raises ValueError when a member turns null: none can say so."""
    patch = {name: None for name in old if name not in new}
    for name, value in new.items():
        if name in old and old[name] == value and isinstance(old[name], bool) == isinstance(value, bool):
            continue
        if value is None:
            raise ValueError(name)
        both_objects = isinstance(value, dict) and isinstance(old.get(name), dict)
        patch[name] = merge_patch(old[name], value) if both_objects else value
    return patch


def as_input(data: bytes | str) -> dict:
    """Text where it is some, so that people can read it; hexadecimal for everything else."""
    if isinstance(data, str):
        return {"text": data}
    return {"hex": data.hex()}


def flipped(data: bytes, position: int = 0) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
