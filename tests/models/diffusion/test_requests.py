"""A guide that does not go with its order is refused in a sentence, and only equal requests share a call."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.card.adapter_use import AdapterUse
from models.diffusion.refusals import GuideRefused
from models.diffusion.requests import check_guide, group_alike
from models.drawing import Guide
from tests.support.drawing import a_mask, a_picture, a_request


@pytest.mark.parametrize(
    ("guide", "control", "reference", "wrong"),
    [
        (Guide(image=a_picture(size=32)), False, False, "has its image at 32x32, and the drawing is 64x64; scale it"),
        (Guide(mask=a_mask()), False, False, "has a mask and no image; give the image that the mask keeps"),
        (Guide(control=a_picture()), False, False, "has a control picture and no ControlNet; give both or neither"),
        (Guide(), True, False, "has no control picture for its ControlNet"),
        (Guide(reference=a_picture()), False, False, "has a reference picture and no IP-Adapter"),
        (Guide(), False, True, "has no reference picture for its IP-Adapter"),
        (Guide(image=a_picture(), strength=0.3), False, False, "redraws 0.3 of 3 steps, which is none; raise the"),
    ],
)
def test_a_guide_that_does_not_fit_is_refused(guide: Guide, control: bool, reference: bool, wrong: str) -> None:
    with pytest.raises(GuideRefused) as refused:
        check_guide(a_request(guide=guide), guide, control=control, reference=reference)
    assert wrong in str(refused.value)


def test_a_guide_that_fits_passes() -> None:
    check_guide(a_request(), Guide(), control=False, reference=False)
    full = Guide(a_picture(), a_mask(), a_picture(), a_picture(size=16), 0.5)
    check_guide(a_request(), full, control=True, reference=True)


def test_requests_that_differ_in_what_a_call_shares_are_apart() -> None:
    base = a_request()
    others = [
        a_request(width_px=32),
        a_request(steps=4),
        a_request(negative_prompt="people"),
        a_request(guide=Guide(image=a_picture())),
        a_request(guide=Guide(image=a_picture(), strength=0.5)),
        a_request(adapters=(AdapterUse("a" * 64),)),
    ]
    assert list(group_alike([base, *others], 8)) == [[at] for at in range(7)]
    same = [base, a_request("the sea"), dataclasses.replace(base, seed=9), a_request(tenant="other")]
    assert list(group_alike(same, 8)) == [[0, 1, 2, 3]]


LOOKS = ((), (AdapterUse("a" * 64),), (AdapterUse("b" * 64),))


@settings(max_examples=50, deadline=None)
@given(
    kinds=st.lists(st.tuples(st.integers(0, 2), st.sampled_from([32, 64])), max_size=20),
    most=st.integers(1, 8),
)
def test_every_request_is_in_one_call_and_each_adapter_set_is_put_on_once(
    kinds: list[tuple[int, int]], most: int
) -> None:
    batch = [a_request(adapters=LOOKS[look], width_px=width) for look, width in kinds]
    groups = list(group_alike(batch, most))
    assert sorted(at for group in groups for at in group) == list(range(len(batch)))
    assert all(0 < len(group) <= most for group in groups)
    assert all(len({kinds[at] for at in group}) == 1 for group in groups)
    worn = [kinds[group[0]][0] for group in groups]
    changes = sum(one != other for one, other in itertools.pairwise(worn))
    assert changes == max(len(set(worn)) - 1, 0)
