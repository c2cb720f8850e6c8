locals {
  labels  = merge(var.labels, { app = "campaign-foundry" })
  buckets = { for id, tenant in var.tenants : id => coalesce(tenant.bucket, "${var.project}-${var.name}-${id}") }

  # Bucket Lock cannot be undone by anybody, Google included. It is set only for a tenant whose own sentence says so.
  archive_lock = { for id, tenant in var.tenants : id => tenant.lock_archive_forever == "${id}: lock for ever" }
}

# Masters, renditions and records are written once; a campaign's views (manifest, report) are replaced whole. So there
# is no retention policy here, which would forbid the latter, and no versioning, which would keep every view for ever:
# soft delete brings back what was replaced or deleted by mistake.
resource "google_storage_bucket" "tenant" {
  for_each = var.tenants

  name                        = local.buckets[each.key]
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = merge(local.labels, { tenant = each.key })

  encryption {
    default_kms_key_name = google_kms_crypto_key.tenant[each.key].id
  }

  soft_delete_policy {
    retention_duration_seconds = each.value.soft_delete_days * 86400
  }

  lifecycle_rule { # parts of uploads that were broken off
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.master_cold_days == null ? [] : [each.value.master_cold_days]
    content {
      action {
        type          = "SetStorageClass"
        storage_class = "NEARLINE"
      }
      condition {
        age            = lifecycle_rule.value
        matches_prefix = ["${each.key}/masters/"]
      }
    }
  }

  dynamic "lifecycle_rule" {
    for_each = each.value.expire_days == null ? [] : [each.value.expire_days]
    content {
      action {
        type = "Delete"
      }
      condition {
        age = lifecycle_rule.value
      }
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.tenant]

  lifecycle {
    prevent_destroy = true
  }
}

# What must not be deletable for a time, such as finished campaigns for an audit, is copied here.
resource "google_storage_bucket" "archive" {
  for_each = { for id, tenant in var.tenants : id => tenant if tenant.archive_days != null }

  name                        = "${local.buckets[each.key]}-archive"
  location                    = var.region
  storage_class               = "ARCHIVE"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = merge(local.labels, { tenant = each.key })

  encryption {
    default_kms_key_name = google_kms_crypto_key.tenant[each.key].id
  }

  retention_policy {
    retention_period = each.value.archive_days * 86400
    is_locked        = local.archive_lock[each.key]
  }

  depends_on = [google_kms_crypto_key_iam_member.tenant]

  lifecycle {
    prevent_destroy = true
  }
}

# The store of the chart (`store`): objects of tenants that have no bucket of their own, each below its own name.
resource "google_storage_bucket" "common" {
  name                        = "${var.project}-${var.name}-assets"
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = local.labels

  encryption {
    default_kms_key_name = google_kms_crypto_key.common.id
  }

  soft_delete_policy {
    retention_duration_seconds = 14 * 86400
  }

  lifecycle_rule { # parts of uploads that were broken off
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.common]

  lifecycle {
    prevent_destroy = true
  }
}

# What briefs name: `files/<tenant>/…`, and `tenants/<tenant>/tenant.yaml` with its logos. The dispatcher only reads it.
resource "google_storage_bucket" "inputs" {
  name                        = "${var.project}-${var.name}-inputs"
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = local.labels

  encryption {
    default_kms_key_name = google_kms_crypto_key.common.id
  }

  soft_delete_policy {
    retention_duration_seconds = 14 * 86400
  }

  depends_on = [google_kms_crypto_key_iam_member.common]

  lifecycle {
    prevent_destroy = true
  }
}

# What lives as long as a Dataflow job.
resource "google_storage_bucket" "scratch" {
  count = var.dataflow ? 1 : 0

  name                        = "${var.project}-${var.name}-scratch"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = local.labels

  encryption {
    default_kms_key_name = google_kms_crypto_key.jobs[0].id
  }

  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = 14
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.jobs]
}
