import localFont from 'next/font/local';

// Both Latin files are preloaded; next/font adds a size-adjusted fallback, so that nothing moves when they arrive.
export const nextFace = localFont({
  src: '../node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2',
  weight: '200 800',
  display: 'swap',
  variable: '--font-next',
});

export const monoFace = localFont({
  src: '../node_modules/@fontsource-variable/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-wght-normal.woff2',
  weight: '200 800',
  display: 'swap',
  variable: '--font-hyper-mono',
  // A proportional fallback cannot stand in for a fixed width; globals.css has one that can.
  adjustFontFallback: false,
});
