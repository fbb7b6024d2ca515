# The requirement of each rule, as the text that the compiled policy returns to the gate. policy-source.tf puts it after
# the rule's conditions on host, path and method.

# The sets of conditions of all rules. A rule with several sets lets in people who meet one of them.
locals {
  policy_sets = flatten([
    for r, rule in var.policy : [
      for n, set in rule.require == null ? coalesce(rule.conditions, []) : try(var.requirements[rule.require], []) :
      { rule = r, place = rule.require == null ? "policy[${r}].conditions[${n}]" : "requirements.${rule.require}[${n}]", set = set }
    ]
  ])

  # Lists of a set that are names or values, without their order.
  policy_set_lists = [
    for each in local.policy_sets : concat(
      [
        each.set.roles, each.set.all_roles, each.set.not_roles, each.set.idp, each.set.scopes, each.set.email_domains,
        each.set.acr, each.set.networks, each.set.not_networks, each.set.countries, each.set.not_countries,
        [try(each.set.during.from, null), try(each.set.during.until, null), try(each.set.owner.claim, null)],
      ],
      [for name, values in coalesce(each.set.claims, {}) : concat([name], coalesce(values, []))],
    )
  ]
}

# The roles and claims that the policy compares, and that tokens therefore need, sorted.
locals {
  policy_roles = sort(distinct(compact(flatten([
    [for rule in var.policy : coalesce(rule.roles, [])],
    [
      for each in local.policy_sets :
      [for list in [each.set.roles, each.set.all_roles, each.set.not_roles] : coalesce(list, [])]
    ],
  ]))))

  # Claims of each rule, in any of its sets.
  policy_providers_in_sets = { for each in local.policy_sets : each.rule => coalesce(each.set.idp, [])... }
  policy_providers = [
    for r, rule in var.policy :
    distinct(flatten([coalesce(rule.idp, []), try(local.policy_providers_in_sets[r], [])]))
  ]

  # The verified address is a field of every token.
  policy_claims = sort(distinct(flatten([
    for each in local.policy_sets : concat(
      [for name in keys(coalesce(each.set.claims, {})) : name if name != "email"],
      each.set.scopes == null ? [] : ["scope"],
      [for name in compact([try(each.set.owner.claim, null)]) : name if name != "email"],
    )
  ])))

  # Names and values are percent-encoded as in tokens, down to A-Z a-z 0-9 _ . @ : / -. That is what urlencode does,
  # except for spaces and these four (https://developer.hashicorp.com/terraform/language/functions/urlencode).
  policy_names = distinct(flatten([
    local.policy_roles,
    local.policy_providers,
    try(coalesce(var.maintenance.roles, []), []),
    [for lists in local.policy_set_lists : [for list in lists : coalesce(list, [])]],
  ]))
  policy_encoded = {
    for name in local.policy_names : name => replace(replace(replace(replace(replace(
      urlencode(name), "+", "%20"), "~", "%7E"), "%40", "@"), "%3A", ":"), "%2F", "/"
    ) if name != null
  }
}

# The authentication requirements of all rules. The sign-in requests nothing else.
locals {
  policy_max_ages = distinct(flatten([
    for each in local.policy_sets : [for age in compact([each.set.max_age]) : local.policy_ages[age]]
  ]))
  policy_acr = distinct(flatten([for each in local.policy_sets : coalesce(each.set.acr, [])]))
  policy_step_up = length(local.policy_max_ages) + length(local.policy_acr) == 0 ? null : {
    for name, values in { acr = local.policy_acr, maxAges = local.policy_max_ages } : name => values
    if length(values) > 0
  }
}

