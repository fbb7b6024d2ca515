# The policy: who may open what, and who while the site is closed. policy-source.tf compiles it for the gate.
#
# A condition and its message repeat the same test: a validation cannot refer to a local value that depends on its own
# variable.

variable "policy" {
  description = <<-EOT
    Who may open what. The first rule that matches host, path and method decides; what no rule matches is denied.

    - `path`: `/a/b` is exactly this path. `*` stands for one segment: `/a/*`. `/a/**` is `/a` and everything below it.
    - `host`: only requests to this host; every host if absent.
    - `methods`: only these methods; `GET` includes `HEAD`. Every method if absent.
    - `allow`: `"public"` lets everybody in, `"signed-in"` everybody with a session.
    - `roles`, `idp`: in the place of `allow`, one of them or both. Only people who have one of these roles, and who
      signed in with one of these identity providers. Roles are compared exactly, in composed characters (NFC).
    - `escapes`: also accept paths with encoded `/ \ % ? # ;`. Enable only if the origin reads these paths the same way
      as the rules.
    - `preflight`: `"pass"` lets CORS preflights reach the origin without a session.

    Check your spelling: Terraform ignores attributes that the type does not have, so a rule with `method` in the place
    of `methods` matches every method.
  EOT
  nullable    = false
  type = list(object({
    path      = string
    host      = optional(string)
    methods   = optional(list(string))
    allow     = optional(string)
    roles     = optional(list(string))
    idp       = optional(list(string))
    escapes   = optional(bool, false)
    preflight = optional(string)
  }))

  validation {
    condition     = length(var.policy) > 0
    error_message = "policy: write at least one rule, such as { path = \"/**\", allow = \"signed-in\" }; what no rule matches is denied; it is []."
  }

  # A path has one message: the first that applies.
  validation {
    condition = alltrue([
      for rule in var.policy : can(regex("^(/|(/([*]|[A-Za-z0-9._~-]+))*(/[*]{2})?)$", rule.path)) &&
      !can(regex("^$|/[.]{1,2}(/|$)", rule.path))
    ])
    error_message = join("\n", [
      for i, problem in [
        for rule in var.policy :
        try(!startswith(rule.path, "/"), true) ?
        "start the pattern with \"/\", such as \"/admin/**\"" :
        can(regex("//|.+/$", rule.path)) ?
        "write each segment once, without \"//\" and without a trailing \"/\": a trailing slash never changes a decision" :
        strcontains(rule.path, "/**/") ?
        "\"**\" may only be the last segment; write \"*\" for one segment" :
        can(regex("^[^*]*[^*/][*]$", rule.path)) ?
        "\"${basename(rule.path)}\" mixes \"*\" with other characters; write \"${trimsuffix(rule.path, "*")}/**\" for \"${trimsuffix(rule.path, "*")}\" and everything below" :
        can(regex("[^*/][*]|[*][^*/]|[*]{3}", rule.path)) ?
        "\"${[for s in split("/", rule.path) : s if strcontains(s, "*") && !contains(["*", "**"], s)][0]}\" mixes \"*\" with other characters; a \"*\" stands for a whole segment" :
        can(regex("[^A-Za-z0-9._~*/-]", rule.path)) ?
        "\"${[for s in split("/", rule.path) : s if can(regex("[^A-Za-z0-9._~*-]", s))][0]}\" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or \"*\"" :
        can(regex("/[.]{1,2}(/|$)", rule.path)) ?
        "dot segments never reach the policy; leave them out" :
        ""
      ] : "policy[${i}].path: ${problem}; it is ${jsonencode(var.policy[i].path)}." if problem != ""
    ])
  }

  validation {
    condition = alltrue([
      for rule in var.policy : rule.host == null ? true :
      can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+([a-z][a-z0-9-]{0,61}[a-z0-9]|localhost:[0-9]{1,5})$", rule.host))
    ])
    error_message = join("\n", [
      for i, rule in var.policy :
      "policy[${i}].host: write a host name in lower case without scheme, port or path, such as \"app.example.com\"; it is ${jsonencode(rule.host)}."
      if rule.host == null ? false :
      !can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+([a-z][a-z0-9-]{0,61}[a-z0-9]|localhost:[0-9]{1,5})$", rule.host))
    ])
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy : [
        for method in coalesce(rule.methods, []) :
        can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$", method))
      ]
    ]))
    error_message = join("\n", flatten([
      for i, rule in var.policy : [
        for j, method in coalesce(rule.methods, []) :
        "policy[${i}].methods[${j}]: write methods from GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS; it is ${jsonencode(method)}."
        if !can(regex("^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$", method))
      ]
    ]))
  }

  # An empty list must never read as "no condition".
  validation {
    condition = alltrue(flatten([
      for rule in var.policy : [for list in [rule.methods, rule.roles, rule.idp] : try(length(list) > 0, true)]
    ]))
    error_message = join("\n", flatten([
      for i, rule in var.policy : [
        for name, problem in {
          methods = "name a method or leave methods out"
          roles   = "name a role, or write allow = \"signed-in\""
          idp     = "name an identity provider, or leave idp out"
        } : "policy[${i}].${name}: ${problem}; it is []." if try(length(rule[name]) == 0, false)
      ]
    ]))
  }

  validation {
    condition = alltrue([
      for rule in var.policy : rule.roles == null && rule.idp == null ?
      contains(["public", "signed-in"], coalesce(rule.allow, "absent")) : rule.allow == null
    ])
    error_message = join("\n", [
      for i, rule in var.policy :
      "policy[${i}]: write allow = \"public\" or allow = \"signed-in\", or in its place roles = [\"admin\"], idp = [\"main\"] or both."
      if !(
        rule.roles == null && rule.idp == null ?
        contains(["public", "signed-in"], coalesce(rule.allow, "absent")) : rule.allow == null
      )
    ])
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy : [
        for name in coalesce(rule.roles, []) : can(regex("^[^\\pC\\pZ](([^\\pC\\pZ]| ){0,254}[^\\pC\\pZ])?$", name))
      ]
    ]))
    error_message = join("\n", flatten([
      for i, rule in var.policy : [
        for j, name in coalesce(rule.roles, []) :
        "policy[${i}].roles[${j}]: write the name of a role, such as \"admin\" or \"Domain Users\": 1 to 256 visible characters, with no space at its ends; it is ${jsonencode(name)}."
        if !can(regex("^[^\\pC\\pZ](([^\\pC\\pZ]| ){0,254}[^\\pC\\pZ])?$", name))
      ]
    ]))
  }

  validation {
    condition = alltrue(flatten([
      for rule in var.policy : [for id in coalesce(rule.idp, []) : can(regex("^[a-z][a-z0-9-]{0,29}$", id))]
    ]))
    error_message = join("\n", flatten([
      for i, rule in var.policy : [
        for j, id in coalesce(rule.idp, []) :
        "policy[${i}].idp[${j}]: write a short name of lower-case letters, digits and \"-\", such as \"main\"; it is ${jsonencode(id)}."
        if !can(regex("^[a-z][a-z0-9-]{0,29}$", id))
      ]
    ]))
  }

  validation {
    condition = alltrue([for rule in var.policy : rule.preflight == null || rule.preflight == "pass"])
    error_message = join("\n", [
      for i, rule in var.policy :
      "policy[${i}].preflight: write \"pass\" or leave it out; it is ${jsonencode(rule.preflight)}."
      if rule.preflight != null && rule.preflight != "pass"
    ])
  }

  # An earlier rule hides a later one if its host, methods and path match all that the later one matches. As a regular
  # expression over the later path, its "*" is any one segment but "**". The list of rules that begin alike comes first:
  # regular expressions for all pairs of hundreds of rules would take seconds.
  validation {
    condition = alltrue(flatten([
      for i, rule in var.policy : [
        for earlier in [
          for earlier in slice(var.policy, 0, i) : earlier
          if try(startswith("${rule.path}/", trimsuffix(split("*", earlier.path)[0], "/")), false)
        ] :
        !(
          (earlier.host == null || earlier.host == rule.host) &&
          alltrue([
            for method in coalesce(rule.methods, ["any"]) : contains(coalesce(earlier.methods, [method]), method) ||
            method == "HEAD" && contains(coalesce(earlier.methods, []), "GET")
          ]) &&
          length(regexall(
            "^${replace(replace(replace(earlier.path, ".", "[.]"), "/**", "(/.{0,})?"), "*", "([*]|[^*/]+)")}$", rule.path
          )) > 0
        )
      ]
    ]))
    error_message = join("\n", flatten([
      for i, rule in var.policy : try([
        for earlier in [
          for j, earlier in slice(var.policy, 0, i) : merge(earlier, { index = j })
          if try(startswith("${rule.path}/", trimsuffix(split("*", earlier.path)[0], "/")), false)
        ] :
        "policy[${i}]: can never match: policy[${earlier.index}] (${earlier.path}) matches all its requests first; move it up or remove it."
        if(
          (earlier.host == null || earlier.host == rule.host) &&
          alltrue([
            for method in coalesce(rule.methods, ["any"]) : contains(coalesce(earlier.methods, [method]), method) ||
            method == "HEAD" && contains(coalesce(earlier.methods, []), "GET")
          ]) &&
          length(regexall(
            "^${replace(replace(replace(earlier.path, ".", "[.]"), "/**", "(/.{0,})?"), "*", "([*]|[^*/]+)")}$", rule.path
          )) > 0
        )
      ][0], [])
    ]))
  }
}

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
      for name in try(coalesce(var.maintenance.roles, []), []) :
      try(contains(flatten([for rule in var.policy : coalesce(rule.roles, [])]), name), false)
    ])
    error_message = join("\n", [
      for i, name in try(coalesce(var.maintenance.roles, []), []) :
      "maintenance.roles[${i}]: no rule of the policy requires \"${name == null ? "null" : name}\"; ${
        alltrue([for rule in var.policy : rule.roles == null]) ? "remove it" :
        "write ${join(" or ", sort(distinct(flatten([for rule in var.policy : coalesce(rule.roles, [])]))))}"
      }."
      if !try(contains(flatten([for rule in var.policy : coalesce(rule.roles, [])]), name), false)
    ])
  }

  validation {
    condition     = try(length(var.maintenance.roles) > 0, true)
    error_message = "maintenance.roles: name a role, or leave roles out."
  }
}
