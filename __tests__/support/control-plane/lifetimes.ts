/** Of tokens and sessions in tests of the control plane, in seconds. */
export const TOKEN_SECONDS = 900;
export const SESSION_SECONDS = 8 * 3600;
