import { MAX_VIEWER_REQUEST_TIME } from "../../../cloudfront/limits";

/** Milliseconds within which a request is answered, before Lambda ends the invocation. */
export const ANSWER_TIME = MAX_VIEWER_REQUEST_TIME - 500;
