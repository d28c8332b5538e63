from hypothesis import given
from hypothesis import strategies as st

from mlwidgets.search.pruning import running_means, should_prune

losses = st.lists(st.floats(0, 10), min_size=2, max_size=5)
histories = st.lists(st.lists(st.floats(0, 10), min_size=5, max_size=5), max_size=12)


def test_a_trial_worse_than_the_median_on_the_same_folds_is_pruned():
    earlier = [[level, level, 9.0] for level in (1.0, 2.0, 3.0, 4.0, 5.0)]
    assert should_prune(earlier, [3.1, 3.1])
    assert not should_prune(earlier, [3.0, 3.0])


def test_later_folds_of_earlier_trials_do_not_count():
    assert not should_prune([[1.0, 1.0, 0.0]] * 5, [1.0, 1.0])


def test_nothing_is_pruned_before_enough_trials_are_complete():
    assert not should_prune([[1.0, 1.0]] * 4, [9.0, 9.0])


def test_nothing_is_pruned_on_a_single_fold():
    assert not should_prune([[1.0, 1.0]] * 5, [9.0])


def test_trials_with_fewer_folds_are_no_rivals():
    assert not should_prune([[1.0]] * 5, [9.0, 9.0])


@given(histories, losses)
def test_the_order_of_earlier_trials_does_not_matter(earlier, scores):
    assert should_prune(earlier, scores) == should_prune(earlier[::-1], scores)


@given(histories, losses, st.floats(0, 5))
def test_a_better_trial_is_never_pruned_where_a_worse_one_is_kept(earlier, scores, worse_by):
    worse = [loss + worse_by for loss in scores]
    assert should_prune(earlier, worse) or not should_prune(earlier, scores)


def test_running_means_average_all_folds_so_far():
    assert running_means([2.0, 4.0, 9.0]) == [2.0, 3.0, 5.0]
