locals {
  day_ms = 86400000

  # The same as pipelines/bus/topics.py, which a test compares; min.insync.replicas is 2 here because there are three replicas.
  topics = {
    "campaign.briefs"      = { days = 14, cleanup = "delete", dispatcher = ["READ", "DESCRIBE"] }
    "campaign.progress"    = { days = 7, cleanup = "compact,delete", dispatcher = ["WRITE", "DESCRIBE"] }
    "assets.finished"      = { days = 30, cleanup = "delete", dispatcher = ["READ", "WRITE", "DESCRIBE"] }
    "campaign.finished"    = { days = 90, cleanup = "delete", dispatcher = ["WRITE", "DESCRIBE"] }
    "campaign.failed"      = { days = 90, cleanup = "delete", dispatcher = ["WRITE", "DESCRIBE"] }
    "campaign.briefs.dead" = { days = 90, cleanup = "delete", dispatcher = ["WRITE", "DESCRIBE"] }
    "catalog.changed"      = { days = 14, cleanup = "delete", dispatcher = ["READ", "DESCRIBE"] }
    "catalog.refreshed"    = { days = 90, cleanup = "delete", dispatcher = ["READ", "WRITE", "DESCRIBE"] }
    "assets.delivered"     = { days = 90, cleanup = "delete", dispatcher = ["WRITE", "DESCRIBE"] }
    "catalog.changed.dead" = { days = 90, cleanup = "delete", dispatcher = ["WRITE", "DESCRIBE"] }
  }

  # A tenant's own topics: it alone writes its briefs and changed items, and it alone reads its events.
  tenant_topics = merge(
    { for id, tenant in var.tenants : "campaign.briefs.${id}" => {
      days = 14, members = tenant.writers, operations = ["WRITE", "DESCRIBE"], dispatcher = ["READ", "DESCRIBE"]
    } },
    { for id, tenant in var.tenants : "catalog.changed.${id}" => {
      days = 14, members = tenant.writers, operations = ["WRITE", "DESCRIBE"], dispatcher = ["READ", "DESCRIBE"]
    } },
    { for id, tenant in var.tenants : "campaign.events.${id}" => {
      days       = 30, members = distinct(concat(tenant.writers, tenant.readers)), operations = ["READ", "DESCRIBE"],
      dispatcher = ["WRITE", "DESCRIBE"]
    } },
  )
}

