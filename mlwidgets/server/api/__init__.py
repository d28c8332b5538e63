"""The REST API: a table of operations, the routes and the OpenAPI document made from it."""

from mlwidgets.server.api.operation import ROOT
from mlwidgets.server.api.routes import api_routes
from mlwidgets.server.api.services import Services

__all__ = ["ROOT", "Services", "api_routes"]
