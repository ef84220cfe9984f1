import localFont from 'next/font/local';

// Both Latin files are preloaded, and the first paint waits for them a moment (100 ms). A face that comes later is for the next page:
// lines that wrap anew would move the page under the reader's eyes.
export const nextFace = localFont({
  src: '../node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2',
  weight: '200 800',
  display: 'optional',
  variable: '--font-next',
});

export const monoFace = localFont({
  src: '../node_modules/@fontsource-variable/atkinson-hyperlegible-mono/files/atkinson-hyperlegible-mono-latin-wght-normal.woff2',
  weight: '200 800',
  display: 'optional',
  variable: '--font-hyper-mono',
  // A proportional fallback cannot stand in for a fixed width; globals.css has one that can.
  adjustFontFallback: false,
});
