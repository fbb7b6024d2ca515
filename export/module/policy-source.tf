# Compiles the policy to the function that the gate calls for each request. So a change of a rule needs no Node.js and
# no build. `local.policy_source` is the function, as JavaScript: `policy(host, method, segments, preflight)` returns
# the requirement of the first rule that matches.
#
# Rules become `switch` statements, the cheapest form in the engine of CloudFront Functions. The text needs no escaping:
# paths and hosts have few characters, and roles are percent-encoded.

# Each rule alone. These lists have one element for each rule.
locals {
  # "/a/*/b" is ["", "a", "*", "b"], as the gate splits the paths of requests. "{name}" matches what "*" does.
  policy_segments = [for rule in var.policy : split("/", replace(rule.path, "/[{][^}]*[}]/", "*"))]

  # The case of the rule in a switch on the first segment.
  policy_first = [for segments in local.policy_segments : segments[1]]
  policy_wild  = [for first in local.policy_first : startswith(first, "*")]

  # A "*" before a named segment needs no condition, because only the last segment of a path can be empty.
  policy_trailing = [
    for segments in local.policy_segments : [
      for i, segment in segments : alltrue([for later in slice(segments, i, length(segments)) : startswith(later, "*")])
    ]
  ]

  # Conditions on the segments after the first, and on the first if it is "*". The last condition also holds for the
  # empty segment after a trailing slash, which therefore never changes a decision.
  policy_path_conditions = [
    for r, segments in local.policy_segments : concat(
      [
        for i, segment in segments : segment == "*" ? "s[${i}]" : "s[${i}]==\"${segment}\""
        if segment == "*" ? local.policy_trailing[r][i] : i > 1 && segment != "**"
      ],
      contains(segments, "**") ? [] : ["!s[${length(segments)}]"]
    )
  ]

  # A rule for GET also applies to HEAD (RFC 9110, section 9.3.2). The text is empty for a rule for every method.
  policy_methods = [
    for rule in var.policy : distinct(flatten([
      for method in coalesce(rule.methods, []) : method == "GET" ? ["GET", "HEAD"] : [method]
    ]))
  ]
  policy_method_tests = [
    for methods in local.policy_methods : join("||", [for method in methods : "m==\"${method}\""])
  ]
  policy_method_conditions = [
    for tests in local.policy_method_tests : strcontains(tests, "||") ? "(${tests})" : tests
  ]

  policy_conditions = [
    for r, conditions in local.policy_path_conditions :
    join("&&", compact(concat(conditions, [local.policy_method_conditions[r]])))
  ]

  # The statements of a rule, without a semicolon at the end. CORS preflights come first, independent of the rule's
  # methods.
  policy_preflights = [
    for r, rule in var.policy : rule.preflight != "pass" ? "" :
    "if(${join("&&", concat(["p"], local.policy_path_conditions[r]))})return\"${local.policy_escapes[r]}*\";"
  ]
  policy_statements = [
    for r, conditions in local.policy_conditions : join("", [
      local.policy_preflights[r],
      conditions == "" ? "" : "if(${conditions})",
      "return\"${local.policy_requirements[r]}\"",
    ])
  ]
  policy_returns = [for statement in local.policy_statements : startswith(statement, "return")]
}

