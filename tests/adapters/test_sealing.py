import pytest

from service.adapters.sealing import FernetSealer
from service.journey.ports import SealBroken

OLD, NEW = "une clé longue et vieille", "une clé longue et neuve"


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    sealer = FernetSealer([OLD])
    sealed = sealer.seal("whsec_abc")
    assert "whsec" not in sealed
    assert sealer.unseal(sealed) == "whsec_abc"
    assert sealer.seal("whsec_abc") != sealed  # twice the same secret does not look the same


def test_a_new_key_put_first_seals_and_the_old_one_still_opens() -> None:
    before = FernetSealer([OLD]).seal("secret")
    both = FernetSealer([NEW, OLD])
    assert both.unseal(before) == "secret"
    assert not both.is_current(before)
    again = both.seal("secret")
    assert both.is_current(again)
    assert FernetSealer([NEW]).unseal(again) == "secret"


@pytest.mark.parametrize("broken", ["", "whsec_abc", "plain", "gAAAAA", "é"])
def test_what_nobody_sealed_is_broken(broken: str) -> None:
    with pytest.raises(SealBroken):
        FernetSealer([OLD]).unseal(broken)
    assert not FernetSealer([OLD]).is_current(broken)


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        FernetSealer([NEW]).unseal(FernetSealer([OLD]).seal("secret"))


def test_one_changed_sign_is_noticed() -> None:
    sealed = FernetSealer([OLD]).seal("secret")
    changed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    with pytest.raises(SealBroken):
        FernetSealer([OLD]).unseal(changed)


def test_what_a_migration_left_in_clear_opens_and_is_not_current() -> None:
    sealer = FernetSealer([OLD])
    assert sealer.unseal("plain:whsec_abc") == "whsec_abc"
    assert not sealer.is_current("plain:whsec_abc")
