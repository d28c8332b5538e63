import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlwidgets.errors import SpecError
from mlwidgets.forecast.spec import MODEL_TYPES, ModelConfig
from mlwidgets.search.ranges import Choice, Fixed, FloatRange, IntRange
from mlwidgets.search.space import HYBRID_ONLY, SearchSpace, default_space


def drawn(space: SearchSpace, model_type: str, seed: int = 0) -> tuple[ModelConfig, optuna.Trial]:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=seed))
    trial = study.ask()
    return space.suggest(trial, model_type), trial


@st.composite
def spaces(draw: st.DrawFn) -> SearchSpace:
    def int_range(low: int, high: int) -> IntRange:
        a, b = sorted(draw(st.tuples(st.integers(low, high), st.integers(low, high))))
        log = draw(st.booleans())
        return IntRange(a, b, log=log, step=1 if log else draw(st.integers(1, 5)))

    def float_range(low: float, high: float) -> FloatRange:
        a, b = sorted(draw(st.tuples(st.floats(low, high), st.floats(low, high))))
        return FloatRange(a, b, log=draw(st.booleans()))

    return SearchSpace(
        hidden_size=int_range(1, 1024),
        sequence_length=int_range(2, 1000),
        learning_rate=float_range(1e-6, 1.0),
        dropout=draw(st.floats(0, 0.9)),
        batch_size=draw(st.lists(st.integers(1, 4096), min_size=1, max_size=4, unique=True)),
        kernel_size=Choice([1, 64]),
    )


@settings(max_examples=30, deadline=None)
@given(space=spaces(), model_type=st.sampled_from(MODEL_TYPES))
def test_whatever_a_valid_space_suggests_is_a_valid_config_within_its_ranges(space, model_type):
    config, _ = drawn(space, model_type)
    assert space.hidden_size.low <= config.hidden_size <= space.hidden_size.high
    assert space.learning_rate.low <= config.learning_rate <= space.learning_rate.high
    assert config.batch_size in space.batch_size.options
    assert config.kernel_size <= config.sequence_length


@settings(max_examples=30, deadline=None)
@given(space=spaces())
def test_a_space_survives_the_round_trip_through_json(space):
    assert SearchSpace(**space.to_json()) == space


def test_json_needs_no_kind_where_the_field_tells_it():
    space = SearchSpace(**{"hiddenSize": {"low": 8, "high": 16}, "dropout": {"low": 0, "high": 0}})
    assert space.hidden_size == IntRange(8, 16)
    assert space.dropout == FloatRange(0, 0)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_an_lstm_is_never_asked_for_what_only_hybrid_knows(model_type):
    _, trial = drawn(SearchSpace(), model_type)
    assert bool(HYBRID_ONLY & set(trial.params)) == (model_type == "HYBRID")
    assert bool(HYBRID_ONLY & set(SearchSpace().describe(model_type))) == (model_type == "HYBRID")


def test_fixed_fields_reach_the_config_but_not_the_sampler():
    config, trial = drawn(SearchSpace(hidden_size=24, epochs=7), "LSTM")
    assert (config.hidden_size, config.epochs) == (24, 7)
    assert not {"hidden_size", "epochs"} & set(trial.params)


def test_the_sampler_sees_one_kernel_range_though_the_kernel_is_cut_to_the_window():
    space = SearchSpace(sequence_length=IntRange(2, 4), kernel_size=IntRange(2, 64))
    configs = [drawn(space, "HYBRID", seed) for seed in range(20)]
    assert all(config.kernel_size <= config.sequence_length for config, _ in configs)
    assert len({trial.distributions["kernel_size"] for _, trial in configs}) == 1


def test_a_step_that_does_not_reach_the_top_stops_below_it():
    values = {
        drawn(SearchSpace(hidden_size=IntRange(10, 25, step=10)), "LSTM", s)[0].hidden_size
        for s in range(20)
    }
    assert values == {10, 20}


def test_the_default_space_describes_itself_for_people():
    told = default_space("LSTM").describe("LSTM")
    assert told["hidden_size"] == "8 to 48, logarithmic"
    assert told["epochs"] == "20"
    assert default_space("HYBRID").describe()["kernel_size"] == "2 to 5"


@pytest.mark.parametrize(
    ("field", "given", "complaint"),
    [
        ("hidden_size", {"low": 64, "high": 16}, "low 64 is above high 16"),
        ("hidden_size", IntRange(16, 5000), "5000 is not permitted"),
        ("hidden_size", FloatRange(16, 32), "takes whole numbers"),
        ("hidden_size", 3.5, "3.5 is not permitted"),
        ("hidden_size", "wide", "give an IntRange"),
        ("hidden_size", True, "give an IntRange"),
        ("hidden_size", {"low": 1}, "needs low and high"),
        ("hidden_size", {"kind": "odd", "low": 1, "high": 2}, "unknown kind 'odd'"),
        ("hidden_size", {"low": 1, "high": 2, "middle": 1}, "middle"),
        ("hidden_size", {"low": 0, "high": 8, "log": True}, "low must be above 0"),
        ("hidden_size", {"low": 1, "high": 8, "log": True, "step": 2}, "step must be 1"),
        ("learning_rate", {"low": 0, "high": 1, "log": True}, "low must be above 0"),
        ("learning_rate", {"low": float("nan"), "high": 1}, "finite number"),
        ("learning_rate", {"low": 0.1, "high": float("inf")}, "finite number"),
        ("learning_rate", float("nan"), "finite number"),
        ("dropout", FloatRange(0, 1), "1 is not permitted"),
        ("dropout", IntRange(0, 1), "takes real numbers"),
        ("batch_size", [], "at least 1 item"),
        ("batch_size", [32, 32], "an option is given twice"),
        ("epochs", Fixed(0), "0 is not permitted"),
        ("kernel_size", IntRange(20, 30), "above the shortest sequence_length 6"),
        ("hiden_size", 16, "Extra inputs are not permitted"),
    ],
)
def test_a_senseless_range_is_refused_by_the_name_of_its_field(field, given, complaint):
    with pytest.raises(SpecError) as refusal:
        SearchSpace(**{field: given})
    assert field in refusal.value.message
    assert complaint in refusal.value.message


def test_inverted_bounds_are_refused_before_there_is_a_space():
    with pytest.raises(SpecError, match=r"low 0\.1 is above high 0\.01"):
        FloatRange(0.1, 0.01)


def test_an_unknown_model_type_is_refused():
    with pytest.raises(SpecError, match="Unknown model type 'GRU'"):
        SearchSpace().describe("GRU")
