"""The vectors that must be refused are those that their generator writes."""

from evidence.refused.files import FOLDER, contents


def test_the_committed_vectors_are_those_that_are_generated():
    generated = contents()
    assert {file.name for file in FOLDER.iterdir()} == set(generated)
    for name, text in generated.items():
        assert (FOLDER / name).read_text() == text, f"{name}: run python -m evidence.refused in tests"
