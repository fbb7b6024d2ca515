# Mistakes in the conditions of rules and requirements, as lines of text. The gate's precondition refuses a plan with
# any of them. In local values, unlike in validations, each test is written once.
locals {
  # Each set, with the place where it is written.
  policy_written = concat(
    flatten([
      for r, rule in var.policy : [
        for n, set in coalesce(rule.conditions, []) : { place = "policy[${r}].conditions[${n}]", set = set }
      ]
    ]),
    flatten([
      for name, sets in var.requirements : [
        for n, set in coalesce(sets, []) : { place = "requirements.${name}[${n}]", set = set }
      ]
    ]),
  )

  # Lists: the form of each element, and what to write.
  policy_role = {
    form  = "^[^\\pC\\pZ](([^\\pC\\pZ]| ){0,254}[^\\pC\\pZ])?$"
    write = "write the name of a role, such as \"admin\" or \"Domain Users\": 1 to 256 visible characters, with no space at its ends"
    empty = "write at least one, or leave it out"
  }
  policy_country = {
    form  = "^[A-Z]{2}$"
    write = "write a country as ISO 3166 has it, such as \"DE\""
    empty = "write at least one, or leave it out"
  }
  policy_forms = {
    roles     = merge(local.policy_role, { empty = "name a role, or write allow = \"signed-in\"" })
    all_roles = local.policy_role
    not_roles = local.policy_role
    idp = {
      form  = "^[a-z][a-z0-9-]{0,29}$"
      write = "write a short name of lower-case letters, digits and \"-\", such as \"main\""
      empty = "name an identity provider, or leave idp out"
    }
    scopes = {
      form  = "^[!#-\\[\\]-~]{1,128}$"
      write = "write a scope without spaces, such as \"reports:read\""
      empty = "write at least one, or leave it out"
    }
    email_domains = {
      form  = "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]$"
      write = "write a host name in lower case without scheme, port or path, such as \"app.example.com\""
      empty = "write at least one, or leave it out"
    }
    acr = {
      form  = "^[!#-\\[\\]-~]{1,128}$"
      write = "write an authentication context class as the provider spells it, such as \"mfa\""
      empty = "write at least one, or leave it out"
    }
    countries     = local.policy_country
    not_countries = local.policy_country
  }
  policy_wrong_names = flatten([
    for each in local.policy_written : [
      for name, list in local.policy_forms : concat(
        [
          for values in [each.set[name]] : "${each.place}.${name}: ${list.empty}; it is []."
          if try(length(values) == 0, false)
        ],
        [
          for n, value in coalesce(each.set[name], []) :
          "${each.place}.${name}[${n}]: ${list.write}; it is ${jsonencode(value)}."
          if !can(regex(list.form, value))
        ],
      )
    ]
  ])

  # Ranges in canonical form: no bit after the prefix, and IPv6 as in RFC 5952. That is the result of cidrsubnet.
  policy_ranges = {
    for range in distinct(flatten([
      for each in local.policy_written : [for list in [each.set.networks, each.set.not_networks] : coalesce(list, [])]
      ])) : range => try(cidrsubnet(
      length(regexall("/", range)) > 0 ? range : length(regexall(":", range)) > 0 ? "${range}/128" : "${range}/32", 0, 0
    ), "") if range != null
  }
  policy_wrong_ranges = flatten([
    for each in local.policy_written : [
      for name in ["networks", "not_networks"] : concat(
        [
          for values in [each.set[name]] : "${each.place}.${name}: write at least one, or leave it out; it is []."
          if try(length(values) == 0, false)
        ],
        [
          for n, range in coalesce(each.set[name], []) : "${each.place}.${name}[${n}]: ${
            # Leading zeros, and IPv4 that is written as IPv6, are read in several ways.
            can(regex("^([0-9.]+|[0-9A-Fa-f:]+)(/[0-9]+)?$", range)) &&
            !can(regex("(^|[./])0[0-9]|^[0:]*:[Ff]{4}:", range)) && try(local.policy_ranges[range] != "", false) ?
            "write \"${local.policy_ranges[range]}\"" :
            "write an address range, such as \"192.0.2.0/24\" or \"2001:db8::/32\""
          }; it is ${jsonencode(range)}."
          if try(range == "" || local.policy_ranges[range] != range || length(regexall("^[0:]*:ffff:", range)) > 0, true)
        ],
      )
    ]
  ])
}

