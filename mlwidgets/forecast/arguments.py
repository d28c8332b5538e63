"""What training takes besides a spec and candles, checked before any work is done."""

from __future__ import annotations

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import ModelSpec

COVERAGE = 0.9
"""Coverage of an interval unless said otherwise."""

COVERAGES = (0.5, 0.99)
"""Least and largest coverage of an interval that outcomes can keep honest."""

DEVICES = ("cpu", "cuda", "mps")
"""Where networks can be trained."""

WORKER_DEVICES = ("cpu", "cuda")
"""Where a cluster's workers train them."""

_LARGEST_SEED = 2**63 - 1


def check_arguments(
    spec: object, *, seed: object = 0, coverage: object = 0.9, device: object = "cpu"
) -> None:
    """Refuse what no model can be trained with.

    Raises:
        SpecError: names the argument, its value and what it may be.
    """
    if not isinstance(spec, ModelSpec):
        raise SpecError(
            f"The spec must be a ModelSpec, not {type(spec).__name__}; write "
            "ModelSpec(symbol='BTCUSDT', model_type='LSTM').",
            field="spec",
        )
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= _LARGEST_SEED:
        raise SpecError(
            f"The seed must be a whole number from 0 to {_LARGEST_SEED}, not {seed!r:.40}.",
            field="seed",
        )
    check_coverage(coverage)
    _check_device(device)


def check_coverage(coverage: object) -> None:
    """Refuse a coverage that no calibration can keep.

    Raises:
        SpecError: not a number from 0.5 to 0.99.
    """
    least, most = COVERAGES
    # NaN lies between no two numbers.
    if not isinstance(coverage, int | float) or not least <= coverage <= most:
        raise SpecError(
            f"Coverage must lie between {least} and {most}, not {coverage!r:.40}.",
            field="coverage",
        )


def check_worker_device(device: object) -> None:
    """Refuse a device that no worker can have; whether one has it is the cluster's to say.

    Raises:
        SpecError: neither `cpu` nor `cuda`.
    """
    if device not in WORKER_DEVICES:
        raise SpecError(
            f"Workers have no device {device!r:.40}; use one of: {', '.join(WORKER_DEVICES)}.",
            field="device",
        )


def _check_device(device: object) -> None:
    import torch

    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not isinstance(device, str) or not available.get(device, False):
        usable = ", ".join(name for name in DEVICES if available[name])
        raise SpecError(
            f"Device {device!r:.40} is not available here; use one of: {usable}.", field="device"
        )
