import { z } from 'zod';

const keyId = z.string().regex(/^[0-9a-f]{16}$/);
const secret = z.string().regex(/^[A-Za-z0-9_-]{43}$/); // 32 bytes in base64url
const time = z.iso.datetime();

/** The keyring file as JSON, before anything is decoded. */
export const keyringFileSchema = z.strictObject({
  format: z.literal('secret-store-keyring/1'),
  id: z.uuid(),
  created: time,
  primary: keyId,
  keys: z.array(z.strictObject({ id: keyId, created: time, aesKey: secret })).min(1),
  signer: keyId,
  signing: z.array(z.strictObject({ id: keyId, created: time, seed: secret })).min(1),
  /** Public halves of signing keys that are trusted no more. */
  retired: z.array(secret).optional(),
  apiKeyHmac: secret,
  sessionSecret: secret,
  checksum: secret,
});

export type KeyringFile = z.infer<typeof keyringFileSchema>;