# Claims, and values that are not lists.
locals {
  policy_wrong_claims = flatten([
    for each in local.policy_written : concat(
      [
        for claims in [each.set.claims] : "${each.place}.claims: write at least one, or leave it out; it is {}."
        if try(length(claims) == 0, false)
      ],
      [
        for name in keys(coalesce(each.set.claims, {})) :
        "${each.place}.claims.${name}: write the name of a claim; it is ${jsonencode(name)}."
        if !can(regex("^[A-Za-z0-9_:./-]{1,128}$", name))
      ],
      flatten([
        for name, values in coalesce(each.set.claims, {}) : [
          for n, value in coalesce(values, []) :
          "${each.place}.claims.${name}[${n}]: write a value of 1 to 256 visible characters, with no space at its ends; it is ${jsonencode(value)}."
          if !can(regex("^[^\\pC\\pZ](([^\\pC\\pZ]| ){0,254}[^\\pC\\pZ])?$", value))
        ]
      ]),
      [
        for name, values in coalesce(each.set.claims, {}) :
        "${each.place}.claims.${name}: write at least one, or leave it out; it is []."
        if length(coalesce(values, [])) == 0
      ],
    )
  ])

  policy_wrong_ages = [
    for each in local.policy_written :
    "${each.place}.max_age: write a duration between \"60s\" and \"30d\", such as \"15m\"; it is ${jsonencode(each.set.max_age)}."
    if each.set.max_age == null ? false : !try(
      length(regexall("^[1-9][0-9]{0,6}[smhd]?$", each.set.max_age)) == 1 &&
      local.policy_ages[each.set.max_age] >= 60 && local.policy_ages[each.set.max_age] <= 2592000,
      false,
    )
  ]

  policy_wrong_times = flatten([
    for each in [for each in local.policy_written : each if each.set.during != null] : concat(
      [
        for name in ["from", "until"] : "${each.place}.during.${name}: write a time ${
          can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", each.set.during[name])) ?
          "that exists" : "in UTC"
        }, such as \"2026-12-01T08:00:00Z\"; it is ${jsonencode(each.set.during[name])}."
        if each.set.during[name] == null ? false : (
          !can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", each.set.during[name])) ||
          !can(timeadd(each.set.during[name], "0s"))
        )
      ],
      [
        for during in [each.set.during] : "${each.place}.during.until: write a time after from; it is ${jsonencode(during.until)}."
        if try(timecmp(during.from, during.until) >= 0, false)
      ],
      [
        for n, day in coalesce(each.set.during.days, []) :
        "${each.place}.during.days[${n}]: write days from mon, tue, wed, thu, fri, sat, sun; it is ${jsonencode(day)}."
        if !try(contains(keys(local.policy_days), day), false)
      ],
      [
        for during in [each.set.during] : "${each.place}.during.days: write at least one, or leave it out; it is []."
        if try(length(during.days) == 0, false)
      ],
      [
        for during in [each.set.during] :
        "${each.place}.during.days: name each day once; it is ${jsonencode(during.days)}."
        if try(length(distinct(during.days)) < length(during.days), false)
      ],
      [
        for hours in [each.set.during.hours] :
        "${each.place}.during.hours: write hours in UTC, such as \"08:00-18:00\"; it is ${jsonencode(hours)}."
        if hours == null ? false : !can(regex("^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", hours))
      ],
      [
        for hours in [each.set.during.hours] :
        "${each.place}.during.hours: write an end that is not the start; it is ${jsonencode(hours)}."
        if try(regex("^(.{5})-(.{5})$", hours)[0] == regex("^(.{5})-(.{5})$", hours)[1], false)
      ],
      [
        for during in [each.set.during] : "${each.place}.during: write from, until, days or hours; it is {}."
        if alltrue([for value in values(during) : value == null])
      ],
    )
  ])
}
