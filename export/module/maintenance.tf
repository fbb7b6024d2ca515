# Whether the site is closed. policy-source.tf puts this in front of the rules.

variable "maintenance" {
  description = <<-EOT
    Closes the site, until `maintenance` is removed; `{}` if nobody knows when.

    - `until`: when it is expected back, with its zone, such as `2026-12-01T08:00:00Z`.
    - `message`: what the page says in the place of its own text.
    - `roles`: people with one of these roles get in; nobody if absent.
  EOT
  default     = null
  type = object({
    until   = optional(string)
    message = optional(string)
    roles   = optional(list(string))
  })

  validation {
    condition     = try(var.maintenance.until, null) == null ? true : can(timeadd(var.maintenance.until, "0s"))
    error_message = "maintenance.until: write a time with its zone, such as \"2026-12-01T08:00:00Z\"."
  }

  validation {
    condition     = try(var.maintenance.message, null) == null ? true : can(regex("^\\PC{1,500}$", var.maintenance.message))
    error_message = "maintenance.message: write 1 to 500 visible characters, or leave message out."
  }

  # No other roles are in tokens, so nobody would get in.
  validation {
    condition = alltrue([
      for name in try(coalesce(var.maintenance.roles, []), []) : try(contains(local.policy_roles, name), false)
    ])
    error_message = join("\n", [
      for i, name in try(coalesce(var.maintenance.roles, []), []) :
      "maintenance.roles[${i}]: no rule of the policy requires \"${name == null ? "null" : name}\"; ${
        length(local.policy_roles) == 0 ? "remove it" : "write ${join(" or ", local.policy_roles)}"
      }."
      if !try(contains(local.policy_roles, name), false)
    ])
  }

  validation {
    condition     = try(length(var.maintenance.roles) > 0, true)
    error_message = "maintenance.roles: name a role, or leave roles out."
  }
}
