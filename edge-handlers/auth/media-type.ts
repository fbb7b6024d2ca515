/** The media type of a request's body, in lower case and without parameters (RFC 9110 section 8.3.1). */
export function mediaType({ headers }: Request): string {
  return (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
}
