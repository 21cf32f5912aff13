"""What a result says of several metrics, and how far early ones tell late ones."""

import pytest

from ato_hyperband import HyperBand, RankCorrelation, rank_correlations

POINTS = [(0, 3), (3, 0), (1, 1), (2, 2), (0, 0)]
POINT = {"point": {"param_type": "CATEGORY", "categories": POINTS}}


def searched(mode, objective=lambda config: config.point, **options):
    return HyperBand(None, POINT, mode=mode, halving_rate=0.01, **options).run(objective, [])


@pytest.mark.parametrize(
    ("mode", "front", "best"),
    [
        (("max", "max"), {(0, 3), (3, 0), (2, 2)}, (3, 0)),
        (("min", "min"), {(0, 0)}, (0, 0)),
        (("max", "min"), {(3, 0)}, (3, 0)),
        (("min", "max"), {(0, 3)}, (0, 3)),
    ],
)
def test_the_front_and_the_best_are_those_of_the_modes(mode, front, best):
    result = searched(mode)
    assert {t.params["point"] for t in result.pareto_front()} == front
    assert result.config.point == best
    assert result.mode == list(mode)


def test_of_one_metric_the_front_is_the_best_and_its_equals():
    result = searched("max", lambda config: max(config.point))
    assert [t.params["point"] for t in result.pareto_front()] == [(0, 3), (3, 0)]
    assert result.best is result.pareto_front()[0]


def test_a_list_of_one_mode_is_that_mode():
    result = searched(["min"], lambda config: sum(config.point))
    assert (result.mode, result.metrics, result.config.point) == ("min", (0.0,), (0, 0))


def test_logs_and_ranking_go_by_the_first():
    result = searched(("min", "max"))
    assert [entry.metric for entry in result.logs[0]] == [0, 0, 1, 2, 3]
    assert [t.number for t in result.ranking()] == [0, 4, 2, 3, 1]


def test_the_dataframe_has_a_column_for_each():
    pytest.importorskip("pandas")
    frame = searched(("max", "min")).to_dataframe()
    assert list(zip(frame.metric_0, frame.metric_1)) == POINTS
    assert list(frame.metric) == [first for first, _ in POINTS]


class TestRankCorrelationsOfAnyTrainings:
    def test_they_need_no_search(self):
        results = [{1: quality, 5: quality**2, 9: -quality} for quality in range(1, 6)]
        assert rank_correlations(results) == [
            RankCorrelation(1, 5, pytest.approx(1.0), 5),
            RankCorrelation(5, 9, pytest.approx(-1.0), 5),
            RankCorrelation(1, 9, pytest.approx(-1.0), 5),
        ]

    def test_a_training_counts_where_it_has_both(self):
        results = [{1: 1, 3: 1}, {1: 2, 3: 2}, {1: 3}, {3: 9}]
        assert rank_correlations(results) == [RankCorrelation(1, 3, None, 2)]

    def test_one_resource_has_nothing_to_compare_with(self):
        assert rank_correlations([{1: 0.5}, {1: 0.7}]) == []

    @pytest.mark.parametrize(
        ("value", "word"), [(0.7, "well"), (0.69, "somewhat"), (0.39, "hardly"), (-0.41, "wrongly")]
    )
    def test_the_word_is_that_of_the_number(self, value, word):
        said = f"1 → 3: results tell {word} ({value:+.2f} over 9 trials)"
        assert str(RankCorrelation(1, 3, value, 9)) == said
