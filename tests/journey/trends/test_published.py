"""What is read of the published tables: two years, whatever was published before."""

from datetime import date

import pytest
from flask import Flask

from service.domain.products import PRODUCTS
from service.domain.snapshots import Snapshot
from service.journey.ports import Ports
from service.journey.trends import snapshots
from service.journey.trends.published import SHOWN, read_published
from service.journey.trends.snapshots import Erratum, attach_erratum
from service.models.trends import TrendSnapshot
from tests.kept_tables import keep
from tests.network_figures import months_until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("world")]

MONTHS = months_until(date(2026, 10, 1), SHOWN + 3)


def test_no_older_table_is_loaded(app: Flask, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, real = list[date](), snapshots.as_snapshot

    def heard(row: TrendSnapshot) -> Snapshot:
        loaded.append(row.period)
        return real(row)

    monkeypatch.setattr(snapshots, "as_snapshot", heard)
    with app.app_context():
        keep(MONTHS, lambda _product, _key: 100, members=dict.fromkeys(("amont", "aval", "plaine"), 400))
        published = read_published()
        assert published.months == MONTHS[3:]
        assert min(loaded) == MONTHS[3]
        for code, one in PRODUCTS.items():
            if one.length == "month":
                attach_erratum(Erratum(code, MONTHS[-1], "Faux.", is_withdrawn=True), "Exploitation", ports)
        assert read_published().months == MONTHS[2:-1]
