from itertools import count

from pipelines.catalog.validation.sample import MOST_LETTERS, FeedSample, read_sample
from tests.support.validated_feeds import a_chunk


def sampled(folder, chunks, most=100):
    folder.mkdir(parents=True, exist_ok=True)
    with FeedSample(folder, most) as sample:
        for chunk in chunks:
            sample.add(chunk)
    return sample, read_sample(sample.path, sample.below)


def many(rows, start=0):
    return [
        a_chunk(first + 1, id=[f"sku-{start + first + place}" for place in range(500)]) for first in range(0, rows, 500)
    ]


def test_all_rows_of_a_small_feed_are_in_the_sample_in_their_order(tmp_path):
    sample, rows = sampled(tmp_path, [a_chunk(id=["a", None]), a_chunk(3, id=["c"])])
    assert (sample.whole, sample.rows, sample.kept) == (True, 3, 3)
    assert rows.to_pydict() == {"row": [1, 2, 3], "id": ["a", None, "c"]}


def test_a_large_feed_gives_a_sample_of_bounded_size(tmp_path):
    sample, rows = sampled(tmp_path, many(20_000))
    assert not sample.whole
    assert 50 < rows.num_rows == sample.kept <= 100
    assert sample.rows == 20_000


def test_the_same_feed_gives_the_same_sample_whatever_its_chunks(tmp_path):
    chunks = many(5_000)
    _, one = sampled(tmp_path / "one", chunks)
    halves = [type(each)(part) for each in chunks for part in (each.columns.slice(0, 250), each.columns.slice(250))]
    _, other = sampled(tmp_path / "other", halves)
    assert one.equals(other.combine_chunks()) or one.to_pydict() == other.to_pydict()


def test_the_rows_of_one_id_are_in_the_sample_together(tmp_path):
    twice = [*many(5_000), *(a_chunk(5_001 + first, id=chunk.columns.column("id").to_pylist()) for first, chunk in
                             zip(count(0, 500), many(5_000), strict=False))]  # fmt: skip
    _, rows = sampled(tmp_path, twice, 1_000)
    ids = rows.column("id").to_pylist()
    assert rows.num_rows > 400
    assert all(ids.count(each) == 2 for each in set(ids))


def test_the_share_of_the_sample_is_that_of_the_feed(tmp_path):
    chunks = [
        a_chunk(first + 1, id=[f"{first + place}" for place in range(500)], brand=[None, *["Acme"] * 4] * 100)
        for first in range(0, 40_000, 500)
    ]
    _, rows = sampled(tmp_path, chunks, 4_000)
    assert abs(rows.column("brand").null_count / rows.num_rows - 0.2) < 0.03


def test_texts_without_end_are_cut(tmp_path):
    _, rows = sampled(tmp_path, [a_chunk(id=["a", "b"], title=["ü" * 1_000_000, "short"])])
    assert [len(each) for each in rows.column("title").to_pylist()] == [MOST_LETTERS, 5]


def test_chunks_with_other_columns_are_brought_under_those_of_the_first(tmp_path):
    _, rows = sampled(tmp_path, [a_chunk(id=["a"], title=["x"]), a_chunk(2, id=["b"], brand=["y"])])
    assert rows.to_pydict() == {"row": [1, 2], "id": ["a", "b"], "title": ["x", None]}
