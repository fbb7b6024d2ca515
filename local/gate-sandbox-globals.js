/**
 * Evaluated first in each context (see gate-context.ts). Removes everything that cloudfront-js-2.0 does not document, and
 * returns the function that runs a handler, and one that says whether a run left the context as it was.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
module.exports = function (library, host) {
  "use strict";
  const { parse, stringify } = JSON;
  // Captured, so that a run cannot change the functions that check it.
  const { construct, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, ownKeys } = Reflect;
  const { freeze, is } = Object;
  const visited = new Set();
  const RealDate = Date;

  const ALGORITHMS = ["md5", "sha1", "sha256"];
  const ENCODINGS = ["hex", "base64", "base64url"];

  function hasher(kind, algorithm, key) {
    if (ALGORITHMS.indexOf(algorithm) < 0) throw new TypeError("crypto has md5, sha1 and sha256, not " + algorithm);
    let text = "";
    const hash = {
      update: function (data) {
        if (typeof data !== "string") throw new TypeError("the local edge hashes text only");
        text += data;
        return hash;
      },
      digest: function (encoding) {
        if (ENCODINGS.indexOf(encoding) < 0)
          throw new TypeError("digest takes hex, base64 or base64url, not " + encoding);
        return host.digest(kind, algorithm, key, text, encoding);
      },
    };
    return hash;
  }

  function storeCall(operation) {
    return function (key, options) {
      const answer = parse(host.store(operation, String(key)));
      if (answer.error) return Promise.reject(new Error(answer.error));
      return Promise.resolve(options && options.format === "json" ? parse(answer.value) : answer.value);
    };
  }

  const store = { get: storeCall("get"), exists: storeCall("exists"), meta: storeCall("meta") };
  const modules = {
    cloudfront: {
      kvs: function () {
        return store;
      },
      logCustomData: function (data) {
        if (host.logCustomData(String(data)) > 800) throw new RangeError("cf.logCustomData takes at most 800 bytes");
      },
    },
    crypto: {
      createHash: function (algorithm) {
        return hasher("hash", algorithm, "");
      },
      createHmac: function (algorithm, key) {
        return hasher("hmac", algorithm, key);
      },
    },
  };

  // The time stands still during a run.
  function FrozenDate() {
    if (!new.target) return new RealDate(host.now()).toString();
    return construct(RealDate, arguments.length === 0 ? [host.now()] : arguments, new.target);
  }
  FrozenDate.prototype = RealDate.prototype;
  FrozenDate.prototype.constructor = FrozenDate;
  FrozenDate.UTC = RealDate.UTC;
  FrozenDate.parse = RealDate.parse;
  FrozenDate.now = function () {
    return host.now();
  };
  globalThis.Date = FrozenDate;

  for (const path of Object.keys(library.members)) {
    const object = path.split(".").reduce(function (at, name) {
      return at[name];
    }, globalThis);
    for (const name of Object.getOwnPropertyNames(object)) {
      if (library.members[path].indexOf(name) < 0 && typeof object[name] === "function") delete object[name];
    }
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (library.globals.indexOf(name) < 0) delete globalThis[name];
  }
  // Results of the latest match, such as RegExp.$1: no state may pass from one run to the next.
  for (const name of Object.getOwnPropertyNames(RegExp)) {
    if (getOwnPropertyDescriptor(RegExp, name).set || getOwnPropertyDescriptor(RegExp, name).get) delete RegExp[name];
  }
  function writeLine() {
    host.log(Array.prototype.map.call(arguments, String).join(" "));
  }
  globalThis.console = { log: writeLine, error: writeLine };
  // Only what gates have needed: converting text from one encoding to another.
  globalThis.Buffer = {
    from: function (text, from) {
      if (typeof text !== "string") throw new TypeError("the local edge encodes text only");
      return {
        toString: function (to) {
          for (const encoding of [from || "utf8", to || "utf8"])
            if (encoding !== "utf8" && ENCODINGS.indexOf(encoding) < 0)
              throw new TypeError("the local edge knows utf8, hex, base64 and base64url, not " + encoding);
          return host.recode(text, from || "utf8", to || "utf8");
        },
      };
    },
  };
  globalThis.require = function (name) {
    if (!Object.prototype.hasOwnProperty.call(modules, name)) throw new Error("there is no module " + name);
    return modules[name];
  };

  function run(handler, event, hasQuery, query) {
    const given = parse(event);
    given.request.rawQueryString = function () {
      return hasQuery ? query : undefined;
    };
    try {
      Promise.resolve(handler(given)).then(finish, fail);
    } catch (error) {
      fail(error);
    }
    function finish(result) {
      host.done(stringify(result));
    }
    function fail(error) {
      host.failed(String(error));
    }
  }

  // Every predefined object that code can reach, with its properties.
  const seen = [];
  function visit(value) {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || visited.has(value)) return;
    visited.add(value);
    const keys = ownKeys(value);
    const prototype = getPrototypeOf(value);
    const descriptors = keys.map(function (key) {
      return getOwnPropertyDescriptor(value, key);
    });
    // A method is frozen here. A frozen object cannot change, so it needs no check.
    const isMethod = typeof value === "function" && keys.length <= 2;
    if (isMethod) freeze(value);
    else seen.push({ value, keys, descriptors, prototype });
    visit(prototype);
    for (const descriptor of descriptors) {
      visit(descriptor.value);
      visit(descriptor.get);
      visit(descriptor.set);
    }
  }
  [
    globalThis,
    modules,
    store,
    // Objects that only syntax creates.
    async function () {},
    function* () {},
    async function* () {},
    (function* () {})(),
    (async function* () {})(),
    [].values(),
    ""[Symbol.iterator](),
    /./[Symbol.matchAll](""),
    /./,
    (function () {
      return arguments;
    })(),
  ].forEach(visit);

  // Uses no iterators or methods, which a run may have changed.
  function isPristine() {
    for (let i = 0; i < seen.length; i++) {
      const { value, keys, descriptors, prototype } = seen[i];
      if (getPrototypeOf(value) !== prototype || !isExtensible(value)) return false;
      const own = ownKeys(value);
      if (own.length !== keys.length) return false;
      for (let j = 0; j < keys.length; j++) {
        const before = descriptors[j];
        const after = getOwnPropertyDescriptor(value, keys[j]);
        if (
          after === undefined ||
          !is(after.value, before.value) ||
          after.get !== before.get ||
          after.set !== before.set ||
          after.writable !== before.writable ||
          after.enumerable !== before.enumerable ||
          after.configurable !== before.configurable
        )
          return false;
      }
    }
    return true;
  }

  return { run, isPristine };
};
