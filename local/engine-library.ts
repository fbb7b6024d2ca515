/**
 * The standard library that a gate may use: the part of cloudfront-js-2.0 that is both documented and in njs. `atob` and
 * `TextEncoder` exist in the engine too, but are left out, because no gate has needed them. `Buffer` has only what gates use
 * (gate-sandbox-globals.js).
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
export const ENGINE_LIBRARY = {
  globals: names(`
    Array ArrayBuffer Boolean DataView Date Error EvalError Float32Array Float64Array Function Infinity Int16Array Int32Array
    Int8Array JSON Math NaN Number Object Promise RangeError ReferenceError RegExp String Symbol SyntaxError TypeError
    URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray decodeURI decodeURIComponent encodeURI encodeURIComponent
    globalThis isFinite isNaN parseFloat parseInt undefined`),
  /** The methods of each object. The engine lacks every other method of these objects. */
  members: {
    Object:
      names(`assign create defineProperties defineProperty entries freeze getOwnPropertyDescriptor getOwnPropertyDescriptors
      getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen isSealed keys preventExtensions seal
      setPrototypeOf values`),
    "Object.prototype": names("constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf"),
    Array: names("isArray of"),
    "Array.prototype":
      names(`concat constructor copyWithin entries every fill filter find findIndex forEach includes indexOf join keys
      lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toString unshift values`),
    String: names("fromCharCode fromCodePoint"),
    "String.prototype":
      names(`charAt charCodeAt codePointAt concat constructor endsWith includes indexOf lastIndexOf match padEnd
      padStart repeat replace search slice split startsWith substr substring toLowerCase toString toUpperCase trim trimEnd
      trimStart valueOf`),
    Number: names("isFinite isInteger isNaN isSafeInteger parseFloat parseInt"),
    "Number.prototype": names("constructor toExponential toFixed toPrecision toString valueOf"),
    Promise: names("all allSettled any race reject resolve"),
    "Promise.prototype": names("catch constructor finally then"),
    JSON: names("parse stringify"),
  },
};

function names(list: string): string[] {
  return list.trim().split(/\s+/);
}
