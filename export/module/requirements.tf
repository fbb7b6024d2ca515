# Named requirements, which many rules can share, and the type of a set of conditions. policy-checks.tf checks its
# values.

variable "requirements" {
  description = <<-EOT
    Sets of conditions by name, for `require` in rules. Whoever meets everything in one of the sets is let in.

    - `roles`, `all_roles`, `not_roles`: has one of these roles; has all of them; has none of them.
    - `idp`: signed in with one of these identity providers.
    - `scopes`: the token has all of these scopes.
    - `claims`: each of these claims has one of its values, such as `{ plan = ["premium", "trial"] }`.
    - `email_domains`: the verified e-mail address is in one of these domains.
    - `acr`: signed in with one of these authentication context classes; otherwise asked to do so.
    - `max_age`: signed in at most so long ago, such as `"15m"`; otherwise asked to sign in again. A number is seconds.
    - `networks`, `not_networks`: the visitor's address is in one of these networks, such as `"192.0.2.0/24"`; in none.
    - `countries`, `not_countries`: the visitor is in one of these countries, such as `"DE"`; in none of them.
    - `during`: only `from` a time, `until` a time, on some `days` from `"mon"` to `"sun"`, in some `hours` such as
      `"08:00-18:00"`. All in UTC.
    - `owner`: the path's `segment`, such as `"user"` for `{user}`, is the ID of the user, or the value of a `claim`.
    - `public`: no session is needed. Only networks, countries and `during` may stand beside it.
    - `signed_in`: anyone with a session. Nothing else may stand beside it.

    Check your spelling: Terraform ignores attributes that the type does not have.
  EOT
  default     = {}
  nullable    = false
  type = map(list(object({
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
}
