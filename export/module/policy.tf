# The policy: who may open what. policy-source.tf compiles it for the gate. policy-checks.tf checks `conditions`.
#
# A condition and its message repeat the same test: a validation cannot refer to a local value that depends on its own
# variable.

variable "policy" {
  description = <<-EOT
    Who may open what. The first rule that matches host, path and method decides; what no rule matches is denied.

    - `path`: `/a/b` is exactly this path. `*` stands for one segment: `/a/*`. `/a/**` is `/a` and everything below it.
      `{user}` stands for one segment, too, and `owner` can name it: `/profile/{user}`.
    - `host`: only requests to this host; every host if absent.
    - `methods`: only these methods; `GET` includes `HEAD`. Every method if absent.
    - `allow`: `"public"` lets everybody in, `"signed-in"` everybody with a session, `"nobody"` denies what matches.
    - `roles`, `idp`: in the place of `allow`, one of them or both. Only people who have one of these roles, and who
      signed in with one of these identity providers. Roles are compared exactly, in composed characters (NFC).
    - `conditions`: in the place of `allow`, a list of sets. Whoever meets everything in one of the sets is let in; what
      a set can have is described at the variable `requirements`.
    - `require`: in the place of `allow`, the name of one of the `requirements`.
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
    require   = optional(string)
    conditions = optional(list(object({
      public        = optional(bool)
      signed_in     = optional(bool)
      roles         = optional(list(string))
      all_roles     = optional(list(string))
      not_roles     = optional(list(string))
      idp           = optional(list(string))
      scopes        = optional(list(string))
      claims        = optional(map(list(string)))
      email_domains = optional(list(string))
      acr           = optional(list(string))
      max_age       = optional(string)
      networks      = optional(list(string))
      not_networks  = optional(list(string))
      countries     = optional(list(string))
      not_countries = optional(list(string))
      during = optional(object({
        from  = optional(string)
        until = optional(string)
        days  = optional(list(string))
        hours = optional(string)
      }))
      owner = optional(object({
        segment = string
        claim   = optional(string)
      }))
    })))
  }))

  validation {
    condition     = length(var.policy) > 0
    error_message = "policy: write at least one rule, such as { path = \"/**\", allow = \"signed-in\" }; what no rule matches is denied; it is []."
  }

  # A path has one message: the first that applies.
  validation {
    condition = alltrue([
      for rule in var.policy : try(
        length(regexall("^(/|(/([*]|[A-Za-z0-9._~-]+|[{][a-z][A-Za-z0-9]{0,31}[}]))*(/[*]{2})?)$", rule.path)) == 1 &&
        length(regexall("^$|/[.]{1,2}(/|$)", rule.path)) == 0 &&
        length(regexall("[{]", rule.path)) == length(distinct(regexall("[{][^}]*", rule.path))),
        false,
      )
    ])
    error_message = join("\n", [
      for i, problems in [
        for path in [for rule in var.policy : rule.path == null ? "" : rule.path] : concat(
          [
            for segment in split("/", path) :
            "\"${segment}\" is not the name of a segment; write a segment such as \"{user}\", with a lower-case letter and then letters and digits"
            if length(regexall("[{}]", segment)) > 0 && length(regexall("^[{][a-z][A-Za-z0-9]{0,31}[}]$", segment)) == 0
          ],
          [
            for n, segment in split("/", path) :
            "\"${segment}\" is there twice; give each segment a name of its own, or write \"*\""
            if startswith(segment, "{") && contains(slice(split("/", path), 0, n), segment)
          ],
          # Paths with each name replaced by "*".
          [
            for pattern in [replace(path, "/[{][^/{}]*[}]/", "*")] :
            !startswith(pattern, "/") ?
            "start the pattern with \"/\", such as \"/admin/**\"" :
            can(regex("//|.+/$", pattern)) ?
            "write each segment once, without \"//\" and without a trailing \"/\": a trailing slash never changes a decision" :
            strcontains(pattern, "/**/") ?
            "\"**\" may only be the last segment; write \"*\" for one segment" :
            can(regex("^[^*]*[^*/][*]$", pattern)) ?
            "\"${basename(pattern)}\" mixes \"*\" with other characters; write \"${trimsuffix(pattern, "*")}/**\" for \"${trimsuffix(pattern, "*")}\" and everything below" :
            can(regex("[^*/][*]|[*][^*/]|[*]{3}", pattern)) ?
            "\"${[for s in split("/", pattern) : s if strcontains(s, "*") && !contains(["*", "**"], s)][0]}\" mixes \"*\" with other characters; a \"*\" stands for a whole segment" :
            can(regex("[^A-Za-z0-9._~*/-]", pattern)) ?
            "\"${[for s in split("/", pattern) : s if can(regex("[^A-Za-z0-9._~*-]", s))][0]}\" has characters that a request may also write as %XX; use letters, digits and . _ ~ - or \"*\"" :
            can(regex("/[.]{1,2}(/|$)", pattern)) ?
            "dot segments never reach the policy; leave them out" :
            ""
          ],
        )
      ] : "policy[${i}].path: ${problems[0]}; it is ${jsonencode(var.policy[i].path)}." if problems[0] != ""
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

  # One of four, or both lists.
  validation {
    condition = alltrue([
      for rule in var.policy : length([
        for given in [rule.allow, try(coalesce(rule.roles, rule.idp), null), rule.conditions, rule.require] : given
        if given != null
      ]) == 1 && (rule.allow == null ? true : contains(["public", "signed-in", "nobody"], rule.allow))
    ])
    error_message = join("\n", [
      for i, rule in var.policy :
      "policy[${i}]: write allow = \"public\", allow = \"signed-in\" or allow = \"nobody\", or in its place roles = [\"admin\"], idp = [\"main\"] or both, conditions = [{ all_roles = [\"admin\", \"staff\"] }], or require = \"name\"."
      if !(length([
        for given in [rule.allow, try(coalesce(rule.roles, rule.idp), null), rule.conditions, rule.require] : given
        if given != null
      ]) == 1 && (rule.allow == null ? true : contains(["public", "signed-in", "nobody"], rule.allow)))
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
  # expression over the later path, its "*" or "{name}" is any one segment but "**". Regular expressions for all pairs of
  # hundreds of rules would take seconds, so only rules that begin alike are compared. `starts`, a list of one element,
  # has what is before each rule's first wildcard.
  validation {
    condition = alltrue(flatten([
      for starts in [[for rule in var.policy : try(trimsuffix(regex("^[^*{]*", rule.path), "/"), "")]] : [
        for i, rule in var.policy : [
          for earlier in [
            for j, start in slice(starts, 0, i) : var.policy[j] if try(startswith("${rule.path}/", start), false)
          ] :
          !(
            (earlier.host == null || earlier.host == rule.host) &&
            alltrue([
              for method in coalesce(rule.methods, ["any"]) : contains(coalesce(earlier.methods, [method]), method) ||
              method == "HEAD" && contains(coalesce(earlier.methods, []), "GET")
            ]) &&
            try(length(regexall(
              "^${replace(replace(replace(replace(earlier.path, ".", "[.]"), "/[{][^}]*[}]/", "*"), "/**", "(/.{0,})?"), "*", "([*]|[^*/]+)")}$", rule.path
            )) > 0, false)
          )
        ]
      ]
    ]))
    error_message = join("\n", flatten([
      for starts in [[for rule in var.policy : try(trimsuffix(regex("^[^*{]*", rule.path), "/"), "")]] : [
        for i, rule in var.policy : try([
          for j in [for j, start in slice(starts, 0, i) : j if try(startswith("${rule.path}/", start), false)] :
          "policy[${i}]: can never match: policy[${j}] (${var.policy[j].path}) matches all its requests first; move it up or remove it."
          if(
            (var.policy[j].host == null || var.policy[j].host == rule.host) &&
            alltrue([
              for method in coalesce(rule.methods, ["any"]) :
              contains(coalesce(var.policy[j].methods, [method]), method) ||
              method == "HEAD" && contains(coalesce(var.policy[j].methods, []), "GET")
            ]) &&
            try(length(regexall(
              "^${replace(replace(replace(replace(var.policy[j].path, ".", "[.]"), "/[{][^}]*[}]/", "*"), "/**", "(/.{0,})?"), "*", "([*]|[^*/]+)")}$", rule.path
            )) > 0, false)
          )
        ][0], [])
      ]
    ]))
  }
}
