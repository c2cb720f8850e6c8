locals {
  images = var.images_repository == null ? google_artifact_registry_repository.images[0].repository_id : var.images_repository
}

# Tags of images are never moved to others, so that a tag stands for one digest; the chart takes digests too.
resource "google_artifact_registry_repository" "images" {
  count = var.images_repository == null ? 1 : 0

  repository_id = var.name
  location      = var.region
  format        = "DOCKER"
  description   = "Images of Campaign Foundry"
  kms_key_name  = google_kms_crypto_key.common.id
  labels        = local.labels

  docker_config {
    immutable_tags = true
  }

  depends_on = [google_kms_crypto_key_iam_member.common]
}
