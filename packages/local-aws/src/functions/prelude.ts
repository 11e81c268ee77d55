/**
 * Runs inside the context of a connection function, before its code: makes `connection`, `console`
 * and the module `cloudfront` out of the few host functions. The code that comes later sees only
 * what is made here; the host's own objects stay in this closure, because any of them would lead to
 * the host (`x.constructor.constructor`). Everything is turned into text on this side of the
 * border.
 */
export const PRELUDE = `(function (host) {
  'use strict';
  var text = function (value) { return typeof value === 'string' ? value : '' + value; };
  var show = function (value) {
    if (typeof value === 'string') return value;
    try { var json = JSON.stringify(value); return json === undefined ? text(value) : json; } catch (e) { return text(value); }
  };
  var log = function () {
    var parts = [];
    for (var i = 0; i < arguments.length; i += 1) parts.push(show(arguments[i]));
    host.log(parts.join(' '));
  };
  var read = function (key, options) {
    var value = host.get(text(key));
    if (value === undefined) throw new Error('KeyNotFound');
    var format = options && options.format ? options.format : 'string';
    if (format === 'json') return JSON.parse(value);
    if (format !== 'bytes') return value;
    var bytes = new Uint8Array(host.byteLength(value));
    for (var i = 0; i < bytes.length; i += 1) bytes[i] = host.byteAt(value, i);
    return bytes;
  };
  var kvs = {
    get: async function (key, options) { return read(key, options); },
    exists: async function (key) { return host.get(text(key)) !== undefined; },
    meta: async function () { return { creationDateTime: '', lastUpdatedDateTime: '', keyCount: host.count() }; },
  };
  globalThis.Date = new Proxy(Date, {
    construct: function (real, given) { return given.length === 0 ? new real(host.now) : Reflect.construct(real, given); },
    apply: function (real) { return new real(host.now).toString(); },
    get: function (real, name) { return name === 'now' ? function () { return host.now; } : real[name]; },
  });
  globalThis.console = { log: log, warn: log, error: log, info: log, debug: log };
  globalThis.__cloudfront = {
    kvs: function () {
      if (!host.hasStore) throw new Error('No KeyValueStore is associated');
      return kvs;
    },
  };
  globalThis.__start = function (handler) {
    var connection = JSON.parse(host.event);
    connection.allow = function () { host.decide('allow'); };
    connection.deny = function () { host.decide('deny'); };
    connection.logCustomData = function (data) { host.custom(text(data)); };
    var failed = function (error) {
      var said = 'Error';
      try { said = error && error.name ? error.name + ': ' + error.message : text(error); } catch (e) { said = 'Error'; }
      host.done(text(said));
    };
    try {
      Promise.resolve(handler(connection)).then(function () { host.done(''); }, failed);
    } catch (error) { failed(error); }
  };
})`;

/** Calls the handler that the code defined. */
export const START = `(function () {
  if (typeof connectionHandler !== 'function') throw new Error('The code has no function connectionHandler');
  __start(connectionHandler);
})();`;
