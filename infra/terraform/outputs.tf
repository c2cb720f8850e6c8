output "storage" {
  description = "What each tenant's file says under `storage`."
  value = {
    for id in keys(var.tenants) : id => {
      bucket  = google_storage_bucket.tenant[id].name
      kms_key = google_kms_crypto_key.tenant[id].id
    }
  }
}

output "dispatcher" {
  description = "The chart's serviceAccount.googleServiceAccount."
  value       = google_service_account.dispatcher.email
}

output "kafka" {
  description = "The chart's kafka.bootstrap; null without a cluster."
  value       = var.kafka == null ? null : "bootstrap.${var.name}.${var.region}.managedkafka.${var.project}.cloud.goog:9092"
}

output "dataflow" {
  description = "The part `dataflow` of an engine configuration, but for the image."
  value = !var.dataflow ? null : {
    project          = var.project
    region           = var.region
    temp_location    = "gs://${google_storage_bucket.scratch[0].name}/temp"
    staging_location = "gs://${google_storage_bucket.scratch[0].name}/staging"
    service_account  = google_service_account.worker[0].email
    subnetwork       = var.subnetwork
    kms_key          = google_kms_crypto_key.jobs[0].id
  }
}

output "store" {
  description = "The chart's store."
  value       = "gs://${google_storage_bucket.common.name}"
}

output "inputs" {
  description = "The chart's tenants.bucket and files.bucket."
  value       = google_storage_bucket.inputs.name
}

output "images" {
  description = "Where images are pushed to; the chart's image.repository begins with it."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${local.images}"
}
