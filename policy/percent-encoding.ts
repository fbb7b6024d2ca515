/**
 * Percent-encodes a text (RFC 3986 section 2.1) down to `[A-Za-z0-9_.@:/-]`: the form in which tokens, identity headers
 * and the gate's source have texts of any kind. No separator of theirs is in it, and nothing that JavaScript or
 * Terraform would read as syntax.
 *
 * @throws URIError for a lone surrogate
 */
export function encodeText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%(40|3A|2F)/g, (c) => decodeURIComponent(c));
}
