# Refuses rules that would show a page to people who may not open it. Such pages are the shell of an application, which
# is served for the paths of its views, and the page for missing files. The gate decides by the viewer's path.
#
# It reads `local.site_pages`, a list of objects:
#   path     the page, such as "/app/index.html"
#   within   the prefix of all paths for which it may be served, such as "/app/"
#   earlier  prefixes of paths that earlier behaviors serve, such as "/app/api/"
#   files    whether the page is also served for files
#
# One rule must decide the page on all hosts. Other rules for such a path must not let in anyone else. Either they have
# the same requirement, or the page is open to all, or to all with a session.

locals {
  # The requirement of the page: the text of the rule that decides it, or "" if there is none, or not for all hosts.
  site_page_deciding = [
    for page in local.site_pages : [
      for r, rule in var.policy : r
      if(rule.methods == null ? true : length(setintersection(rule.methods, ["GET", "HEAD"])) > 0) && length(regexall(
        "^${replace(replace(replace(replace(rule.path, ".", "[.]"), "/[{][^}]*[}]/", "*"), "/**", "(/.{0,})?"), "*", "[^/]+")}/?$", page.path
      )) > 0
    ]
  ]
  site_page_requires = [
    for rules in local.site_page_deciding : try(
      var.policy[rules[0]].host == null && contains(coalesce(var.policy[rules[0]].methods, ["GET"]), "GET")
      # Each path may have another owner.
      && length(regexall("&own=", local.policy_requirements[rules[0]])) == 0 ?
      trimprefix(local.policy_requirements[rules[0]], "?") : "",
      "",
    )
  ]

  # The prefix of all paths of a rule: "/a" for "/a/**", "/a/" for "/a/*".
  site_rule_starts = [
    for rule in var.policy : try(trimsuffix(regex("^([^*{]*)/[*][*]$", rule.path)[0], "/"), regex("^[^*{]*", rule.path))
  ]

  # The first rule that matches all these paths, so that later rules decide none of them.
  site_page_last = [
    for page in local.site_pages : concat([
      for r, rule in var.policy : r
      if rule.host == null && contains(coalesce(rule.methods, ["GET"]), "GET") &&
      can(regex("^[^*{]*/[*][*]$", rule.path)) && startswith(page.within, "${local.site_rule_starts[r]}/")
    ], [length(var.policy)])[0]
  ]

  site_page_problems = flatten([
    for n, page in local.site_pages : [
      for r, rule in var.policy : "policy[${r}] (${rule.path}): ${page.path} is served in the place of ${
        page.files ? "missing files" : "paths without a file extension"
      }, and this rule lets in people who may not open it. Allow ${page.path} to them in one rule for all hosts, or export the module from a config with these rules."
      if r <= local.site_page_last[n] &&
      (rule.methods == null ? true : length(setintersection(rule.methods, ["GET", "HEAD"])) > 0) &&
      (startswith(local.site_rule_starts[r], page.within) || startswith(page.within, local.site_rule_starts[r])) &&
      !anytrue([for start in page.earlier : startswith(local.site_rule_starts[r], start)]) &&
      (page.files || !can(regex("^[^*{]*[.][A-Za-z][^*{./]*$", rule.path))) &&
      !anytrue([
        for text in [trimprefix(local.policy_requirements[r], "?")] :
        text == "^" && local.site_page_requires[n] != "" || local.site_page_requires[n] == "*" || text == local.site_page_requires[n] ||
        local.site_page_requires[n] == "+" && length(regexall("^[*]$|&pub=", text)) == 0
      ])
    ]
  ])
}
