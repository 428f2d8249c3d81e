"""What may be asked for, and where: the same for every member, and no secret."""

from flask import Response, current_app

from service.domain import open311
from service.domain.taxonomy import categories
from service.open311.access import check_jurisdiction
from service.open311.formats import write


def discover(extension: str) -> Response:
    """Say where the service is, in which formats, and how to get a key."""
    base_url = current_app.extensions["seve"].ports.base_url
    endpoint = {
        "specification": open311.SPECIFICATION,
        "url": f"{base_url}/open311/v2",
        "changeset": open311.CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return write(
        "discovery",
        {
            "changeset": open311.CHANGED,
            "contact": f"Le guide de Sève : {base_url}/api/docs#open311",
            "key_service": f"La clé est celle de l'extranet d'un bailleur : {base_url}/api/docs#cle",
            "endpoints": [endpoint],
        },
        extension,
    )


def list_services(extension: str) -> Response:
    """List the services: one for each category of the agreed list."""
    check_jurisdiction()
    return write("services", [open311.service(category) for category in categories().values()], extension)


def define_service(code: str, extension: str) -> Response:
    """Say what is asked for one service besides a description."""
    check_jurisdiction()
    return write("service_definition", open311.definition(code), extension)
