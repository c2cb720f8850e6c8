"""The Terraform files, read as HCL: what is public, what may delete, what is locked. Nothing is planned or applied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hcl2
import pytest

from foundry.catalog.runs import catalog_folder
from foundry.names import campaign_folder
from foundry.quota import FOLDER
from foundry.tenant import Storage
from pipelines.bus.rights import catalogs_group, deliveries_group, dispatcher_rights, tenant_rights
from pipelines.bus.topics import RESERVED, TOPICS, own_topics
from pipelines.delivery.asked import DELIVERIES
from tests.support.tools import INFRA, run
from transforms.stopping import marker_name

TERRAFORM = INFRA / "terraform"
FILES = sorted(TERRAFORM.glob("*.tf"))


def bare(value: Any) -> Any:
    """Without the quotation marks that the parser keeps."""
    if isinstance(value, dict):
        return {bare(key): bare(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"' else value


def blocks(kind: str) -> list[dict[str, Any]]:
    """Every block of a kind, of all files."""
    return [one for file in FILES for one in bare(hcl2.loads(file.read_text())).get(kind, [])]


def resources(kind: str) -> dict[str, dict[str, Any]]:
    return {name: body for each in blocks("resource") for name, body in each.get(kind, {}).items()}


def text() -> str:
    return "\n".join(file.read_text() for file in FILES)


def test_every_reference_leads_to_something():
    made = {f"{kind}.{name}" for each in blocks("resource") for kind, names in each.items() for name in names}
    made |= {f"data.{kind}.{name}" for each in blocks("data") for kind, names in each.items() for name in names}
    declared = {name for each in blocks("variable") for name in each}
    local = {name for each in blocks("locals") for name in each}
    assert set(re.findall(r"\bvar\.(\w+)", text())) == declared
    assert set(re.findall(r"\blocal\.(\w+)", text())) == local
    assert set(re.findall(r"\bdata\.\w+\.\w+", text())) <= made
    assert set(re.findall(r"(?<![\w.])google_\w+\.\w+", text())) <= made


def test_every_variable_and_output_is_described():
    for each in [*blocks("variable"), *blocks("output")]:
        for name, body in each.items():
            assert body["description"], name


def test_no_bucket_is_public_or_kept_in_plain_sight():
    buckets = resources("google_storage_bucket")
    assert buckets.keys() == {"tenant", "archive", "common", "inputs", "scratch"}
    for name, bucket in buckets.items():
        assert bucket["uniform_bucket_level_access"] is True, name
        assert bucket["public_access_prevention"] == "enforced", name
        assert "default_kms_key_name" in bucket["encryption"][0], name
    assert "allUsers" not in text()
    assert "allAuthenticatedUsers" not in text()


def test_what_cannot_be_made_again_cannot_be_destroyed_by_a_plan():
    keys, buckets = resources("google_kms_crypto_key"), resources("google_storage_bucket")
    names = ("tenant", "archive", "common", "inputs")
    kept = [*keys.values(), *(buckets[name] for name in names), *resources("google_managed_kafka_cluster").values()]
    assert len(kept) == 4 + 4 + 1
    assert all(each["lifecycle"][0]["prevent_destroy"] is True for each in kept)
    assert all(buckets[name]["force_destroy"] is False for name in names)


def test_a_bucket_is_locked_only_by_its_tenants_own_sentence():
    buckets = resources("google_storage_bucket")
    assert "retention_policy" not in buckets["tenant"]  # views of campaigns are replaced
    (policy,) = buckets["archive"]["retention_policy"]
    assert policy["is_locked"] == "${local.archive_lock[each.key]}"
    assert text().count("is_locked") == 1
    (lock,) = (each["archive_lock"] for each in blocks("locals") if "archive_lock" in each)
    assert '"${id}: lock for ever"' in lock
    (variable,) = (each["tenants"] for each in blocks("variable") if "tenants" in each)
    assert 'optional(string, "")' in str(variable["type"])
    assert any("cannot be unlocked" in each["error_message"] for each in variable["validation"])
    assert "lock for ever" not in (TERRAFORM / "terraform.tfvars.example").read_text()


def test_dispatcher_and_workers_can_replace_nothing_but_views():
    roles = {name: set(body["permissions"]) for name, body in resources("google_project_iam_custom_role").items()}
    assert not roles["writer"] & {"storage.objects.delete", "storage.objects.update", "storage.objects.setIamPolicy"}
    assert roles["replacer"] == {"storage.objects.delete", "storage.objects.update"}
    grants = resources("google_storage_bucket_iam_member")
    assert "condition" not in grants["writer"]
    assert "condition" not in grants["common_writer"]
    for name in ("replacer", "common_replacer"):
        (condition,) = grants[name]["condition"]
        assert condition["expression"] == "${local.replaces[each.value.tenant]}"


def test_what_may_be_replaced_is_what_the_code_replaces():
    (told,) = (each for each in blocks("locals") if "replaced" in each)
    stops = marker_name("0" * 64).split("/")[0]
    assert sorted(told["replaced"]) == sorted(
        [*(name.split("/")[0] for name in (campaign_folder("x"), catalog_folder("x"))), DELIVERIES, FOLDER, stops]
    )
    assert told["replaces"].count("resource.name.extract") == 1
    assert "/objects/{tenant}/${folder}/" in told["replaces"].replace("\\", "")


def test_a_tenants_writers_put_files_below_its_own_name_only():
    (condition,) = resources("google_storage_bucket_iam_member")["inputs_writer"]["condition"]
    assert "/objects/files/${each.value.tenant}/" in condition["expression"]
    assert resources("google_storage_bucket_iam_member")["inputs_reader"]["role"] == "roles/storage.objectViewer"


def test_records_on_topics_are_encrypted_with_a_key_of_ours():
    cluster = resources("google_managed_kafka_cluster")["foundry"]
    assert cluster["gcp_config"][0]["kms_key"] == "${google_kms_crypto_key.kafka[0].id}"
    assert "gcp-sa-managedkafka" in resources("google_kms_crypto_key_iam_member")["kafka"]["member"]


def test_nobody_but_the_dispatcher_joins_its_group():
    rules = resources("google_managed_kafka_acl")
    assert rules["group"]["acl_id"] == "consumerGroup/${each.key}"
    of_kafka = "${var.kafka.group}"
    for group in ("var.kafka.group", catalogs_group(of_kafka), deliveries_group(of_kafka)):
        assert group in rules["group"]["for_each"]
    (entries,) = rules["group"]["dynamic"]
    assert [bare(each) for each in entries["acl_entries"]["for_each"]] == ["READ", "DESCRIBE"]
    assert "google_service_account.dispatcher.email" in str(entries)
    assert {"allTopics", "allConsumerGroups", "allTransactionalIds", "cluster"} <= set(
        re.findall(r"\w+", rules["rest"]["for_each"])
    )
    assert str(rules["rest"]["acl_entries"]).count("principal") == 1  # besides operators, the dispatcher may describe


def test_a_tenant_joins_groups_of_its_own_and_gets_no_shared_topic():
    rules = resources("google_managed_kafka_acl")
    assert rules["tenant_groups"]["acl_id"] == "consumerGroupPrefixed/${each.key}."
    assert "tenants" not in str(rules["shared"])
    assert "members" not in str(rules["shared"])


def test_no_tenant_has_a_name_that_topics_of_all_have():
    (tenants,) = (each["tenants"] for each in blocks("variable") if "tenants" in each)
    (refusal,) = (each for each in tenants["validation"] if "shared topics" in each["error_message"])
    assert set(re.findall(r'"(\w+)"', refusal["condition"])) == RESERVED


def test_images_have_a_registry_whose_tags_stay():
    registry = resources("google_artifact_registry_repository")["images"]
    assert registry["format"] == "DOCKER"
    assert registry["docker_config"][0]["immutable_tags"] is True


def test_a_budget_tells_people_before_and_when_it_is_spent():
    budget = resources("google_billing_budget")["project"]
    (some,) = budget["dynamic"]
    assert [float(each) for each in some["threshold_rules"]["for_each"]] == [0.5, 0.9, 1.0]
    assert budget["threshold_rules"][0]["spend_basis"] == "FORECASTED_SPEND"
    assert budget["all_updates_rule"][0]["disable_default_iam_recipients"] is False


def test_nobody_gets_a_broad_role():
    roles = set(re.findall(r'"(roles/[^"]+)"', text()))
    assert roles == {
        "roles/artifactregistry.reader",
        "roles/cloudkms.cryptoKeyEncrypterDecrypter",
        "roles/dataflow.developer",
        "roles/dataflow.worker",
        "roles/iam.serviceAccountTokenCreator",
        "roles/iam.serviceAccountUser",
        "roles/iam.workloadIdentityUser",
        "roles/managedkafka.client",
        "roles/storage.objectUser",
        "roles/storage.objectViewer",
    }
    broad = [
        body for body in resources("google_storage_bucket_iam_member").values() if "objectUser" in str(body["role"])
    ]
    assert sorted(body["bucket"] for body in broad) == [
        "${google_storage_bucket.inputs.name}",
        "${google_storage_bucket.scratch[0].name}",
    ]
    assert all("condition" in body for body in broad if "inputs" in body["bucket"])
    assert not re.search(r"google_\w+_iam_(binding|policy)", text())  # these would take others' rights away


def test_the_keys_are_used_by_the_services_and_not_by_us():
    for name, grant in resources("google_kms_crypto_key_iam_member").items():
        assert "google_service_account" not in str(grant), name


def test_topics_are_those_of_the_code():
    (topics,) = (each["topics"] for each in blocks("locals") if "topics" in each)
    assert {bare(name): (int(each["days"]), bare(each["cleanup"])) for name, each in topics.items()} == {
        topic.name: (topic.days, topic.configs()["cleanup.policy"]) for topic in TOPICS
    }
    assert text().count(f'"{TOPICS[0].configs()["max.message.bytes"]}"') == 2
    for topic in own_topics("${id}"):
        assert re.search(rf'"{re.escape(topic.name)}" => {{\s+days\s+= {topic.days}, members\s+= ', text())


def test_the_dispatcher_has_the_rights_that_the_code_lists_and_no_others():
    listed = {
        right.name: list(right.operations) for right in dispatcher_rights("user", "group") if right.kind == "topic"
    }
    (topics,) = (each["topics"] for each in blocks("locals") if "topics" in each)
    given = {bare(name): [bare(one).capitalize() for one in each["dispatcher"]] for name, each in topics.items()}
    assert given == {name: listed[name] for name in given}
    for name in (
        "campaign.briefs.",
        "campaign.events.",
        "catalog.changed.",
    ):  # those of tenants, by prefix in the list, one by one here
        operations = ", ".join(f'"{one.upper()}"' for one in listed[name])
        assert re.search(rf'"{re.escape(name)}\$\{{id\}}" => {{[^}}]*dispatcher = \[{operations}\]', text())
    assert '"ALL"' not in text().split('resource "google_managed_kafka_acl" "rest"')[0]


def test_a_tenants_topics_give_the_rights_that_the_code_lists():
    for right in tenant_rights("user", "x"):
        name, operations = right.name.replace(".x", ".${id}"), ", ".join(f'"{one.upper()}"' for one in right.operations)
        assert re.search(rf'"{re.escape(name)}" => {{[^}}]*operations = \[{operations}\]', text())


def test_the_output_is_what_a_tenants_file_takes():
    (storage,) = (each["storage"] for each in blocks("output") if "storage" in each)
    assert set(re.findall(r"(\w+) +=", (TERRAFORM / "outputs.tf").read_text().split('output "dispatcher"')[0])) >= {
        "bucket",
        "kms_key",
    }
    assert storage["description"]
    assert {"bucket", "kms_key"} < set(Storage.model_fields)


@pytest.mark.parametrize("file", [*FILES, TERRAFORM / "terraform.tfvars.example"], ids=lambda file: file.name)
@pytest.mark.parametrize("name", [pytest.param("hclfmt", marks=pytest.mark.hclfmt)])
def test_it_is_formatted_and_parses(file: Path, name: str):
    done = run(name, str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout == file.read_text()
