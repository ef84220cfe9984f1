/** What a module may be (contract, section 1, Modules). Sizes in bytes. */
export const moduleLimits = {
  fileBytes: 100 * 1024 * 1024,
  /** One more is how an archive says that it is zip64. */
  entries: 65_534,
  entryBytes: 16 * 1024 * 1024,
  unpackedBytes: 512 * 1024 * 1024,
  ratio: 200,
  /** Below this size a high ratio is no bomb: a file of blanks, an empty table. */
  ratioFromBytes: 1024 * 1024,
} as const;

/** What a module's factory implements, as class files spell it. */
export const factoryInterface = 'com/algorithmia/sdk/plugin/secrets/SecretProviderFactory';

/** The host gives plugins these itself, whatever a module brings. */
export const sdkPrefix = 'com/algorithmia/sdk/plugin/';

/** In a multi-release archive, the classes for versions up to this one count: what a host at least has. */
export const javaRelease = 11;
