import manifest from './package.json' with { type: 'json' };

export const version = manifest.version;
/** How the worker names itself to the delivery plane. */
export const software = `secret-store/${manifest.version} node/${process.versions.node}`;
