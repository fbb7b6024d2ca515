/** After a sign-in the browser is on this host, whatever the login endpoint was asked for. */
import { HOST, startAuth, type AuthEnvironment } from "../../support/auth-fixture";
import { GOOD_RETURN_PATHS, HOSTILE_RETURN_PATHS } from "../../support/hostile-return-paths";

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());

test("there are at least 300 hostile return paths", () => {
  expect(new Set(Object.values(HOSTILE_RETURN_PATHS).flat()).size).toBeGreaterThanOrEqual(300);
});

/** The Location at the end of a complete sign-in. */
async function locationAfter(query: string): Promise<string> {
  const browser = environment.browser();
  const login = await browser.navigate(`/_gate/login?${query}`);
  expect({ query, status: login.status }).toEqual({ query, status: 302 });
  const callback = await browser.navigate(browser.approve(login.headers["location"]![0]!));
  expect({ query, status: callback.status, locations: callback.headers["location"]?.length }).toEqual({
    query,
    status: 302,
    locations: 1,
  });
  return callback.headers["location"]![0]!;
}

/** Where browsers, and readers that decode once more than they should, would go. */
function destinations(location: string): URL[] {
  const readings = [location];
  for (let reading = location; /%[0-9a-f]{2}/i.test(reading) && readings.length < 4;) {
    // Latin-1, so that no sequence is too broken to decode.
    reading = reading.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    readings.push(reading);
  }
  return readings.map((reading) => new URL(reading, `https://${HOST}/_gate/callback/main`));
}

/** In these categories nothing can be meant well, or be read in one way only. */
const MAY_BE_PATHS = ["letters that look like something else", "dot segments and path parameters", "odd parameters"];

test.each(Object.entries(HOSTILE_RETURN_PATHS))("%s does not leave the host", async (category, queries) => {
  for (const query of queries) {
    const location = await locationAfter(query);
    // An absolute path in visible ASCII; nothing that begins like another host.
    expect({ query, location }).toEqual({
      query,
      location: MAY_BE_PATHS.includes(category) ? (expect.stringMatching(/^\/(?![/\\])[!-~]*$/) as string) : "/",
    });
    for (const { origin, pathname } of destinations(location)) {
      expect({ query, location, origin }).toEqual({ query, location, origin: `https://${HOST}` });
      // Signing out, or in again, is not what one is signed in for.
      expect({ query, location, pathname }).toEqual({
        query,
        location,
        pathname: expect.not.stringMatching(/^\/_gate(\/|$)/) as string,
      });
    }
  }
});

test("good return paths come back as they are", async () => {
  const locations: string[] = [];
  for (const path of GOOD_RETURN_PATHS) locations.push(await locationAfter(`return_to=${encodeURIComponent(path)}`));
  expect(locations).toEqual(GOOD_RETURN_PATHS);
});

test("the fragment of a return path is dropped", async () => {
  expect(await locationAfter(`return_to=${encodeURIComponent("/a?b=c#d")}`)).toBe("/a?b=c");
});

test("the return path is not taken from the callback's URL", async () => {
  const browser = environment.browser();
  const callback = browser.approve(await browser.startSignIn("/mine"));
  const response = await browser.navigate(`${callback}&return_to=%2Ftheirs`);
  expect(response).toMatchObject({ status: 302, headers: { location: ["/mine"] } });
});

test("no return path is in the log", () => {
  expect(environment.logs()).not.toMatch(/evil\.example|other\.example|return_to/);
});
