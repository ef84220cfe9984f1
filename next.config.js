/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The contract's paths have no trailing slash; an unknown one is answered as JSON, never by a redirect.
  skipTrailingSlashRedirect: true,
  // Native or self-locating packages stay outside the bundles.
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg', '@node-rs/argon2', 'pino'],
  devIndicators: false,
};

export default config;
