import { duplexPair, type Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { tunnel } from "../../local/websocket";

/** Both ends of a viewer's and an origin's connection, with a tunnel between them. */
function open(idle: number): {
  viewer: Duplex;
  origin: Duplex;
  received: () => string;
  end: () => void;
  ended: Promise<unknown>;
} {
  const [viewer, viewerSide] = duplexPair();
  const [origin, originSide] = duplexPair();
  let received = "";
  viewer.on("data", (chunk: Buffer) => (received += chunk.toString()));
  const response = { status: 101, headers: [["Sec-WebSocket-Accept", "x"] as [string, string]], body: Buffer.alloc(0) };
  tunnel(
    { socket: viewerSide, head: Buffer.from("early ") },
    { ...response, tunnel: { socket: originSide, head: Buffer.from("first ") } },
    idle,
  );
  // The other end of such a pair hears nothing of it.
  const ended = Promise.all(
    [viewerSide, originSide].map((side) => new Promise((resolve) => side.once("close", resolve))),
  );
  return { viewer, origin, received: () => received, end: () => viewerSide.destroy(), ended };
}

test("completes the handshake, and what either side sent meanwhile is not lost", async () => {
  const { viewer, origin, received, end, ended } = open(60_000);
  let atOrigin = "";
  origin.on("data", (chunk: Buffer) => (atOrigin += chunk.toString()));
  viewer.write("ping");
  origin.write("pong");
  await setTimeout(20);
  expect(received()).toBe(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nfirst pong",
  );
  expect(atOrigin).toBe("early ping");
  // Or else its timer keeps the process.
  end();
  await ended;
});

test("ends after a time without a byte from the origin, whatever the viewer sends", async () => {
  const { viewer, origin, ended } = open(200);
  let isEnded = false;
  void ended.then(() => (isEnded = true));
  const chatter = setInterval(() => viewer.write("x"), 20);
  for (let i = 0; i < 4; i++) {
    await setTimeout(100);
    origin.write("x");
  }
  expect(isEnded).toBe(false);
  await ended;
  clearInterval(chatter);
});
