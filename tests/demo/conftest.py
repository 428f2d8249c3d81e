"""The corpus, its own reader, and a world of twelve hundred complaints made once for all tests."""

import pytest

from service.adapters.clock import FrenchCalendar
from service.demo.corpus import CORPUS, Corpus, Reader, read_corpus
from service.demo.history import Past
from service.demo.world import World, evening_of, imagine
from tests.demo.author import TODAY, AuthorTextModel, say_nothing


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return read_corpus(CORPUS)


@pytest.fixture
def text_model(corpus: Corpus) -> AuthorTextModel:
    return AuthorTextModel(corpus)


@pytest.fixture(scope="session")
def past(corpus: Corpus) -> Past:
    return Past(evening_of(TODAY), 7, corpus, Reader(AuthorTextModel(corpus)), FrenchCalendar())


@pytest.fixture(scope="session")
def imagined(past: Past) -> World:
    return imagine(past, 1200, say_nothing)
