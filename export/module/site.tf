# Compiles the choice of a bucket's file to the function that the gate calls after its decision: `F(path)` returns the
# path for cache and origin. `local.site_source` is the function, as JavaScript.
#
# CloudFront chooses the behavior by the viewer's path, even if a function changes the path. So the source repeats the
# patterns in front of a site, in CloudFront's order.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-uri
#
# It reads `local.site_places`, the places that the behaviors serve: a list of objects, the default behavior last, as `*`.
#   pattern  the behavior's path pattern
#   index    the document of a folder, such as "index.html"; null if a folder has none, or the origin is no bucket
#   spa      whether paths without a file extension get the application's index document

locals {
  # Files that rules name, such as "/favicon.ico". A trailing slash never changes a decision, so the rule also decides
  # about "/favicon.ico/", which is no folder and no deep link of an application. "v1.2" is a folder.
  site_files = distinct([
    for rule in var.policy : rule.path if can(regex("^[^*{]*[.][A-Za-z][^*{./]*$", rule.path))
  ])

  # The path of an application's shell: the index document of the folder that the pattern names.
  site_folders = [for place in local.site_places : regex("^([^*]*/)?", split("*", place.pattern)[0])[0]]
  site_shells = [
    for n, place in local.site_places :
    "${coalesce(local.site_folders[n], "/")}${coalesce(place.index, "index.html")}"
  ]

  # The file that a place serves, as an expression over `p`, the path. A name with a dot is a file.
  site_is_file = join("||", concat(
    ["p.lastIndexOf(\".\")>p.lastIndexOf(\"/\")"],
    [for file in local.site_files : "p==\"${file}/\""],
  ))
  site_is_folder = join("&&", concat(
    ["p.endsWith(\"/\")"],
    [for file in local.site_files : "p!=\"${file}/\""],
  ))
  site_served = [
    for n, place in local.site_places :
    place.spa ? "${local.site_is_file}?p:\"${local.site_shells[n]}\"" :
    place.index != null ? "${local.site_is_folder}?p+\"${coalesce(place.index, "none")}\":p" : "p"
  ]

  # The literal parts of a pattern. Their positions instead of a regular expression, which would cost 20,000
  # instructions, and more with every "*".
  site_parts = [for place in local.site_places : split("*", replace(place.pattern, "/[*]+/", "*"))]

  # The start of the search for a part: after the part before it.
  site_from = [
    for parts in local.site_parts : [
      for n, part in parts : n < 2 ? tostring(length(parts[0])) : "i+${length(parts[n - 1])}"
    ]
  ]

  # A condition over `p`. "*" matches any number of characters, also "/"; case counts.
  # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
  site_matches = [
    for n, parts in local.site_parts : length(parts) == 1 ? "p==\"${parts[0]}\"" : join("&&", concat(
      ["p.startsWith(\"${parts[0]}\")"],
      [
        for m, part in parts : "(i=p.indexOf(\"${part}\",${local.site_from[n][m]}))>=0"
        if m > 0 && m < length(parts) - 1
      ],
      [
        for m, part in parts : "p.endsWith(\"${part}\")&&${local.site_from[n][m]}<=p.length-${length(part)}"
        if m > 0 && m == length(parts) - 1 && part != ""
      ],
    ))
  ]

  # Places after the last one that changes a path are left out. If none is left, there is no function.
  site_changing = [for n, served in local.site_served : n if served != "p"]
  site_count    = length(local.site_changing) == 0 ? 0 : max(local.site_changing...) + 1
  site_statements = [
    for n, place in slice(local.site_places, 0, local.site_count) :
    "${place.pattern == "*" ? "" : "if(${local.site_matches[n]})"}return ${local.site_served[n]}"
  ]
  site_body = concat(
    strcontains(join(";", local.site_statements), "(i=") ? ["var i"] : [],
    local.site_statements,
    local.site_count < length(local.site_places) ? ["return p"] : [],
  )
  site_source = local.site_count == 0 ? "var F;" : "function F(p){${join(";", local.site_body)}}"
}
