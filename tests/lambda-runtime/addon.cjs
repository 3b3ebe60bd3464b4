// What both stand-ins for the C++ addon of AWS's runtime client have in common.
const Module = require('node:module');

/** Hands a stand-in to whoever loads the addon. @param {() => object} load - Makes it, when it is asked for. */
function replaceAddon(load) {
  const loadModule = Module._load;
  Module._load = function loadOrReplace(request, ...rest) {
    return request.endsWith('rapid-client.node') ? load() : loadModule.call(this, request, ...rest);
  };
}

/** The headers of an invocation that the runtime client insists on. @param {number} nowMs - Of the right clock. */
function invocationHeaders(requestId, nowMs, remainingMs = 5000) {
  return {
    'lambda-runtime-aws-request-id': requestId,
    'lambda-runtime-deadline-ms': String(nowMs + remainingMs),
    'lambda-runtime-invoked-function-arn':
      'arn:aws:lambda:eu-central-1:123456789012:function:pre-token-generation',
  };
}

module.exports = { replaceAddon, invocationHeaders };
