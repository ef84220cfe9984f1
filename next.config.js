/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The contract's paths have no trailing slash; an unknown one is answered as JSON, never by a redirect.
  skipTrailingSlashRedirect: true,
  // Native or self-locating packages stay outside the bundles.
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', '@node-rs/argon2', 'pino'],
  // `npm run types` checks the types, tests included; whoever only starts the product need not wait for that.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // Nothing here needs pictures made smaller, and anybody could ask for it.
  images: { unoptimized: true },
  // As long as a page's request may be (server/web/host.ts), for one that does not say its length. Next keeps up to ten megabytes.
  experimental: { proxyClientMaxBodySize: 64 * 1024 },
};

export default config;
