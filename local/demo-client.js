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
