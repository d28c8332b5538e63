"""What is shown of candidates; a module of its own because reports bring torch, which is slow."""

from __future__ import annotations

from mlwidgets.forecast.spec import Value
from mlwidgets.jobs.candidates import Candidate


class CandidateList(Value):
    """Measured models, the newest first; some hundred are kept at most."""

    items: tuple[Candidate, ...]
