/** How the pages look: as the system does, or as chosen. Kept in a cookie, so that the server sends the right one. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const themeCookie = 'theme';

/** The theme that a cookie's value stands for; anything else is the system's. */
export function themeOf(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'system';
}
