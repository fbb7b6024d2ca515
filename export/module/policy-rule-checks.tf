# Mistakes in sets of conditions as a whole, and in rules that use them.
locals {
  # A set whose attributes are all misspelled is empty. So an empty set must not mean anyone signed in.
  policy_wrong_sets = flatten([
    for each in local.policy_written : [
      for names in [[for name, value in each.set : name if value != null]] : concat(
        length(names) == 0 ? ["${each.place}: write what must hold, or signed_in = true; Terraform ignores attributes that it does not know."] : [],
        each.set.public == true && length(names) == 1 ? ["${each.place}: write allow = \"public\", or say from which networks or countries, or when; it is {\"public\":true}."] : [],
        [
          for name in ["public", "signed_in"] : "${each.place}.${name}: write true, or leave it out; it is false."
          if each.set[name] == false
        ],
        each.set.signed_in == true && length(names) > 1 ?
        ["${each.place}.signed_in: every other condition needs a session, too; leave it out."] : [],
        [
          for name, value in each.set :
          "${each.place}.${name}: needs a session, which public does without; leave out one of them. Beside public may be networks, not_networks, countries, not_countries, during; it is ${jsonencode(value)}."
          if value != null && each.set.public == true && !contains(["public", "networks", "not_networks", "countries", "not_countries", "during", "signed_in"], name)
        ],
      )
    ]
  ])

  policy_segments_named = [for rule in var.policy : flatten(regexall("[{]([^/{}]*)[}]", rule.path))]
  policy_wrong_owners = concat(
    [
      for each in local.policy_written :
      "${each.place}.owner.segment: write the name of a segment of the path, such as \"user\" for \"{user}\"; it is ${jsonencode(each.set.owner.segment)}."
      if each.set.owner == null ? false : !can(regex("^[a-z][A-Za-z0-9]{0,31}$", each.set.owner.segment))
    ],
    [
      for each in local.policy_written :
      "${each.place}.owner.claim: write the name of a claim; it is ${jsonencode(each.set.owner.claim)}."
      if try(each.set.owner.claim, null) == null ? false : !can(regex("^[A-Za-z0-9_:./-]{1,128}$", each.set.owner.claim))
    ],
    [
      for each in local.policy_sets :
      "${each.place}.owner: the path \"${var.policy[each.rule].path}\" has no segment \"{${each.set.owner.segment}}\"; write ${
        length(local.policy_segments_named[each.rule]) == 0 ? "a path such as \"/profile/{${each.set.owner.segment}}\"" :
        join(" or ", local.policy_segments_named[each.rule])
      }."
      if each.set.owner == null ? false :
      can(regex("^[a-z][A-Za-z0-9]{0,31}$", each.set.owner.segment)) &&
      !contains(local.policy_segments_named[each.rule], each.set.owner.segment)
    ],
  )

  # Preflights come without a session, and from browsers anywhere.
  policy_wrong_preflights = [
    for r, rule in var.policy : "policy[${r}].preflight: leave it out: ${
      rule.allow == "nobody" ? "the rule denies what it matches" :
      "preflights would pass from everywhere. Put a rule for them above, such as { path = \"${rule.path}\", methods = [\"OPTIONS\"], conditions = [{ public = true, networks = [\"192.0.2.0/24\"] }] }"
    }."
    if rule.preflight != null && length(regexall("[\\^]$|&(time|(no)?(net|geo))=", local.policy_requirements[r])) > 0
  ]

  policy_wrong_lists = concat(
    [
      for r, rule in var.policy : "policy[${r}].conditions: write at least one alternative; it is []."
      if try(length(rule.conditions) == 0, false)
    ],
    [
      for name, sets in var.requirements : "requirements.${name}: write at least one alternative; it is []."
      if length(coalesce(sets, [])) == 0
    ],
    [
      for r, rule in var.policy : "policy[${r}].conditions: write at most 16 alternatives."
      if try(length(rule.conditions) > 16, false)
    ],
    [
      for name, sets in var.requirements : "requirements.${name}: write at most 16 alternatives."
      if length(coalesce(sets, [])) > 16
    ],
    [
      for name in keys(var.requirements) : "requirements: write a short name of lower-case letters, digits and \"-\", such as \"main\"; it is ${jsonencode(name)}."
      if !can(regex("^[a-z][a-z0-9-]{0,29}$", name))
    ],
    [
      for r, rule in var.policy : "policy[${r}].require: ${jsonencode(rule.require)} is not among requirements; ${
        length(var.requirements) == 0 ? "add it there" : "write ${join(" or ", keys(var.requirements))}, or add it there"
      }."
      if rule.require == null ? false : !contains(keys(var.requirements), rule.require)
    ],
    [
      for name in keys(var.requirements) :
      "requirements.${name}: no rule requires it; remove it, or write require = \"${name}\" in a rule."
      if !contains([for rule in var.policy : coalesce(rule.require, "-")], name)
    ],
  )

  policy_problems = concat(
    local.policy_wrong_lists,
    local.policy_wrong_sets,
    local.policy_wrong_names,
    local.policy_wrong_ranges,
    local.policy_wrong_claims,
    local.policy_wrong_ages,
    local.policy_wrong_times,
    local.policy_wrong_owners,
    local.policy_wrong_preflights,
  )
}
