"""Pieces of the dashboards: state as traitlets, and the widgets that show it."""
