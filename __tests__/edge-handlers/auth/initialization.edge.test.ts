/** What an instance fetches before its first request, and what becomes of it. */
import type { AwsEmulator } from "../../../local/aws-emulator";
import { newMasterKey, withAuth, type AuthOptions } from "../../support/auth-fixture";
import type { IdpEmulator } from "../../support/idp/emulator";
import { kidOf } from "../../support/session-tokens";

const INITIALIZED: AuthOptions = {
  withInitialization: true,
  withSlowAnswers: true,
  emulator: { clientAuthentication: "client_secret_basic" },
  // Nothing that userinfo would have to tell.
  settings: { claims: [] },
};
const SETTINGS = "AmazonSSM.GetParameter";
const SECRETS = "secretsmanager.GetSecretValue";
const STATUS = "DynamoDB_20120810.BatchGetItem";

test("it fetches what every sign-in needs, changes nothing and says nothing", async () => {
  await withAuth(INITIALIZED, async (own) => {
    expect([...own.aws.requests].sort()).toEqual([SETTINGS, STATUS, SECRETS, SECRETS]);
    expect(own.idp.requests).toEqual(["discovery", "jwks"]);
    expect(own.logs()).toBe("");
  });
});

describe("a new instance makes people wait only for what is theirs", () => {
  test("a login for nothing", async () => {
    await withAuth(INITIALIZED, async (own) => {
      const { rounds, response } = await own.countRounds(() => own.browser().navigate("/_gate/login?return_to=%2Fa"));
      expect([rounds, response.status]).toEqual([0, 302]);
    });
  });

  test("a callback for the tokens, and for the ledger twice", async () => {
    await withAuth(INITIALIZED, async (own) => {
      const browser = own.browser();
      const callback = browser.approve(await browser.startSignIn("/a"));
      await own.coldStart();
      const { rounds, response } = await own.countRounds(() => browser.navigate(callback));
      expect([rounds, response.headers["location"]]).toEqual([3, ["/a"]]);
    });
  });

  test("a renewal for the ledger, the tokens and the ledger", async () => {
    await withAuth(INITIALIZED, async (own) => {
      const browser = own.browser();
      await browser.signIn("/a");
      own.clock.advance(901);
      await own.coldStart();
      const { rounds, response } = await own.countRounds(() => browser.navigate("/_gate/login?return_to=%2Fa"));
      expect([rounds, response.headers["location"]]).toEqual([3, ["/a"]]);
    });
  });
});

describe("an instance that was idle fetches all that is old at the same time", () => {
  const QUARTER_OF_AN_HOUR = 901;

  test("for a login", async () => {
    await withAuth(INITIALIZED, async (own) => {
      own.clock.advance(QUARTER_OF_AN_HOUR);
      const { rounds, response } = await own.countRounds(() => own.browser().navigate("/_gate/login?return_to=%2Fa"));
      expect([rounds, response.status]).toEqual([1, 302]);
    });
  });

  test("for a callback", async () => {
    await withAuth(INITIALIZED, async (own) => {
      await own.browser().signIn("/a");
      own.clock.advance(QUARTER_OF_AN_HOUR);
      const browser = own.browser();
      const callback = browser.approve(await browser.startSignIn("/a"));
      // All but the metadata is old again; the flow is not.
      own.clock.advance(120);
      const { rounds, response } = await own.countRounds(() => browser.navigate(callback));
      expect([rounds, response.headers["location"]]).toEqual([4, ["/a"]]);
    });
  });

  test("for a renewal", async () => {
    await withAuth(INITIALIZED, async (own) => {
      const browser = own.browser();
      await browser.signIn("/a");
      own.clock.advance(QUARTER_OF_AN_HOUR);
      const { rounds, response } = await own.countRounds(() => browser.navigate("/_gate/login?return_to=%2Fa"));
      expect([rounds, response.headers["location"]]).toEqual([4, ["/a"]]);
    });
  });

  test("and uses nothing of the old settings", async () => {
    await withAuth(INITIALIZED, async (own) => {
      own.publishSettings({ ...own.settings, hosts: ["elsewhere.example.com"] });
      own.clock.advance(61);
      expect((await own.browser().navigate("/_gate/login")).status).toBe(421);
    });
  });
});

type Break = (environment: { aws: AwsEmulator; idp: IdpEmulator }) => void;
const FAILURES: [string, Break][] = [
  ["the settings are not to be had", ({ aws }) => void aws.faults.set(SETTINGS, "error")],
  ["the settings are not allowed", ({ aws }) => void aws.faults.set(SETTINGS, "denied")],
  ["the settings are garbage", ({ aws }) => void aws.faults.set(SETTINGS, "garbage")],
  ["the secrets are not to be had", ({ aws }) => void aws.faults.set(SECRETS, "error")],
  ["the ledger is not to be had", ({ aws }) => void aws.faults.set(STATUS, "error")],
  ["the provider is down", ({ idp }) => void idp.outages.set("discovery", "reset")],
  ["the provider's keys are garbage", ({ idp }) => void idp.outages.set("jwks", "garbage")],
];
test.each(FAILURES)("it may fail, and the first request tries again: %s", async (_name, breakIt) => {
  await withAuth({ ...INITIALIZED, prepare: breakIt }, async (own) => {
    own.aws.faults.clear();
    own.idp.outages.clear();
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
  });
});

const HANGS: [string, Break][] = [
  ["the settings", ({ aws }) => void aws.faults.set(SETTINGS, "hang")],
  ["the secrets", ({ aws }) => void aws.faults.set(SECRETS, "hang")],
  ["the provider", ({ idp }) => void idp.outages.set("discovery", "hang")],
];
test.each(HANGS)("what hangs is given up, and not waited for after a freeze: %s", async (_name, hang) => {
  await withAuth({ ...INITIALIZED, prepare: hang }, async (own) => {
    own.aws.faults.clear();
    own.idp.outages.clear();
    own.clock.advance(6);
    expect((await own.browser().signIn("/a")).headers["location"]).toEqual(["/a"]);
  });
});

test("its keys are used no longer than those of a request", async () => {
  await withAuth(INITIALIZED, async (own) => {
    const replaced = { current: "k9", keys: { k9: newMasterKey() } };
    own.publishKeys(replaced);
    own.clock.advance(61);
    const browser = own.browser();
    await browser.signIn("/a");
    expect(kidOf(browser.jar.get("__Host-gate"))).toBe("k9");
  });
});

test("a code whose connection breaks is not redeemed again, although other requests of the provider are repeated", async () => {
  await withAuth(INITIALIZED, async (own) => {
    await own.browser().signIn("/a");
    own.idp.outages.set("token", "reset");
    const before = own.idp.count("token");
    expect((await own.browser().signIn("/a")).status).toBe(503);
    expect(own.idp.count("token") - before).toBe(1);
  });
});
