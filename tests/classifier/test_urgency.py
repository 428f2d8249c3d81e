import pytest

from classifier.cleaning import clean
from classifier.context import Context
from classifier.labels import URGENCIES
from classifier.urgency import floor_of, floors

UNKNOWN = Context()


@pytest.mark.parametrize(
    ("category", "text", "context", "least"),
    [
        ("chauffage", "Plus de chauffage depuis lundi", Context(cold_season=True), "urgent"),
        ("chauffage", "Plus de chauffage depuis lundi", Context(cold_season=False), "faible"),
        ("chauffage", "Plus de chauffage depuis lundi", UNKNOWN, "faible"),
        ("chauffage", "Plus de chauffage, 13 degrés dans la chambre", UNKNOWN, "urgent"),
        ("chauffage", "Plus de chauffage et un bébé de trois mois", Context(cold_season=False), "urgent"),
        ("chauffage", "Le radiateur de la salle de bain reste tiède", Context(cold_season=True), "faible"),
        ("chauffage", "Merci pour le chauffage, plus de chauffage en panne !", Context(cold_season=True), "faible"),
        ("bruit", "Plus de chauffage depuis lundi", Context(cold_season=True), "faible"),
        ("eau_chaude", "Toujours pas d'eau chaude, ma femme est enceinte", UNKNOWN, "urgent"),
        ("eau_chaude", "Pas d'eau chaude ce matin", Context(fragile_occupant=True), "urgent"),
        ("evacuation", "WC bouché, c'est notre seul WC", UNKNOWN, "urgent"),
        ("evacuation", "Les toilettes refoulent", Context(only_toilet=True), "urgent"),
        ("evacuation", "Les toilettes refoulent", UNKNOWN, "faible"),
        ("evacuation", "Quelle marque de cuvette pour les toilettes ?", Context(only_toilet=True), "faible"),
        ("ascenseur", "ascenseur en panne, je suis en fauteuil roulant", UNKNOWN, "urgent"),
        ("ascenseur", "ascenseur en panne", UNKNOWN, "faible"),
    ],
)
def test_a_floor_holds_when_its_circumstances_are_known_or_told(
    category: str, text: str, context: Context, least: str
) -> None:
    assert floor_of(category, clean(text).split(), context) == least


def test_every_floor_asks_for_circumstances_that_exist() -> None:
    for floor in floors().floors:
        assert set(floor.when) <= set(vars(UNKNOWN))
        assert floor.level in URGENCIES
        assert floor.needs
