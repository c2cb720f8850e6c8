resource "google_service_account" "dispatcher" {
  account_id   = "${var.name}-dispatcher"
  display_name = "Campaign Foundry: reads briefs, runs campaigns"
}

resource "google_service_account" "worker" {
  count = var.dataflow ? 1 : 0

  account_id   = "${var.name}-worker"
  display_name = "Campaign Foundry: Dataflow's workers"
}

locals {
  writers = merge(
    { dispatcher = google_service_account.dispatcher.member },
    var.dataflow ? { worker = google_service_account.worker[0].member } : {},
  )

  grants = {
    for pair in setproduct(keys(local.writers), keys(var.tenants)) :
    "${pair[0]} ${pair[1]}" => { writer = pair[0], tenant = pair[1] }
  }

  # The folders below a tenant's name whose objects are replaced; a test compares them with the code.
  replaced = ["campaigns", "catalogs", "deliveries", "quota", "stops"]

  replaces = {
    for id in concat(keys(var.tenants), var.common_tenants) :
    id => join(" || ", [for folder in local.replaced : "resource.name.extract(\"/objects/{tenant}/${folder}/\") == \"${id}\""])
  }

  reads = merge([
    for id, tenant in var.tenants : { for member in tenant.readers : "${id} ${member}" => { tenant = id, member = member } }
  ]...)
}

# Reading and creating: an object that exists cannot be replaced or deleted with these.
resource "google_project_iam_custom_role" "writer" {
  role_id     = replace("${var.name}_writer", "-", "_")
  title       = "Campaign Foundry writer"
  description = "Creates, reads and lists objects; replaces and deletes none."
  permissions = [
    "storage.buckets.get",
    "storage.multipartUploads.abort",
    "storage.multipartUploads.create",
    "storage.multipartUploads.listParts",
    "storage.objects.create",
    "storage.objects.get",
    "storage.objects.list",
  ]
}

resource "google_project_iam_custom_role" "replacer" {
  role_id     = replace("${var.name}_replacer", "-", "_")
  title       = "Campaign Foundry replacer"
  description = "Replaces and deletes objects; granted for views of campaigns, markers and books alone."
  permissions = ["storage.objects.delete", "storage.objects.update"]
}

resource "google_storage_bucket_iam_member" "writer" {
  for_each = local.grants

  bucket = google_storage_bucket.tenant[each.value.tenant].name
  role   = google_project_iam_custom_role.writer.id
  member = local.writers[each.value.writer]
}

resource "google_storage_bucket_iam_member" "replacer" {
  for_each = local.grants

  bucket = google_storage_bucket.tenant[each.value.tenant].name
  role   = google_project_iam_custom_role.replacer.id
  member = local.writers[each.value.writer]

  condition {
    title       = "what is replaced"
    description = "Views of campaigns, records of catalogs and deliveries, markers that stop campaigns, and the books of quotas."
    expression  = local.replaces[each.value.tenant]
  }
}

resource "google_storage_bucket_iam_member" "reader" {
  for_each = local.reads

  bucket = google_storage_bucket.tenant[each.value.tenant].name
  role   = "roles/storage.objectViewer"
  member = each.value.member
}

# The common bucket: the same rights for the tenants that have no bucket of their own.
resource "google_storage_bucket_iam_member" "common_writer" {
  for_each = local.writers

  bucket = google_storage_bucket.common.name
  role   = google_project_iam_custom_role.writer.id
  member = each.value
}

resource "google_storage_bucket_iam_member" "common_replacer" {
  for_each = {
    for pair in setproduct(keys(local.writers), var.common_tenants) :
    "${pair[0]} ${pair[1]}" => { writer = pair[0], tenant = pair[1] }
  }

  bucket = google_storage_bucket.common.name
  role   = google_project_iam_custom_role.replacer.id
  member = local.writers[each.value.writer]

  condition {
    title       = "what is replaced"
    description = "Views of campaigns, records of catalogs and deliveries, markers that stop campaigns, and the books of quotas."
    expression  = local.replaces[each.value.tenant]
  }
}

# Inputs: the dispatcher reads them all; a tenant's writers put and replace files below the tenant's own name.
resource "google_storage_bucket_iam_member" "inputs_reader" {
  bucket = google_storage_bucket.inputs.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.dispatcher.member
}

resource "google_storage_bucket_iam_member" "inputs_writer" {
  for_each = merge([
    for id, tenant in var.tenants : { for member in tenant.writers : "${id} ${member}" => { tenant = id, member = member } }
  ]...)

  bucket = google_storage_bucket.inputs.name
  role   = "roles/storage.objectUser"
  member = each.value.member

  condition {
    title       = "files of ${each.value.tenant}"
    description = "Product files of this tenant alone."
    expression  = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.inputs.name}/objects/files/${each.value.tenant}/\")"
  }
}

locals {
  kafka_writers = { for member in distinct(concat(var.operators, flatten([for tenant in values(var.tenants) : tenant.writers]))) : member => member }
}

resource "google_project_iam_member" "kafka_client" {
  for_each = var.kafka == null ? {} : merge(local.kafka_writers, { dispatcher = google_service_account.dispatcher.member })

  project = var.project
  role    = "roles/managedkafka.client"
  member  = each.value
}

# Dataflow: the dispatcher starts jobs that act as the worker; the worker reports to the service and uses its scratch.
resource "google_project_iam_member" "dataflow_worker" {
  count = var.dataflow ? 1 : 0

  project = var.project
  role    = "roles/dataflow.worker"
  member  = google_service_account.worker[0].member
}

resource "google_project_iam_member" "dataflow_developer" {
  count = var.dataflow ? 1 : 0

  project = var.project
  role    = "roles/dataflow.developer"
  member  = google_service_account.dispatcher.member
}

resource "google_service_account_iam_member" "acts_as_worker" {
  count = var.dataflow ? 1 : 0

  service_account_id = google_service_account.worker[0].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.dispatcher.member
}

resource "google_storage_bucket_iam_member" "scratch" {
  for_each = var.dataflow ? local.writers : {}

  bucket = google_storage_bucket.scratch[0].name
  role   = "roles/storage.objectUser"
  member = each.value
}

resource "google_artifact_registry_repository_iam_member" "reader" {
  for_each = merge(
    { for member in var.image_readers : member => member },
    var.dataflow ? { worker = google_service_account.worker[0].member } : {},
  )

  location   = var.region
  repository = local.images
  role       = "roles/artifactregistry.reader"
  member     = each.value
}

resource "google_service_account_iam_member" "workload_identity" {
  count = var.kubernetes == null ? 0 : 1

  service_account_id = google_service_account.dispatcher.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${var.kubernetes.namespace}/${var.kubernetes.service_account}]"
}

resource "google_service_account_iam_member" "signs" {
  count = var.signed_urls ? 1 : 0

  service_account_id = google_service_account.dispatcher.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_service_account.dispatcher.member
}
