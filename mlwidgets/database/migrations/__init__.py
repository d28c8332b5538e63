"""The steps from an empty database to the present tables, one module a step, for Alembic.

A step, once released, is never changed. To add one: copy the latest, raise `revision`, point
`down_revision` at the one before, and raise `HEAD` in `mlwidgets.database.migration`.
"""
