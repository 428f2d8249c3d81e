"""A tiny corpus of three categories, enough to train on in a blink."""

import json
from pathlib import Path

from classifier import corpus
from classifier.config import Configuration
from classifier.labels import length_of

SUBJECTS = {"chauffage": "radiateur_froid", "bruit": "musique_fete", "loyer": "quittance"}
SMALL = Configuration(folds=2, word_min_documents=1, char_min_documents=1, wrapped_share=1.0, noisy_copies=1)

OBJECTS = {
    "chauffage": ("radiateur", "chaudière", "thermostat", "convecteur", "purge", "fonte"),
    "bruit": ("musique", "aboiements", "tapage", "perceuse", "talons", "cris"),
    "loyer": ("quittance", "prélèvement", "échéancier", "impayé", "virement", "avis"),
}
SENTENCES = (
    ("Le {} ne va plus depuis lundi.", "demande", "normal"),
    ("Troisième message : toujours rien pour {} !", "relance", "urgent"),
    ("Comment faire pour {} ?", "question", "faible"),
    ("Au secours, {} et des flammes partout dans la chambre", "demande", "danger"),
)


def example(text: str, category: str, author: str, **labels: str | None) -> dict[str, str | None]:
    return {
        "text": text,
        "category": category,
        "secondary": None,
        "nature": "demande",
        "urgency": "normal",
        "subject": SUBJECTS.get(category, "divers"),
        "scenario": f"{author}-{text[:20]}",
        "author": author,
        "style": "dry",
        "length": length_of(text),
        "danger": "fire" if labels.get("urgency") == "danger" else None,
        "calm": None,
        **labels,
    }


def write_lines(path: Path, rows: list[dict[str, str | None]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def write_corpus(directory: Path) -> Path:
    directory.mkdir(parents=True)
    for category, objects in OBJECTS.items():
        rows = [
            example(sentence.format(thing), category, author, nature=nature, urgency=urgency)
            for author, share in (("aube", objects[::2]), ("brume", objects[1::2]))
            for thing in share
            for sentence, nature, urgency in SENTENCES
        ]
        write_lines(directory / f"{category}.jsonl", rows)
    write_lines(directory / corpus.FILLER, [{"text": "Bonjour à tous."}, {"text": "Merci d'avance."}])
    phrase = {"text": "radiateur glacé", "category": "chauffage", "nature": None, "urgency": None}
    write_lines(directory / corpus.GLOSSARY, [phrase])
    return directory