# How rules share a switch. Rules are named by their index, so that a list of indexes is a list of rules in their order.
locals {
  # Runs: neighbors that all have a host, or all have none. Rules for different hosts never match the same request, so
  # the order of the hosts in a run does not matter. The first rule has no predecessor, so `try` treats it as the start
  # of a run.
  policy_hosts     = [for rule in var.policy : rule.host == null ? "" : rule.host]
  policy_for_all   = [for host in local.policy_hosts : host == ""]
  policy_run_start = [for r, for_all in local.policy_for_all : r if for_all != try(local.policy_for_all[r - 1], !for_all)]
  policy_runs = [
    for n, start in local.policy_run_start : range(start, try(local.policy_run_start[n + 1], length(var.policy)))
  ]

  # Blocks: the rules of one host in a run. A run of rules without a host is one block, of the host "".
  policy_blocks = flatten([
    for n, run in local.policy_runs : [
      for host in distinct([for r in run : local.policy_hosts[r]]) :
      { run = n, host = host, rules = [for r in run : r if local.policy_hosts[r] == host] }
    ]
  ])

  # Parts: neighbors in a block whose first segments are names, which never match the same path; or one rule that
  # begins with a wildcard.
  policy_part_start = [
    for block in local.policy_blocks : [
      for n, r in block.rules : n if local.policy_wild[r] || try(local.policy_wild[block.rules[n - 1]], true)
    ]
  ]
  policy_parts = flatten([
    for b, block in local.policy_blocks : [
      for n, start in local.policy_part_start[b] :
      { block = b, rules = slice(block.rules, start, try(local.policy_part_start[b][n + 1], length(block.rules))) }
    ]
  ])

  # Cases: the rules of one first segment in a part.
  policy_cases = flatten([
    for n, part in local.policy_parts : [
      for first in distinct([for r in part.rules : local.policy_first[r]]) :
      { part = n, first = first, rules = [for r in part.rules : r if local.policy_first[r] == first] }
    ]
  ])
}

# The text, from the inside out. Names whose rules have the same text share it: `case"a":case"b":…`.
locals {
  policy_cases_of_part = {
    for case in local.policy_cases : case.part => {
      first = case.first
      text = join(";", concat(
        [for r in case.rules : local.policy_statements[r]],
        local.policy_returns[reverse(case.rules)[0]] ? [] : ["break"],
      ))
    }...
  }
  policy_part_switches = [
    for n, part in local.policy_parts : join("", [
      for text in distinct(local.policy_cases_of_part[n][*].text) : join("", concat(
        [for case in local.policy_cases_of_part[n] : "case\"${case.first}\":" if case.text == text],
        [text, "\n"],
      ))
    ])
  ]
  policy_part_texts = [
    for n, part in local.policy_parts : local.policy_wild[part.rules[0]] ?
    "${local.policy_statements[part.rules[0]]}\n" : "switch(s[1]){\n${local.policy_part_switches[n]}}\n"
  ]

  policy_parts_of_block = { for n, part in local.policy_parts : part.block => local.policy_part_texts[n]... }
  policy_blocks_of_run = {
    for b, block in local.policy_blocks : block.run => {
      host = block.host
      text = join("", local.policy_parts_of_block[b])
    }...
  }
  policy_run_switches = [
    for n, run in local.policy_runs : join("", [
      for text in distinct(local.policy_blocks_of_run[n][*].text) : join("", concat(
        [for block in local.policy_blocks_of_run[n] : "case\"${block.host}\":" if block.text == text],
        ["\n", text, "break\n"],
      ))
    ])
  ]
  policy_run_texts = [
    for n, run in local.policy_runs : local.policy_for_all[run[0]] ?
    local.policy_blocks_of_run[n][0].text : "switch(h){\n${local.policy_run_switches[n]}}\n"
  ]

  policy_function = "(h,m,s,p){\n${join("", local.policy_run_texts)}}"
}

# A closed site puts the roles that may enter before each requirement; "#" alone means none, because no encoded role
# contains it. The text does not grow with the rules, so that a site whose rules just fit can be closed.
locals {
  policy_admitted      = [for name in try(coalesce(var.maintenance.roles, []), []) : local.policy_encoded[name]]
  policy_admitted_text = length(local.policy_admitted) == 0 ? "#" : join("!", local.policy_admitted)
  policy_source = var.maintenance == null ? "function policy${local.policy_function}" : join("", [
    "function opened${local.policy_function}\n",
    "function policy(h,m,s,p){",
    "var r=opened(h,m,s,p)||\"\",e=r[0]==\"?\"?r[0]:\"\";",
    "r=r.slice(e.length);",
    "return r&&e+\"#${local.policy_admitted_text}=\"+(r==\"*\"?\"+\":r)}",
  ])
}
