/** Finds secrets in files and outputs, in whatever spelling they may be there. */

/** @returns the names of the places that hold one of the secrets */
export function placesOf(secrets: Iterable<string>, places: Readonly<Record<string, string>>): string[] {
  const spellings = [...new Set([...secrets].flatMap(spellingsOf))];
  return Object.entries(places).flatMap(([place, text]) =>
    spellings.some((spelling) => text.includes(spelling)) ? [place] : [],
  );
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
