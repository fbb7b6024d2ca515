/* Runs in the browser, at the end of every page of the demo site. */
const answer = document.getElementById("answer");
const who = document.getElementById("who");
const { base } = document.body.dataset;

document.getElementById("call").addEventListener("click", async () => {
  const response = await fetch("/api/hello", { headers: { accept: "application/json" } });
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  answer.textContent = `${response.status} ${type}\n${type.includes("json") ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
});

document.getElementById("play")?.addEventListener("click", async ({ currentTarget }) => {
  const { id, secret, path, resource, endpoint } = currentTarget.dataset;
  const steps = document.getElementById("steps");
  steps.textContent = "";
  const step = async (what, url, options) => {
    try {
      // A program has no cookies.
      const response = await fetch(url, { credentials: "omit", ...options });
      const body = await response.json();
      const challenge = response.headers.get("www-authenticate");
      const came = body.access_token
        ? "a token"
        : response.ok
          ? JSON.stringify({ ...body, received: undefined })
          : (challenge ?? body.title);
      steps.textContent += `${what}\n  ${response.status} ${came}\n`;
      return body.access_token;
    } catch {
      steps.textContent += `${what}\n  no answer: does this browser accept the certificate of ${new URL(url, location).origin}?\n`;
    }
  };
  const withToken = (token) => ({ headers: { authorization: `Bearer ${token}` } });
  const form = (fields) => ({ method: "POST", body: new URLSearchParams(fields) });
  await step(`GET ${path}, without a token`, path);
  const own = { grant_type: "client_credentials", client_id: id, client_secret: secret, resource };
  const access = await step(`POST ${endpoint}, as ${id}`, endpoint, form(own));
  if (!access) return;
  await step(`GET ${path}, with that access token`, path, withToken(access));
  const exchange = {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: access,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
  };
  const edge = await step(`POST ${base}/token, to exchange it`, `${base}/token`, form(exchange));
  if (!edge) return;
  await step(`GET ${path}, with the edge token`, path, withToken(edge));
  await step(`POST ${path}, with the edge token`, path, { method: "POST", ...withToken(edge) });
});

// S3 does not get the identity headers, so the page asks the gateway itself, as a static site would.
if (!document.querySelector(".face")) {
  fetch(`${base}/me`, { headers: { accept: "application/json" } }).then(async (response) => {
    if (!response.ok) {
      who.textContent = "Nobody: you are not signed in.";
      return;
    }
    const { email, user, roles } = await response.json();
    const name = email || user;
    const template = document.getElementById("identity").content.cloneNode(true);
    template.querySelector(".face").textContent = name.charAt(0).toUpperCase();
    template.querySelector("b").textContent = name;
    template.querySelector("small").textContent = `From ${base}/me`;
    template
      .querySelector("ul")
      .replaceChildren(
        ...(roles.length > 0 ? roles : ["no roles"]).map((role) =>
          Object.assign(document.createElement("li"), { textContent: role }),
        ),
      );
    who.replaceChildren(template);
  });
}