# The text of each set, such as "&any=admin!staff&acr=mfa": the names in this order.
locals {
  policy_set_who = [
    for each in local.policy_sets : concat(
      [
        for part in [
          { name = "pub", values = each.set.public == true ? [] : null },
          { name = "any", values = each.set.roles },
          { name = "all", values = each.set.all_roles },
          { name = "not", values = each.set.not_roles },
          { name = "idp", values = each.set.idp },
          { name = "scope", values = each.set.scopes },
        ] : "&${part.name}=${join("!", [for value in part.values : local.policy_encoded[value]])}" if part.values != null
      ],
      [
        for name, values in coalesce(each.set.claims, {}) :
        "&claim=${join("!", [for value in concat([name], values) : local.policy_encoded[value]])}"
      ],
      [
        for part in [
          { name = "mail", values = each.set.email_domains },
          { name = "acr", values = each.set.acr },
        ] : "&${part.name}=${join("!", [for value in part.values : local.policy_encoded[value]])}" if part.values != null
      ],
    )
  ]
  # Durations in seconds; a number is seconds already.
  policy_ages = {
    for age in distinct(compact([for each in local.policy_written : each.set.max_age])) : age => try(
      tonumber(age), tonumber(regex("^[0-9]+", age)) * { d = 86400, h = 3600, m = 60, s = 1 }[regex("[smhd]$", age)], 0
    )
  }
  policy_set_age = [
    for each in local.policy_sets : [for age in compact([each.set.max_age]) : "&age=${local.policy_ages[age]}"]
  ]
  policy_set_where = [
    for each in local.policy_sets : [
      for part in [
        { name = "net", values = each.set.networks },
        { name = "nonet", values = each.set.not_networks },
        { name = "geo", values = each.set.countries },
        { name = "nogeo", values = each.set.not_countries },
      ] : "&${part.name}=${join("!", [for value in part.values : local.policy_encoded[value]])}" if part.values != null
    ]
  ]
  policy_days = { mon = "1", tue = "2", wed = "3", thu = "4", fri = "5", sat = "6", sun = "7" }
  policy_set_when = [
    for each in local.policy_sets : [
      for during in each.set.during == null ? [] : [each.set.during] : "&time=${join("!", [
        during.from == null ? "" : local.policy_encoded[during.from],
        during.until == null ? "" : local.policy_encoded[during.until],
        join("", [for day in coalesce(during.days, []) : lookup(local.policy_days, day, "0")]),
        during.hours == null ? "" : replace(during.hours, ":", ""),
      ])}"
    ]
  ]
  # The place of the owner's segment in the path that the gate has split.
  policy_set_owner = [
    for each in local.policy_sets : [
      for owner in each.set.owner == null ? [] : [each.set.owner] : join("!", compact([
        "&own=${try(index(split("/", var.policy[each.rule].path), "{${owner.segment}}"), 0)}",
        owner.claim == null ? "" : local.policy_encoded[owner.claim],
      ]))
    ]
  ]
  policy_set_texts = [
    for n, each in local.policy_sets : coalesce(join("", concat(
      local.policy_set_who[n],
      local.policy_set_age[n],
      local.policy_set_where[n],
      local.policy_set_when[n],
      local.policy_set_owner[n],
    )), "&")
  ]
}

# The requirement of a rule: "?" if paths with escapes may pass, then "*" for the public, "^" for nobody, or
# "main!other=" for identity providers and "+" for anyone signed in, or "admin!staff" for anyone with one of these
# roles. Everything else is the texts of the sets, joined by "|".
locals {
  # `roles` and `idp` of a rule are a set, too.
  policy_listed = [
    for rule in var.policy : join("", [
      for part in [{ name = "any", values = rule.roles }, { name = "idp", values = rule.idp }] :
      "&${part.name}=${join("!", [for value in part.values : local.policy_encoded[value]])}" if part.values != null
    ])
  ]
  policy_texts_by_rule = { for n, each in local.policy_sets : each.rule => local.policy_set_texts[n]... }
  policy_texts = [
    for r, rule in var.policy : rule.conditions == null && rule.require == null ?
    [local.policy_listed[r]] : try(local.policy_texts_by_rule[r], [])
  ]
  policy_is_plain = [
    for texts in local.policy_texts :
    length(texts) == 1 && length(regexall("^(&|&pub=|(&any=[^&]+)?(&idp=[^&]+)?)$", join("", texts))) > 0
  ]
  policy_plain = [
    for text in [for texts in local.policy_texts : join("", texts)] : text == "&pub=" ? "*" : join("", [
      join("", [for found in regexall("&idp=([^&]+)", text) : "${found[0]}="]),
      coalesce(join("", flatten(regexall("&any=([^&]+)", text))), "+"),
    ])
  ]
  policy_escapes = [for rule in var.policy : rule.escapes ? "?" : ""]
  policy_requirements = [
    for r, rule in var.policy : join("", [
      local.policy_escapes[r],
      rule.allow == "public" ? "*" : rule.allow == "nobody" ? "^" :
      # Nobody meets an empty list, which policy-checks.tf refuses.
      local.policy_is_plain[r] ? local.policy_plain[r] : coalesce(join("|", local.policy_texts[r]), "^"),
    ])
  ]

  # The parts of the gate that the texts need, by their names in the names of the gate's files.
  policy_features = [
    for name, form in {
      conditions = "(?m)^[?]?[&^]"
      hours      = "&time="
      stepup     = "&(acr|age)="
      viewer     = "&(no)?(net|geo)="
    } : name if length(regexall(form, join("\n", local.policy_requirements))) > 0
  ]
}
