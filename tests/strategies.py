"""Hypothesis strategies that several tests share."""

from __future__ import annotations

from hypothesis import strategies as st

from gouji.language import nodes
from gouji.sources import Source, Span

SPAN = Span(Source("made", ""), 1, 1, 2)

names = st.one_of(
    st.text("甲乙丙ab_1", min_size=1, max_size=3).filter(lambda text: not text[0].isdecimal()),
    st.sampled_from(["增/减", "total", "and", "every", "a b", "是-否"]),
).map(lambda text: nodes.Name(text, span=SPAN))
texts = st.text("甲a\"\\ 。|#'", max_size=4)


def paths(star: bool = True) -> st.SearchStrategy[nodes.Path]:
    """Paths of one to three names, with or without a star."""
    stars = st.sampled_from(["", "", "*", "**"] if star else [""])
    return st.builds(lambda n, s: nodes.Path(tuple(n), s, span=SPAN), st.lists(names, min_size=1, max_size=3), stars)


def _extend(inner: st.SearchStrategy[nodes.Expression]) -> st.SearchStrategy[nodes.Expression]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    relations = st.sampled_from(["=", "!=", "<=", ">=", "<", ">"])
    chain = st.lists(st.tuples(relations, inner), min_size=1, max_size=2).map(tuple)
    signs = st.lists(st.tuples(st.sampled_from([1, -1]), inner), min_size=2, max_size=3).map(tuple)
    factors = st.lists(st.tuples(st.sampled_from(["*", "/"]), inner), min_size=1, max_size=2).map(tuple)
    calls = st.sampled_from(["sum", "min", "previous", "甲"])
    gathers = st.builds(
        nodes.Gather, inner, names, paths(), st.sampled_from(["", "skip"]), st.none() | inner, span=st.just(SPAN)
    )
    sets = st.builds(nodes.Set, st.lists(inner, min_size=1, max_size=3).map(tuple), span=st.just(SPAN))
    span = st.just(SPAN)
    return st.one_of(
        st.builds(nodes.Disjunction, pairs, span=span),
        st.builds(nodes.Conjunction, pairs, span=span),
        st.builds(nodes.Negation, inner, span=span),
        st.builds(nodes.Comparison, inner, chain, st.none() | inner, span=span),
        st.builds(nodes.Membership, inner, inner, span=span),
        st.builds(nodes.Same, inner, inner, span=span),
        st.builds(nodes.Sum, signs, span=span),
        st.builds(nodes.Sum, st.tuples(st.tuples(st.just(-1), inner)), span=span),
        st.builds(nodes.Product, inner, factors, span=span),
        st.builds(nodes.Range, paths(), paths(), span=span),
        st.builds(nodes.Without, inner, inner, span=span),
        sets,
        st.builds(nodes.Cell, names, paths(), inner, span=span),
        st.builds(nodes.Quantity, st.sampled_from(["exactly one of", "all or none of"]), sets, span=span),
        st.builds(nodes.Call, calls, st.lists(inner | gathers, max_size=2).map(tuple), span=span),
    )


expressions: st.SearchStrategy[nodes.Expression] = st.recursive(
    st.one_of(
        st.integers(0, 99).map(lambda number: nodes.Number(str(number), span=SPAN)),
        st.just(nodes.Date("2024-01-31", span=SPAN)),
        texts.map(lambda text: nodes.Text(text, span=SPAN)),
        paths(),
        st.just(nodes.Path((), "**", span=SPAN)),
    ),
    _extend,
    max_leaves=8,
)
