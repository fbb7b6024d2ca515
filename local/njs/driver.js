/**
 * Appended to the function's code for a run in njs (see ../gate-njs.ts). Calls the handler, prints its outcome as JSON.
 */
module.exports = function (handler, input) {
  const run = { store: input.store, log: [], reads: 0 };
  globalThis.run = run;
  input.event.request.rawQueryString = function () {
    return input.query[0];
  };
  function print(outcome) {
    const text = JSON.stringify(Object.assign({ log: run.log, reads: run.reads }, outcome));
    // njs cuts a line after 2,048 bytes.
    for (let at = 0; at < text.length; at += 500) console.log("\u001e" + text.slice(at, at + 500));
  }
  Promise.resolve()
    .then(function () {
      return handler(input.event);
    })
    .then(
      function (result) {
        print({ result: result });
      },
      function (error) {
        print({ error: String(error) });
      },
    );
};
