/** How much of a request the gate goes through. Without imports, so that the bundler inlines the numbers. */

/** Browsers and CloudFront send fewer; nginx and Apache refuse more than 100, too. */
export const MAX_HEADERS = 100;

/** Chrome keeps 180 for a site. */
export const MAX_COOKIES = 200;
