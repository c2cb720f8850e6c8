"""The quotas of jobs that the Flex Template starts, whose end the launcher does not see."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import Refusals
from foundry.quota import Amounts
from foundry.store.object_store import LocalStore
from foundry.tenant import Quota
from pipelines.flex_template import quotas_held
from pipelines.planning.quota_ledger import QuotaLedger
from tests.support.briefs import a_tenant, admitted


def test_a_job_holds_its_quota_until_a_run_settles_it_and_gives_it_back_if_it_does_not_start(tmp_path: Path) -> None:
    each, store = admitted(tmp_path), LocalStore(tmp_path / "store")
    ledger = QuotaLedger(store)
    with quotas_held([each], store):
        pass
    assert ledger.quota_left("aurelle").held.shots == each.plan.shot_count
    with pytest.raises(ZeroDivisionError), quotas_held([each], store):
        raise ZeroDivisionError
    assert ledger.quota_left("aurelle").held == Amounts()


def test_a_job_over_the_quota_is_not_started(tmp_path: Path) -> None:
    owner = a_tenant().model_copy(update={"quota": Quota(shots=2)})
    first = admitted(tmp_path, owner=owner)
    second = admitted(tmp_path, owner=owner, campaign={"id": "two", "name": "Two"})
    store = LocalStore(tmp_path / "store")
    with quotas_held([first], store):
        pass
    with pytest.raises(Refusals, match=r"quota\.shots"), quotas_held([second], store):
        pytest.fail("the job was started")
    assert QuotaLedger(store).quota_left("aurelle").held.shots == 2
