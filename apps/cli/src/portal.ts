import { fileURLToPath } from 'node:url';

/** The built page, whether this runs from sources or from its own build: both lie at the same depth. */
export const PORTAL = fileURLToPath(new URL('../../portal/dist/page', import.meta.url));
