/** A site that uses the browser client as the gateway serves it: one page with forms, and what it sends. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface ClientApp {
  url: URL;
  /** The bodies that reached the site, in order. */
  saved: string[];
  close(): Promise<void>;
}

const PAGE = `<!doctype html><html lang=en><title>Notes</title><form data-gate-keep id=note action=/sent method=post>
<input type=hidden name=csrf value=of-this-page><label>Title <input name=title></label>
<label>Text <textarea name=text></textarea></label><label>Urgent <input type=checkbox name=urgent></label>
<label>Folder <select name=folder><option>inbox<option>archive</select></label>
<label>PIN <input type=password name=pin></label><label>Card <input name=card autocomplete="billing cc-number"></label>
<button>Send</button></form>
<form data-gate-keep autocomplete=off><label>Answer <input name=answer></label></form>
<form id=other><label>Unkept <input name=unkept></label></form>
<script type=module>
import { startSession } from "/_gate/client.js";
window.signedOut = 0;
const isAsking = location.search === "?asking";
window.session = startSession(isAsking ? { onSignedOut: (signIn) => { signedOut++; window.signIn = signIn; } } : {});
</script>`;

export async function startClientApp(): Promise<ClientApp> {
  const saved: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      if (request.method === "POST") saved.push(await text(request));
      const isPage = request.url!.startsWith("/notes");
      response.writeHead(200, { "content-type": isPage ? "text/html" : "text/plain" }).end(isPage ? PAGE : "done");
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    saved,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
