variable "project" {
  description = "Project id that everything is made in."
  type        = string
}

variable "region" {
  description = "Region of buckets, keys, Kafka and Dataflow, such as europe-west4."
  type        = string
}

variable "name" {
  description = "Prefix of every name; one deployment has one."
  type        = string
  default     = "foundry"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,14}$", var.name))
    error_message = "name has 2 to 15 characters: a-z, 0-9 and -, a letter first."
  }
}

variable "tenants" {
  description = "One entry a tenant; the key is the tenant's id in its briefs."
  type = map(object({
    bucket               = optional(string)           # default: <project>-<name>-<tenant>
    writers              = optional(list(string), []) # principals that may send the tenant's briefs and read its events, such as serviceAccount:…
    readers              = optional(list(string), []) # principals that may read the tenant's objects and events
    key_rotation_days    = optional(number, 90)
    master_cold_days     = optional(number)     # masters become NEARLINE after so many days; null: never
    expire_days          = optional(number)     # everything is deleted after so many days; null: never
    soft_delete_days     = optional(number, 14) # what was deleted or replaced can be brought back for so long
    archive_days         = optional(number)     # makes a second bucket, whose objects cannot be deleted for so long
    lock_archive_forever = optional(string, "") # see `archive_lock` in buckets.tf: irreversible
  }))

  validation {
    condition     = alltrue([for id in keys(var.tenants) : can(regex("^[a-z0-9][a-z0-9-]{0,30}$", id))])
    error_message = "A tenant's id here has at most 31 characters: a-z, 0-9 and -; it becomes part of a bucket's name."
  }

  validation {
    condition     = length(setintersection(keys(var.tenants), ["dead", "events", "progress", "briefs", "finished", "failed"])) == 0
    error_message = "dead, events, progress, briefs, finished and failed are words of shared topics; give the tenant another id."
  }

  validation {
    condition = alltrue([
      for id, tenant in var.tenants :
      tenant.lock_archive_forever == "" || (
        tenant.archive_days != null &&
        tenant.lock_archive_forever == "${id}: lock for ever"
      )
    ])
    error_message = "lock_archive_forever must read '<tenant>: lock for ever', with archive_days set. A locked bucket cannot be unlocked, shortened or deleted by anybody."
  }
}

variable "common_tenants" {
  description = "Ids of tenants that keep their objects in the common bucket, below their names, because they need no key of their own."
  type        = list(string)
  default     = []
}

variable "subnetwork" {
  description = "Self link or projects/…/regions/…/subnetworks/… that Kafka and Dataflow's workers live in; private Google access must be on."
  type        = string
}

variable "kafka" {
  description = "Size of the managed Kafka cluster; null: none is made, because there is one already."
  type = object({
    vcpus      = optional(number, 3)
    memory_gib = optional(number, 12)
    partitions = optional(number, 12)
    group      = optional(string, "campaign-foundry") # the chart's kafka.group
  })
  default = {}

  validation {
    condition     = try(var.kafka.memory_gib >= var.kafka.vcpus && var.kafka.memory_gib <= 8 * var.kafka.vcpus, true)
    error_message = "memory_gib lies between one and eight times vcpus."
  }
}

variable "dataflow" {
  description = "Whether Dataflow is used: its service account, scratch bucket and key."
  type        = bool
  default     = false
}

variable "images_repository" {
  description = "Artifact Registry repository (its id in this region) that images are fetched from; null: one is made."
  type        = string
  default     = null
}

variable "image_readers" {
  description = "Principals that fetch images, such as the service account of the cluster's nodes."
  type        = list(string)
  default     = []
}

variable "budget" {
  description = "What the project should cost a month, in whole units of the billing account's currency, and who is told; null: no budget."
  type = object({
    billing_account = string
    a_month         = number
    currency        = optional(string, "USD")
    emails          = optional(list(string), [])
  })
  default = null

  validation {
    condition     = try(var.budget.a_month >= 1 && floor(var.budget.a_month) == var.budget.a_month, var.budget == null)
    error_message = "budget.a_month is a whole number of at least 1."
  }
}

variable "kubernetes" {
  description = "The service account of the chart, which acts as the dispatcher: namespace and name."
  type = object({
    namespace       = string
    service_account = string
  })
  default = null
}

variable "operators" {
  description = "Principals that may do everything on Kafka: create topics, read and send dead letters again."
  type        = list(string)
  default     = []
}

variable "signed_urls" {
  description = "Whether the dispatcher may sign URLs of objects, as itself."
  type        = bool
  default     = false
}

variable "labels" {
  description = "Labels of everything that takes labels."
  type        = map(string)
  default     = {}
}
