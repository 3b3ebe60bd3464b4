// AWS's runtime client, for the tests: they bring a stand-in for the addon that it compiles at install, and its scripts run on
// Node.js 20 as well.
function readPackage(manifest) {
  if (manifest.name === 'aws-lambda-ric') {
    delete manifest.engines;
    delete manifest.dependencies['node-addon-api'];
    delete manifest.dependencies['node-gyp'];
  }
  return manifest;
}

export const hooks = { readPackage };
