export function oneTempFolder(): void;
