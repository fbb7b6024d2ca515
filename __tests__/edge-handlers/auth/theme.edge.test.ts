/** What a config says about the handler's pages. */
import { LOGO_URL } from "../../support/images/images";
import { startAuth, type AuthEnvironment } from "../../support/auth-fixture";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({
    withOtherIdp: true,
    prepare: ({ settings }) => {
      // Terraform sorts the keys; this is the order in the config.
      settings.providerOrder = ["other", "main"];
      settings.theme = {
        productName: "Handbuch",
        accentColor: "#ffd600",
        support: "https://help.example.com/new?ref={reference}&x=1",
        logo: LOGO_URL,
        favicon: LOGO_URL,
        languages: ["fr", "de"],
        texts: { fr: { signedOutTitle: "À <bientôt> & {site}" } },
      };
      settings.maintenance = { until: "2026-12-01T09:00:00+01:00", message: "Nous <déménageons>.", admitsSome: true };
    },
  });
  environment.publishSettings(environment.settings);
});
afterAll(() => environment.close());

const open = async (url: string, language = "en") =>
  (await environment.browser().navigate(url, { headers: { "Accept-Language": language } })).body;

test("the first language is for people who ask for no other, and texts are the site's own", async () => {
  const page = await open("/_gate/signed-out");
  expect(page).toContain('<html lang="fr">');
  // Escaped, and only what belongs into this text is put into it.
  expect(page).toContain("<h1>À &lt;bientôt&gt; &amp; {site}</h1>");
  expect(await open("/_gate/signed-out", "de")).toContain("<h1>Abgemeldet</h1>");
});

test("people choose providers in the config's order", async () => {
  const page = await open("/_gate/login");
  expect([...page.matchAll(/&amp;idp=(\w+)/g)].map(([, id]) => id)).toEqual(["other", "main"]);
});

test("a help desk gets the request ID where its address says so", async () => {
  const { body, requestId } = await environment.browser().navigate("/_gate/nothing");
  expect(body).toContain(`href="https://help.example.com/new?ref=${encodeURIComponent(requestId)}&amp;x=1"`);
});

test("a site that is closed says until when, and lets people sign in who may get in", async () => {
  const page = await open("/_gate/refused?why=closed&id=x&to=%2Fwiki", "de");
  expect(page).toContain(
    "<p>Nous &lt;déménageons&gt;.</p><p>Voraussichtlich wieder erreichbar: 1. Dezember 2026 um 08:00 UTC.</p>",
  );
  expect(page).toContain(
    'href="/wiki">Erneut versuchen</a><a class="b o" href="/_gate/login?return_to=%2Fwiki">Anmelden',
  );
});

test("the logo stands before the name, and a tab has the icon", async () => {
  const page = await open("/_gate/signed-out");
  expect(page).toContain(`<div class="n"><img src="${LOGO_URL}" alt=""><span>Handbuch</span></div>`);
  expect(page).toContain(`<link rel=icon href="${LOGO_URL}">`);
});

test("a light accent gets dark text", async () => {
  expect(await open("/_gate/signed-out")).toContain("--on:#000000");
});
