from dataclasses import replace

import pytest

from mips_core.essence.tasks import get
from mips_core.essence.tasks.baselines import baselines


@pytest.mark.parametrize(("name", "size"), [("eca-110", (300,)), ("life", (12, 20))])
def test_a_window_slides_over_cells_of_any_size(name, size):
    for baseline in baselines(get(name), sizes=[size], cases=500):
        assert baseline.learned == baseline.taught
        assert baseline.cannot == ()
        (result,) = baseline.scaling
        assert result.size == size
        assert result.correct == result.cases >= 500  # all windows were taught


def test_a_rule_is_put_before_the_window():
    for baseline in baselines(get("eca-joint"), sizes=[30], cases=30 * 256):
        assert (baseline.taught, baseline.learned) == (2048, 2048)
        assert baseline.scaling[0].correct == 30 * 256


def test_a_model_of_one_size_takes_no_other():
    mlp, tree = baselines(get("argmax"), sizes=[6, 60, 4], cases=200)
    assert (mlp.model, tree.model) == ("multilayer perceptron", "decision tree")
    for baseline in (mlp, tree):
        assert (baseline.taught, baseline.learned) == (6, 6)
        assert [result.size for result in baseline.scaling] == [(6,)]
        assert baseline.cannot == ((60,), (4,))
        assert baseline.scaling[0].correct < 180  # single ones do not teach them to compare


def test_lists_of_labels():
    for baseline in baselines(get("prefix-or"), sizes=[6], cases=600):
        assert baseline.scaling[0].correct == 600


def test_models_of_probabilities_set_variables_too():
    task = get("max-sat")
    small = replace(task, data=lambda: replace(task.data(), samples=task.data().samples[1:]))  # 3 variables, 8 clauses
    for baseline in baselines(small, sizes=[(3, 8), (10, 100)], cases=50):
        assert baseline.cannot == ((10, 100),)
        (result,) = baseline.scaling
        assert 6.5 < result.satisfied.mean < 8
        assert baseline.taught == 80
        assert baseline.learned >= 70


def test_the_same_seed_gives_the_same_models():
    def counts(seed):
        return [
            result.correct
            for b in baselines(get("orientation"), sizes=[28], cases=30, seed=seed)
            for result in b.scaling
        ]

    assert counts(0) == counts(0) != counts(1)
