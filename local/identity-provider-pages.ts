/** The pages of the local identity provider. It represents another company, so it does not look like the gateway. */
import { escapeHtml } from "./html";
import type { User } from "./users";

const STYLE = `
:root{color-scheme:light dark;--ink:light-dark(#1c1b22,#f2f1f7);--soft:light-dark(#5b5966,#b5b2c2);--line:light-dark(#d9d6e3,#45425250);--paper:light-dark(#fff,#221f2b);--back:light-dark(#efedf6,#15131b);--accent:light-dark(#5b3fb8,#b9a5ff);--on-accent:light-dark(#fff,#1b1430)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back)}
main{width:min(26rem,100%);padding:2rem;border-radius:14px;background:var(--paper);border:1px solid var(--line)}
.brand{margin:0 0 1.5rem;display:flex;gap:.6rem;align-items:center;color:var(--soft);font-size:.9rem}
.brand i{width:1.4rem;height:1.4rem;border-radius:50%;background:conic-gradient(var(--accent) 70%,transparent 0)}
h1{margin:0 0 .25rem;font-size:1.5rem}
p{margin:0 0 1.25rem;color:var(--soft)}
fieldset{border:0;margin:0 0 1.25rem;padding:0;display:grid;gap:.5rem}
legend,.label{padding:0;margin-bottom:.5rem;font-weight:600;display:block}
.user{display:flex;gap:.75rem;align-items:center;padding:.7rem .9rem;border:1px solid var(--line);border-radius:10px;cursor:pointer}
.user:has(:checked){border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.user:has(:focus-visible),input[type=password]:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.user input{accent-color:var(--accent);width:1.1rem;height:1.1rem;margin:0}
.user small{display:block;color:var(--soft)}
input[type=password]{width:100%;padding:.7rem .9rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:10px}
.hint{margin:.4rem 0 1.25rem;font-size:.875rem}
.error{margin:0 0 1.25rem;padding:.7rem .9rem;border-radius:10px;color:light-dark(#8c1c13,#ffb4ab);background:light-dark(#fdecea,#45161280)}
button{width:100%;padding:.75rem;font:inherit;font-weight:600;border:0;border-radius:10px;color:var(--on-accent);background:var(--accent);cursor:pointer}`;

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} · Local ID</title><style>${STYLE}</style></head>
<body><main><p class="brand"><i></i>Local ID</p>${body}</main></body></html>`;
}

/** @param failedFor the user whose password was wrong */
export function loginPage(users: readonly User[], action: string, failedFor?: string): string {
  const chosen = users.find((user) => user.id === failedFor) ?? users[0];
  const failed = failedFor !== undefined;
  return page(
    failed ? "Wrong password" : "Sign in",
    `<h1>Sign in</h1><p>This identity provider runs on your machine, for the local edge only.</p>
${failed ? '<p class="error" role="alert">That password is not right. Please try again.</p>' : ""}
<form method="post" action="${escapeHtml(action)}">
<fieldset><legend>Who are you?</legend>${users.map((user) => choice(user, user === chosen)).join("")}</fieldset>
<label class="label" for="password">Password</label>
<input type="password" id="password" name="password" autocomplete="current-password" required aria-describedby="hint"
${failed ? ' autofocus aria-invalid="true"' : ""}>
<p class="hint" id="hint">For this demo: ${users.map((user) => `<b>${escapeHtml(user.password)}</b>`).join(", ")}.</p>
<button>Sign in</button></form>`,
  );
}

function choice(user: User, checked: boolean): string {
  const roles = user.roles.length > 0 ? `roles: ${user.roles.join(", ")}` : "no roles";
  return `<label class="user"><input type="radio" name="user" value="${escapeHtml(user.id)}" required${checked ? " checked" : ""}>
<span>${escapeHtml(user.name)}<small>${escapeHtml(`${user.id} · ${roles}`)}</small></span></label>`;
}

/** Confirms by itself if scripts can run: everyone who opens this page wants to sign out. */
export function signOutPage(form: string, nonce: string): string {
  return page(
    "Sign out",
    `<h1>Signing you out</h1><p>Your session at Local ID ends too.</p>${form}
<button form="op.logoutForm" name="logout" value="yes" id="confirm">Sign out</button>
<script nonce="${nonce}">document.getElementById("confirm").click()</script>`,
  );
}

export function messagePage(title: string, text: string): string {
  return page(title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`);
}
