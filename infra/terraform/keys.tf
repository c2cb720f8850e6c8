# A key a tenant: destroying it makes the tenant's objects unreadable, everywhere and for ever.

resource "google_kms_key_ring" "foundry" {
  name     = var.name
  location = var.region
}

resource "google_kms_crypto_key" "tenant" {
  for_each = var.tenants

  name            = "tenant-${each.key}"
  key_ring        = google_kms_key_ring.foundry.id
  rotation_period = "${each.value.key_rotation_days * 86400}s"
  labels          = merge(local.labels, { tenant = each.key })

  lifecycle {
    prevent_destroy = true
  }
}

# For what belongs to no single tenant: the common bucket, inputs, images.
resource "google_kms_crypto_key" "common" {
  name            = "common"
  key_ring        = google_kms_key_ring.foundry.id
  rotation_period = "7776000s"
  labels          = local.labels

  lifecycle {
    prevent_destroy = true
  }
}

# Records on the topics hold briefs: unreleased products and prices.
resource "google_kms_crypto_key" "kafka" {
  count = var.kafka == null ? 0 : 1

  name            = "kafka"
  key_ring        = google_kms_key_ring.foundry.id
  rotation_period = "7776000s"
  labels          = local.labels

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key" "jobs" {
  count = var.dataflow ? 1 : 0

  name            = "jobs"
  key_ring        = google_kms_key_ring.foundry.id
  rotation_period = "7776000s"
  labels          = local.labels

  lifecycle {
    prevent_destroy = true
  }
}

# Cloud Storage encrypts as its own agent: neither dispatcher nor workers may use the keys themselves.
data "google_storage_project_service_account" "agent" {}

resource "google_kms_crypto_key_iam_member" "tenant" {
  for_each = var.tenants

  crypto_key_id = google_kms_crypto_key.tenant[each.key].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_storage_project_service_account.agent.member
}

data "google_project" "this" {}

resource "google_kms_crypto_key_iam_member" "jobs" {
  for_each = var.dataflow ? {
    storage  = data.google_storage_project_service_account.agent.member
    dataflow = "serviceAccount:service-${data.google_project.this.number}@dataflow-service-producer-prod.iam.gserviceaccount.com"
    compute  = "serviceAccount:service-${data.google_project.this.number}@compute-system.iam.gserviceaccount.com"
  } : {}

  crypto_key_id = google_kms_crypto_key.jobs[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

resource "google_kms_crypto_key_iam_member" "common" {
  for_each = {
    storage = data.google_storage_project_service_account.agent.member
    images  = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-artifactregistry.iam.gserviceaccount.com"
  }

  crypto_key_id = google_kms_crypto_key.common.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = each.value
}

# The service's own agent, which exists once its API is on in the project.
resource "google_kms_crypto_key_iam_member" "kafka" {
  count = var.kafka == null ? 0 : 1

  crypto_key_id = google_kms_crypto_key.kafka[0].id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-managedkafka.iam.gserviceaccount.com"
}
