"""What was spent on the rendered views of a plan's product models, which no shot and no file bears."""

from __future__ import annotations

from foundry.inputs.picture import VIEW, view_record_name
from foundry.manifest import view_from_json
from foundry.plan.plan import Plan
from foundry.spent import Spent, add_spent
from foundry.store.object_store import ObjectStore, each_fetched


def spent_on_views(plan: Plan, own: ObjectStore) -> Spent:
    """Return what this plan's campaign had spent on views; `own` is the tenant's store.

    Views that another campaign had made cost nothing, and so do those of before records of views existed.
    """
    keys = {subject.picture for subject in plan.subjects if subject.picture and subject.picture.startswith(VIEW)}
    found = each_fetched(own, map(view_record_name, sorted(keys)))
    records = (view_from_json(data) for data in found if data)
    return add_spent(record.spent for record in records if record.made_for == plan.brief.campaign.id)
