# A letter when the project has spent half, nine tenths and all of its month, and when it is expected to spend more. It
# stops nothing: tenants' quotas do that.
resource "google_monitoring_notification_channel" "budget" {
  for_each = var.budget == null ? toset([]) : toset(var.budget.emails)

  display_name = "Campaign Foundry's budget: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }
}

resource "google_billing_budget" "project" {
  count = var.budget == null ? 0 : 1

  billing_account = var.budget.billing_account
  display_name    = "Campaign Foundry (${var.name})"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      currency_code = var.budget.currency
      units         = tostring(var.budget.a_month)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1.0]
    content {
      threshold_percent = threshold_rules.value
      spend_basis       = "CURRENT_SPEND"
    }
  }

  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.budget : channel.id]
    disable_default_iam_recipients   = false
  }
}
