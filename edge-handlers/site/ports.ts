/** What the handler needs from its platform. */
export interface Ports {
  /** Whether the site has this file. */
  has(path: string): Promise<boolean>;
  /** The page for missing files; undefined if the site has no such page. */
  page(path: string): Promise<SitePage | undefined>;
  log(entry: SiteEntry): void;
}

export interface SitePage {
  body: Buffer;
  /** Content type and content encoding. */
  headers: Record<string, string>;
}

/** The log line if the site's own page cannot be shown. */
export interface SiteEntry {
  endpoint: "site";
  outcome: "page_missing" | "page_unavailable" | "folder_unknown" | "settings_unreadable";
  /** A code. */
  detail?: string;
}
