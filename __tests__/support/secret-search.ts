/** Finds secrets in files and outputs, in whatever spelling they may be there. */

/** @returns the names of the places that hold one of the secrets */
export function placesOf(secrets: Iterable<string>, places: Readonly<Record<string, string>>): string[] {
  const spellings = [...new Set([...secrets].flatMap(spellingsOf))];
  return Object.entries(places).flatMap(([place, text]) =>
    spellings.some((spelling) => text.includes(spelling)) ? [place] : [],
  );
}

const PREFIX = 12;

/**
 * Finds many secrets in many texts, by the first characters of what may be seen of them: reads a text once, however
 * many secrets there are.
 */
export class SecretIndex {
  private readonly known = new Set<string>();
  private readonly byPrefix = new Map<string, Set<string>>();

  add(secret: string): void {
    if (this.known.has(secret)) return;
    this.known.add(secret);
    for (const part of [secret, encodeURIComponent(secret), ...secret.split(".")]) {
      if (part.length < PREFIX) continue;
      const prefix = part.slice(0, PREFIX);
      this.byPrefix.set(prefix, (this.byPrefix.get(prefix) ?? new Set()).add(part));
    }
  }

  /** What of the secrets is in a text: whole, in one of its dotted parts, or escaped. Parts under 12 characters are not. */
  partsIn(text: string): string[] {
    const found = new Set<string>();
    for (let start = 0; start <= text.length - PREFIX; start++)
      for (const part of this.byPrefix.get(text.slice(start, start + PREFIX)) ?? [])
        if (text.startsWith(part, start)) found.add(part);
    return [...found];
  }
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inJson = JSON.stringify(secret).slice(1, -1);
  // Terraform escapes more than JSON has to (https://developer.hashicorp.com/terraform/language/functions/jsonencode).
  const inTerraform = inJson.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  return [secret, encodeURIComponent(secret), inJson, inTerraform, bytes.toString("hex"), ...inBase64(bytes)];
}

/**
 * What is the same wherever in a larger text the bytes stand: the characters at both ends hold bits of their
 * neighbours.
 */
function inBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), bytes]);
    return all
      .subarray(0, all.length - (all.length % 3))
      .toString("base64")
      .slice(offset === 0 ? 0 : 4);
  });
}
