/** Put behind the function's code in one njs run (see ../gate-njs.ts): calls the handler, prints one line of JSON. */
module.exports = function (handler, input) {
  const run = { store: input.store, log: [], reads: 0 };
  globalThis.run = run;
  input.event.request.rawQueryString = function () {
    return input.query[0];
  };
  function print(outcome) {
    console.log(JSON.stringify(Object.assign({ log: run.log, reads: run.reads }, outcome)));
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