resource "google_managed_kafka_cluster" "foundry" {
  count = var.kafka == null ? 0 : 1

  cluster_id = var.name
  location   = var.region
  labels     = local.labels

  capacity_config {
    vcpu_count   = var.kafka.vcpus
    memory_bytes = var.kafka.memory_gib * 1073741824
  }

  gcp_config {
    kms_key = google_kms_crypto_key.kafka[0].id

    access_config {
      network_configs {
        subnet = var.subnetwork
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }

  depends_on = [google_kms_crypto_key_iam_member.kafka]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_managed_kafka_topic" "shared" {
  for_each = var.kafka == null ? {} : local.topics

  topic_id           = each.key
  cluster            = google_managed_kafka_cluster.foundry[0].cluster_id
  location           = var.region
  partition_count    = var.kafka.partitions
  replication_factor = 3

  configs = merge(
    {
      "cleanup.policy"      = each.value.cleanup
      "retention.ms"        = tostring(each.value.days * local.day_ms)
      "max.message.bytes"   = "6000000"
      "min.insync.replicas" = "2"
    },
    each.value.cleanup == "delete" ? {} : { "segment.ms" = tostring(local.day_ms) },
  )
}

# The names of these topics say whose briefs and events they carry, because the rules below let nobody else at them.
resource "google_managed_kafka_topic" "tenant" {
  for_each = var.kafka == null ? {} : local.tenant_topics

  topic_id           = each.key
  cluster            = google_managed_kafka_cluster.foundry[0].cluster_id
  location           = var.region
  partition_count    = 1
  replication_factor = 3

  configs = {
    "cleanup.policy"      = "delete"
    "retention.ms"        = tostring(each.value.days * local.day_ms)
    "max.message.bytes"   = "6000000"
    "min.insync.replicas" = "2"
  }
}

# The cluster answers everybody who may connect until a topic has rules: these give each topic its own.
resource "google_managed_kafka_acl" "tenant" {
  for_each = var.kafka == null ? {} : local.tenant_topics

  acl_id   = "topic/${each.key}"
  cluster  = google_managed_kafka_cluster.foundry[0].cluster_id
  location = var.region

  dynamic "acl_entries" {
    for_each = each.value.dispatcher
    content {
      principal       = "User:${google_service_account.dispatcher.email}"
      permission_type = "ALLOW"
      operation       = acl_entries.value
      host            = "*"
    }
  }

  dynamic "acl_entries" {
    for_each = { for pair in setproduct(each.value.members, each.value.operations) : join(" ", pair) => pair }
    content {
      principal       = "User:${trimprefix(trimprefix(acl_entries.value[0], "serviceAccount:"), "user:")}"
      permission_type = "ALLOW"
      operation       = acl_entries.value[1]
      host            = "*"
    }
  }
}

# A tenant's consumers join groups whose names begin with its id and a dot, and no others.
resource "google_managed_kafka_acl" "tenant_groups" {
  for_each = var.kafka == null ? {} : { for id, tenant in var.tenants : id => tenant if length(concat(tenant.writers, tenant.readers)) > 0 }

  acl_id   = "consumerGroupPrefixed/${each.key}."
  cluster  = google_managed_kafka_cluster.foundry[0].cluster_id
  location = var.region

  dynamic "acl_entries" {
    for_each = { for pair in setproduct(distinct(concat(each.value.writers, each.value.readers)), ["READ", "DESCRIBE"]) : join(" ", pair) => pair }
    content {
      principal       = "User:${trimprefix(trimprefix(acl_entries.value[0], "serviceAccount:"), "user:")}"
      permission_type = "ALLOW"
      operation       = acl_entries.value[1]
      host            = "*"
    }
  }
}

# Groups: nobody but the dispatcher joins its groups, where a stranger would be handed the briefs of all tenants. The second
# one is that of `foundry serve --catalog`, the third one that of `foundry serve --delivery`.
resource "google_managed_kafka_acl" "group" {
  for_each = var.kafka == null ? toset([]) : toset([var.kafka.group, "${var.kafka.group}-catalogs", "${var.kafka.group}-deliveries"])

  acl_id   = "consumerGroup/${each.key}"
  cluster  = google_managed_kafka_cluster.foundry[0].cluster_id
  location = var.region

  dynamic "acl_entries" {
    for_each = ["READ", "DESCRIBE"]
    content {
      principal       = "User:${google_service_account.dispatcher.email}"
      permission_type = "ALLOW"
      operation       = acl_entries.value
      host            = "*"
    }
  }
}

# What has no rules of its own: topics and groups to come, and the cluster itself, where topics are created.
resource "google_managed_kafka_acl" "rest" {
  for_each = var.kafka == null ? toset([]) : toset(["allTopics", "allConsumerGroups", "allTransactionalIds", "cluster"])

  acl_id   = each.key
  cluster  = google_managed_kafka_cluster.foundry[0].cluster_id
  location = var.region

  dynamic "acl_entries" {
    for_each = var.operators
    content {
      principal       = "User:${trimprefix(trimprefix(acl_entries.value, "serviceAccount:"), "user:")}"
      permission_type = "ALLOW"
      operation       = "ALL"
      host            = "*"
    }
  }

  # At least one rule, so that the others are refused.
  acl_entries {
    principal       = "User:${google_service_account.dispatcher.email}"
    permission_type = "ALLOW"
    operation       = "DESCRIBE"
    host            = "*"
  }
}

resource "google_managed_kafka_acl" "shared" {
  for_each = var.kafka == null ? {} : local.topics

  acl_id   = "topic/${each.key}"
  cluster  = google_managed_kafka_cluster.foundry[0].cluster_id
  location = var.region

  dynamic "acl_entries" {
    for_each = each.value.dispatcher
    content {
      principal       = "User:${google_service_account.dispatcher.email}"
      permission_type = "ALLOW"
      operation       = acl_entries.value
      host            = "*"
    }
  }
}
