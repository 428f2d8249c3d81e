"""What a model is worth on the messages kept apart, set by set."""

from pathlib import Path

from classifier.corpus import example_files, read_file
from classifier.evaluation import figures, truth_of_example
from classifier.model import TextModel


def figures_apart(model: TextModel, directory: Path) -> dict[str, dict[str, float]]:
    """Return the figures of a model on each file of examples of a directory, by the file's name."""
    sets = {path.stem: read_file(path) for path in example_files(directory)}
    return {
        name: figures([truth_of_example(one) for one in rows], [model.predict(one.text) for one in rows])
        for name, rows in sets.items()
    }
