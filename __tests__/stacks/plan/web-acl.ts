/** What the real provider makes of the web ACL. */
import type { Planned, Values } from "./planned";

export function planOfWebAcl({ all, one, plan }: Planned): void {
  describe("of the web ACL", () => {
    test("has stable names, priorities and order", () => {
      const acl = one("everything", "aws_wafv2_web_acl");
      expect(acl).toMatchObject({ name: "everything-gateway", scope: "CLOUDFRONT" });
      expect(byPriority(acl).map(({ priority, name }) => [priority, name])).toEqual([
        [10, "blocked-addresses"],
        [20, "allowed-addresses"],
        [30, "countries"],
        [100, "rate-gateway"],
        [110, "rate-api"],
        [300, "ip-reputation"],
        [310, "anonymous-ip"],
        [320, "known-bad-inputs"],
        [330, "common"],
        [350, "sql"],
        [370, "unix"],
        [500, "bot-control"],
        [510, "account-takeover"],
        [900, "exempted"],
      ]);
      expect(byPriority(one("minimal", "aws_wafv2_web_acl")).map(({ priority, name }) => [priority, name])).toEqual([
        [100, "rate-gateway"],
        [110, "rate-site"],
        [300, "ip-reputation"],
        [320, "known-bad-inputs"],
        [330, "common"],
        [900, "exempted"],
      ]);
    });

    test("has address sets of one version each", () => {
      expect(
        all("everything", "aws_wafv2_ip_set").map(({ name, values }) => [
          name,
          values["ip_address_version"],
          values["addresses"],
        ]),
      ).toEqual([
        ["web_acl_allow-ipv4", "IPV4", ["192.0.2.0/24"]],
        ["web_acl_block-ipv4", "IPV4", ["198.51.100.7/32"]],
        ["web_acl_block-ipv6", "IPV6", ["2001:db8::/32"]],
      ]);
    });

    test("has a page of its own for what it blocks, within 4 KB", () => {
      const pages = one("everything", "aws_wafv2_web_acl")["custom_response_body"] as Values[];
      expect(pages.map(({ key, content_type }) => [key, content_type]).sort()).toEqual([
        ["blocked", "TEXT_HTML"],
        ["limited", "TEXT_HTML"],
      ]);
      for (const { content } of pages) {
        expect(Buffer.byteLength(String(content))).toBeLessThanOrEqual(4_096);
        expect(content).toContain("Everything – für alle");
      }
    });

    test("samples no requests: they would show cookies and codes", () => {
      expect(plan("everything").json).not.toContain('"sampled_requests_enabled":true');
    });
  });
}

function byPriority(acl: Values): Values[] {
  return [...(acl["rule"] as Values[])].sort((a, b) => (a["priority"] as number) - (b["priority"] as number));
}
